//! How an execution ended, in the names that the API, the log, the metrics and the command line use.

use serde::{Deserialize, Serialize};

/// The end of one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The function returned a usable response.
    Completed,
    /// The function failed; [`Failure::kind`] says how.
    Failed,
    /// The deadline passed.
    Timeout,
    /// The fuel budget was spent.
    OutOfFuel,
    /// Memory or table space was refused and the function could not go on.
    OutOfMemory,
    /// The function returned something that its hook type does not allow.
    InvalidResponse,
    /// The hook is enabled but has no version that is ready.
    NotReady,
    /// No execution slot became free before the deadline.
    Overloaded,
    /// The hook's conditions do not include this user, so it did not run.
    Skipped,
    /// The account has no live hook of the type.
    NoHook,
}

impl Outcome {
    /// Every outcome, in the order in which they are documented.
    pub const ALL: [Self; 10] = [
        Self::Completed,
        Self::Failed,
        Self::Timeout,
        Self::OutOfFuel,
        Self::OutOfMemory,
        Self::InvalidResponse,
        Self::NotReady,
        Self::Overloaded,
        Self::Skipped,
        Self::NoHook,
    ];

    /// The name as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::OutOfFuel => "out_of_fuel",
            Self::OutOfMemory => "out_of_memory",
            Self::InvalidResponse => "invalid_response",
            Self::NotReady => "not_ready",
            Self::Overloaded => "overloaded",
            Self::Skipped => "skipped",
            Self::NoHook => "no_hook",
        }
    }
}

/// The instruction to the identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Go on with the login.
    Allow,
    /// Stop it.
    Deny,
    /// Go on as if there were no hook: the function has no opinion.
    NoChange,
}

impl Decision {
    /// The name as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::NoChange => "no_change",
        }
    }
}

/// How a function failed ([`Outcome::Failed`]), or which limit ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// A WebAssembly trap, such as `unreachable` or an access out of bounds.
    Trap,
    /// The function ended itself: a non-zero exit code, or an error as its result.
    Exit,
    /// An exception that nothing caught, or a rejection that nothing handled.
    Exception,
    /// A promise that can no longer be settled.
    NeverSettled,
    /// Too many nested calls.
    StackOverflow,
    /// The host could not do its part.
    Host,
    /// See [`Outcome::Timeout`].
    Timeout,
    /// See [`Outcome::OutOfFuel`].
    OutOfFuel,
    /// See [`Outcome::OutOfMemory`].
    OutOfMemory,
    /// See [`Outcome::InvalidResponse`].
    InvalidResponse,
    /// See [`Outcome::NotReady`].
    NotReady,
    /// See [`Outcome::Overloaded`].
    Overloaded,
}

impl FailureKind {
    /// The name as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Exit => "exit",
            Self::Exception => "exception",
            Self::NeverSettled => "never_settled",
            Self::StackOverflow => "stack_overflow",
            Self::Host => "host",
            Self::Timeout => "timeout",
            Self::OutOfFuel => "out_of_fuel",
            Self::OutOfMemory => "out_of_memory",
            Self::InvalidResponse => "invalid_response",
            Self::NotReady => "not_ready",
            Self::Overloaded => "overloaded",
        }
    }

    /// The outcome that an execution of this failure has.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Trap | Self::Exit | Self::Exception | Self::NeverSettled | Self::StackOverflow | Self::Host => Outcome::Failed,
            Self::Timeout => Outcome::Timeout,
            Self::OutOfFuel => Outcome::OutOfFuel,
            Self::OutOfMemory => Outcome::OutOfMemory,
            Self::InvalidResponse => Outcome::InvalidResponse,
            Self::NotReady => Outcome::NotReady,
            Self::Overloaded => Outcome::Overloaded,
        }
    }
}

/// Why an execution did not complete, in words that the hook's author can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// The particulars. May quote the guest, so it is masked and cut before it leaves the host.
    pub message: String,
    /// JavaScript: the frames of the author's code, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// JavaScript: where in the author's source, as `hook.js:LINE:COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), stack: None, place: None }
    }

    /// The failure as one text: the kind, the message, the place if known and, each on its own line, the calls that led there.
    pub fn report(&self) -> String {
        let mut text = format!("{}: {}", self.kind.as_str(), self.message);
        let known = |text: &Option<String>| text.as_ref().map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty());
        if let Some(place) = known(&self.place) {
            text.push_str(&format!(" ({place})"));
        }
        if let Some(stack) = known(&self.stack) {
            text.push_str(&format!("\n{stack}"));
        }
        text
    }
}

/// The resources that an execution used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Wall time from the read request to the outcome, in microseconds.
    pub duration_us: u64,
    /// Fuel burnt.
    pub fuel: u64,
    /// Peak linear memory, in bytes.
    pub memory_bytes: u64,
    /// The number of runs. It is above 1 where failed runs were repeated; the other fields then count all runs.
    pub attempts: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_all_that_is_known() {
        let mut failure = Failure::new(FailureKind::Exception, "Error: no");
        assert_eq!(failure.report(), "exception: Error: no");
        failure.place = Some("hook.js:1:2".to_owned());
        failure.stack = Some(String::new());
        assert_eq!(failure.report(), "exception: Error: no (hook.js:1:2)");
        failure.stack = Some("    at f (hook.js:1:2)\n    at hook.js:3:4\n".to_owned());
        assert_eq!(failure.report(), "exception: Error: no (hook.js:1:2)\n    at f (hook.js:1:2)\n    at hook.js:3:4");
        failure.place = Some(String::new());
        assert!(!failure.report().contains("()"));
    }

    #[test]
    fn names_agree_with_serde() {
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
    }
}
