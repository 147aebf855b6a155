//! The lists that must all allow something: a hook's, its account's and the server's. Each refusal says which of them it was.

use std::net::IpAddr;
use std::sync::Arc;

use super::list::Policy;
use super::ranges;
use super::target::{Host, Scheme, Target};
use crate::error::Error;

/// The policies of one execution.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// `allowed_hosts` of the hook.
    pub hook: Arc<Policy>,
    /// What hooks of the account may reach at most; `None`: no bound.
    pub account: Option<Arc<Policy>>,
    /// What hooks of the server may reach at most; `None`: no bound.
    pub server: Option<Arc<Policy>>,
}

const HOOK: &str = "allowed_hosts of the hook";

impl Layers {
    fn all(&self) -> impl Iterator<Item = (&'static str, &Policy)> {
        let account = self.account.iter().map(|policy| ("the ceiling of the account", &**policy));
        let server = self.server.iter().map(|policy| ("the ceiling of the server", &**policy));
        std::iter::once((HOOK, &*self.hook)).chain(account).chain(server)
    }

    /// All that the lists say, as one text.
    pub(crate) fn text(&self) -> String {
        self.all().map(|(name, policy)| format!("{name}: {policy}\n")).collect()
    }

    fn first(&self, refuses: impl Fn(&Policy) -> bool) -> Option<(&'static str, &Policy)> {
        self.all().find(|(_, policy)| refuses(policy))
    }

    /// Whether the text of every list allows the target; if it is an address, that it may be reached.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED` with the list that refuses.
    pub(crate) fn judge(&self, target: &Target) -> Result<(), Error> {
        if let Host::Address(address) = target.host {
            self.judge_address(address, target)?;
        }
        match self.first(|policy| !policy.allows(target)) {
            None => Ok(()),
            Some((name, policy)) if policy.knows(&target.host) => {
                let (scheme, place) = (target.scheme.text(), target.place());
                Err(Error::refused(format!("{scheme} {place} is refused: {name} {}", for_other_uses(&place))))
            }
            Some((name, policy)) => Err(refusal(target.scheme.text(), &target.place(), name, policy)),
        }
    }

    /// Whether a connection to the target may lead to this address: it is public, or every list names it.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED` with what the address is and the list that does not name it.
    pub(crate) fn judge_address(&self, address: IpAddr, target: &Target) -> Result<(), Error> {
        self.judge_use(address, &target.place(), Some((target.scheme, target.port)))
    }

    /// Whether the name may be looked up: every list names it for some use.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED` with the list that does not.
    pub(crate) fn judge_lookup(&self, host: &Host) -> Result<(), Error> {
        match self.first(|policy| !policy.knows(host)) {
            None => Ok(()),
            Some((name, policy)) => Err(refusal("looking up", &host.to_string(), name, policy)),
        }
    }

    /// Whether an address that was looked up may be told: it is public, or every list names it for some use.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED`, as [`Layers::judge_address`].
    pub(crate) fn judge_told(&self, address: IpAddr, host: &Host) -> Result<(), Error> {
        self.judge_use(address, &host.to_string(), None)
    }

    fn judge_use(&self, address: IpAddr, place: &str, usage: Option<(Scheme, u16)>) -> Result<(), Error> {
        let address = address.to_canonical();
        let Some(what) = ranges::special(address) else { return Ok(()) };
        match self.first(|policy| !policy.names_address(address, usage)) {
            None => Ok(()),
            Some((name, policy)) => {
                let why = match usage {
                    Some(_) if policy.names_address(address, None) => format!("{name} {}", for_other_uses(place)),
                    _ => format!("no entry of {name} names it"),
                };
                let refused = Error::refused(format!("{place} is refused: {address} is {what} and {why}"));
                Err(Error { address: Some(address), port: usage.map(|(_, port)| port), ..refused })
            }
        }
    }
}

/// An entry without a port is for HTTP and HTTPS.
fn for_other_uses(place: &str) -> String {
    format!("names it for other schemes or ports only; \"{place}\" would allow this")
}

