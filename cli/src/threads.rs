//! The threads of a server. Those for work that may block, most of it on the disk, are started when they are needed, and end when they are
//! not: a server that comes to need one when the system gives none would break off what it does. So some stand by.

use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::spawn_blocking;

/// Threads that stand by.
const STANDING: usize = 4;
/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(60);
/// How often the threads that stand by get some work, so that they do not end.
const ROUND: Duration = Duration::from_secs(20);
/// How long that work takes: longer than it takes to start the others, so that no thread gets two of them.
const WORK: Duration = Duration::from_millis(1);

/// The threads of a server that runs functions on so many cores.
pub(crate) fn start(cores: usize) -> io::Result<Runtime> {
    // As many threads as cores may be away in functions, and one never is.
    let runtime = Builder::new_multi_thread().worker_threads(cores + 1).thread_keep_alive(IDLE).enable_all().build()?;
    runtime.spawn(stand_by());
    Ok(runtime)
}

/// Keeps some threads for work that may block.
async fn stand_by() {
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        rounds.tick().await;
        for _ in 0..STANDING {
            drop(spawn_blocking(|| std::thread::sleep(WORK)));
        }
    }
}
