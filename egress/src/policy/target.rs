//! Where something wants to go: a scheme, a host and a port, read as browsers read addresses of the web.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use serde::Serialize;

use crate::error::Error;

/// How a connection is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// HTTP without TLS.
    Http,
    /// HTTP in TLS.
    Https,
    /// A raw stream, in which a hook may say anything and which it may turn into TLS.
    Tcp,
    /// A raw stream in TLS from its first byte.
    Tls,
}

impl Scheme {
    /// As it is written before `://`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Http, Self::Https, Self::Tcp, Self::Tls].into_iter().find(|scheme| scheme.text().eq_ignore_ascii_case(text))
    }

    /// Whether it is HTTP.
    pub(crate) fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

/// A host in its one spelling: a name in lower case and ASCII without a dot at its end, or an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name such as `api.example`.
    Name(String),
    /// An address; an IPv4 address in IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
    Address(IpAddr),
}

impl Host {
    /// Reads a host: a name, an IPv4 address in any spelling that browsers know, an IPv6 address with or without brackets.
    ///
    /// # Errors
    /// `ERR_INVALID_URL`: no such host can exist.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = || Error::invalid("ERR_INVALID_URL", "the host is neither a name nor an address");
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Ok(Self::Address(IpAddr::V6(address).to_canonical()));
        }
        let host = url::Host::parse(text).map_err(|_| invalid())?;
        Self::of(host).ok_or_else(invalid)
    }

    /// The host of a URL; `None` if its name has empty or overlong parts.
    pub(crate) fn of<S: AsRef<str>>(host: url::Host<S>) -> Option<Self> {
        match host {
            url::Host::Ipv4(address) => Some(Self::Address(address.into())),
            url::Host::Ipv6(address) => Some(Self::Address(IpAddr::V6(address).to_canonical())),
            url::Host::Domain(name) => {
                let name = name.as_ref();
                let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
                let fits = name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()));
                fits.then_some(Self::Name(name))
            }
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// What a policy judges.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// How it is used.
    pub scheme: Scheme,
    /// Who is called.
    pub host: Host,
    /// On which port.
    pub port: u16,
}

impl Target {
    /// The target of a URL.
    ///
    /// # Errors
    /// `ERR_INVALID_URL`: it is not `http` or `https`, has a user or a password, or a host that cannot exist.
    pub(crate) fn of_url(url: &url::Url) -> Result<Self, Error> {
        let invalid = |why: &str| Error::invalid("ERR_INVALID_URL", why);
        let scheme = Scheme::parse(url.scheme()).filter(|scheme| scheme.is_http());
        let scheme = scheme.ok_or_else(|| invalid("only http and https URLs can be requested"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("a URL with a user or a password cannot be requested: use the Authorization header"));
        }
        let host = url.host().and_then(Host::of).ok_or_else(|| invalid("the host is neither a name nor an address"))?;
        let port = url.port_or_known_default().filter(|port| *port != 0).ok_or_else(|| invalid("the port must be 1 to 65535"))?;
        Ok(Self { scheme, host, port })
    }

    /// The host as a request names it: with its port where that is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        match (self.scheme, self.port) {
            (Scheme::Http, 80) | (Scheme::Https, 443) => self.host.to_string(),
            _ => self.place(),
        }
    }

    /// `host:port`, as refusals name it.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme.text(), self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_host_is_one() {
        for loopback in
            ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "::ffff:127.0.0.1", "[::ffff:7f00:1]"]
        {
            assert_eq!(Host::parse(loopback).unwrap().to_string(), "127.0.0.1", "{loopback}");
        }
        for (text, host) in [
            ("API.Example", "api.example"),
            ("api.example.", "api.example"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("ａｐｉ.example", "api.example"),
            ("api。example", "api.example"),
            ("аpi.example", "xn--pi-6kc.example"),
            ("%61pi.example", "api.example"),
            ("::1", "[::1]"),
            ("[64:ff9b::7f00:1]", "[64:ff9b::7f00:1]"),
        ] {
            assert_eq!(Host::parse(text).unwrap().to_string(), host, "{text}");
        }
        for text in [
            "",
            ".",
            "a..b",
            "api.example..",
            "a b",
            "user@api.example",
            "api.example/x",
            "api.example:80",
            "1.2.3.4.5",
            "[::1",
            "a\0b",
            "256.0.0.1",
        ] {
            assert!(Host::parse(text).is_err(), "{text}");
        }
        assert!(Host::parse(&format!("{}.example", "a".repeat(64))).is_err());
    }

    #[test]
    fn a_url_without_a_plain_target_is_refused() {
        let of = |text: &str| Target::of_url(&url::Url::parse(text).unwrap());
        assert_eq!(of("https://Api.Example./a?b").unwrap().to_string(), "https://api.example:443");
        assert_eq!(of("http://[::1]:8080/").unwrap().to_string(), "http://[::1]:8080");
        for text in [
            "ftp://api.example/",
            "file:///etc/passwd",
            "data:,x",
            "http://user@api.example/",
            "http://:x@api.example/",
            "http://api.example:0/",
            "http://a..b/",
        ] {
            assert_eq!(of(text).unwrap_err().code, "ERR_INVALID_URL", "{text}");
        }
    }
}
