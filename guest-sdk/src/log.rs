//! Lines for the execution's log, which an admin can read for seven days.
//!
//! Each level has a macro that takes what `format!` takes:
//!
//! ```
//! use hookbox_guest_sdk::log;
//! log::info!("policy {} for {}", 1234, "ada");
//! ```

use std::fmt;

use crate::host;
pub use crate::level::Level;

/// One line of the log, as `testing::take_log` gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub message: String,
}

/// Writes one message, which is one event of the log whatever line breaks it has.
pub fn write(level: Level, message: &str) {
    host::log_write(level, message);
}

/// What the macros call. A message without arguments is written as it stands, with no allocation.
#[doc(hidden)]
pub fn write_format(level: Level, message: fmt::Arguments<'_>) {
    match message.as_str() {
        Some(message) => write(level, message),
        None => write(level, &message.to_string()),
    }
}

/// Writes a line of level [`Level::Trace`]. Takes what `format!` takes.
#[doc(inline)]
pub use crate::__hookbox_log_trace as trace;

#[doc(hidden)]
#[macro_export]
macro_rules! __hookbox_log_trace {
    ($($argument:tt)+) => {
        $crate::log::write_format($crate::log::Level::Trace, ::core::format_args!($($argument)+))
    };
}

/// Writes a line of level [`Level::Debug`]. Takes what `format!` takes.
#[doc(inline)]
pub use crate::__hookbox_log_debug as debug;

#[doc(hidden)]
#[macro_export]
macro_rules! __hookbox_log_debug {
    ($($argument:tt)+) => {
        $crate::log::write_format($crate::log::Level::Debug, ::core::format_args!($($argument)+))
    };
}

/// Writes a line of level [`Level::Info`]. Takes what `format!` takes.
#[doc(inline)]
pub use crate::__hookbox_log_info as info;

#[doc(hidden)]
#[macro_export]
macro_rules! __hookbox_log_info {
    ($($argument:tt)+) => {
        $crate::log::write_format($crate::log::Level::Info, ::core::format_args!($($argument)+))
    };
}

/// Writes a line of level [`Level::Warn`]. Takes what `format!` takes.
#[doc(inline)]
pub use crate::__hookbox_log_warn as warn;

#[doc(hidden)]
#[macro_export]
macro_rules! __hookbox_log_warn {
    ($($argument:tt)+) => {
        $crate::log::write_format($crate::log::Level::Warn, ::core::format_args!($($argument)+))
    };
}

/// Writes a line of level [`Level::Error`]. Takes what `format!` takes.
#[doc(inline)]
pub use crate::__hookbox_log_error as error;

#[doc(hidden)]
#[macro_export]
macro_rules! __hookbox_log_error {
    ($($argument:tt)+) => {
        $crate::log::write_format($crate::log::Level::Error, ::core::format_args!($($argument)+))
    };
}

#[cfg(test)]
mod tests {
    use crate::testing::take_log;

    #[test]
    fn each_macro_writes_its_level() {
        let name = "ada";
        crate::log::trace!("one");
        crate::log::debug!("two {}", 2);
        crate::log::info!("three {name}");
        crate::log::warn!("four {n:>3}", n = 4);
        crate::log::error!("five\nlines");
        let lines: Vec<_> = take_log().into_iter().map(|line| format!("{:?} {}", line.level, line.message)).collect();
        assert_eq!(lines, ["Trace one", "Debug two 2", "Info three ada", "Warn four   4", "Error five\nlines"]);
        assert_eq!(take_log(), []);
    }
}
