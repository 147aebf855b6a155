//! Who may be connected: so many connections in all, and of one address as many as are free. When there is no place, a connection that is
//! of no use gives way: one that never showed a valid token, whatever it does, and else one without a request.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::activity::Activity;
use crate::networks::Neighbourhood;

/// The places for connections to a listener.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    /// By address, and by number in the order of their arrival.
    by: HashMap<Neighbourhood, BTreeMap<u64, Arc<Activity>>>,
    next: u64,
}

/// The place of one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    from: Neighbourhood,
    number: u64,
}

impl Places {
    /// So many free places.
    pub(super) fn new(most: usize) -> Self {
        Self { most, held: Mutex::default() }
    }

    /// A place for a connection from an address; `None` if there is none, and nobody to give way. A `proxy` brings the connections of many,
    /// so only the whole is a bound to it.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr, proxy: bool, activity: &Arc<Activity>) -> Option<Place> {
        let from = Neighbourhood::from(address);
        let mut held = self.held();
        let own = held.by.get(&from).map_or(0, BTreeMap::len);
        let free = self.most.saturating_sub(held.all);
        let over_share = own > free && !proxy;
        if free == 0 || over_share {
            // Over its own share, nobody takes the place of another.
            let (leaving, number) = held.useless(from, own, free > 0)?;
            if let Some(useless) = held.remove(leaving, number) {
                useless.give_way();
            }
        }
        let number = held.add(from, activity);
        Some(Place { places: Arc::clone(self), from, number })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The connection that is missed least: without a token rather than with one, then of the address that holds most, then the one in which
    /// nothing happened for longest. Never one of an address that holds no more than the new one's.
    fn useless(&self, from: Neighbourhood, own: usize, own_only: bool) -> Option<(Neighbourhood, u64)> {
        let addresses = self.by.iter().filter(|(address, theirs)| **address == from || (!own_only && theirs.len() > own));
        let connections = addresses.flat_map(|(address, theirs)| theirs.iter().map(|(number, one)| (*address, theirs.len(), *number, one)));
        let useless = connections.filter(|(.., one)| !one.is_known() || !one.is_busy());
        let first = useless.min_by_key(|(_, count, number, one)| (one.is_known(), Reverse(*count), one.last(), *number));
        first.map(|(address, _, number, _)| (address, number))
    }

    fn add(&mut self, from: Neighbourhood, activity: &Arc<Activity>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.all += 1;
        self.by.entry(from).or_default().insert(number, Arc::clone(activity));
        number
    }

    fn remove(&mut self, from: Neighbourhood, number: u64) -> Option<Arc<Activity>> {
        let theirs = self.by.get_mut(&from)?;
        let removed = theirs.remove(&number)?;
        if theirs.is_empty() {
            self.by.remove(&from);
        }
        self.all -= 1;
        Some(removed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.held().remove(self.from, self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Connection {
        activity: Arc<Activity>,
        _place: Place,
    }

    fn connect(places: &Arc<Places>, address: u8) -> Option<Connection> {
        let activity = Arc::new(Activity::new());
        let place = places.take(IpAddr::from([192, 0, 2, address]), false, &activity)?;
        Some(Connection { activity, _place: place })
    }

    fn known(places: &Arc<Places>, address: u8) -> Connection {
        let connection = connect(places, address).unwrap();
        connection.activity.recognise();
        connection
    }

    fn left(connections: &[Connection]) -> Vec<usize> {
        let gone = connections.iter().enumerate().filter(|(_, one)| one.activity.gives_way());
        gone.map(|(index, _)| index).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_alone_has_half_and_then_makes_way_for_itself() {
        let places = Arc::new(Places::new(10));
        let mut flood = Vec::new();
        for _ in 0..20 {
            flood.push(connect(&places, 1).unwrap());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(places.held().all, 6);
        assert_eq!(left(&flood), (0..14).collect::<Vec<_>>(), "the oldest first");
        let others: Vec<_> = (2..6).map(|address| connect(&places, address).unwrap()).collect();
        assert_eq!((left(&flood).len(), left(&others).len()), (14, 0), "there was room for them");
        drop((flood, others));
        let held = places.held();
        assert_eq!((held.all, held.by.len()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_showed_a_token_gives_way_busy_or_not() {
        let places = Arc::new(Places::new(4));
        let kept = [known(&places, 1), known(&places, 1)];
        let stranger = [connect(&places, 2).unwrap()];
        let _busy = stranger[0].activity.begin(false);
        let newcomer = [connect(&places, 3).unwrap()];
        assert!(left(&stranger).is_empty() && places.held().all == 4);
        let last = [connect(&places, 4).unwrap()];
        assert_eq!([&kept[..], &stranger, &newcomer, &last].map(left), [vec![], vec![0], vec![], vec![]]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_known_client_gives_way_only_without_a_request() {
        let places = Arc::new(Places::new(2));
        let kept = [known(&places, 1), known(&places, 1)];
        let busy = kept[0].activity.begin(false);
        let next = known(&places, 2);
        assert_eq!(left(&kept), [1]);
        let _busy = next.activity.begin(false);
        assert!(connect(&places, 3).is_none(), "all are at work");
        drop(busy);
        let _third = connect(&places, 3).unwrap();
        assert_eq!(left(&kept), [0, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_with_many_takes_the_place_of_one_with_few() {
        let places = Arc::new(Places::new(6));
        let few = [connect(&places, 1).unwrap()];
        let many: Vec<_> = (0..3).map(|_| known(&places, 2)).collect();
        let _busy: Vec<_> = many.iter().map(|one| one.activity.begin(false)).collect();
        assert!(connect(&places, 2).is_none());
        assert_eq!(left(&few), [0; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_proxy_may_fill_the_server() {
        let places = Arc::new(Places::new(4));
        let proxy = || {
            let activity = Arc::new(Activity::new());
            let place = places.take(IpAddr::from([10, 0, 0, 1]), true, &activity).unwrap();
            Connection { activity, _place: place }
        };
        let connections: Vec<_> = (0..4).map(|_| proxy()).collect();
        assert_eq!(left(&connections), [0; 0]);
        let _more = proxy();
        assert_eq!(left(&connections), [0]);
    }
}
