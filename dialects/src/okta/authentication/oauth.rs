//! Bearer tokens that an authorization server signs for Okta.

use hookbox_hooks::issuers::{Algorithm, Issuer};
use hookbox_hooks::{Fields, ServiceError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest text, in characters.
const LONGEST: usize = 1024;

/// Which tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::okta) struct OAuth {
    issuer: String,
    audience: String,
    jwks_uri: String,
    /// The client that the token must be for.
    #[serde(default)]
    client_id: Option<String>,
    /// A scope that the token must have.
    #[serde(default)]
    scope: Option<String>,
    algorithms: Vec<String>,
}

impl OAuth {
    pub(super) fn read(said: &mut Fields) -> Result<Self, ServiceError> {
        let issuer = text(said, "issuer")?.ok_or_else(|| said.missing("issuer"))?;
        let audience = text(said, "audience")?.ok_or_else(|| said.missing("audience"))?;
        let jwks_uri = text(said, "jwks_uri")?.unwrap_or_else(|| format!("{}/v1/keys", issuer.trim_end_matches('/')));
        if !is_fetched(&jwks_uri) {
            return Err(said.wrong("jwks_uri", "is not a URL of https"));
        }
        let algorithms = said.strings("algorithms")?.filter(|names| !names.is_empty());
        let algorithms = algorithms.unwrap_or_else(|| vec![Algorithm::Rs256.as_str().to_owned()]);
        if algorithms.iter().any(|name| Algorithm::parse(name).is_none()) {
            let names = Algorithm::ALL.map(Algorithm::as_str).join(",");
            return Err(said.wrong("algorithms", format_args!("is not a list of enum values: {names}")));
        }
        Ok(Self { issuer, audience, jwks_uri, client_id: text(said, "client_id")?, scope: text(said, "scope")?, algorithms })
    }

    /// Whose tokens are accepted.
    pub(super) fn issuer(&self) -> Issuer {
        Issuer {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            keys_url: self.jwks_uri.clone(),
            algorithms: self.algorithms.iter().filter_map(|name| Algorithm::parse(name)).collect(),
        }
    }

    /// Whether a token with these claims is for the right client and has the right scope.
    pub(super) fn accepts(&self, claims: &Map<String, Value>) -> bool {
        let client =
            |wanted: &String| ["cid", "client_id", "azp"].iter().any(|name| claims.get(*name).and_then(Value::as_str) == Some(wanted));
        let scope = |wanted: &String| match claims.get("scp").or_else(|| claims.get("scope")) {
            Some(Value::Array(scopes)) => scopes.iter().any(|scope| scope.as_str() == Some(wanted)),
            Some(Value::String(scopes)) => scopes.split(' ').any(|scope| scope == wanted),
            _ => false,
        };
        self.client_id.as_ref().is_none_or(client) && self.scope.as_ref().is_none_or(scope)
    }
}

fn text(said: &mut Fields, name: &str) -> Result<Option<String>, ServiceError> {
    let text = said.string(name)?.filter(|text| !text.is_empty());
    match text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
        true => Err(said.wrong(name, format_args!("does not meet maximum length of {LONGEST}"))),
        false => Ok(text),
    }
}

/// Whether keys are fetched from there: over TLS, or from this machine.
fn is_fetched(url: &str) -> bool {
    let own = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let at_home = own.iter().filter_map(|prefix| url.strip_prefix(prefix)).any(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    (at_home || url.starts_with("https://")) && !url.contains(['@', ' ', '\t', '\n', '\r'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Result<OAuth, String> {
        OAuth::read(&mut Fields::parse(body.to_string().as_bytes()).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_least_is_an_issuer_and_an_audience() {
        let oauth = read(json!({"issuer": "https://a.example/oauth2/default", "audience": "api://default"})).unwrap();
        assert_eq!(oauth.jwks_uri, "https://a.example/oauth2/default/v1/keys");
        assert_eq!(oauth.issuer().algorithms, [Algorithm::Rs256]);
        for (change, says) in [
            (json!({"issuer": null}), "requires property \"issuer\""),
            (json!({"audience": ""}), "requires property \"audience\""),
            (json!({"jwks_uri": "http://a.example/keys"}), "is not a URL of https"),
            (json!({"jwks_uri": "http://127.0.0.1.example/keys"}), "is not a URL of https"),
            (json!({"jwks_uri": "https://user@a.example/keys"}), "is not a URL of https"),
            (json!({"algorithms": ["HS256"]}), "is not a list of enum values: RS256,RS384,RS512,ES256"),
            (json!({"audience": "x".repeat(1025)}), "does not meet maximum length of 1024"),
        ] {
            let mut body = json!({"issuer": "https://a.example", "audience": "b"});
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            assert!(read(body).unwrap_err().contains(says), "{change}");
        }
        assert!(read(json!({"issuer": "http://127.0.0.1:80", "audience": "b"})).is_ok());
    }

    #[test]
    fn a_client_and_a_scope_may_be_asked_for() {
        let body = json!({"issuer": "https://a.example", "audience": "b", "client_id": "c", "scope": "hooks"});
        let oauth = read(body).unwrap();
        for (claims, accepted) in [
            (json!({"cid": "c", "scp": ["other", "hooks"]}), true),
            (json!({"client_id": "c", "scope": "other hooks"}), true),
            (json!({"cid": "d", "scp": ["hooks"]}), false),
            (json!({"cid": "c", "scp": ["hook"]}), false),
            (json!({"cid": "c"}), false),
            (json!({}), false),
        ] {
            assert_eq!(oauth.accepts(claims.as_object().unwrap()), accepted, "{claims}");
        }
    }
}
