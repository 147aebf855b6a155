//! Work that stands back: on a thread of its own, to which the kernel prefers those that serve logins. It takes far longer than its thread.

use std::io;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How far such threads stand back.
const NICENESS: i32 = 19;

/// Why work was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    /// The system gave no thread.
    #[error("no thread can be started: {0}")]
    NoThread(io::Error),
    /// It panicked.
    #[error("the work broke off")]
    BrokeOff,
}

/// Does blocking work on a thread of this name.
pub(crate) async fn standing_back<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T, NotDone> {
    let (sender, receiver) = oneshot::channel();
    let handle = Handle::current();
    let work = move || {
        let _context = handle.enter();
        // Where the kernel refuses, the work is as urgent as everything else.
        let _ = rustix::process::nice(NICENESS);
        drop(sender.send(work()));
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(NotDone::NoThread)?;
    receiver.await.map_err(|_| NotDone::BrokeOff)
}
