//! Requests by endpoint and by class of their answers. The endpoints are given once, so that a count is an addition and the number of lines
//! does not grow with what is asked for.

use std::sync::atomic::{AtomicU64, Ordering};

use super::text::Text;

/// The name of requests that no endpoint is for.
const UNMATCHED: &str = "none";

/// The classes of statuses that are counted apart.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// The counts.
#[derive(Debug)]
pub(crate) struct RequestMetrics(Vec<(&'static str, [AtomicU64; CLASSES.len()])>);

impl RequestMetrics {
    /// Nothing counted yet, of the endpoints with these names.
    pub(crate) fn new(endpoints: impl Iterator<Item = &'static str>) -> Self {
        Self(endpoints.chain([UNMATCHED]).map(|id| (id, Default::default())).collect())
    }

    /// Counts an answer of the endpoint at this place; `None` where there is no endpoint.
    pub(crate) fn answered(&self, place: Option<usize>, status: u16) {
        let place = place.unwrap_or(self.0.len().saturating_sub(1));
        let class = usize::from(status / 100).saturating_sub(2);
        if let Some(count) = self.0.get(place).and_then(|(_, counts)| counts.get(class)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts in Prometheus' text format.
    pub(crate) fn page(&self) -> String {
        let name = "hookbox_http_requests_total";
        let mut text = Text::default();
        text.begin(name, "counter", "Requests answered, by operation and class of the status.");
        for (id, counts) in &self.0 {
            for (class, count) in CLASSES.iter().zip(counts) {
                text.sample(name, &[("operation", id), ("status", class)], count.load(Ordering::Relaxed));
            }
        }
        text.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_at_their_endpoint_and_class() {
        let metrics = RequestMetrics::new(["a", "b"].into_iter());
        for (place, status) in [(Some(1), 204), (Some(1), 200), (Some(0), 503), (None, 404), (None, 100)] {
            metrics.answered(place, status);
        }
        let page = metrics.page();
        for line in [
            "hookbox_http_requests_total{operation=\"b\",status=\"2xx\"} 2",
            "hookbox_http_requests_total{operation=\"a\",status=\"5xx\"} 1",
            "hookbox_http_requests_total{operation=\"none\",status=\"4xx\"} 1",
            "hookbox_http_requests_total{operation=\"a\",status=\"2xx\"} 0",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
        }
    }
}
