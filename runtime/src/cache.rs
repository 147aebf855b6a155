//! What functions may keep from one execution to another: the port to a cache. Who makes the server says where it is kept.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{Error, Keep, Keeping};

/// Something that is being done; what it fails with is an error that the function can catch.
pub type Caching<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// What part of a cache something is in. Each has names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// What the functions of one hook keep, whatever its version.
    Hook,
    /// What the hooks of an account share.
    Shared,
    /// The answers that were kept for a hook.
    Answers,
    /// What events of a hook were answered, for those that come again.
    Repeats,
}

/// Whose part of a cache it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Who owns the hook.
    pub owner: u64,
    /// The hook. It does not matter to what is shared.
    pub hook: u128,
    /// The part.
    pub area: Area,
}

/// A cache. It may forget at any time, and never gives another value than the one that was set last.
pub trait Cache: Send + Sync + 'static {
    /// The value under a key, as long as its time is not over.
    fn get(&self, place: Place, key: String) -> Caching<Option<Bytes>>;

    /// Keeps a value for this time; without one, for as long as the cache says.
    fn set(&self, place: Place, key: String, value: Bytes, time: Option<Duration>) -> Caching<()>;

    /// Removes a value.
    fn delete(&self, place: Place, key: String) -> Caching<()>;

    /// The most bytes of a value.
    fn value_bytes(&self) -> usize;

    /// Another one that is as empty as this one was, for an execution that is repeated; `None`: there is none.
    fn emptied(&self) -> Option<Arc<dyn Cache>> {
        None
    }
}

/// The cache as one hook has it.
#[derive(Clone)]
pub(crate) struct OwnCache {
    cache: Arc<dyn Cache>,
    owner: u64,
    hook: u128,
}

impl OwnCache {
    pub(crate) fn new(cache: Arc<dyn Cache>, owner: u64, hook: u128) -> Self {
        Self { cache, owner, hook }
    }

    fn place(&self, area: Area) -> Place {
        Place { owner: self.owner, hook: self.hook, area }
    }

    fn own(&self, shared: bool) -> Place {
        self.place(if shared { Area::Shared } else { Area::Hook })
    }

    /// A byte 1 and the value; nothing where there is none.
    ///
    /// # Errors
    /// What crosses a limit.
    pub(crate) async fn get(self, key: String, shared: bool) -> Result<Vec<u8>, Error> {
        let found = self.cache.get(self.own(shared), key).await?;
        Ok(found.map(|value| [&[1], &*value].concat()).unwrap_or_default())
    }

    /// Keeps a value.
    ///
    /// # Errors
    /// What crosses a limit, and that nothing can be kept for now.
    pub(crate) async fn set(self, key: String, value: Bytes, time: Option<Duration>, shared: bool) -> Result<(), Error> {
        self.cache.set(self.own(shared), key, value, time).await
    }

    /// Removes a value.
    ///
    /// # Errors
    /// As [`OwnCache::set`].
    pub(crate) async fn delete(self, key: String, shared: bool) -> Result<(), Error> {
        self.cache.delete(self.own(shared), key).await
    }
}

/// Answers are kept beside what the function keeps, and never shared.
impl Keep for OwnCache {
    fn get(&self, name: &str) -> Keeping<Option<Bytes>> {
        let got = self.cache.get(self.place(Area::Answers), name.to_owned());
        Box::pin(async move { got.await.ok().flatten() })
    }

    fn put(&self, name: &str, value: Bytes, time: Duration) -> Keeping<()> {
        let set = self.cache.set(self.place(Area::Answers), name.to_owned(), value, Some(time));
        Box::pin(async move { drop(set.await) })
    }

    fn delete(&self, name: &str) -> Keeping<()> {
        let deleted = self.cache.delete(self.place(Area::Answers), name.to_owned());
        Box::pin(async move { drop(deleted.await) })
    }

    fn most_bytes(&self) -> usize {
        self.cache.value_bytes()
    }
}
