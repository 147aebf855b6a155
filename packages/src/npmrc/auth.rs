//! Who may be told which secret.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::Secret;
use url::Url;

use super::origin::{Prefix, same_origin};

/// Secrets, each with the only URLs that it is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials(Vec<(Prefix, Secret)>);

/// What is said for one prefix.
#[derive(Default)]
struct Parts<'a> {
    token: Option<&'a str>,
    basic: Option<&'a str>,
    username: Option<&'a str>,
    password: Option<&'a str>,
}

impl Parts<'_> {
    /// The header's value. A token wins over names and passwords, as with npm.
    fn header(&self) -> Option<String> {
        if let Some(token) = self.token {
            return Some(format!("Bearer {token}"));
        }
        if let Some(basic) = self.basic {
            return Some(format!("Basic {basic}"));
        }
        let password = STANDARD.decode(self.password?).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        Some(format!("Basic {}", STANDARD.encode(format!("{}:{password}", self.username?))))
    }
}

impl Credentials {
    /// Collects `//host/path/:_authToken` and its likes. Secrets that are bound to no host are never used.
    pub(super) fn collect(pairs: &BTreeMap<String, String>) -> Self {
        let mut parts: BTreeMap<&str, Parts<'_>> = BTreeMap::new();
        for (key, value) in pairs.iter().filter(|(key, value)| key.starts_with("//") && !value.is_empty()) {
            let Some((prefix, field)) = key.rsplit_once(':') else { continue };
            let part = parts.entry(prefix).or_default();
            match field {
                "_authToken" => part.token = Some(value),
                "_auth" => part.basic = Some(value),
                "username" => part.username = Some(value),
                "_password" => part.password = Some(value),
                _ => {}
            }
        }
        let bound = |(prefix, parts): (&str, Parts<'_>)| {
            let secret = parts.header().map(Secret::new);
            Prefix::parse(prefix).into_iter().filter_map(move |prefix| Some((prefix, secret.clone()?))).collect::<Vec<_>>()
        };
        Self(parts.into_iter().flat_map(bound).collect())
    }

    /// The value of `authorization` for a request that was made for a registry: the secret with the longest prefix. Nothing that is meant for
    /// a connection with TLS is said on one without, unless the registry itself is configured so.
    pub(crate) fn header_for(&self, url: &Url, registry: &Url) -> Option<&Secret> {
        if url.scheme() != "https" && !same_origin(url, registry) {
            return None;
        }
        let covering = self.0.iter().filter_map(|(prefix, secret)| Some((prefix.covers(url)?, secret)));
        covering.max_by_key(|(length, _)| *length).map(|(_, secret)| secret)
    }

    /// The same after a redirect: only if it leads to the same scheme, host and port.
    pub(crate) fn header_after(&self, from: &Url, to: &Url, registry: &Url) -> Option<&Secret> {
        if same_origin(from, to) { self.header_for(to, registry) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(pairs: &[(&str, &str)]) -> Credentials {
        Credentials::collect(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_longest_prefix_wins() {
        let all = credentials(&[("//r.example/:_authToken", "all"), ("//r.example/team/:_authToken", "team"), ("_authToken", "nobody's")]);
        let registry = url("https://r.example/");
        let header = |text: &str| all.header_for(&url(text), &registry).map(|secret| secret.expose().to_owned());
        assert_eq!(header("https://r.example/x").unwrap(), "Bearer all");
        assert_eq!(header("https://r.example/team/x").unwrap(), "Bearer team");
        assert_eq!(header("https://other.example/x"), None);
        assert_eq!(header("http://r.example/x"), None, "not without TLS");
        assert!(all.header_for(&url("http://r.example/x"), &url("http://r.example/")).is_some(), "the registry itself is without");
    }

    #[test]
    fn names_and_passwords_become_one_header() {
        let registry = url("https://r.example/");
        let encoded = STANDARD.encode("pass:word");
        for pairs in [
            [("//r.example/:username", "me"), ("//r.example/:_password", encoded.as_str())],
            [("//r.example/:_auth", "bWU6cGFzczp3b3Jk"), ("x", "y")],
        ] {
            let all = credentials(&pairs);
            assert_eq!(all.header_for(&registry, &registry).unwrap().expose(), "Basic bWU6cGFzczp3b3Jk");
            assert!(!format!("{all:?}").contains("bWU6"));
        }
        assert!(credentials(&[("//r.example/:username", "me")]).header_for(&registry, &registry).is_none());
    }

    #[test]
    fn a_redirect_to_elsewhere_carries_nothing() {
        let all = credentials(&[("//r.example/:_authToken", "a"), ("//cdn.example/:_authToken", "b")]);
        let from = url("https://r.example/x");
        assert!(all.header_after(&from, &url("https://r.example/y"), &from).is_some());
        for to in ["https://cdn.example/x", "http://r.example/x", "https://r.example:444/x"] {
            assert!(all.header_after(&from, &url(to), &from).is_none(), "{to}");
        }
    }
}
