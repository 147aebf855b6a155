//! One entry of a list: who may be called, how, and on which port.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::target::{Host, Scheme, Target};

/// Whom an entry names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Whom {
    /// Any name and any public address.
    Any,
    /// This name.
    Name(String),
    /// Every name below this one, at any depth, and not this one.
    Below(String),
    /// These addresses.
    Range(IpNet),
}

/// An entry such as `api.example`, `https://*.example`, `tcp://10.1.0.0/16:5432`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    scheme: Option<Scheme>,
    whom: Whom,
    port: Option<u16>,
}

impl Entry {
    /// Reads an entry; the error is the reason why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > 300 {
            return Err("it is longer than 300 bytes".to_owned());
        }
        let (scheme, rest) = match text.split_once("://") {
            None => (None, text),
            Some((scheme, rest)) => match Scheme::parse(scheme) {
                Some(scheme) => (Some(scheme), rest),
                None => return Err(format!("the scheme {scheme:?} is not one of http, https, tcp, tls")),
            },
        };
        if rest.contains('@') {
            return Err("a user or a password is no part of an entry".to_owned());
        }
        if rest.contains(['?', '#', '\\']) || rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("a host and a port, and nothing else, can be named".to_owned());
        }
        let (whom, port) = split(rest)?;
        Ok(Self { scheme, whom: whom_of(whom)?, port: port.map(port_of).transpose()? })
    }

    /// Whether it is `*`.
    pub(super) fn is_any(&self) -> bool {
        self.whom == Whom::Any
    }

    /// Whether the entry is about this use of this port.
    ///
    /// With a scheme: that one (`tcp` is also `tls`, because whoever may say anything may also say TLS), on the port or, without one, on any.
    /// Without a scheme: every one on the port or, without a port, `http` and `https` on any.
    fn fits(&self, scheme: Scheme, port: u16) -> bool {
        let scheme_fits = match self.scheme {
            Some(Scheme::Tcp) => matches!(scheme, Scheme::Tcp | Scheme::Tls),
            Some(own) => own == scheme,
            None => self.port.is_some() || scheme.is_http(),
        };
        scheme_fits && self.port.is_none_or(|own| own == port)
    }

    fn names(&self, host: &Host) -> bool {
        match (&self.whom, host) {
            (Whom::Any, Host::Name(_)) => true,
            (Whom::Any, Host::Address(address)) => super::ranges::special(*address).is_none(),
            (Whom::Name(own), Host::Name(name)) => own == name,
            (Whom::Below(own), Host::Name(name)) => name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')),
            (Whom::Range(range), Host::Address(address)) => range.contains(address),
            (Whom::Name(_) | Whom::Below(_), Host::Address(_)) | (Whom::Range(_), Host::Name(_)) => false,
        }
    }

    /// Whether the entry allows the target, as far as its text goes: the addresses of a name are another question.
    pub(super) fn allows(&self, target: &Target) -> bool {
        self.fits(target.scheme, target.port) && self.names(&target.host)
    }

    /// Whether the entry names the host for anything.
    pub(super) fn knows(&self, host: &Host) -> bool {
        self.names(host)
    }

    /// Whether the entry names this address, or a range that holds it, for this use.
    pub(super) fn names_address(&self, address: IpAddr, scheme: Option<(Scheme, u16)>) -> bool {
        let fits = scheme.is_none_or(|(scheme, port)| self.fits(scheme, port));
        fits && matches!(self.whom, Whom::Range(range) if range.contains(&address.to_canonical()))
    }
}

/// Splits the port off.
fn split(rest: &str) -> Result<(&str, Option<&str>), String> {
    if let Some(inner) = rest.strip_prefix('[') {
        let (inner, after) = inner.split_once(']').ok_or("the bracket is not closed")?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((inner, Some(port))),
            None if after.is_empty() => Ok((inner, None)),
            None => Err("only a port can follow the bracket".to_owned()),
        };
    }
    // An IPv6 address or range without brackets has no port.
    if rest.matches(':').count() > 1 {
        return Ok((rest, None));
    }
    Ok(rest.split_once(':').map_or((rest, None), |(whom, port)| (whom, Some(port))))
}

fn port_of(text: &str) -> Result<u16, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|port| digits && *port != 0);
    port.ok_or_else(|| format!("the port {text:?} is not 1 to 65535"))
}

