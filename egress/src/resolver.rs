//! Names to addresses: by the system, so that a name means the same to hooks as to the operator, with a bound on how many are looked up at once.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::error::Error;

/// Why a name has no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// There is no such name, or it has no address.
    NotFound,
    /// Nobody could say; it may be another time.
    Again,
}

/// A look-up under way.
pub type Lookup = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, LookupError>> + Send>>;

/// Whoever knows the addresses of names. Tests have one of their own.
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of a name (lower case, ASCII, no dot at the end), the best one first.
    fn resolve(&self, name: String) -> Lookup;
}

/// The system's resolver (`getaddrinfo`), on a thread for blocking work.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: String) -> Lookup {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            // The standard library gives no more of the reason than its text.
            let kind = |error: std::io::Error| {
                if error.to_string().contains("emporary failure") { LookupError::Again } else { LookupError::NotFound }
            };
            Ok(found.map_err(kind)?.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver with bounds.
#[derive(Clone)]
pub(crate) struct Lookups {
    resolver: Arc<dyn Resolve>,
    places: Arc<Semaphore>,
    patience: Duration,
}

/// Addresses of one name that are looked at.
const MOST: usize = 32;

impl Lookups {
    pub(crate) fn new(resolver: Arc<dyn Resolve>, at_a_time: usize, patience: Duration) -> Self {
        Self { resolver, places: Arc::new(Semaphore::new(at_a_time.clamp(1, Semaphore::MAX_PERMITS))), patience }
    }

    /// The addresses of a name, 1 to 32 of them, each once, mapped ones as their IPv4 address.
    ///
    /// # Errors
    /// `ENOTFOUND`, or `EAI_AGAIN`: nobody could say in time.
    pub(crate) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Error> {
        let again = || Error::lookup("EAI_AGAIN", name);
        let found = tokio::time::timeout(self.patience, self.ask(name.to_owned())).await.map_err(|_| again())?;
        let mut addresses = Vec::new();
        for address in found.map_err(|error| if error == LookupError::Again { again() } else { Error::lookup("ENOTFOUND", name) })? {
            let address = address.to_canonical();
            if addresses.len() < MOST && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() { Err(Error::lookup("ENOTFOUND", name)) } else { Ok(addresses) }
    }

    /// A task of its own holds the place: a thread that is stuck in the system's resolver keeps it, however long its caller waits.
    async fn ask(&self, name: String) -> Result<Vec<IpAddr>, LookupError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| LookupError::Again)?;
        let lookup = self.resolver.resolve(name);
        let task = tokio::spawn(async move {
            let found = lookup.await;
            drop(place);
            found
        });
        task.await.unwrap_or(Err(LookupError::Again))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Result<Vec<IpAddr>, LookupError>, Duration);

    impl Resolve for Fixed {
        fn resolve(&self, _: String) -> Lookup {
            let (found, wait) = (self.0.clone(), self.1);
            Box::pin(async move {
                tokio::time::sleep(wait).await;
                found
            })
        }
    }

    async fn code(fixed: Fixed) -> String {
        let lookups = Lookups::new(Arc::new(fixed), 2, Duration::from_secs(2));
        lookups.addresses("api.example").await.unwrap_err().message
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_without_addresses_is_told_from_a_resolver_that_is_silent() {
        assert_eq!(code(Fixed(Ok(Vec::new()), Duration::ZERO)).await, "getaddrinfo ENOTFOUND api.example");
        assert_eq!(code(Fixed(Err(LookupError::NotFound), Duration::ZERO)).await, "getaddrinfo ENOTFOUND api.example");
        assert_eq!(code(Fixed(Err(LookupError::Again), Duration::ZERO)).await, "getaddrinfo EAI_AGAIN api.example");
        assert_eq!(code(Fixed(Ok(Vec::new()), Duration::from_secs(60))).await, "getaddrinfo EAI_AGAIN api.example");
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_up_that_is_stuck_keeps_its_place() {
        let lookups = Lookups::new(Arc::new(Fixed(Ok(vec![[192, 0, 2, 1].into()]), Duration::from_secs(60))), 1, Duration::from_secs(2));
        assert!(lookups.addresses("a.example").await.is_err());
        assert_eq!(lookups.places.available_permits(), 0);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(lookups.places.available_permits(), 1);
    }

    #[tokio::test]
    async fn addresses_are_told_once_and_mapped_ones_as_ipv4() {
        let found = ["::ffff:192.0.2.1", "192.0.2.1", "2001:db8::1"].map(|text| text.parse().unwrap());
        let lookups = Lookups::new(Arc::new(Fixed(Ok(found.to_vec()), Duration::ZERO)), 1, Duration::from_secs(2));
        let addresses = lookups.addresses("a.example").await.unwrap();
        assert_eq!(addresses, ["192.0.2.1".parse::<IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]);
    }
}
