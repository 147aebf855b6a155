//! Slows down the guessing of secrets: token buckets for failures, by client id and address together, and by address.
//!
//! A bucket holds a minute's worth of failures and refills evenly. Only who sends a wrong secret is told to wait; the caller of this module
//! answers a right one whatever the buckets say. Successes change nothing, so that they do not buy an attacker more guesses.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::networks::Neighbourhood;

/// How many wrong secrets are answered before the client must wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThrottleConfig {
    /// Failures a minute for one client id from one address.
    pub client_failures: u32,
    /// Failures a minute from one address, whatever the client id.
    pub address_failures: u32,
}

/// The most buckets in each table. Beyond it, buckets that are full again are dropped, and otherwise the least used one.
const MAX_BUCKETS: usize = 10_000;

/// Counts failures. The caller passes the time, measured from any fixed moment.
#[derive(Debug)]
pub(crate) struct Throttle {
    buckets: Mutex<Buckets>,
    /// Clients choose the ids, so the table holds only their hashes, which cannot be predicted.
    hasher: RandomState,
}

#[derive(Debug)]
struct Buckets {
    pairs: Table<(u64, Neighbourhood)>,
    addresses: Table<Neighbourhood>,
}

impl Throttle {
    /// A throttle without failures.
    pub(crate) fn new(config: &ThrottleConfig) -> Self {
        let buckets = Buckets { pairs: Table::new(config.client_failures), addresses: Table::new(config.address_failures) };
        Self { buckets: Mutex::new(buckets), hasher: RandomState::new() }
    }

    /// Whether a guess may be checked now; otherwise, how long the client must wait.
    pub(crate) fn check(&self, client_id: &str, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let (pair, network) = self.keys(client_id, address);
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = [buckets.pairs.wait(&pair, now), buckets.addresses.wait(&network, now)];
        waits.into_iter().flatten().max().map_or(Ok(()), Err)
    }

    /// Counts a wrong guess.
    pub(crate) fn failed(&self, client_id: &str, address: IpAddr, now: Duration) {
        let (pair, network) = self.keys(client_id, address);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.pairs.take(pair, now);
        buckets.addresses.take(network, now);
    }

    fn keys(&self, client_id: &str, address: IpAddr) -> ((u64, Neighbourhood), Neighbourhood) {
        let network = Neighbourhood::from(address);
        ((self.hasher.hash_one(client_id), network), network)
    }
}

/// Buckets of one size.
#[derive(Debug)]
struct Table<K> {
    size: f64,
    used: HashMap<K, Bucket>,
}

/// The used part of a bucket at a moment.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    used: f64,
    at: Duration,
}

impl<K: Hash + Eq + Copy> Table<K> {
    fn new(per_minute: u32) -> Self {
        Self { size: f64::from(per_minute), used: HashMap::new() }
    }

    /// The part of a bucket that is still used now.
    fn used(&self, bucket: Bucket, now: Duration) -> f64 {
        (bucket.used - now.saturating_sub(bucket.at).as_secs_f64() * self.size / 60.0).max(0.0)
    }

    fn wait(&self, key: &K, now: Duration) -> Option<Duration> {
        let over = self.used(*self.used.get(key)?, now) + 1.0 - self.size;
        (over > 1e-9).then(|| Duration::from_secs_f64(over * 60.0 / self.size))
    }

    fn take(&mut self, key: K, now: Duration) {
        let before = self.used.get(&key).map_or(0.0, |bucket| self.used(*bucket, now));
        if self.used.len() >= MAX_BUCKETS && !self.used.contains_key(&key) {
            self.make_room(now);
        }
        // Guesses that are checked at the same time may overdraw a bucket, by one at most.
        self.used.insert(key, Bucket { used: (before + 1.0).min(self.size + 1.0), at: now });
    }

