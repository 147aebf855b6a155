//! Addresses that are no part of the public Internet, from the special-purpose registries of IANA (RFC 6890 and its updates), and those that
//! stand for another address.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

/// Each range with what its addresses are. The first one that holds an address names it.
const TABLE: [(&str, &str); 45] = [
    ("0.0.0.0/32", "an unspecified address"),
    ("0.0.0.0/8", "a reserved address"),
    ("10.0.0.0/8", "a private address"),
    ("100.64.0.0/10", "a carrier's shared address"),
    ("127.0.0.0/8", "a loopback address"),
    // A public address that clouds answer only from inside, with what belongs to the machine.
    ("168.63.129.16/32", "a metadata address"),
    ("169.254.169.254/32", "a metadata address"),
    ("169.254.0.0/16", "a link-local address"),
    ("172.16.0.0/12", "a private address"),
    ("192.0.0.0/24", "a reserved address"),
    ("192.0.2.0/24", "a documentation address"),
    ("192.31.196.0/24", "a reserved address"),
    ("192.52.193.0/24", "a reserved address"),
    ("192.88.99.0/24", "a translated address"),
    ("192.168.0.0/16", "a private address"),
    ("192.175.48.0/24", "a reserved address"),
    ("198.18.0.0/15", "a benchmarking address"),
    ("198.51.100.0/24", "a documentation address"),
    ("203.0.113.0/24", "a documentation address"),
    ("224.0.0.0/4", "a multicast address"),
    ("255.255.255.255/32", "a broadcast address"),
    ("240.0.0.0/4", "a reserved address"),
    ("::/128", "an unspecified address"),
    ("::1/128", "a loopback address"),
    ("::ffff:0:0/96", "a mapped address"),
    ("::ffff:0:0:0/96", "a translated address"),
    ("::/96", "an IPv4-compatible address"),
    ("64:ff9b::/96", "a translated address"),
    ("64:ff9b:1::/48", "a translated address"),
    ("100::/64", "a discarded address"),
    ("100:0:0:1::/64", "a reserved address"),
    ("2001::/32", "a tunnelled (Teredo) address"),
    ("2001:db8::/32", "a documentation address"),
    ("2001::/23", "a reserved address"),
    ("2002::/16", "a tunnelled (6to4) address"),
    ("2620:4f:8000::/48", "a reserved address"),
    ("3fff::/20", "a documentation address"),
    ("5f00::/16", "a reserved address"),
    ("fd00:ec2::254/128", "a metadata address"),
    ("fd20:ce::254/128", "a metadata address"),
    ("fc00::/7", "a private address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a private address"),
    ("ff00::/8", "a multicast address"),
    // The only part of IPv6 that is handed out for hosts is 2000::/3; this is looked at after it.
    ("::/0", "a reserved address"),
];

static RANGES: LazyLock<Vec<(IpNet, &str)>> =
    LazyLock::new(|| TABLE.into_iter().filter_map(|(range, what)| Some((range.parse().ok()?, what))).collect());

/// What an address is if it is not public: "a private address". A mapped address is what its IPv4 address is.
pub(crate) fn special(address: IpAddr) -> Option<&'static str> {
    let address = address.to_canonical();
    let found = RANGES.iter().find(|(range, _)| range.contains(&address))?;
    let handed_out = matches!(address, IpAddr::V6(v6) if v6.to_bits() >> 125 == 1) && found.0.prefix_len() == 0;
    (!handed_out).then_some(found.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_the_table_is_read() {
        assert_eq!(RANGES.len(), TABLE.len());
        assert!(RANGES.iter().all(|(range, _)| range.trunc() == *range));
    }

    #[test]
    fn special_addresses_are_told_from_public_ones() {
        for (address, what) in [
            ("0.0.0.0", "an unspecified address"),
            ("0.1.2.3", "a reserved address"),
            ("10.255.255.255", "a private address"),
            ("100.64.0.1", "a carrier's shared address"),
            ("100.100.100.200", "a carrier's shared address"),
            ("127.0.0.1", "a loopback address"),
            ("127.255.255.254", "a loopback address"),
            ("168.63.129.16", "a metadata address"),
            ("169.254.169.254", "a metadata address"),
            ("169.254.170.2", "a link-local address"),
            ("172.16.0.1", "a private address"),
            ("172.31.255.255", "a private address"),
            ("192.0.0.192", "a reserved address"),
            ("192.0.2.1", "a documentation address"),
            ("192.168.0.1", "a private address"),
            ("198.19.255.255", "a benchmarking address"),
            ("224.0.0.1", "a multicast address"),
            ("255.255.255.255", "a broadcast address"),
            ("250.1.1.1", "a reserved address"),
            ("::", "an unspecified address"),
            ("::1", "a loopback address"),
            ("::ffff:127.0.0.1", "a loopback address"),
            ("::ffff:10.0.0.1", "a private address"),
            ("::7f00:1", "an IPv4-compatible address"),
            ("64:ff9b::7f00:1", "a translated address"),
            ("64:ff9b:1::a00:1", "a translated address"),
            ("::ffff:0:127.0.0.1", "a translated address"),
            ("2001::1", "a tunnelled (Teredo) address"),
            ("2001:20::1", "a reserved address"),
            ("2001:db8::1", "a documentation address"),
            ("2002:7f00:1::", "a tunnelled (6to4) address"),
            ("3fff::1", "a documentation address"),
            ("fd00:ec2::254", "a metadata address"),
            ("fd12::1", "a private address"),
            ("fe80::1", "a link-local address"),
            ("fec0::1", "a private address"),
            ("ff02::1", "a multicast address"),
            ("4000::1", "a reserved address"),
            ("1::1", "a reserved address"),
        ] {
            assert_eq!(special(address.parse().unwrap()), Some(what), "{address}");
        }
        for address in
            ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "168.63.129.17"]
        {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
        for address in ["172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"]
        {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
        for address in ["2606:4700::1111", "2001:200::1", "2001:4860:4860::8888", "2003::1", "3ffe::1", "::ffff:1.1.1.1"] {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
    }
}
