//! One log line: `<ISO time>\t<execution id>\t<LEVEL>\t<message>`.

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
    /// The name as it is written in a line.
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

/// What a line of an execution begins with is about as long.
pub(super) const PREFIX: usize = 24 + 1 + 36 + 1 + 5 + 1;

/// Appends what every line of an execution begins with.
pub(super) fn push_prefix(line: &mut String, time: SystemTime, execution_id: &str, level: Level) {
    // Writing to a string never fails.
    let _ = write!(line, "{}\t{execution_id}\t{}\t", humantime::format_rfc3339_millis(time), level.as_str());
}

/// Appends `text` with its control characters other than tab spelled out, so that a terminal shows them instead of obeying them.
pub(super) fn push_escaped(line: &mut String, text: &str) {
    if text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return line.push_str(text);
    }
    for c in text.chars() {
        match c {
            '\t' => line.push(c),
            '\0'..='\x1f' | '\x7f' => drop(write!(line, "\\x{:02x}", u32::from(c))),
            '\u{80}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => drop(write!(line, "\\u{:04x}", u32::from(c))),
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
    fn begins_with_time_execution_and_level() {
        let mut line = String::new();
        push_prefix(&mut line, SystemTime::UNIX_EPOCH, "e1", Level::Warn);
        assert_eq!(line, "1970-01-01T00:00:00.000Z\te1\tWARN\t");
    }
}
