//! Reads inline hooks from the bodies of Okta's clients, and writes them as hooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookbox_hooks::{Fields, ServiceError};
use serde_json::{Map, Value, json};

use crate::okta::inline_hook::InlineHook;
use crate::okta::kind::Kind;
use crate::okta::names::{AUTHENTICATION, INLINE_HOOK};

/// What the function says until its author uploads one.
const SILENT: &str = "// Made by Okta's API. Upload a function with: hookbox deploy\nexports.handler = async () => null;\n";
/// The same where silence is no answer.
const REFUSING: &str = "// Made by Okta's API. Upload a function with: hookbox deploy\n\
    exports.handler = async () => ({ error: { errorSummary: 'The hook has no function yet' } });\n";

/// What an authorization server of Okta calls its audience unless somebody changes it.
const AUDIENCE: &str = "api://default";

/// Keys that are only shown.
const SHOWN: [&str; 6] = ["id", "status", "created", "lastUpdated", "_links", "metadata"];

/// What a body says of a hook.
pub(super) struct Input {
    name: Option<String>,
    version: Option<String>,
    pub(super) kind: Option<Kind>,
    channel: Option<Channel>,
}

#[derive(Default)]
struct Channel {
    uri: Option<String>,
    method: Option<String>,
    headers: Option<Value>,
    oauth: Option<Value>,
    authentication: Option<Value>,
}

impl Input {
    pub(super) fn read(body: &[u8]) -> Result<Self, ServiceError> {
        let mut said = Fields::parse(body)?.only(&[["name", "type", "version", "channel"].as_slice(), &SHOWN].concat())?;
        let kind = said.string("type")?.map(|name| {
            let found = Kind::ALL.into_iter().find(|kind| kind.is_inline() && kind.event_type() == name);
            found.ok_or_else(|| said.wrong("type", "is not a type of inline hooks"))
        });
        let channel = said.object("channel")?.map(Channel::read).transpose()?;
        Ok(Self { name: said.string("name")?, version: said.string("version")?, kind: kind.transpose()?, channel })
    }

    /// The body that makes a new hook.
    pub(super) fn create(self) -> Result<Bytes, ServiceError> {
        let missing = |name: &str| ServiceError::invalid(name, format!("{name}: The field cannot be left blank"));
        let kind = self.kind.ok_or_else(|| missing("type"))?;
        let channel = self.channel.as_ref().ok_or_else(|| missing("channel"))?;
        if self.name.as_ref().is_none_or(String::is_empty) {
            return Err(missing("name"));
        }
        if channel.uri.is_none() {
            return Err(missing("channel.config.uri"));
        }
        if kind == Kind::Telephony && channel.authentication.is_none() {
            return Err(missing("channel.config.authScheme"));
        }
        let source = if kind.may_be_silent() { SILENT } else { REFUSING };
        let mut hook = self.change(None);
        hook.insert("type".to_owned(), kind.as_str().into());
        hook.insert("runtime".to_owned(), "nodejs24.x".into());
        hook.insert("function".to_owned(), STANDARD.encode(source).into());
        Ok(Value::Object(hook).to_string().into())
    }

    /// The body that changes a hook, of which this is known. Okta keeps what is not said.
    pub(super) fn update(self, before: Option<InlineHook>) -> Bytes {
        Value::Object(self.change(before)).to_string().into()
    }

    fn change(self, before: Option<InlineHook>) -> Map<String, Value> {
        let before = before.unwrap_or_default();
        let changes_channel = self.channel.is_some();
        let channel = self.channel.unwrap_or_default();
        let inline_hook = json!({
            "name": self.name.unwrap_or(before.name),
            "uri": channel.uri.unwrap_or(before.uri),
            "version": self.version.or(before.version),
            "method": channel.method.or(before.method),
            "headers": channel.headers.unwrap_or_else(|| json!(before.headers)),
            "oauth": if changes_channel { channel.oauth } else { before.oauth },
        });
        let mut hook = Map::new();
        hook.insert(INLINE_HOOK.to_owned(), inline_hook);
        hook.extend(channel.authentication.map(|authentication| (AUTHENTICATION.to_owned(), authentication)));
        hook
    }
}

impl Channel {
    fn read(said: Fields) -> Result<Self, ServiceError> {
        let mut said = said.only(&["type", "version", "config"])?;
        let is_oauth = match said.string("type")?.as_deref() {
            Some("OAUTH") => true,
            Some("HTTP") | None => false,
            Some(_) => return Err(said.wrong("type", "is not one of enum values: HTTP,OAUTH")),
        };
        let mut config = said.object("config")?.ok_or_else(|| said.missing("config"))?;
        let uri = config.string("uri")?;
        if uri.as_ref().is_some_and(|uri| !uri.starts_with("https://")) {
            return Err(config.wrong("uri", "does not begin with https://"));
        }
        let (oauth, authentication) = match is_oauth {
            true => of_oauth(&mut config)?,
            false => (None, of_header(&mut config)?),
        };
        Ok(Self { uri, method: config.string("method")?, headers: config.take("headers"), oauth, authentication })
    }
}

fn of_header(config: &mut Fields) -> Result<Option<Value>, ServiceError> {
    let Some(mut scheme) = config.object("authScheme")? else { return Ok(None) };
    let name = scheme.string("key")?.ok_or_else(|| scheme.missing("key"))?;
    Ok(Some(json!({"type": "header", "name": name, "secret": scheme.string("value")?})))
}

/// The tokens of an authorization server: the issuer of one of Okta's is what stands before the path of its tokens, and of another the origin of
/// these. The secret with which Okta fetches them is Okta's.
fn of_oauth(config: &mut Fields) -> Result<(Option<Value>, Option<Value>), ServiceError> {
    let url = config.string("tokenUrl")?.ok_or_else(|| config.missing("tokenUrl"))?;
    let (client, scope) = (config.string("clientId")?, config.string("scope")?);
    let kept = json!({
        "authType": config.string("authType")?,
        "clientId": client,
        "tokenUrl": url,
        "scope": scope,
        "hookKeyId": config.string("hookKeyId")?,
    });
    let issuer = url.strip_suffix("/v1/token").or_else(|| origin(&url)).ok_or_else(|| config.wrong("tokenUrl", "is no URL of HTTPS"))?;
    let scope = scope.and_then(|scope| scope.split(' ').next().map(str::to_owned));
    let authentication = json!({"type": "oauth", "issuer": issuer, "audience": AUDIENCE, "client_id": client, "scope": scope});
    Ok((Some(kept), Some(authentication)))
}

/// The origin of a URL of HTTPS.
fn origin(url: &str) -> Option<&str> {
    const SCHEME: &str = "https://";
    let rest = url.strip_prefix(SCHEME)?;
    let end = SCHEME.len() + rest.find('/').unwrap_or(rest.len());
    url.get(..end).filter(|origin| origin.len() > SCHEME.len())
}
