//! One way to authenticate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_hooks::api::{Core, Head};
use hookbox_hooks::hook_type::Keeper;
use hookbox_hooks::{AccountId, Fields, ServiceError};
use http::HeaderName;
use serde::{Deserialize, Serialize};

use super::oauth::OAuth;

/// The longest secret, user name and password, in bytes.
const LONGEST: usize = 512;

/// Headers that say how a request is sent and not who sends it.
const NOT_SECRET: [&str; 10] =
    ["host", "content-length", "content-type", "transfer-encoding", "connection", "accept", "expect", "te", "upgrade", "user-agent"];

/// One way to authenticate. `hash` is that of the secret; `secret` is there only between a request that sets it and the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(in crate::okta) enum Means {
    /// A header with this value.
    Header {
        name: String,
        #[serde(flatten)]
        proof: Proof,
    },
    /// A user and a password.
    Basic {
        user: String,
        #[serde(flatten)]
        proof: Proof,
    },
    /// A bearer token.
    OAuth(OAuth),
}

/// A secret, or its hash. Without either nobody is let in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::okta) struct Proof {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof").field("set", &self.is_set()).finish()
    }
}

impl Proof {
    fn of(secret: Option<String>) -> Self {
        Self { secret, hash: None }
    }

    fn is_set(&self) -> bool {
        self.secret.is_some() || self.hash.is_some()
    }

    fn kept(&mut self, keeper: &dyn Keeper) {
        if let Some(secret) = self.secret.take() {
            self.hash = Some(keeper.hash(&secret));
        }
    }

    fn is(&self, core: &Core, shown: &str) -> bool {
        self.hash.as_ref().is_some_and(|hash| core.service.has_secret(hash, shown))
    }
}

impl Means {
    pub(super) fn read(said: &mut Fields) -> Result<Self, ServiceError> {
        match said.string("type")?.as_deref() {
            Some("header") => {
                // Its spelling is kept, because clients compare what they read with what they wrote.
                let name = text(said, "name")?.ok_or_else(|| said.missing("name"))?;
                if HeaderName::try_from(&name).is_err() || NOT_SECRET.iter().any(|other| name.eq_ignore_ascii_case(other)) {
                    return Err(said.wrong("name", "is not the name of a header that can hold a secret"));
                }
                let secret = text(said, "secret")?;
                // A header cannot carry anything else.
                if secret.as_ref().is_some_and(|secret| !secret.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || secret.trim() != secret)
                {
                    return Err(said.wrong("secret", "is not printable ASCII without spaces at its ends"));
                }
                Ok(Self::Header { name, proof: Proof::of(secret) })
            }
            Some("basic") => {
                let user = text(said, "user")?.ok_or_else(|| said.missing("user"))?;
                if user.contains(':') {
                    return Err(said.wrong("user", "has a colon, which HTTP does not allow"));
                }
                let secret = text(said, "password")?.map(|password| STANDARD.encode(format!("{user}:{password}")));
                Ok(Self::Basic { user, proof: Proof::of(secret) })
            }
            Some("oauth") => OAuth::read(said).map(Self::OAuth),
            _ => Err(said.wrong("type", "is not one of enum values: header,basic,oauth")),
        }
    }

    /// The same with hashes instead of secrets. Who says no secret means the one that `before` has.
    pub(super) fn kept(mut self, before: Option<&Self>, keeper: &dyn Keeper) -> Self {
        match (&mut self, before) {
            (Self::Header { name, proof }, Some(Self::Header { name: same, proof: before }))
                if !proof.is_set() && name.eq_ignore_ascii_case(same) =>
            {
                proof.clone_from(before);
            }
            (Self::Basic { user, proof }, Some(Self::Basic { user: same, proof: before })) if !proof.is_set() && user == same => {
                proof.clone_from(before);
            }
            (Self::Header { proof, .. } | Self::Basic { proof, .. }, _) => proof.kept(keeper),
            (Self::OAuth(_), _) => {}
        }
        self
    }

    pub(super) fn is_header(&self) -> bool {
        !matches!(self, Self::OAuth(_))
    }

    /// The header that holds what is shown.
    pub(super) fn header(&self) -> &str {
        match self {
            Self::Header { name, .. } => name,
            Self::Basic { .. } | Self::OAuth(_) => "authorization",
        }
    }

    /// Whether there is a secret; a bearer token needs none.
    pub(super) fn is_set(&self) -> bool {
        match self {
            Self::Header { proof, .. } | Self::Basic { proof, .. } => proof.is_set(),
            Self::OAuth(_) => true,
        }
    }

    /// The same without the secret and its hash, for people to read.
    pub(super) fn shown(&self) -> Self {
        match self.clone() {
            Self::Header { name, .. } => Self::Header { name, proof: Proof::default() },
            Self::Basic { user, .. } => Self::Basic { user, proof: Proof::default() },
            oauth @ Self::OAuth(_) => oauth,
        }
    }

    /// Whether a request shows what is asked for.
    pub(in crate::okta) async fn admits(&self, core: &Core, account: AccountId, head: &Head<'_>) -> bool {
        match self {
            Self::Header { name, proof } => proof.is(core, the_only(head, name).unwrap_or_default()),
            Self::Basic { proof, .. } => proof.is(core, head.authorization().and_then(|sent| after(sent, "Basic")).unwrap_or_default()),
            Self::OAuth(oauth) => {
                let Some(token) = head.authorization().and_then(|sent| after(sent, "Bearer")) else { return false };
                match core.service.verify_token(account, &oauth.issuer(), token).await {
                    Ok(claims) => oauth.accepts(&claims),
                    Err(refusal) => {
                        tracing::debug!(%refusal, "a bearer token is refused");
                        false
                    }
                }
            }
        }
    }
}

/// A header that is there once.
fn the_only<'a>(head: &Head<'a>, name: &str) -> Option<&'a str> {
    let mut values = head.headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

/// What stands behind a scheme, whatever its case.
fn after<'a>(sent: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = sent.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}

fn text(said: &mut Fields, name: &str) -> Result<Option<String>, ServiceError> {
    let text = said.string(name)?.filter(|text| !text.is_empty());
    match text.as_ref().is_some_and(|text| text.len() > LONGEST) {
        true => Err(said.wrong(name, format_args!("does not meet maximum length of {LONGEST} bytes"))),
        false => Ok(text),
    }
}
