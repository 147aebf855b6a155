//! What goes wrong on the way out, as a hook sees it: the codes and messages of Node.js, so that packages that look at them work.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use serde::{Serialize, Serializer};

/// The code of what the policy refuses.
pub const ACCESS_DENIED: &str = "ERR_ACCESS_DENIED";
/// The code of a limit that was crossed.
pub const LIMIT: &str = "ERR_HOOK_LIMIT";

/// An error that a hook can catch. It serialises to `{"code", "message", "syscall"?, "hostname"?, "address"?, "port"?}`. None of its texts
/// has a header, a body, a path, a query or a sealed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Node's code, such as `ECONNREFUSED`; [`ACCESS_DENIED`] and [`LIMIT`] are Hookbox's.
    pub code: Cow<'static, str>,
    /// A sentence for people.
    pub message: String,
    /// The system's call that failed, as Node names it: `connect`, `getaddrinfo`, `read`, `write`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syscall: Option<&'static str>,
    /// The name that was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The address that was connected to.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "address")]
    pub address: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

fn address<S: Serializer>(address: &Option<IpAddr>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&address.map_or_else(String::new, |address| address.to_string()))
}

impl Error {
    /// An error of a code and a message.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), syscall: None, hostname: None, address: None, port: None }
    }

    /// What the policy refuses, with the sentence that says why.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(ACCESS_DENIED, message)
    }

    /// A limit that was crossed: what it is about, its value with a unit, its setting.
    pub(crate) fn limit(what: &str, value: impl std::fmt::Display, setting: &str) -> Self {
        Self::new(LIMIT, format!("{what}: the limit is {value} ({setting})"))
    }

    /// Something that a caller asked for in a way that means nothing.
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, message)
    }

    /// A call of the system that failed at an address.
    pub(crate) fn at(code: &'static str, syscall: &'static str, to: SocketAddr) -> Self {
        let message = format!("{syscall} {code} {to}");
        Self { syscall: Some(syscall), address: Some(to.ip()), port: Some(to.port()), ..Self::new(code, message) }
    }

    /// A name that was not found, or not now.
    pub(crate) fn lookup(code: &'static str, name: &str) -> Self {
        let message = format!("getaddrinfo {code} {name}");
        Self { syscall: Some("getaddrinfo"), hostname: Some(name.to_owned()), ..Self::new(code, message) }
    }

    /// A connection that ended before the answer.
    pub(crate) fn hung_up() -> Self {
        Self::new("ECONNRESET", "socket hang up")
    }

    /// What reading or writing a socket failed with.
    pub(crate) fn io(error: &std::io::Error, syscall: &'static str) -> Self {
        if let Some(own) = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            return own.clone();
        }
        let code = code_of(error);
        Self { syscall: Some(syscall), ..Self::new(code, format!("{syscall} {code}")) }
    }

    /// Whether the policy refused it.
    pub fn is_refusal(&self) -> bool {
        self.code == ACCESS_DENIED
    }

    /// Whether a limit was crossed.
    pub fn is_limit(&self) -> bool {
        self.code == LIMIT
    }
}

/// Node's name of an error of the system.
pub(crate) fn code_of(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused => "ECONNREFUSED",
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::UnexpectedEof => "ECONNRESET",
        Kind::BrokenPipe | Kind::NotConnected => "EPIPE",
        Kind::TimedOut => "ETIMEDOUT",
        Kind::HostUnreachable => "EHOSTUNREACH",
        Kind::NetworkUnreachable => "ENETUNREACH",
        Kind::AddrNotAvailable => "EADDRNOTAVAIL",
        Kind::PermissionDenied => "EACCES",
        Kind::InvalidData => "EPROTO",
        _ => "EIO",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_json_as_node_has_it() {
        let error = Error::at("ECONNREFUSED", "connect", "192.0.2.1:80".parse().unwrap());
        let json = serde_json::to_string(&error).unwrap();
        let expected =
            r#"{"code":"ECONNREFUSED","message":"connect ECONNREFUSED 192.0.2.1:80","syscall":"connect","address":"192.0.2.1","port":80}"#;
        assert_eq!(json, expected);
        let error = Error::lookup("ENOTFOUND", "api.example");
        assert_eq!(error.to_string(), "getaddrinfo ENOTFOUND api.example");
        assert_eq!(serde_json::to_value(Error::hung_up()).unwrap(), serde_json::json!({"code": "ECONNRESET", "message": "socket hang up"}));
    }

    #[test]
    fn an_error_inside_an_error_of_the_system_is_found_again() {
        let inner = Error::limit("the body", "1 MiB", "egress.response_bytes");
        let outer = std::io::Error::other(inner.clone());
        assert_eq!(Error::io(&outer, "read"), inner);
        assert!(inner.is_limit() && !inner.is_refusal());
    }
}