fn whom_of(text: &str) -> Result<Whom, String> {
    if text == "*" {
        return Ok(Whom::Any);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Whom::Range(address.to_canonical().into()));
    }
    if let Some((address, prefix)) = text.split_once('/') {
        return range_of(address, prefix);
    }
    let domain = text.strip_prefix("*.");
    if domain.unwrap_or(text).contains('*') {
        return Err("a star stands alone or is the first part of a name, as in *.example".to_owned());
    }
    name_of(domain.unwrap_or(text)).map(if domain.is_some() { Whom::Below } else { Whom::Name })
}

fn range_of(address: &str, prefix: &str) -> Result<Whom, String> {
    let not_an_address = || "a path is no part of an entry, and what is before the slash is no address".to_owned();
    let address = address.parse::<IpAddr>().map_err(|_| not_an_address())?;
    let prefix = prefix.parse::<u8>().map_err(|_| "the prefix of a range is a number of bits, as in 10.0.0.0/8")?;
    let range = IpNet::new(address, prefix).map_err(|_| "the prefix of the range is too long")?;
    if range.trunc() != range {
        return Err(format!("the range has bits beyond its prefix: {} is meant, or another prefix", range.trunc()));
    }
    let mapped = |v6: std::net::Ipv6Addr| v6.to_ipv4_mapped().filter(|_| prefix >= 96);
    let as_v4 = match address {
        IpAddr::V6(v6) => mapped(v6).and_then(|v4| IpNet::new(v4.into(), prefix - 96).ok()),
        IpAddr::V4(_) => None,
    };
    Ok(Whom::Range(as_v4.unwrap_or(range)))
}

/// A name, and no address in disguise.
fn name_of(text: &str) -> Result<String, String> {
    match Host::parse(text) {
        Ok(Host::Name(name)) => Ok(name),
        Ok(Host::Address(address)) => Err(format!("it is an address: write it as {address}")),
        Err(_) => Err("it is neither a name nor an address".to_owned()),
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}://", scheme.text())?;
        }
        match &self.whom {
            Whom::Any => f.write_str("*")?,
            Whom::Name(name) => f.write_str(name)?,
            Whom::Below(name) => write!(f, "*.{name}")?,
            Whom::Range(range) => {
                let text = if range.prefix_len() == range.max_prefix_len() { range.addr().to_string() } else { range.to_string() };
                if range.addr().is_ipv6() && self.port.is_some() { write!(f, "[{text}]")? } else { f.write_str(&text)? }
            }
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_one_canonical_spelling() {
        for (text, canonical) in [
            ("api.example", "api.example"),
            ("API.Example.", "api.example"),
            ("https://Api.Example:8443", "https://api.example:8443"),
            ("HTTPS://api.example", "https://api.example"),
            ("*.Example", "*.example"),
            ("*", "*"),
            ("https://*:443", "https://*:443"),
            ("*.com", "*.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("*.bücher.example", "*.xn--bcher-kva.example"),
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.1:80", "10.0.0.1:80"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("tcp://10.0.0.0/8:5432", "tcp://10.0.0.0/8:5432"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("[::1]:443", "[::1]:443"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("[2001:db8::/32]:443", "[2001:db8::/32]:443"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("64:ff9b::7f00:1", "64:ff9b::7f00:1"),
        ] {
            let entry = Entry::parse(text).unwrap();
            assert_eq!(entry.to_string(), canonical, "{text}");
            assert_eq!(Entry::parse(canonical), Ok(entry), "{text}");
        }
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        for text in [
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "*.",
            "**",
            "*a.example",
            "a.*.example",
            "*.*.example",
            "api.example/",
            "https://api.example/path",
            "user@api.example",
            "https://user:pass@api.example",
            "ftp://api.example",
            "://api.example",
            "api.example:",
            "api.example:0",
            "api.example:65536",
            "api.example:+80",
            "api.example:8o",
            "api.example:80:81x",
            "2130706433",
            "0x7f.1",
            "127.1",
            "0177.0.0.1",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "[::1",
            "[::1]443",
            "a b",
            "api.example?x",
            "api.example#x",
            "api.example\\x",
            "api.example\n",
            "*.10.0.0.1",
            "https://",
            "http://http://a",
        ] {
            assert!(Entry::parse(text).is_err(), "{text:?} is {:?}", Entry::parse(text));
        }
        assert!(Entry::parse(&format!("{}.example", "a".repeat(300))).is_err());
    }
}
