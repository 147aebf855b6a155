//! Makes connections: looks the name up once, checks every address, and connects to an address that was checked. Nothing is looked up between
//! the check and the connection.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, code_of};
use crate::policy::{Host, Layers, Target};
use crate::proxy::Proxy;
use crate::resolver::Lookups;
use crate::stream::{Ends, Stream};

/// Where connections come from.
pub(crate) struct Dialler {
    lookups: Lookups,
    proxy: Option<Proxy>,
    places: Arc<Semaphore>,
}

/// Addresses of a name that are tried.
const TRIED: usize = 8;
/// How long an address is waited for while there are others to try.
const PATIENCE: Duration = Duration::from_secs(1);

impl Dialler {
    pub(crate) fn new(lookups: Lookups, proxy: Option<Proxy>, connections: usize) -> Self {
        Self { lookups, proxy, places: Arc::new(Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS))) }
    }

    /// Whether all connections that there may be are open.
    pub(crate) fn is_full(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// The addresses of a host.
    pub(crate) async fn addresses(&self, host: &Host) -> Result<Vec<IpAddr>, Error> {
        match host {
            Host::Address(address) => Ok(vec![*address]),
            Host::Name(name) => self.lookups.addresses(name).await,
        }
    }

    /// A stream to the target, whose text was judged before.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED`: no address of the name may be connected to. What the look-up, the connection or the proxy failed with; `ETIMEDOUT`
    /// at the time given.
    pub(crate) async fn dial(&self, target: &Target, layers: &Layers, until: Instant) -> Result<Stream, Error> {
        let late = || Error {
            syscall: Some("connect"),
            port: Some(target.port),
            ..Error::new("ETIMEDOUT", format!("connect ETIMEDOUT {}", target.place()))
        };
        let place = timeout_at(until, Arc::clone(&self.places).acquire_owned()).await.map_err(|_| late())?;
        let place = place.map_err(|_| late())?;
        let found = timeout_at(until, self.addresses(&target.host)).await.map_err(|_| late())??;
        let checked = check(&found, target, layers)?;
        let (tcp, remote) = match &self.proxy {
            None => first(&checked, until).await?,
            Some(proxy) => self.through(proxy, &checked, until, &late).await?,
        };
        // Small writes are requests that somebody waits for.
        tcp.set_nodelay(true).map_err(|error| Error::io(&error, "connect"))?;
        let local = tcp.local_addr().map_err(|error| Error::io(&error, "connect"))?;
        Ok(Stream::new(tcp, Ends { local, remote }, place))
    }

    async fn through(
        &self,
        proxy: &Proxy,
        checked: &[SocketAddr],
        until: Instant,
        late: &impl Fn() -> Error,
    ) -> Result<(TcpStream, SocketAddr), Error> {
        let found = timeout_at(until, self.addresses(proxy.host())).await.map_err(|_| late())??;
        let doors: Vec<SocketAddr> = found.into_iter().take(TRIED).map(|address| SocketAddr::new(address, proxy.target.port)).collect();
        let mut last = None;
        for to in checked {
            let (tcp, _) = first(&doors, until).await?;
            match timeout_at(until, proxy.tunnel(tcp, *to)).await.map_err(|_| late())? {
                Ok(tcp) => return Ok((tcp, *to)),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(late))
    }
}

/// The addresses that may be connected to, at most 8; if there is none, why the first one may not.
fn check(found: &[IpAddr], target: &Target, layers: &Layers) -> Result<Vec<SocketAddr>, Error> {
    let mut refusal = None;
    let mut checked = Vec::new();
    for address in found {
        match layers.judge_address(*address, target) {
            Ok(()) if checked.len() < TRIED => checked.push(SocketAddr::new(*address, target.port)),
            Ok(()) => {}
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    match refusal {
        Some(refusal) if checked.is_empty() => Err(refusal),
        _ => Ok(checked),
    }
}

/// Connects to the first address that answers.
async fn first(addresses: &[SocketAddr], until: Instant) -> Result<(TcpStream, SocketAddr), Error> {
    let mut first_error = None;
    for (index, address) in addresses.iter().enumerate() {
        let is_last = index + 1 == addresses.len();
        let patience = if is_last { until } else { until.min(Instant::now() + PATIENCE) };
        let error = match timeout_at(patience, TcpStream::connect(*address)).await {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(error)) => Error::at(code_of(&error), "connect", *address),
            Err(_) => Error::at("ETIMEDOUT", "connect", *address),
        };
        first_error = first_error.or(Some(error));
    }
    Err(first_error.unwrap_or_else(|| Error::new("ENOTFOUND", "there is no address to connect to")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, Scheme};

    #[test]
    fn only_addresses_that_may_be_reached_are_tried() {
        let hook = Arc::new(Policy::parse(&["api.example"]).unwrap());
        let layers = Layers { hook, ..Layers::default() };
        let target = Target { scheme: Scheme::Https, host: Host::parse("api.example").unwrap(), port: 443 };
        let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let mixed = check(&addresses(&["127.0.0.1", "1.1.1.1", "::1", "fd00::1", "2606:4700::1111"]), &target, &layers).unwrap();
        assert_eq!(mixed, ["1.1.1.1:443".parse().unwrap(), "[2606:4700::1111]:443".parse().unwrap()]);
        let refusal = check(&addresses(&["169.254.169.254", "::1"]), &target, &layers).unwrap_err();
        assert!(refusal.is_refusal() && refusal.message.contains("169.254.169.254 is a metadata address"), "{refusal}");
    }
}
