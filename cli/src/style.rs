//! Colour for people, plain text for pipes: on only where the stream is a terminal and `NO_COLOR` is not set.

use std::io::IsTerminal as _;

use hookbox_host_api::{Decision, Outcome};

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

    /// An outcome: green when it completed.
    pub(crate) fn outcome(self, outcome: Outcome) -> String {
        self.paint(if outcome == Outcome::Completed { "32" } else { "31" }, outcome.as_str())
    }

    /// A text about a decision, in the decision's colour.
    pub(crate) fn decision(self, decision: Option<Decision>, text: &str) -> String {
        match decision {
            Some(Decision::Allow) => self.paint("32", text),
            Some(Decision::Deny) => self.paint("33", text),
            None => self.paint("31", text),
        }
    }
}
