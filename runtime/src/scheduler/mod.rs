//! Runs executions on threads of their own, so that no step of a guest, whatever it does, keeps a thread from requests, timers or health
//! checks, and shares the processor between owners, then hooks, then executions.
//!
//! There are as many such threads as cores. A guest gives its thread back after each slice. One that does not, because it is in a long
//! step of the host or of the kernel (a large `memory.fill`, a password hash), loses the thread: another takes its part, and the thread ends
//! with the step. The answer of an execution does not wait for a step beyond the deadline.
//!
//! Two threads take turns at a short function for longer than it runs. So the first step of an execution is run by a thread of the server,
//! of which there are more than may do so at a time: however long that step is, others serve, and the watch sees to it that one of them
//! looks at the sockets.

mod queue;
mod reply;
mod steps;
mod threads;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

pub use self::queue::Share;
pub use self::reply::NotRun;
pub use self::threads::SchedulerLoad;

use self::queue::Bounds;
use self::reply::Reply;
use self::threads::{Place, Shared, Ticket};

/// The bounds of a scheduler.
#[derive(Clone, Copy, Debug)]
pub struct SchedulerConfig {
    /// The most executions that have begun and not ended, those included that wait for something. Each holds a memory.
    pub places: usize,
    /// The most executions that wait for a place.
    pub waiting: usize,
    /// The longest wait for a place.
    pub wait: Duration,
    /// How many threads of the tokio runtime may run the first step of an execution at a time. It must have more threads than that: a guest
    /// may be in a long step on all of these.
    pub helpers: usize,
}

/// The threads that run guests, and the queue in front of them. The threads end when it is dropped.
#[derive(Debug)]
pub struct Scheduler {
    shared: Arc<Shared>,
    wait: Duration,
}

impl Scheduler {
    /// Starts a thread per core. Waits of the executions are those of the tokio runtime that this is called in.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(config: SchedulerConfig) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let bounds = Bounds { places: config.places, waiting: config.waiting, steps: cores, ready: cores * 2, wait: config.wait };
        let shared = Arc::new(Shared::new(bounds, config.helpers, Handle::current()));
        let scheduler = Self { shared, wait: config.wait };
        threads::start(&scheduler.shared, cores)?;
        Ok(scheduler)
    }

    /// Runs `work` on a guest thread, once there is a place for it, and returns what it returns. It is added to the queue at once, and goes on
    /// if the caller does not wait for it. Where it is refused while others are served, its caller hears of that a little later: one who asks
    /// again and again is not to take the processor from them with that.
    ///
    /// # Errors
    /// Without having run when no place became free in time, and when `work` panics or is in a long step at the deadline.
    pub fn run<T: Send + 'static>(
        &self,
        share: Share,
        deadline: Instant,
        work: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Result<T, NotRun>> + Send + 'static {
        let (reply, answer) = Reply::new();
        let reply = Arc::new(reply);
        let ticket = Ticket { share, deadline, cancel: reply.clone() };
        let shared = Arc::downgrade(&self.shared);
        let work = async move {
            let place = Place::new(shared, share);
            let answer = work.await;
            drop(place);
            reply.send(answer);
        };
        let pause = self.shared.submit(ticket, work, Instant::now() + self.wait);
        async move {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            answer.await
        }
    }

    /// How busy it is.
    pub fn load(&self) -> SchedulerLoad {
        self.shared.load()
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.shared.close();
    }
}

#[cfg(test)]
mod tests;
