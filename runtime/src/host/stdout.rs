//! The standard output of a command: the text of its response.

/// What a command wrote to its standard output, up to the longest response that is allowed.
pub(crate) struct Stdout {
    bytes: Vec<u8>,
    limit: usize,
    overflowed: bool,
}

impl Stdout {
    pub(crate) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, overflowed: false }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        let room = self.limit - self.bytes.len();
        self.overflowed |= bytes.len() > room;
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// The response, or why it cannot be one.
    pub(crate) fn text(&self) -> Result<&str, &'static str> {
        if self.overflowed {
            return Err("standard output is longer than a response may be");
        }
        str::from_utf8(&self.bytes).map_err(|_| "standard output is not valid UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stdout_keeps_what_a_response_may_hold() {
        let mut out = Stdout::new(4);
        out.write(b"abc");
        assert_eq!(out.text(), Ok("abc"));
        out.write(b"d");
        assert_eq!(out.text(), Ok("abcd"));
        out.write(b"e");
        assert!(out.text().is_err());
        let mut out = Stdout::new(4);
        out.write(b"\xff");
        assert!(out.text().is_err());
    }
}
