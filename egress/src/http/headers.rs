//! Headers between a hook's texts and the wire: checked, bounded, and without those that belong to the connection.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::uri::Authority;

use super::message::Named;
use super::spelling::Spelling;
use crate::error::Error;
use crate::limits::{Limits, bytes_text};
use crate::policy::{Host, Target};

/// What only the client sets: it knows over what it sends, and how.
const OWN: [&str; 9] = [
    "connection",
    "expect",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers of a request.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) map: HeaderMap,
    pub(crate) spelling: Spelling,
    pub(crate) host: Option<HeaderValue>,
    pub(crate) length: Option<u64>,
}

/// Reads the headers of a request.
///
/// # Errors
/// A name or a value that cannot be one (line breaks among them); too many or too long ones.
pub(crate) fn read_headers(headers: &[(String, String)], limits: &Limits) -> Result<Given, Error> {
    let mut given = Given { spelling: Spelling::new(headers.iter().map(|(name, _)| name.as_str())), ..Given::default() };
    if headers.len() > limits.headers {
        return Err(too_many(limits));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    if bytes > limits.header_bytes {
        return Err(too_long("request", limits));
    }
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::invalid("ERR_INVALID_HTTP_TOKEN", "Header name must be a valid HTTP token"))?;
        let invalid = || Error::invalid("ERR_INVALID_CHAR", format!("Invalid character in header content [\"{name}\"]"));
        let bytes: Option<Vec<u8>> = value.trim_matches([' ', '\t']).chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let value = bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()).ok_or_else(invalid)?;
        given.add(name, value, limits)?;
    }
    Ok(given)
}

impl Given {
    fn add(&mut self, name: HeaderName, value: HeaderValue, limits: &Limits) -> Result<(), Error> {
        let one = |name: &str| Error::invalid("ERR_HTTP_INVALID_HEADER_VALUE", format!("Invalid value for header \"{name}\""));
        if name == header::HOST {
            return if self.host.replace(value).is_none() { Ok(()) } else { Err(one("Host")) };
        }
        if name == header::CONTENT_LENGTH {
            let text = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let length = text.and_then(|text| text.parse().ok()).ok_or_else(|| one("Content-Length"))?;
            return if self.length.replace(length).is_none_or(|before| before == length) { Ok(()) } else { Err(one("Content-Length")) };
        }
        let trailers = name == header::TE && value.as_bytes().eq_ignore_ascii_case(b"trailers");
        let own = OWN.contains(&name.as_str()) || (name == header::TE && !trailers) || name.as_str().starts_with("proxy-");
        if own { Ok(()) } else { self.map.try_append(name, value).map(drop).map_err(|_| too_many(limits)) }
    }

    /// The `Host`, where it is not the target's own.
    ///
    /// # Errors
    /// It is neither a name nor an address, with a port or without.
    pub(crate) fn named(&self, target: &Target) -> Result<Option<Named>, Error> {
        let Some(value) = &self.host else { return Ok(None) };
        let invalid = || Error::invalid("ERR_HTTP_INVALID_HEADER_VALUE", "Invalid value for header \"Host\"");
        let text: Authority = value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(invalid)?;
        // Nothing but a host, and a port that is one.
        let port = text.as_str().strip_prefix(text.host()).ok_or_else(invalid)?;
        if !port.is_empty() && text.port_u16().is_none_or(|number| port != format!(":{number}")) {
            return Err(invalid());
        }
        let host = Host::parse(text.host()).map_err(|_| invalid())?;
        let named = Named { text, target: Target { host, ..target.clone() } };
        Ok((named.text.as_str() != target.authority()).then_some(named))
    }
}

fn too_many(limits: &Limits) -> Error {
    Error::limit("there are too many headers", limits.headers, "egress.headers")
}

/// The limit that the headers of a request or an answer cross.
pub(crate) fn too_long(of: &str, limits: &Limits) -> Error {
    Error::limit(&format!("the headers of the {of} are too long"), bytes_text(limits.header_bytes as u64), "egress.header_bytes")
}

