//! The errors of preview 1.

/// The errors that a call can answer. The values are those of the preview 1 specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errno {
    Badf = 8,
    Fault = 21,
    Inval = 28,
    Nosys = 52,
    Notsock = 57,
    Notcapable = 76,
    Spipe = 70,
}

/// What a call answers, or its error.
pub(super) type Called<T> = Result<T, Errno>;

/// The number that the guest gets for a call.
pub(super) fn errno(result: Called<()>) -> i32 {
    result.map_or_else(|errno| errno as i32, |()| 0)
}
