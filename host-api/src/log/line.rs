//! One event: `<ISO time>\t<execution id>\t<LEVEL>\t<message>`. The message may span several lines.

use std::fmt::Write;
use std::time::SystemTime;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The finest detail.
    Trace,
    /// For the author.
    Debug,
    /// The ordinary case.
    Info,
    /// Something odd.
    Warn,
    /// Something wrong.
    Error,
}

impl Level {
    /// The name as it is written in an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// The approximate length of an event's beginning.
pub(super) const PREFIX: usize = 24 + 1 + 36 + 1 + 5 + 1;

/// Appends the beginning that every event of an execution has.
pub(super) fn push_prefix(line: &mut String, time: SystemTime, execution_id: &str, level: Level) {
    // Writing to a string never fails.
    let _ = write!(line, "{}\t{execution_id}\t{}\t", humantime::format_rfc3339_millis(time), level.as_str());
}

/// Appends `text` with its control characters escaped, except for tabs and newlines, so that a terminal does not obey them. Other characters
/// that end a line are escaped too, so that every reader finds the same lines.
pub(super) fn push_escaped(line: &mut String, text: &str) {
    if text.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b' '..=b'~')) {
        return line.push_str(text);
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\t' | '\n' => line.push(c),
            '\0'..='\x1f' | '\x7f' => drop(write!(line, "\\x{:02x}", u32::from(c))),
            '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            _ => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_out_what_a_terminal_would_obey() {
        let mut line = String::new();
        push_escaped(&mut line, "a\tb\x1b[31mc\0\u{9b}\u{202e}é");
        assert_eq!(line, "a\tb\\x1b[31mc\\x00\\u009b\\u202eé");
    }

    #[test]
    fn only_a_newline_ends_a_line() {
        let mut line = String::new();
        push_escaped(&mut line, "a\r\nb\rc\u{b}d\u{c}e\u{85}f\u{2028}g\u{2029}h\u{1c}i\u{1e}j\r");
        assert_eq!(line, "a\nb\\x0dc\\x0bd\\x0ce\\u0085f\\u2028g\\u2029h\\x1ci\\x1ej\\x0d");
    }

    #[test]
    fn begins_with_time_execution_and_level() {
        let mut line = String::new();
        push_prefix(&mut line, SystemTime::UNIX_EPOCH, "e1", Level::Warn);
        assert_eq!(line, "1970-01-01T00:00:00.000Z\te1\tWARN\t");
    }
}