    fn make_room(&mut self, now: Duration) {
        let size = self.size;
        self.used.retain(|_, bucket| bucket.used > now.saturating_sub(bucket.at).as_secs_f64() * size / 60.0);
        if self.used.len() >= MAX_BUCKETS {
            let left = |bucket: &Bucket| self.used(*bucket, now);
            let least = self.used.iter().min_by(|(_, one), (_, other)| left(one).total_cmp(&left(other))).map(|(key, _)| *key);
            least.map(|key| self.used.remove(&key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn throttle() -> Throttle {
        Throttle::new(&ThrottleConfig { client_failures: 10, address_failures: 30 })
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn fail(throttle: &Throttle, client: &str, address: IpAddr, times: u32, now: Duration) {
        for _ in 0..times {
            throttle.failed(client, address, now);
        }
    }

    #[test]
    fn ten_failures_a_minute_and_then_a_wait() {
        let throttle = throttle();
        fail(&throttle, "a", HERE, 9, secs(0));
        assert_eq!(throttle.check("a", HERE, secs(0)), Ok(()));
        fail(&throttle, "a", HERE, 1, secs(0));
        assert_eq!(throttle.check("a", HERE, secs(0)), Err(secs(6)));
        assert!(throttle.check("a", HERE, secs(5)).is_err());
        assert_eq!(throttle.check("a", HERE, secs(6)), Ok(()));
        fail(&throttle, "a", HERE, 1, secs(6));
        assert!(throttle.check("a", HERE, secs(6)).is_err());
        fail(&throttle, "a", HERE, 9, secs(66));
        assert_eq!(throttle.check("a", HERE, secs(66)), Ok(()));
    }

    #[test]
    fn a_stranger_locks_nobody_out() {
        let throttle = throttle();
        fail(&throttle, "admin", THERE, 100, secs(0));
        assert!(throttle.check("admin", THERE, secs(0)).is_err());
        assert_eq!(throttle.check("admin", HERE, secs(0)), Ok(()));
    }

    #[test]
    fn an_address_is_counted_over_all_its_guesses() {
        let throttle = throttle();
        for n in 0..30 {
            assert_eq!(throttle.check(&n.to_string(), HERE, secs(0)), Ok(()));
            throttle.failed(&n.to_string(), HERE, secs(0));
        }
        assert_eq!(throttle.check("fresh", HERE, secs(0)), Err(secs(2)));
        assert_eq!(throttle.check("fresh", THERE, secs(0)), Ok(()));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one() {
        let throttle = throttle();
        fail(&throttle, "a", "2001:db8::1".parse().unwrap(), 10, secs(0));
        assert!(throttle.check("a", "2001:db8::ffff:2".parse().unwrap(), secs(0)).is_err());
        assert_eq!(throttle.check("a", "2001:db8:0:1::1".parse().unwrap(), secs(0)), Ok(()));
        fail(&throttle, "a", "::ffff:192.0.2.1".parse().unwrap(), 10, secs(0));
        assert!(throttle.check("a", HERE, secs(0)).is_err());
    }

    #[test]
    fn memory_is_bounded_and_the_worst_offender_is_remembered() {
        let throttle = throttle();
        fail(&throttle, "a", HERE, 10, secs(0));
        for n in 0..u32::try_from(MAX_BUCKETS).unwrap() + 50 {
            throttle.failed("b", IpAddr::from(n.to_be_bytes()), secs(0));
        }
        let buckets = throttle.buckets.lock().unwrap();
        assert!(buckets.pairs.used.len() <= MAX_BUCKETS && buckets.addresses.used.len() <= MAX_BUCKETS);
        drop(buckets);
        assert!(throttle.check("a", HERE, secs(0)).is_err());
    }

    #[test]
    fn a_clock_that_stands_still_or_jumps_back_never_divides_the_wait() {
        let throttle = throttle();
        fail(&throttle, "a", HERE, 10, secs(100));
        assert!(throttle.check("a", HERE, secs(0)).is_err());
        assert_eq!(throttle.check("a", HERE, secs(1000)), Ok(()));
    }
}
