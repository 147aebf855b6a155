//! Reads of the log: few at a time, on threads that may block; the others wait their turn, and who finds the waiting room full is told so.
//! Each bound is shared between accounts. A read whose caller has gone ends early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookbox_runtime::{Shares, Taken};

use super::turns::Turns;
use crate::background::{NotDone, standing_back};
use crate::error::ServiceError;
use crate::ids::AccountId;
use crate::limits::ReadLimits;

/// How long a stream pauses before it asks again for what was not free.
const PAUSE: Duration = Duration::from_millis(50);
/// How much later than at once a caller hears that there is no room for its read: one that asks again and again is not to keep the server busy
/// with refusals.
const REFUSED_AFTER: Duration = Duration::from_millis(20);
/// The bytes that a page counts with until it is written; less where the bound is small.
const PAGE_BYTES: usize = 1 << 20;

/// The bounds, and who holds what of them.
pub(super) struct Reads {
    pub(super) limits: ReadLimits,
    /// Lists that wait or are read.
    places: Arc<Shares<AccountId>>,
    turns: Arc<Turns>,
    pages: Arc<Shares<AccountId>>,
    streams: Arc<Shares<AccountId>>,
    stream_bytes: Arc<Shares<AccountId>>,
}

/// The right to wait for a turn, and to have one.
pub(super) struct Place {
    account: AccountId,
    _taken: Option<Taken<AccountId>>,
}

/// The room that a page takes, from before it is read until it has been sent.
pub(super) struct PageRoom(Taken<AccountId>);

impl PageRoom {
    /// The page in it.
    pub(super) fn fill(mut self, bytes: Vec<u8>) -> Result<Bytes, ServiceError> {
        if !self.0.resize(bytes.len()) {
            return Err(untaken());
        }
        Ok(Bytes::from_owner(Counted { bytes: bytes.into_boxed_slice(), _taken: self.0 }))
    }
}

fn untaken() -> ServiceError {
    busy("Too many pages of the log were asked for and not taken; try again")
}

