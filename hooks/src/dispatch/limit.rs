//! Names the limit that ended a run, and the setting of the hook that holds it. The sandbox knows limits but no settings.

use std::time::Duration;

use hookbox_host_api::{Failure, FailureKind};
use hookbox_runtime::Limits;

/// `failure` with the limit and the setting in its message, if a limit was the reason.
pub(super) fn named(failure: Failure, limits: Limits, timeout: Duration) -> Failure {
    let setting = match failure.kind {
        FailureKind::OutOfFuel => format!("`limits.fuel` is {}", limits.fuel),
        FailureKind::OutOfMemory => format!("`limits.memory_mib` is {}", limits.memory_bytes >> 20),
        FailureKind::Timeout => format!("`timeout` is {}", humantime::format_duration(timeout)),
        FailureKind::Trap
        | FailureKind::Exit
        | FailureKind::Exception
        | FailureKind::NeverSettled
        | FailureKind::StackOverflow
        | FailureKind::Host
        | FailureKind::InvalidResponse
        | FailureKind::NotReady
        | FailureKind::Overloaded => return failure,
    };
    Failure { message: format!("{}: {setting}", failure.message), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_with_its_setting() {
        let limits = Limits { fuel: 1_000_000, memory_bytes: 64 << 20 };
        let message_of = |kind| named(Failure::new(kind, "over"), limits, Duration::from_secs(2)).message;
        assert_eq!(message_of(FailureKind::OutOfFuel), "over: `limits.fuel` is 1000000");
        assert_eq!(message_of(FailureKind::OutOfMemory), "over: `limits.memory_mib` is 64");
        assert_eq!(message_of(FailureKind::Timeout), "over: `timeout` is 2s");
        assert_eq!(message_of(FailureKind::Exception), "over");
    }
}
