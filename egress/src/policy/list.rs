//! A list of entries: `allowed_hosts` of a hook, or the ceiling of an account or a server.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entry::Entry;
use super::target::{Host, Scheme, Target};

/// What may be reached. The empty list, which is the default, allows nothing.
///
/// Each entry is `[scheme://]whom[:port]`:
/// * whom: a name; `*.name` for every name below it at any depth, and not the name itself (`*.com` is allowed and means all of it); an
///   address; a range of addresses such as `10.0.0.0/8`; or `*` for any name and any public address, which ceilings need.
/// * scheme: `http`, `https`, `tcp` (raw connections, TLS in them too), or `tls` (raw connections in TLS from their first byte).
/// * without a scheme: all of them on the port; without a port too: `http` and `https` on any port.
/// * with a scheme and no port: on any port.
///
/// Names are compared in lower case, in ASCII, without a dot at the end. An address that is not public, and a name that leads to one, needs an
/// entry with that address or a range that holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy(Vec<Entry>);

/// The first entry that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {index} ({entry:?}) names no host: {reason}")]
pub struct PolicyError {
    /// Its place in the list, from 0.
    pub index: usize,
    /// The entry, cut to 100 characters.
    pub entry: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Entries that a list may have.
const MOST: usize = 1000;

impl Policy {
    /// Reads a list of at most 1,000 entries.
    ///
    /// # Errors
    /// The first entry that is none, and why.
    pub fn parse(entries: &[impl AsRef<str>]) -> Result<Self, PolicyError> {
        let read = |(index, text): (usize, &str)| {
            let parsed = if index < MOST { Entry::parse(text) } else { Err(format!("a list has at most {MOST} entries")) };
            parsed.map_err(|reason| PolicyError { index, entry: text.chars().take(100).collect(), reason })
        };
        entries.iter().map(AsRef::as_ref).enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether it allows nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an entry names everybody (`*`).
    pub fn has_any(&self) -> bool {
        self.0.iter().any(Entry::is_any)
    }

    /// The entries in their canonical spelling.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(ToString::to_string)
    }

    /// Whether an entry allows the target. What the addresses of a name are is not looked at.
    pub fn allows(&self, target: &Target) -> bool {
        self.0.iter().any(|entry| entry.allows(target))
    }

    /// Whether an entry names the host for any use.
    pub(super) fn knows(&self, host: &Host) -> bool {
        self.0.iter().any(|entry| entry.knows(host))
    }

    /// Whether an entry names this address or a range that holds it, for this use or, without one, for any.
    pub(super) fn names_address(&self, address: IpAddr, usage: Option<(Scheme, u16)>) -> bool {
        self.0.iter().any(|entry| entry.names_address(address, usage))
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    /// Reads entries that are separated by commas or spaces.
    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let entries: Vec<&str> = text.split([',', ' ']).filter(|entry| !entry.is_empty()).collect();
        Self::parse(&entries)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().collect::<Vec<_>>().join(", "))
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts())
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Vec::<String>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        let (scheme, rest) = text.split_once("://").unwrap();
        let (host, port) = rest.rsplit_once(':').unwrap();
        Target { scheme: Scheme::parse(scheme).unwrap(), host: Host::parse(host).unwrap(), port: port.parse().unwrap() }
    }

    #[test]
    fn an_entry_allows_what_it_names_and_nothing_beside_it() {
        for (entry, allowed, refused) in [
            (
                "api.example",
                "http://api.example:80 https://api.example:8443 https://API.example.:443",
                "https://x.api.example:443 https://api.example.org:443 tcp://api.example:443 tls://api.example:443",
            ),
            (
                "*.example",
                "https://a.example:443 https://b.a.example:443",
                "https://example:443 https://aexample:443 https://a.example.org:443",
            ),
            ("*.a.example", "https://b.a.example:443", "https://a.example:443 https://ba.example:443"),
            (
                "api.example:443",
                "http://api.example:443 https://api.example:443 tcp://api.example:443 tls://api.example:443",
                "https://api.example:444",
            ),
            ("https://api.example", "https://api.example:443 https://api.example:1", "http://api.example:443 tls://api.example:443"),
            ("https://api.example:443", "https://api.example:443", "https://api.example:444 http://api.example:443"),
            ("tcp://db.example:5432", "tcp://db.example:5432 tls://db.example:5432", "http://db.example:5432 tcp://db.example:5433"),
            ("tls://db.example", "tls://db.example:1", "tcp://db.example:1 https://db.example:1"),
            (
                "10.0.0.0/8",
                "http://10.1.2.3:80 http://[::ffff:10.1.2.3]:80",
                "http://11.0.0.1:80 http://[::a01:203]:80 http://[64:ff9b::a01:203]:80",
            ),
            ("64:ff9b::/96", "http://[64:ff9b::a01:203]:80", "http://10.1.2.3:80"),
            ("*", "https://api.example:443 http://1.1.1.1:80", "tcp://api.example:443 http://10.0.0.1:80 http://[::1]:80"),
            (
                "127.0.0.1",
                "http://127.0.0.1:80 http://2130706433:80 http://0x7f.1:80",
                "http://127.0.0.2:80 http://localhost:80 http://[::1]:80",
            ),
            (
                "bücher.example",
                "https://bücher.example:443 https://BÜCHER.example:443 https://xn--bcher-kva.example:443",
                "https://bucher.example:443",
            ),
            ("paypal.example", "https://ｐａｙｐａｌ.example:443", "https://pаypal.example:443"),
        ] {
            let policy = Policy::parse(&[entry]).unwrap();
            for text in allowed.split(' ') {
                assert!(policy.allows(&target(text)), "{entry} and {text}");
            }
            for text in refused.split(' ') {
                assert!(!policy.allows(&target(text)), "{entry} and {text}");
                assert!(!Policy::default().allows(&target(text)));
            }
        }
    }

    #[test]
    fn the_first_wrong_entry_is_named() {
        let error = Policy::parse(&["api.example", "https://a/b", ""]).unwrap_err();
        assert_eq!((error.index, error.entry.as_str()), (1, "https://a/b"));
        assert!(error.reason.contains("path"), "{error}");
        let many = vec!["a.example"; 1001];
        assert_eq!(Policy::parse(&many).unwrap_err().index, 1000);
    }

    #[test]
    fn a_list_is_a_list_of_texts_in_json() {
        let policy: Policy = "API.example, tcp://10.0.0.0/8:5432".parse().unwrap();
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(json, r#"["api.example","tcp://10.0.0.0/8:5432"]"#);
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
        assert!(serde_json::from_str::<Policy>(r#"["a b"]"#).is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_read_is_written_so_that_it_is_read_the_same(text in "(https?://|tcp://|)(\\*\\.|)[a-z0-9.:/\\[\\]*-]{0,20}") {
            if let Ok(policy) = Policy::parse(&[text]) {
                let again = Policy::parse(&policy.texts().collect::<Vec<_>>()).unwrap();
                assert_eq!(again, policy);
            }
        }
    }
}
