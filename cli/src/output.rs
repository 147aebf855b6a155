//! What a command prints to stdout: a table or sentences for people, JSON for programs.

use std::io::Write as _;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::style::Style;
use crate::table::Table;

/// How to print.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

impl OutputArgs {
    /// A value for programs, or what `text` makes for people.
    pub(crate) fn print(self, value: &impl Serialize, text: impl FnOnce(Style) -> String) -> Result<()> {
        if self.json { json(value) } else { write(&text(Style::stdout())) }
    }

    /// A list for programs, or a table for people; `empty` is said to them, on stderr, where there is nothing.
    pub(crate) fn table(self, value: &impl Serialize, empty: &str, table: impl FnOnce() -> Table) -> Result<()> {
        if self.json {
            return json(value);
        }
        let text = table().render(Style::stdout());
        if text.is_empty() { note(empty) } else { write(&text) }
    }
}

/// JSON over several lines.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    // What a function returned is in the text that it wrote; numbers that are too large for a value stay so.
    let text = match serde_json::to_value(value) {
        Ok(value) => serde_json::to_string_pretty(&value)?,
        Err(_) => serde_json::to_string_pretty(value)?,
    };
    write(&format!("{}\n", harmless(&text)))
}

/// JSON on one line.
pub(crate) fn json_line(value: &impl Serialize) -> Result<()> {
    write(&format!("{}\n", harmless(&serde_json::to_string(value)?)))
}

/// Data, to stdout. A line that somebody follows must not wait in a buffer.
pub(crate) fn write(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// All that is not data, to stderr. Nobody has to listen.
pub(crate) fn note(text: &str) -> Result<()> {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
    Ok(())
}

/// JSON escapes the old control characters itself; the newer ones mean as much to some terminals.
fn harmless(json: &str) -> String {
    let escape = |c: char| if ('\u{7f}'..='\u{9f}').contains(&c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn json_stays_the_same_value_without_control_characters() {
        let text = serde_json::to_string("a\u{9b}31m\u{7f}\u{1b}é").unwrap();
        let shown = harmless(&text);
        assert_eq!(shown, r#""a\u009b31m\u007f\u001bé""#);
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), "a\u{9b}31m\u{7f}\u{1b}é");
    }
}
