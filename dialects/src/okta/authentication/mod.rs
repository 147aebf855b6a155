//! How Okta authenticates at the door of a hook: a header with a secret, Basic, or a bearer token of an authorization server. Secrets are kept
//! as hashes, and the means that were replaced stay good for a while.

mod means;
mod oauth;
mod stored;

pub(super) use stored::{Authentication, KEYS};
