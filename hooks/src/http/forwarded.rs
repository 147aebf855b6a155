//! Where a request comes from: the address of the connection, or what a trusted proxy says of it.
//!
//! Each proxy adds the address that it was called from at the end of a header. So the header is read from its end, past those that are
//! trusted; what stands further ahead was written by somebody else, and is not read.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};

use crate::config::{ForwardedHeader, HttpConfig};
use crate::networks::Networks;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies in front of the server.
#[derive(Clone, Debug)]
pub(super) struct Proxies {
    trusted: Networks,
    header: ForwardedHeader,
}

impl Proxies {
    /// The proxies of the settings.
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self { trusted: config.trusted_proxies.clone(), header: config.forwarded_header }
    }

    /// Whether it is one of them.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.contain(address)
    }

    /// The client that a request comes from. Where the proxy before a trusted one is not named, it is the trusted one.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let name = match self.header {
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => header::FORWARDED,
        };
        let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default()).collect();
        // A comma within quotes is not minded: no address has one, and who opens a quote must not hide what a proxy writes after it.
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let address = match self.header {
                ForwardedHeader::XForwardedFor => address(hop),
                ForwardedHeader::Forwarded => node(hop).and_then(address),
            };
            match address {
                Some(address) => client = address,
                None => break,
            }
            if !self.trusts(client) {
                break;
            }
        }
        client
    }
}

/// An address with or without a port, an IPv6 one with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse().ok();
    let address: Option<IpAddr> = text.parse().map(|with_port: SocketAddr| with_port.ip()).ok().or_else(bare);
    address.map(|address| address.to_canonical())
}

/// The value of `for` in an element of `Forwarded`.
fn node(element: &str) -> Option<&str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    let value = value.trim();
    Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardedHeader, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted = Networks::parse(["10.0.0.0/8", "fd00::/8"]).unwrap();
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(*name, line.parse().unwrap());
        }
        Proxies { trusted, header }.client(peer.parse().unwrap(), &headers).to_string()
    }

    fn listed(peer: &str, lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        client(ForwardedHeader::XForwardedFor, peer, &lines)
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(listed("192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
        assert_eq!(listed("::ffff:192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
    }

    #[test]
    fn the_list_is_read_from_its_end_past_those_that_are_trusted() {
        for (lines, wanted) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9, 10.2.3.4,fd00::7"], "203.0.113.9"),
            (&["198.51.100.1", "203.0.113.9", "10.2.3.4"], "203.0.113.9"),
            (&["203.0.113.9:4711"], "203.0.113.9"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["::ffff:203.0.113.9"], "203.0.113.9"),
            // Where nobody else is named, the last one that is.
            (&[], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&["unknown"], "10.0.0.1"),
            (&["203.0.113.9, nonsense, 10.2.3.4"], "10.2.3.4"),
            (&["10.2.3.4"], "10.2.3.4"),
        ] {
            assert_eq!(listed("10.0.0.1", lines), wanted, "{lines:?}");
        }
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_has_it() {
        for (line, wanted) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("by=10.0.0.1;For=\"203.0.113.9:80\";proto=https", "203.0.113.9"),
            ("for=198.51.100.1, for=\"[2001:db8::1]:4711\";by=10.0.0.1", "2001:db8::1"),
            ("for=203.0.113.9, for=10.2.3.4", "203.0.113.9"),
            ("for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
            // An open quote before what the proxy wrote.
            ("for=\"x, for=203.0.113.9", "203.0.113.9"),
            ("for=\"10.0.0.2, for=203.0.113.9;by=\"", "203.0.113.9"),
        ] {
            assert_eq!(client(ForwardedHeader::Forwarded, "10.0.0.1", &[("forwarded", line)]), wanted, "{line}");
        }
    }

    #[test]
    fn the_other_header_is_the_client_s_own() {
        let lines = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client(ForwardedHeader::XForwardedFor, "10.0.0.1", &lines), "203.0.113.9");
        assert_eq!(client(ForwardedHeader::Forwarded, "10.0.0.1", &lines), "198.51.100.1");
    }
}
