//! Headers between a hook's texts and the wire: checked, bounded, and without those that belong to the connection.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::error::Error;
use crate::limits::{Limits, bytes_text};

/// What only the client sets: it knows where it sends, how much, and over what.
const OWN: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers of a request.
///
/// # Errors
/// A name or a value that cannot be one (line breaks among them); too many or too long ones.
pub(crate) fn read_headers(headers: &[(String, String)], limits: &Limits) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::new();
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
        let trailers = name == header::TE && value.as_bytes().eq_ignore_ascii_case(b"trailers");
        let own = OWN.contains(&name.as_str()) || (name == header::TE && !trailers) || name.as_str().starts_with("proxy-");
        if !own {
            map.try_append(name, value).map_err(|_| too_many(limits))?;
        }
    }
    Ok(map)
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

    fn read(headers: &[(&str, &str)]) -> Result<HeaderMap, Error> {
        let headers: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read_headers(&headers, &Limits::default())
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
