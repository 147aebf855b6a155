//! `/api/v1/inlineHooks`, as Okta's own SDKs and its Terraform provider use it: a hook that is made here is a hook of Hookbox with a function
//! that says nothing, until its author uploads one.
//!
//! Okta's documentation: <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/InlineHook/>.

mod access;
mod hooks;
mod input;
mod view;

pub(super) use hooks::ENDPOINTS;
