//! A proxy on the way out, by `CONNECT`. It is told addresses that were checked here, never names that it would look up for itself.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::error::Error;
use crate::policy::{Host, Scheme, Target};

/// A text that names no proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proxy cannot be used: {0}")]
pub struct ProxyError(&'static str);

/// An HTTP proxy: `http://[user:password@]host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) target: Target,
    authorization: Option<Secret>,
}

/// Without user and password.
impl std::fmt::Display for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.target)
    }
}

impl Proxy {
    /// Reads the proxy's URL.
    ///
    /// # Errors
    /// It is not `http`, or has a path.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let mut url = url::Url::parse(text).map_err(|_| ProxyError("it is no URL"))?;
        if url.scheme() != "http" || !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(ProxyError("it is written as http://host:port"));
        }
        let decode = |text: &str| form_urlencoded::parse(text.replace('+', "%2B").as_bytes()).map(|(name, _)| name.into_owned()).next();
        let user = decode(url.username()).unwrap_or_default();
        let password = url.password().and_then(decode).unwrap_or_default();
        let authorization = (!user.is_empty()).then(|| Secret::new(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))));
        let cleared = url.set_username("").is_ok() && url.set_password(None).is_ok();
        let target = if cleared { Target::of_url(&url).ok() } else { None };
        let target = target.map(|target| Target { scheme: Scheme::Http, ..target });
        Ok(Self { target: target.ok_or(ProxyError("its host cannot exist"))?, authorization })
    }

    /// The name to look up, or the address.
    pub(crate) fn host(&self) -> &Host {
        &self.target.host
    }

    /// Asks the proxy for a way to the address. What follows on the stream is said to that address.
    ///
    /// # Errors
    /// `ECONNRESET`: it hung up. `ECONNREFUSED`: it answers with another status than 2xx. `HPE_INVALID_CONSTANT`: it is no HTTP proxy.
    pub(crate) async fn tunnel(&self, mut stream: TcpStream, to: SocketAddr) -> Result<TcpStream, Error> {
        let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str("Proxy-Authorization: ");
            request.push_str(authorization.expose());
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.map_err(|error| Error::io(&error, "connect"))?;
        let head = head(&mut stream).await?;
        let mut words = head.split(' ');
        match (words.next(), words.next()) {
            (Some("HTTP/1.1" | "HTTP/1.0"), Some(status)) if status.len() == 3 && status.starts_with('2') => Ok(stream),
            (Some("HTTP/1.1" | "HTTP/1.0"), Some(status)) => {
                let status: String = status.chars().filter(char::is_ascii_digit).take(3).collect();
                let refused = Error::at("ECONNREFUSED", "connect", to);
                Err(Error { message: format!("{refused}: the proxy answered {status}"), ..refused })
            }
            _ => Err(Error::new("HPE_INVALID_CONSTANT", "the proxy does not speak HTTP")),
        }
    }
}

/// Reads to the end of the headers, and no byte more: the next one belongs to the tunnel.
async fn head(stream: &mut TcpStream) -> Result<String, Error> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == 8192 {
            return Err(Error::new("HPE_HEADER_OVERFLOW", "the proxy's answer is too long"));
        }
        head.push(stream.read_u8().await.map_err(|error| Error::io(&error, "connect"))?);
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_url_of_http() {
        let proxy = Proxy::parse("http://us%40er:p+w@proxy.example:3128").unwrap();
        assert_eq!(proxy.target.to_string(), "http://proxy.example:3128");
        assert_eq!(proxy.authorization.unwrap().expose(), format!("Basic {}", STANDARD.encode("us@er:p+w")));
        assert!(Proxy::parse("http://10.0.0.1:3128/").unwrap().authorization.is_none());
        for text in ["", "proxy:3128", "https://proxy:3128", "socks5://proxy:1", "http://proxy/path", "http://proxy/?x"] {
            assert!(Proxy::parse(text).is_err(), "{text}");
        }
    }
}
