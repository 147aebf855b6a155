//! The shape of contexts: the keys of each hook type, the version that adds each key, and the option that shows it. A new key starts here.

use super::options::Options;
use super::version::ContextVersion;
use crate::onelogin::kind::Kind;

/// One key of an object in a context.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// The first version that has the key.
    since: ContextVersion,
    /// The option that shows the key; without one, the key is always shown.
    option: Option<fn(Options) -> bool>,
    /// Whether a caller must send it.
    pub(crate) required: bool,
    /// The default for a key that the caller leaves out or sends as null, in JSON.
    pub(crate) fill: Option<&'static str>,
    pub(crate) value: Value,
}

/// The type of a key's value.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// Any JSON value.
    Any,
    Text,
    Number,
    /// An object with these keys.
    Object(&'static [Key]),
    /// A list of objects with these keys.
    Objects(&'static [Key]),
}

impl Value {
    /// The type's name in an error.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "string",
            Self::Number => "number",
            Self::Object(_) => "object",
            Self::Objects(_) => "array",
        }
    }

    /// Whether JSON text is of this type. The text must be valid and without space around it.
    pub(crate) fn allows(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Text => text.starts_with('"'),
            Self::Number => text.starts_with(|c: char| c == '-' || c.is_ascii_digit()),
            Self::Object(_) => text.starts_with('{'),
            Self::Objects(_) => text.starts_with('['),
        }
    }
}

/// Which keys a function may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::onelogin) struct View {
    /// The version whose keys it sees.
    pub version: ContextVersion,
    /// The options that show further keys.
    pub options: Options,
}

impl Key {
    const fn new(name: &'static str, value: Value) -> Self {
        Self { name, since: ContextVersion::V1_0_0, option: None, required: false, fill: None, value }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn since(self, since: ContextVersion) -> Self {
        Self { since, ..self }
    }

    const fn behind(self, option: fn(Options) -> bool) -> Self {
        Self { option: Some(option), ..self }
    }

    const fn filled(self, fill: &'static str) -> Self {
        Self { fill: Some(fill), ..self }
    }

    /// Whether a function with this view sees the key.
    pub(crate) fn shows(&self, view: View) -> bool {
        self.since <= view.version && self.option.is_none_or(|enabled| enabled(view.options))
    }
}

use ContextVersion::{V1_0_0, V1_1_0};

static PRE_AUTHENTICATION: &[Key] = &[
    Key::new(
        "user",
        Value::Object(&[
            Key::new("user_identifier", Value::Text).required(),
            Key::new("policy_id", Value::Number).required(),
            Key::new("id", Value::Any).since(V1_1_0),
            Key::new("last_login_success", Value::Any).since(V1_1_0).filled("null"),
        ]),
    )
    .required(),
    Key::new("device", Value::Object(&[Key::new("user_agent", Value::Any), Key::new("is_mobile", Value::Any)])).required(),
    Key::new("location", Value::Object(&[Key::new("ip", Value::Any), Key::new("country_code", Value::Any)]))
        .behind(|options| options.location_enabled),
    Key::new("risk", Value::Object(&[Key::new("score", Value::Any), Key::new("reasons", Value::Any)]))
        .behind(|options| options.risk_enabled),
    Key::new(
        "mfa_devices",
        Value::Objects(&[
            Key::new("auth_factor_id", Value::Any),
            Key::new("device_id", Value::Any),
            Key::new("user_display_name", Value::Any),
            Key::new("type_display_name", Value::Any),
            Key::new("auth_factor_name", Value::Any),
            Key::new("default", Value::Any),
            Key::new("last_used_at", Value::Any),
            Key::new("created_at", Value::Any),
        ]),
    )
    .since(V1_1_0)
    .behind(|options| options.mfa_device_info_enabled),
    Key::new("app", Value::Object(&[Key::new("id", Value::Any), Key::new("uuid", Value::Any), Key::new("name", Value::Any)]))
        .since(V1_1_0)
        .filled("{}"),
    Key::new("correlation_id", Value::Any),
    Key::new("request_id", Value::Any),
];

static USER_MIGRATION: &[Key] = &[
    Key::new("user_identifier", Value::Text).required(),
    Key::new("password", Value::Text).required(),
    Key::new("correlation_id", Value::Any),
    Key::new("request_id", Value::Any),
];

impl Kind {
    /// The keys at the top level of the type's context.
    pub(crate) fn context_keys(self) -> &'static [Key] {
        match self {
            Self::PreAuthentication => PRE_AUTHENTICATION,
            Self::UserMigration => USER_MIGRATION,
        }
    }

    /// The versions of the type's context, oldest first.
    pub(in crate::onelogin) fn context_versions(self) -> &'static [ContextVersion] {
        match self {
            Self::PreAuthentication => &[V1_0_0, V1_1_0],
            Self::UserMigration => &[V1_0_0],
        }
    }
}