/// Whether the headers of an answer are few and short enough.
pub(crate) fn check_answer(headers: &HeaderMap, limits: &Limits) -> Result<(), Error> {
    if headers.len() > limits.headers {
        return Err(too_many(limits));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if bytes > limits.header_bytes { Err(too_long("answer", limits)) } else { Ok(()) }
}

/// A value as a hook reads it: each byte is a character.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(headers: &[(&str, &str)]) -> Result<Given, Error> {
        let headers: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read_headers(&headers, &Limits::default())
    }

    fn read(headers: &[(&str, &str)]) -> Result<HeaderMap, Error> {
        given(headers).map(|given| given.map)
    }

    #[test]
    fn a_host_is_a_host() {
        let target = Target::of_url(&url::Url::parse("http://api.example:81/").unwrap()).unwrap();
        let named = |host: &str| given(&[("Host", host)]).unwrap().named(&target);
        assert_eq!(named("api.example:81").unwrap(), None);
        for (text, host) in
            [("Other.example", "other.example"), ("other.example:9", "other.example"), ("[::1]:1", "[::1]"), ("10.0.0.1", "10.0.0.1")]
        {
            let named = named(text).unwrap().unwrap();
            assert_eq!((named.text.as_str(), named.target.to_string()), (text, format!("http://{host}:81")));
        }
        for text in ["", "a b", "a/b", "user@a.example", "a.example:", "a.example:x", "a.example:99999", "a..example", "\u{e4}"] {
            assert_eq!(named(text).unwrap_err().code, "ERR_HTTP_INVALID_HEADER_VALUE", "{text:?}");
        }
        assert_eq!(given(&[("host", "a"), ("Host", "a")]).unwrap_err().code, "ERR_HTTP_INVALID_HEADER_VALUE");
    }

    #[test]
    fn a_length_is_one_number() {
        assert_eq!(given(&[("Content-Length", "12"), ("content-length", "12")]).unwrap().length, Some(12));
        for lengths in [&["1", "2"][..], &["+1"], &["-1"], &["1x"], &[""], &["99999999999999999999"]] {
            let headers: Vec<(&str, &str)> = lengths.iter().map(|length| ("Content-Length", *length)).collect();
            assert_eq!(given(&headers).unwrap_err().code, "ERR_HTTP_INVALID_HEADER_VALUE", "{lengths:?}");
        }
    }

    #[test]
    fn headers_of_the_connection_are_left_out() {
        let all = [
            ("Connection", "close"),
            ("Content-Length", "5"),
            ("Host", "evil.example"),
            ("Keep-Alive", "1"),
            ("Proxy-Authorization", "x"),
            ("Proxy-Anything", "x"),
            ("TE", "gzip"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "h2c"),
            ("Expect", "100-continue"),
            ("X-A", "1"),
            ("x-a", " 2 "),
        ];
        let map = read(&all).unwrap();
        assert_eq!(map.len(), 2);
        assert_eq!(map.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(read(&[("te", "trailers")]).unwrap().len(), 1);
    }

    #[test]
    fn a_line_break_never_gets_into_a_header() {
        for value in ["a\r\nX-B: 1", "a\nb", "a\rb", "a\0b", "\u{100}"] {
            assert_eq!(read(&[("x-a", value)]).unwrap_err().code, "ERR_INVALID_CHAR", "{value:?}");
        }
        for name in ["", "a b", "a:b", "a\r\nb", "ä"] {
            assert_eq!(read(&[(name, "x")]).unwrap_err().code, "ERR_INVALID_HTTP_TOKEN", "{name:?}");
        }
        assert_eq!(read(&[("x-a", "b\u{e4}r")]).unwrap().get("x-a").unwrap().as_bytes(), b"b\xe4r");
    }

    #[test]
    fn headers_have_a_number_and_a_length() {
        let many = vec![("a", "b"); 129];
        assert!(read(&many).unwrap_err().message.contains("egress.headers"));
        let long = "x".repeat(32 << 10);
        assert!(read(&[("a", &long)]).unwrap_err().message.contains("egress.header_bytes"));
    }
}
