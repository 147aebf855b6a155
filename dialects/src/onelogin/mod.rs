//! OneLogin: two hook types, `/api/2/hooks` and the token endpoints that its own clients use unmodified.
//!
//! OneLogin's documentation: <https://developers.onelogin.com/api-docs/2/smart-hooks/overview>.
//!
//! * [`hook_types`] is the table of the types ([`kind`]), with their [`rules`]; [`adapter`] reads a [`context`] and judges a [`response`].
//! * [`admin`] and [`tokens`] are the API, [`problems`] the form of its errors, [`client`] the differences between its clients.
//! * [`effects`] tells what OneLogin does with an answer.
//! * [`account`] is what accounts can set; [`import`] reads hooks from OneLogin; [`templates`] are new projects, and [`source`] reports
//!   sources that are too long for OneLogin.

mod account;
mod adapter;
mod admin;
mod client;
mod context;
mod effects;
mod hook_types;
mod import;
mod kind;
mod problems;
mod response;
mod rules;
mod source;
mod templates;
mod tokens;

use hookbox_hooks::api::{Endpoint, ErrorStyle};
use hookbox_hooks::dialect::{Dialect, Import, Language, SourceNote, TemplateFile};
use hookbox_hooks::hook_type::{AccountRules, HookTypeSpec};
use serde_json::Value;

use self::kind::{DIALECT, Kind};

/// OneLogin's dialect.
pub(crate) struct OneLogin;

impl Dialect for OneLogin {
    fn name(&self) -> &'static str {
        DIALECT
    }

    fn hook_types(&self) -> &'static [HookTypeSpec] {
        &hook_types::HOOK_TYPES
    }

    fn account_rules(&self) -> Option<&'static dyn AccountRules> {
        Some(&account::Rules)
    }

    fn endpoints(&self) -> Vec<&'static Endpoint> {
        [tokens::ENDPOINTS, admin::HOOKS, admin::ENV_VARS, admin::LOGS].into_iter().flatten().collect()
    }

    fn error_styles(&self) -> &'static [ErrorStyle] {
        &problems::STYLES
    }

    fn schemas(&self) -> &'static str {
        include_str!("schemas.json")
    }

    fn template(&self, hook_type: &str, language: Language) -> Vec<TemplateFile> {
        templates::of(hook_type, language)
    }

    fn check_source(&self, destination: Option<&str>, source: &str) -> Option<SourceNote> {
        source::check(destination, source)
    }

    fn effects(&self, hook_type: &str, event: &Value, body: Option<&Value>) -> Vec<String> {
        Kind::named(hook_type).map(|kind| effects::of(kind, event, body)).unwrap_or_default()
    }

    fn import(&self) -> Option<&'static Import> {
        Some(&import::IMPORT)
    }
}
