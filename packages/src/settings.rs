//! What an operator decides about packages.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::limits::Limits;
use crate::platform::Platform;

/// The settings of everything that is done with packages.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How much may be asked for.
    pub limits: Limits,
    /// What packages are told that they run on.
    pub platform: Platform,
    /// Names that the host answers for, such as `bcrypt`. They are never looked for in a registry.
    pub builtins: BTreeSet<String>,
    /// How old a release has to be before it is taken. It needs the registry's full documents. Default: off.
    pub minimum_age: Option<Duration>,
}