fn refusal(what: &str, place: &str, name: &str, policy: &Policy) -> Error {
    let why = if policy.is_empty() { "is empty" } else { "has no entry for it" };
    Error::refused(format!("{what} {place} is refused: {name} {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(hook: &[&str], account: Option<&[&str]>, server: Option<&[&str]>) -> Layers {
        let parse = |list: &[&str]| Arc::new(Policy::parse(list).unwrap());
        Layers { hook: parse(hook), account: account.map(parse), server: server.map(parse) }
    }

    fn target(host: &str, port: u16) -> Target {
        Target { scheme: Scheme::Http, host: Host::parse(host).unwrap(), port }
    }

    fn why(layers: &Layers, host: &str) -> String {
        layers.judge(&target(host, 80)).unwrap_err().message
    }

    #[test]
    fn a_refusal_names_the_place_and_the_list() {
        let none = layers(&[], None, None);
        assert_eq!(why(&none, "api.example"), "http api.example:80 is refused: allowed_hosts of the hook is empty");
        let hook = layers(&["other.example"], None, None);
        assert_eq!(why(&hook, "api.example"), "http api.example:80 is refused: allowed_hosts of the hook has no entry for it");
        let account = layers(&["api.example"], Some(&["*.example.org"]), None);
        assert_eq!(why(&account, "api.example"), "http api.example:80 is refused: the ceiling of the account has no entry for it");
        let server = layers(&["api.example"], None, Some(&["https://*"]));
        assert_eq!(
            why(&server, "api.example"),
            "http api.example:80 is refused: the ceiling of the server names it for other schemes or ports only; \"api.example:80\" would allow this"
        );
        let server = layers(&["api.example"], None, Some(&["other.example"]));
        assert_eq!(why(&server, "api.example"), "http api.example:80 is refused: the ceiling of the server has no entry for it");
        let private = layers(&["*"], None, None);
        assert_eq!(
            why(&private, "192.168.0.1"),
            "192.168.0.1:80 is refused: 192.168.0.1 is a private address and no entry of allowed_hosts of the hook names it"
        );
        assert!(layers(&["api.example"], Some(&["*"]), Some(&["*.example"])).judge(&target("api.example", 80)).is_ok());
        let database = |host: &str| Target { scheme: Scheme::Tcp, ..target(host, 5432) };
        let named = layers(&["db.example", "127.0.0.1"], None, None);
        assert_eq!(
            named.judge(&database("db.example")).unwrap_err().message,
            "tcp db.example:5432 is refused: allowed_hosts of the hook names it for other schemes or ports only; \"db.example:5432\" would allow this"
        );
        assert_eq!(
            named.judge(&database("127.0.0.1")).unwrap_err().message,
            "127.0.0.1:5432 is refused: 127.0.0.1 is a loopback address and allowed_hosts of the hook names it for other schemes or ports only; \
             \"127.0.0.1:5432\" would allow this"
        );
        assert!(layers(&["db.example:5432", "127.0.0.1:5432"], None, None).judge(&database("db.example")).is_ok());
        assert!(layers(&["db.example:5432", "127.0.0.1:5432"], None, None).judge(&database("127.0.0.1")).is_ok());
    }

    #[test]
    fn an_address_that_is_not_public_needs_an_entry_in_every_list() {
        let named: &[&str] = &["api.example", "10.0.0.0/8"];
        let address = "10.1.2.3".parse().unwrap();
        let to = target("api.example", 80);
        assert!(layers(named, None, None).judge_address(address, &to).is_ok());
        assert!(layers(named, Some(named), Some(named)).judge_address(address, &to).is_ok());
        assert!(layers(named, Some(&["*"]), None).judge_address(address, &to).is_err());
        assert!(layers(named, None, Some(&["*.example"])).judge_address(address, &to).is_err());
        assert!(layers(&["api.example"], None, None).judge_address(address, &to).is_err());
        assert!(layers(&["api.example", "10.0.0.0/8:81"], None, None).judge_address(address, &to).is_err());
        assert!(layers(named, None, None).judge_address("::ffff:10.1.2.3".parse().unwrap(), &to).is_ok());
        assert!(layers(named, None, None).judge_address("64:ff9b::a01:203".parse().unwrap(), &to).is_err());
        assert!(layers(&["api.example"], None, None).judge_address("1.1.1.1".parse().unwrap(), &to).is_ok());
    }

    #[test]
    fn a_name_is_looked_up_only_if_every_list_names_it() {
        let host = Host::parse("db.example").unwrap();
        assert!(layers(&["tcp://db.example:5432"], None, None).judge_lookup(&host).is_ok());
        assert!(layers(&["tcp://db.example:5432"], Some(&["x.example"]), None).judge_lookup(&host).is_err());
        assert!(layers(&[], None, None).judge_lookup(&host).is_err());
        let told = layers(&["db.example", "tcp://10.0.0.1:5432"], None, None);
        assert!(told.judge_told("10.0.0.1".parse().unwrap(), &host).is_ok());
        assert!(told.judge_told("10.0.0.2".parse().unwrap(), &host).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_spelling_of_an_address_that_is_not_public_is_allowed_by_a_star(bits in proptest::num::u32::ANY) {
            let address = std::net::Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = address.octets();
            let public = ranges::special(address.into()).is_none();
            let any = layers(&["*"], None, None);
            for text in [
                address.to_string(), bits.to_string(), format!("{bits:#x}"), format!("0{bits:o}"), format!("{a}.{b}.{}", u16::from_be_bytes([c, d])),
                format!("{a:#x}.0{b:o}.{c}.{d}."), format!("[::ffff:{address}]"), format!("[::ffff:{:x}:{:x}]", bits >> 16, bits & 0xffff),
            ] {
                proptest::prop_assert_eq!(any.judge(&target(&text, 80)).is_ok(), public, "{}", text);
            }
            for text in [format!("[::{address}]"), format!("[64:ff9b::{address}]"), format!("[2002:{:x}:{:x}::]", bits >> 16, bits & 0xffff)] {
                proptest::prop_assert!(any.judge(&target(&text, 80)).is_err(), "{}", text);
            }
        }
    }
}
