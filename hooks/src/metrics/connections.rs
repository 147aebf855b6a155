//! Connections that found no place, and what was cut off before it had ended, by the reason.

use std::sync::atomic::{AtomicU64, Ordering};

use super::text::Text;

/// Why something was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CutOff {
    /// The connection made room for another.
    Displaced,
    /// The head of a request, or the handshake, was not there in time.
    SlowHead,
    /// The body of a request was not there in time.
    SlowBody,
    /// The client sent a flood of HTTP/2 frames.
    Flood,
    /// The client broke a rule of HTTP/2; a head that is too long breaks one.
    Protocol,
    /// The client took nothing of an answer for too long.
    Untaken,
}

impl CutOff {
    const ALL: [(Self, &str); 6] = [
        (Self::Displaced, "displaced"),
        (Self::SlowHead, "slow_head"),
        (Self::SlowBody, "slow_body"),
        (Self::Flood, "flood"),
        (Self::Protocol, "protocol"),
        (Self::Untaken, "untaken"),
    ];
}

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct ConnectionMetrics {
    refused: AtomicU64,
    cut_off: [AtomicU64; CutOff::ALL.len()],
}

impl ConnectionMetrics {
    /// Counts a connection for which there was no place.
    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what was cut off.
    pub(crate) fn cut_off(&self, reason: CutOff) {
        if let Some(count) = self.cut_off.get(reason as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts in Prometheus' text format.
    pub(crate) fn page(&self) -> String {
        let mut text = Text::default();
        let help = "Connections for which there was no place.";
        text.single("hookbox_http_connections_refused_total", "counter", help, self.refused.load(Ordering::Relaxed));
        let name = "hookbox_http_cut_off_total";
        text.begin(name, "counter", "Connections, and bodies of requests, that the server cut off, by the reason.");
        for ((_, reason), count) in CutOff::ALL.iter().zip(&self.cut_off) {
            text.sample(name, &[("reason", reason)], count.load(Ordering::Relaxed));
        }
        text.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_counted_at_its_own_name() {
        let metrics = ConnectionMetrics::default();
        metrics.refused();
        for (times, (reason, _)) in CutOff::ALL.iter().enumerate() {
            (0..=times).for_each(|_| metrics.cut_off(*reason));
        }
        let page = metrics.page();
        let samples: Vec<&str> = page.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "hookbox_http_connections_refused_total 1",
            "hookbox_http_cut_off_total{reason=\"displaced\"} 1",
            "hookbox_http_cut_off_total{reason=\"slow_head\"} 2",
            "hookbox_http_cut_off_total{reason=\"slow_body\"} 3",
            "hookbox_http_cut_off_total{reason=\"flood\"} 4",
            "hookbox_http_cut_off_total{reason=\"protocol\"} 5",
            "hookbox_http_cut_off_total{reason=\"untaken\"} 6",
        ];
        assert_eq!(samples, expected);
    }
}
