//! Where answers are kept.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

/// Something that is being done.
pub type Keeping<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The place of one hook, which no other hook sees. It may forget at any time, and never fails: what cannot be kept is not there.
pub trait Keep: Send + Sync + 'static {
    /// What was put under this name last, as long as its time is not over.
    fn get(&self, name: &str) -> Keeping<Option<Bytes>>;

    /// Keeps a value for at most this time.
    fn put(&self, name: &str, value: Bytes, time: Duration) -> Keeping<()>;

    /// Removes a value.
    fn delete(&self, name: &str) -> Keeping<()>;

    /// The most bytes of a value.
    fn most_bytes(&self) -> usize;
}
