//! What a resolution depends on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::limits::Limits;
use crate::lock::Lock;
use crate::platform::Platform;
use crate::progress::Listener;

/// Names with texts.
pub(super) type Table = BTreeMap<String, String>;

/// What a resolution depends on beside the request and the registry.
pub(crate) struct Setting<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) platform: &'a Platform,
    /// Names that the host answers for.
    pub(crate) builtins: &'a BTreeSet<String>,
    /// Releases after it are not there yet.
    pub(crate) before: Option<Timestamp>,
    /// Its versions are kept where they fit.
    pub(crate) previous: Option<&'a Lock>,
    pub(crate) listener: Listener<'a>,
}
