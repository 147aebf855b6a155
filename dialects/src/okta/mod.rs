//! Okta: Hookbox is the external service of its inline hooks and event hooks.
//!
//! Okta's documentation: <https://developer.okta.com/docs/concepts/inline-hooks/>.
//!
//! * [`hook_types`] is the table of the types ([`kind`]), with their [`rules`] and settings ([`names`]): [`authentication`] and what Okta's
//!   own API keeps ([`inline_hook`]). [`adapter`] reads an [`event`] and judges a [`response`].
//! * [`door`] is where Okta calls, [`admin`] is Okta's own API for who scripts it, [`problems`] the form of their errors.
//! * [`effects`] tells what Okta would do with an answer; [`templates`] are new projects, with [`samples`] of events.

mod adapter;
mod admin;
mod authentication;
mod door;
mod effects;
mod event;
mod hook_types;
mod inline_hook;
mod kind;
mod names;
mod problems;
mod response;
mod rules;
mod samples;
mod templates;

use hookbox_hooks::api::{Endpoint, ErrorStyle};
use hookbox_hooks::dialect::{Dialect, Language, TemplateFile};
use hookbox_hooks::hook_type::HookTypeSpec;
use serde_json::Value;

use self::kind::{DIALECT, Kind};

/// Okta's dialect.
pub(crate) struct Okta;

impl Dialect for Okta {
    fn name(&self) -> &'static str {
        DIALECT
    }

    fn hook_types(&self) -> &'static [HookTypeSpec] {
        &hook_types::HOOK_TYPES
    }

    fn endpoints(&self) -> Vec<&'static Endpoint> {
        [door::ENDPOINTS, admin::ENDPOINTS].into_iter().flatten().collect()
    }

    fn error_styles(&self) -> &'static [ErrorStyle] {
        &problems::STYLES
    }

    fn schemas(&self) -> &'static str {
        include_str!("schemas.json")
    }

    fn template(&self, hook_type: &str, language: Language) -> Vec<TemplateFile> {
        Kind::named(hook_type).map(|kind| templates::of(kind, language)).unwrap_or_default()
    }

    fn template_hosts(&self, hook_type: &str) -> &'static [&'static str] {
        Kind::named(hook_type).map(templates::hosts).unwrap_or_default()
    }

    fn template_env_vars(&self, hook_type: &str) -> &'static [&'static str] {
        Kind::named(hook_type).map(templates::env_vars).unwrap_or_default()
    }

    fn effects(&self, hook_type: &str, event: &Value, body: Option<&Value>) -> Vec<String> {
        Kind::named(hook_type).map(|kind| effects::of(kind, event, body)).unwrap_or_default()
    }
}
