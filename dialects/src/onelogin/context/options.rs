//! Which parts of a context a hook sees.

use serde::{Deserialize, Serialize};

/// The parts of a context that a hook may see. Each is hidden unless it is enabled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::onelogin) struct Options {
    /// `risk`: score and reasons.
    pub risk_enabled: bool,
    /// `location`: IP address and country.
    pub location_enabled: bool,
    /// `mfa_devices`: the user's second factors.
    pub mfa_device_info_enabled: bool,
}