/// Bytes that count in a bound until they are dropped.
struct Counted<T> {
    bytes: T,
    _taken: Taken<AccountId>,
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Counted<T> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Reads {
    pub(super) fn new(limits: ReadLimits) -> Self {
        let shares = |all| Arc::new(Shares::new(all));
        Self {
            limits,
            places: shares(limits.threads.saturating_add(limits.waiting)),
            turns: Turns::new(limits.threads),
            pages: shares(limits.pages_bytes),
            streams: shares(limits.streams),
            stream_bytes: shares(limits.streams_bytes),
        }
    }

    /// A place and room for a page, unless all is taken that the account may have.
    pub(super) async fn place(&self, account: AccountId) -> Result<(Place, PageRoom), ServiceError> {
        let found = self.place_now(account).and_then(|place| Ok((place, self.room(account)?)));
        if found.is_err() {
            tokio::time::sleep(REFUSED_AFTER).await;
        }
        found
    }

    fn place_now(&self, account: AccountId) -> Result<Place, ServiceError> {
        let taken = self.places.try_take(account, 1).ok_or_else(|| busy("The server reads as much of its log as it can; try again"))?;
        Ok(Place { account, _taken: Some(taken) })
    }

    fn room(&self, account: AccountId) -> Result<PageRoom, ServiceError> {
        self.pages.try_take(account, PAGE_BYTES.min(self.limits.pages_bytes / 8)).map(PageRoom).ok_or_else(untaken)
    }

    /// A place for a stream. Streams are few and each reads one thing at a time, so they take no places from lists, and wait their turn.
    pub(super) fn place_of_stream(&self, account: AccountId) -> Place {
        Place { account, _taken: None }
    }

    /// Does blocking work when it is this place's turn. The work looks at the flag now and then, which is set once nobody waits for it.
    pub(super) async fn run<T, F>(&self, place: Place, work: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&AtomicBool) -> Result<T, ServiceError> + Send + 'static,
    {
        let turn = self.turns.next(place.account).await;
        let given_up = GiveUpOnDrop(Arc::default());
        let flag = given_up.0.clone();
        yielding(move || {
            // Held by the work, which may end after its caller went.
            let _held = (place, turn);
            work(&flag)
        })
        .await
    }

    /// The right to follow a log.
    pub(super) fn stream(&self, account: AccountId) -> Result<Taken<AccountId>, ServiceError> {
        self.streams.try_take(account, 1).ok_or_else(|| busy("Too many streams follow logs; try again"))
    }

    /// A chunk of a stream that counts until it has been sent. Waits until there is room for it.
    pub(super) async fn chunk(&self, account: AccountId, bytes: Bytes) -> Bytes {
        loop {
            if let Some(taken) = self.stream_bytes.try_take(account, bytes.len()) {
                return Bytes::from_owner(Counted { bytes, _taken: taken });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Does blocking work on a thread that stands back.
async fn yielding<T: Send + 'static>(work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static) -> Result<T, ServiceError> {
    standing_back("log-read", work).await.unwrap_or_else(|error| match error {
        NotDone::NoThread(error) => Err(busy(&format!("The server can start no thread ({}); try again", error.kind()))),
        NotDone::BrokeOff => Err(ServiceError::Internal("a read of the log broke off".to_owned())),
    })
}

fn busy(what: &str) -> ServiceError {
    ServiceError::Unavailable(what.to_owned())
}

struct GiveUpOnDrop(Arc<AtomicBool>);

impl Drop for GiveUpOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Instant;

    use tokio::sync::oneshot;

    use super::*;

    fn account(number: u64) -> AccountId {
        AccountId::new(number).unwrap()
    }

    fn reads(limits: ReadLimits) -> Arc<Reads> {
        Arc::new(Reads::new(limits))
    }

    #[tokio::test]
    async fn work_whose_caller_has_gone_is_told_and_gives_its_turn_back() {
        let reads = reads(ReadLimits { threads: 1, waiting: 3, ..ReadLimits::default() });
        let (started, running) = oneshot::channel();
        let place = reads.place_now(account(1)).unwrap();
        let reading = reads.clone();
        let caller = tokio::spawn(async move {
            reading
                .run(place, |given_up| {
                    started.send(()).unwrap();
                    while !given_up.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                    Ok(())
                })
                .await
        });
        running.await.unwrap();
        caller.abort();
        let next = reads.place_now(account(1)).unwrap();
        assert_eq!(reads.run(next, |_| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn an_account_that_fills_the_room_leaves_places_to_others() {
        let reads = reads(ReadLimits { threads: 1, waiting: 7, ..ReadLimits::default() });
        let mut places: Vec<_> = std::iter::from_fn(|| reads.place_now(account(1)).ok()).collect();
        assert_eq!(places.len(), 5);
        let other = reads.place_now(account(2)).unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let running = reads.turns.next(account(1)).await;
        places.push(other);
        let mut tasks = Vec::new();
        for place in places {
            let (reads, order) = (reads.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let who = place.account;
                let note = move |_: &AtomicBool| {
                    order.lock().unwrap().push(who);
                    Ok(())
                };
                reads.run(place, note).await
            }));
            tokio::task::yield_now().await;
        }
        drop(running);
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let order = order.lock().unwrap();
        assert_eq!(order.iter().position(|one| *one == account(2)), Some(1), "after one of those that waited before it");
    }

    #[tokio::test]
    async fn who_takes_no_page_finds_no_room_before_the_next_is_read() {
        let reads = reads(ReadLimits { pages_bytes: 8 * PAGE_BYTES, ..ReadLimits::default() });
        let asked = Instant::now();
        let untaken: Vec<_> = (0..4).map(|_| reads.room(account(1)).unwrap().fill(vec![0; PAGE_BYTES]).unwrap()).collect();
        assert!(matches!(reads.place(account(1)).await, Err(ServiceError::Unavailable(_))));
        assert!(asked.elapsed() >= REFUSED_AFTER);
        reads.place(account(2)).await.unwrap();
        drop(untaken);
        reads.place(account(1)).await.unwrap();
    }

    #[tokio::test]
    async fn bytes_count_until_they_are_dropped() {
        let limits = ReadLimits { pages_bytes: 100, streams_bytes: 100, ..ReadLimits::default() };
        let reads = reads(limits);
        let page = |who, len| reads.room(account(who)).and_then(|room| room.fill(vec![0; len]));
        let held = page(1, 50).unwrap();
        assert!(matches!(page(1, 50), Err(ServiceError::Unavailable(_))));
        page(2, 25).unwrap();
        let part = held.slice(..1);
        drop(held);
        assert!(page(1, 50).is_err(), "a part of it is still held");
        drop(part);
        page(1, 50).unwrap();
        let chunk = reads.chunk(account(1), Bytes::from_static(&[0; 50])).await;
        let second = tokio::spawn(async move { reads.chunk(account(1), Bytes::from_static(&[0; 50])).await.len() });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(chunk);
        assert_eq!(second.await.unwrap(), 50);
    }
}
