//! Events that come again: what the first of them was answered is the answer to all, for a while. A function runs once for them, also while
//! it is still running when the next one comes.
//!
//! What is being answered now is known to this process, in which it runs; what was answered is in the store's cache, sealed, where a process
//! that is started again finds it, and another node on the same store.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hookbox_runtime::{Area, Cache as _, Place};
use tokio::sync::watch;

use crate::cache::HookCache;

/// How long an answer is given again.
const KEPT: Duration = Duration::from_secs(60);

/// An event of one hook, by a name that equal events have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EventKey {
    /// The account.
    pub(crate) account: u64,
    /// The hook.
    pub(crate) hook: u128,
    /// The name.
    pub(crate) name: String,
}

/// What is known of an event when it comes.
pub(crate) enum Claim {
    /// It is new, and to be answered by who asks. [`Turn::answered`] tells the others.
    New(Turn),
    /// It was answered like this.
    Answered(Bytes),
}

/// Something that is being looked up.
pub(crate) type Claiming = Pin<Box<dyn Future<Output = Claim> + Send>>;

/// The port: who answers which event.
pub(crate) trait Repeats: Send + Sync {
    /// Claims an event. While somebody else answers it, this waits.
    fn claim(&self, key: EventKey) -> Claiming;
}

/// The right to answer an event. Dropped without an answer, it gives the right to the next one who waits.
pub(crate) struct Turn {
    key: EventKey,
    cache: HookCache,
    running: Arc<Running>,
    ended: watch::Sender<()>,
}

/// The events that are being answered, each with a channel that closes at the end.
type Running = Mutex<HashMap<EventKey, watch::Receiver<()>>>;

/// The adapter for a store that one process has open.
pub(crate) struct LocalRepeats {
    cache: HookCache,
    running: Arc<Running>,
}

impl LocalRepeats {
    pub(crate) fn new(cache: HookCache) -> Self {
        Self { cache, running: Arc::default() }
    }
}

impl Repeats for LocalRepeats {
    fn claim(&self, key: EventKey) -> Claiming {
        let (cache, running) = (self.cache.clone(), self.running.clone());
        Box::pin(async move {
            let turn = loop {
                match begin(&cache, &running, &key) {
                    Ok(turn) => break turn,
                    // It never says anything: its end is the news.
                    Err(mut other) => drop(other.changed().await),
                }
            };
            match cache.get(key.place(), key.name).await {
                Ok(Some(answer)) => Claim::Answered(answer),
                Ok(None) => Claim::New(turn),
                Err(error) => {
                    tracing::warn!(error = error.message, "whether an event came before cannot be found out");
                    Claim::New(turn)
                }
            }
        })
    }
}

/// Takes the right to answer an event, or says who has it.
fn begin(cache: &HookCache, running: &Arc<Running>, key: &EventKey) -> Result<Turn, watch::Receiver<()>> {
    let mut all = running.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(other) = all.get(key) {
        return Err(other.clone());
    }
    let (ended, end) = watch::channel(());
    all.insert(key.clone(), end);
    Ok(Turn { key: key.clone(), cache: cache.clone(), running: running.clone(), ended })
}

impl EventKey {
    fn place(&self) -> Place {
        Place { owner: self.account, hook: self.hook, area: Area::Repeats }
    }
}

impl Turn {
    /// Keeps the answer, for those who wait and those who come in the next minute.
    pub(crate) async fn answered(self, answer: Bytes) {
        if let Err(error) = self.cache.set(self.key.place(), self.key.name.clone(), answer, Some(KEPT)).await {
            tracing::warn!(error = error.message, "an answer cannot be kept: the event would be answered anew");
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        let _told = self.ended.send(());
    }
}
