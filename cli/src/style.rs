//! Colour for people, plain text for pipes: on only where the stream is a terminal and `NO_COLOR` is not set.

use std::io::IsTerminal as _;

use hookbox_host_api::{Decision, Outcome};

/// How a text looks on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Good,
    Warning,
    Bad,
    Dim,
}

/// Whether and how to colour one stream.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    /// The style of standard output.
    pub(crate) fn stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && std::io::stdout().is_terminal() }
    }

    /// The style of standard error.
    pub(crate) fn stderr() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && std::io::stderr().is_terminal() }
    }

    /// No colour.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colour: false }
    }

    /// Colour, terminal or not.
    #[cfg(test)]
    pub(crate) fn coloured() -> Self {
        Self { colour: true }
    }

    /// A text in the look of a table's cell.
    pub(crate) fn look(self, look: Look, text: &str) -> String {
        match look {
            Look::Plain => text.to_owned(),
            Look::Good => self.paint("32", text),
            Look::Warning => self.paint("33", text),
            Look::Bad => self.paint("31", text),
            Look::Dim => self.paint("2", text),
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// What stands beside the matter.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// A heading.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What went wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// An outcome: green when it completed.
    pub(crate) fn outcome(self, outcome: Outcome) -> String {
        self.paint(if outcome == Outcome::Completed { "32" } else { "31" }, outcome.as_str())
    }

    /// A text about a decision, in the decision's colour.
    pub(crate) fn decision(self, decision: Option<Decision>, text: &str) -> String {
        match decision {
            Some(Decision::Allow | Decision::NoChange) => self.paint("32", text),
            Some(Decision::Deny) => self.paint("33", text),
            None => self.paint("31", text),
        }
    }
}

/// A text of somebody else's, its control characters shown instead of obeyed, and so what ends a line or is not seen.
pub(crate) fn visible(text: &str) -> String {
    let escaped = |c: char| c.is_control() || is_invisible(c);
    text.chars().flat_map(|c| if escaped(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

/// Whether a character takes no room and is no part of a letter, or begins a line: Unicode's Default_Ignorable_Code_Point, Line_Separator and
/// Paragraph_Separator, and the marks of annotations. The two that choose between forms of an emoji are as good as seen.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The same for a text of several lines.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(visible("a\u{1b}[31mé\n\u{9b}x"), "a\\u{1b}[31mé\\n\\u{9b}x");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(visible("ad\u{200b}min \u{feff}x\u{200d}y\u{ad}z\u{e0041}"), "ad\\u{200b}min \\u{feff}x\\u{200d}y\\u{ad}z\\u{e0041}");
        let seen = "é e\u{301} \u{a0}1\u{202f}234 \u{3000} 日本 ✔\u{fe0f} ع \u{1f600}";
        assert_eq!(visible(seen), seen);
    }
}
