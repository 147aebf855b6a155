//! How much one execution may do outside. Everything is counted by the client of that execution; the caller sets the values.

use std::time::Duration;

/// The limits of one execution. Bytes are bytes of bodies or of a socket's stream, after decompression; times are also cut to the deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests, connections and look-ups in all, refused ones too (`egress.calls`).
    pub calls: u32,
    /// Requests whose answer is not read to its end. One more waits for its turn within [`Limits::total_time`] (`egress.calls_at_a_time`).
    pub calls_at_a_time: u32,
    /// Raw connections that are open. One more is an error (`egress.sockets`).
    pub sockets: u32,
    /// Bytes that a raw connection carries, both ways together (`egress.socket_bytes`).
    pub socket_bytes: u64,
    /// Bytes of one request's body (`egress.request_bytes`).
    pub request_bytes: u64,
    /// Bytes of one answer's body (`egress.response_bytes`).
    pub response_bytes: u64,
    /// Bytes of the headers of a request, and of an answer: names, values and 4 for each (`egress.header_bytes`).
    pub header_bytes: usize,
    /// Headers of a request, and of an answer (`egress.headers`).
    pub headers: usize,
    /// Redirects that one request follows (`egress.redirects`).
    pub redirects: u32,
    /// From the look-up of a name to the end of the TLS handshake (`egress.connect_time`).
    pub connect_time: Duration,
    /// From the call of a request to the last byte of its answer (`egress.total_time`).
    pub total_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 20,
            calls_at_a_time: 6,
            sockets: 4,
            socket_bytes: 16 << 20,
            request_bytes: 1 << 20,
            response_bytes: 1 << 20,
            header_bytes: 32 << 10,
            headers: 128,
            redirects: 10,
            connect_time: Duration::from_secs(5),
            total_time: Duration::from_secs(30),
        }
    }
}

/// Bytes as a person reads them: `512 B`, `32 KiB`, `1 MiB`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    match bytes {
        0 => "0 B".to_owned(),
        mib if mib.is_multiple_of(1 << 20) => format!("{} MiB", mib >> 20),
        kib if kib.is_multiple_of(1 << 10) => format!("{} KiB", kib >> 10),
        other => format!("{other} B"),
    }
}

/// A time as a person reads it: `250 ms`, `5 s`.
pub(crate) fn time_text(time: Duration) -> String {
    let millis = time.as_millis();
    if millis.is_multiple_of(1000) { format!("{} s", millis / 1000) } else { format!("{millis} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_the_largest_unit_that_fits() {
        let bytes = [0, 1, 1023, 1024, 1536, 32 << 10, 1 << 20, 16 << 20].map(bytes_text);
        assert_eq!(bytes, ["0 B", "1 B", "1023 B", "1 KiB", "1536 B", "32 KiB", "1 MiB", "16 MiB"]);
        assert_eq!([0, 250, 5000, 5001].map(|ms| time_text(Duration::from_millis(ms))), ["0 s", "250 ms", "5 s", "5001 ms"]);
    }
}
