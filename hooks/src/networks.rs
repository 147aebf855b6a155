//! Networks of IP addresses: lists of them in settings and credentials, and the one that an address is counted for.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list of networks, each written as `192.0.2.0/24`, `2001:db8::/32` or a single address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// A text that is not the address of a network.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an IP address or a network such as 192.0.2.0/24")]
pub struct NotANetwork(String);

impl Networks {
    /// Reads each text as a network.
    ///
    /// # Errors
    /// The first text that is none. A network's address has no bits beyond its prefix: `10.0.0.1/8` could mean two things.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, NotANetwork> {
        texts.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the list has no network.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the networks has the address.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether the address is allowed by a list that, if it is empty, allows all.
    pub(crate) fn allow(&self, address: IpAddr) -> bool {
        self.is_empty() || self.contain(address)
    }

    /// The networks as they are written.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(ToString::to_string)
    }
}

fn parse(text: &str) -> Result<IpNet, NotANetwork> {
    let single = || IpAddr::from_str(text).map(|address| IpNet::from(address.to_canonical()));
    let network = IpNet::from_str(text).or_else(|_| single()).ok();
    network.filter(|network| network.trunc() == *network).ok_or_else(|| NotANetwork(text.chars().take(100).collect()))
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().collect::<Vec<_>>().join(", "))
    }
}

impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts())
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Self::parse(texts.iter().map(String::as_str)).map_err(serde::de::Error::custom)
    }
}

/// The network that an address counts for where addresses share something: a single IPv4 address, or the /64 of an IPv6 address, which a host
/// usually has to itself. No /64 in use has the number of an IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Neighbourhood(u64);

impl From<IpAddr> for Neighbourhood {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(u64::from(v4.to_bits())),
            IpAddr::V6(v6) => Self(u64::try_from(v6.to_bits() >> 64).unwrap_or(u64::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_list_has_the_addresses_of_its_networks() {
        let list = Networks::parse(["192.0.2.0/24", "2001:db8::/32", "203.0.113.7"]).unwrap();
        for inside in ["192.0.2.0", "192.0.2.255", "::ffff:192.0.2.9", "2001:db8:1::1", "203.0.113.7"] {
            assert!(list.contain(address(inside)), "{inside}");
        }
        for outside in ["192.0.3.0", "2001:db9::1", "203.0.113.8", "::1"] {
            assert!(!list.contain(address(outside)) && !list.allow(address(outside)), "{outside}");
        }
        assert_eq!(list.to_string(), "192.0.2.0/24, 2001:db8::/32, 203.0.113.7/32");
        let empty = Networks::default();
        assert!(empty.allow(address("::1")) && !empty.contain(address("::1")));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["", "x", "10.0.0.1/8", "10.0.0.0/33", "10.0.0", "2001:db8::1/32", "10.0.0.0/8,192.0.2.1", " 10.0.0.0/8"] {
            assert_eq!(Networks::parse(["127.0.0.1", text]), Err(NotANetwork(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_list_is_a_list_of_texts_in_json() {
        let list = Networks::parse(["192.0.2.0/24", "::1"]).unwrap();
        let json = serde_json::to_string(&list).unwrap();
        assert_eq!(json, r#"["192.0.2.0/24","::1/128"]"#);
        assert_eq!(serde_json::from_str::<Networks>(&json).unwrap(), list);
        assert!(serde_json::from_str::<Networks>(r#"["10.0.0.1/8"]"#).is_err());
    }

    #[test]
    fn hosts_of_one_ipv6_network_are_neighbours() {
        let of = |text| Neighbourhood::from(address(text));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
