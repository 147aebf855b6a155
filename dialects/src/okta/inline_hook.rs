//! What Okta's own API keeps of a hook beside its type and its authentication: its name there, and the channel that was asked for. Okta is told
//! the URL of the hook's door; the one in the channel is kept so that who set it reads it back.

use hookbox_hooks::hook_type::Settings;
use hookbox_hooks::{Fields, ServiceError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::names::INLINE_HOOK;

/// What a body may say.
pub(super) const KEYS: [&str; 6] = ["name", "uri", "version", "method", "headers", "oauth"];

/// The longest name, in characters.
const NAME: usize = 255;
/// The longest URL, in characters.
const URI: usize = 1024;
/// The longest version, in characters.
const VERSION: usize = 32;
/// The most headers.
const HEADERS: usize = 32;

/// A hook as Okta's API names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InlineHook {
    pub(super) name: String,
    #[serde(default)]
    pub(super) uri: String,
    /// Its version, if another one was asked for than the only one that there is: who said it reads it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) method: Option<String>,
    /// Headers that Okta sends beside the one with the secret.
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    /// The channel of OAuth as it was asked for, without secrets.
    #[serde(default)]
    pub(super) oauth: Option<Value>,
}

/// A header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) key: String,
    pub(super) value: String,
}

/// What is kept in a hook's settings.
pub(super) fn of(settings: &Settings) -> Option<InlineHook> {
    serde_json::from_value(settings.get(INLINE_HOOK)?.clone()).ok()
}

impl InlineHook {
    /// Reads what a body says.
    pub(super) fn read(said: Fields) -> Result<Self, ServiceError> {
        let mut said = said.only(&KEYS)?;
        let name = said.string("name")?.filter(|name| !name.is_empty()).ok_or_else(|| said.missing("name"))?;
        if name.chars().count() > NAME {
            return Err(said.wrong("name", format_args!("does not meet maximum length of {NAME}")));
        }
        let uri = said.string("uri")?.unwrap_or_default();
        if uri.chars().count() > URI || uri.contains(char::is_whitespace) {
            return Err(said.wrong("uri", format_args!("is not a URL of at most {URI} characters without spaces")));
        }
        let headers = said.objects("headers")?.unwrap_or_default();
        if headers.len() > HEADERS {
            return Err(said.wrong("headers", format_args!("does not meet maximum length of {HEADERS}")));
        }
        let header = |header: Fields| {
            let mut header = header.only(&["key", "value"])?;
            let mut text = |name: &str| header.string(name)?.ok_or_else(|| header.missing(name));
            Ok(Header { key: text("key")?, value: text("value")? })
        };
        let headers = headers.into_iter().map(header).collect::<Result<_, ServiceError>>()?;
        let version = said.string("version")?;
        if version.as_ref().is_some_and(|version| version.chars().count() > VERSION) {
            return Err(said.wrong("version", format_args!("does not meet maximum length of {VERSION}")));
        }
        Ok(Self { name, uri, version, method: said.string("method")?, headers, oauth: said.take("oauth") })
    }

    /// The form in which it is stored and shown.
    pub(super) fn stored(&self) -> Value {
        json!(self)
    }
}
