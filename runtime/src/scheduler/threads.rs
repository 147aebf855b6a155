//! The threads that run guests, and the one that watches over them.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use async_task::{Builder, Runnable, ScheduleInfo, WithInfo};
use tokio::runtime::Handle;

use super::queue::{Bounds, Next, Queue, Share};
use super::reply::{Cancel, NotRun};
use super::steps::{Step, Steps};

/// How often the watch looks while there is work. Each look takes a core from whoever has it.
const WATCH_INTERVAL: Duration = Duration::from_millis(1);
/// How often the watch looks after the work has ended, before it sleeps. It costs less than waking it for each login.
const QUIET_LOOKS: u32 = 200;

/// An owner has neighbours if an execution of another one began within this time.
const NEIGHBOURLY: Duration = Duration::from_secs(1);
/// When a caller whose execution is refused hears of that, where its owner has neighbours.
const PAUSE: Duration = Duration::from_millis(20);

/// How busy a scheduler is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchedulerLoad {
    /// Executions that have begun and not ended.
    pub places_taken: usize,
    /// Executions that wait for a place.
    pub waiting: usize,
    /// How often a step of a guest took so long that its thread was replaced, since the start.
    pub long_steps: u64,
}

/// What belongs to an execution.
pub(super) struct Ticket {
    pub(super) share: Share,
    pub(super) deadline: Instant,
    pub(super) cancel: Arc<dyn Cancel>,
}

/// An execution that can be run for a step.
pub(super) type Item = Runnable<Ticket>;

/// A place that an execution holds. It is made when the execution begins.
pub(super) struct Place {
    shared: Weak<Shared>,
    share: Share,
}

impl Place {
    pub(super) fn new(shared: Weak<Shared>, share: Share) -> Self {
        Self { shared, share }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.lock().queue.ended(self.share);
        }
    }
}

struct State {
    queue: Queue<Item>,
    steps: Steps,
    /// Threads that wait for work.
    idle: usize,
    /// Threads of the server that run a step, or are about to.
    helping: usize,
    /// The watch waits for work.
    watch_idle: bool,
    closed: bool,
}

/// What all threads share.
pub(super) struct Shared {
    state: Mutex<State>,
    work: Condvar,
    watch: Condvar,
    /// The most threads of the server that may help at a time.
    helpers: usize,
    long_steps: AtomicU64,
    /// Whose timers the executions wait for.
    handle: Handle,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(bounds: Bounds, helpers: usize, handle: Handle) -> Self {
        let state = State { queue: Queue::new(bounds), steps: Steps::default(), idle: 0, helping: 0, watch_idle: false, closed: false };
        let (work, watch) = (Condvar::new(), Condvar::new());
        Self { state: Mutex::new(state), work, watch, helpers, long_steps: AtomicU64::new(0), handle }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing under the lock panics halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds work that has not begun, which may wait until `until` for a place. Returns how long its caller is to wait before hearing that it is refused, if it is.
    pub(super) fn submit(
        self: &Arc<Self>,
        ticket: Ticket,
        work: impl Future<Output = ()> + Send + 'static,
        until: Instant,
    ) -> Option<Duration> {
        let (share, cancel) = (ticket.share, ticket.cancel.clone());
        let item = self.item(ticket, work);
        let mut state = self.lock();
        let added = if state.closed { Err(item) } else { state.queue.add(share, item, until) };
        let helps = added.is_ok() && state.helping < self.helpers;
        state.helping += usize::from(helps);
        let pause = if added.is_err() && state.queue.has_others(share.owner, NEIGHBOURLY) { Some(PAUSE) } else { None };
        // Where threads help, those that do so already look for more when they are done.
        match self.helpers {
            0 => self.wake(&state),
            _ => self.wake_watch(&state),
        }
        drop(state);
        if helps {
            Helper { shared: self.clone(), resumes: false }.spawn();
        } else if let Err(item) = added {
            cancel.cancel(NotRun::QueueFull);
            drop(item);
        }
        pause
    }

    fn item(self: &Arc<Self>, ticket: Ticket, work: impl Future<Output = ()> + Send + 'static) -> Item {
        let shared = self.clone();
        let schedule = move |item: Item, info: ScheduleInfo| shared.resume(item, info.woken_while_running);
        let (item, task) = Builder::new().metadata(ticket).spawn(|_| work, WithInfo(schedule));
        task.detach();
        item
    }

    /// Adds work that wants the processor again.
    fn resume(self: &Arc<Self>, item: Item, while_running: bool) {
        let Ticket { share, deadline, .. } = *item.metadata();
        let now = Instant::now();
        let mut state = self.lock();
        if state.closed {
            drop(state);
            return drop(item);
        }
        // What something outside has ended the wait of is short more often than not, and a thread of the server is here already.
        let helps = !while_running && !state.queue.has_ready() && state.helping < self.helpers;
        state.queue.resume(share, item, deadline, now);
        if helps {
            state.helping += 1;
            self.wake_watch(&state);
            drop(state);
            return Helper { shared: self.clone(), resumes: true }.spawn();
        }
        // The thread that has just run it looks for work next.
        if !while_running {
            self.wake(&state);
        }
    }

    fn wake(&self, state: &State) {
        if state.idle > 0 {
            self.work.notify_one();
        }
        self.wake_watch(state);
    }

    fn wake_watch(&self, state: &State) {
        if state.watch_idle {
            self.watch.notify_one();
        }
    }

    pub(super) fn load(&self) -> SchedulerLoad {
        let state = self.lock();
        SchedulerLoad {
            places_taken: state.queue.held(),
            waiting: state.queue.waiting(),
            long_steps: self.long_steps.load(Ordering::Relaxed),
        }
    }

    /// Ends the threads, and drops what has not been run.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let left = state.queue.clear();
        self.work.notify_all();
        self.watch.notify_all();
        drop(state);
        drop(left);
    }

    /// Runs steps until the scheduler is closed, or a step took so long that another thread has taken this one's part.
    fn run_steps(self: &Arc<Self>, index: usize) {
        let _context = self.handle.enter();
        let mut state = self.lock();
        loop {
            let Next { share, item } = loop {
                if state.closed {
                    return;
                }
                if let Some(next) = state.queue.next() {
                    break next;
                }
                state.idle += 1;
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            };
            let replaced;
            (state, replaced) = self.run_step(state, index, share, item, false);
            if replaced {
                state.steps.leave(index);
                // What may run now that this step is over is for another thread.
                return self.wake(&state);
            }
        }
    }

    /// Runs one step of an execution that was chosen. The flag is whether another thread has taken this one's part meanwhile.
    fn run_step<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        index: usize,
        share: Share,
        item: Item,
        helps: bool,
    ) -> (MutexGuard<'a, State>, bool) {
        let since = Instant::now();
        let Ticket { deadline, cancel, .. } = item.metadata();
        state.steps.begin(index, Step { since, deadline: *deadline, cancel: cancel.clone(), helps, replaced: false });
        drop(state);
        // Unwind safe: work that panicked is dropped, and what it shares is meant to be shared between threads. The panic has been reported.
        drop(catch_unwind(AssertUnwindSafe(|| item.run())));
        let mut state = self.lock();
        state.queue.stepped(share, since.elapsed());
        let replaced = state.steps.end(index);
        (state, replaced)
    }

    /// Looks after the steps until the scheduler is closed.
    fn watch(self: &Arc<Self>) {
        let (mut quiet, mut begun) = (0_u32, 0);
        loop {
            let mut state = self.lock();
            while !state.closed && quiet > QUIET_LOOKS && state.queue.is_empty() {
                state.watch_idle = true;
                state = self.watch.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.watch_idle = false;
            }
            if state.closed {
                return;
            }
            quiet = if state.queue.is_empty() { quiet.saturating_add(1) } else { 0 };
            let now = Instant::now();
            let expired = state.queue.expire(now);
            let overdue = state.steps.overdue(now);
            let replaced = state.steps.replace_long(now);
            let away = state.steps.any_away(now);
            // Where threads that help are away, nobody has begun anything.
            let stuck = state.queue.waiting() > 0 && state.queue.begun() == begun;
            begun = state.queue.begun();
            if state.idle > 0 && (stuck || state.queue.has_ready()) {
                self.work.notify_all();
            }
            drop(state);
            if away {
                // A thread of the server that is away may be the one that looked at the sockets and timers. Any task makes another look.
                drop(self.handle.spawn(std::future::ready(())));
            }
            self.long_steps.fetch_add(replaced.len() as u64, Ordering::Relaxed);
            expired.iter().for_each(|item| item.metadata().cancel.cancel(NotRun::Waited));
            drop(expired);
            overdue.iter().for_each(|cancel| cancel.cancel(NotRun::Overdue));
            replaced.into_iter().flatten().for_each(|index| self.replace(index));
            thread::sleep(WATCH_INTERVAL);
        }
    }

    /// Starts a thread in the stead of one that is in a long step.
    fn replace(self: &Arc<Self>, index: usize) {
        if let Err(error) = start_thread(self) {
            tracing::warn!(%error, "no thread can be started in the stead of one that is in a long step of a guest");
            // The next look tries again.
            self.lock().steps.keep(index);
        }
    }
}

/// A thread of the server that runs a step: that of a short function is all of it, and needs no other thread.
struct Helper {
    shared: Arc<Shared>,
    /// It is there for what has begun.
    resumes: bool,
}

impl Helper {
    /// Runs a step in a task of its own, which the thread that spawns it runs next. So the caller can be answered while the step goes on.
    fn spawn(mut self) {
        let handle = self.shared.handle.clone();
        drop(handle.spawn(async move {
            if self.run_step() {
                self.resumes = false;
                self.spawn();
            }
        }));
    }

    /// Runs a step of the execution whose turn it is. Returns whether others wait to begin.
    fn run_step(&self) -> bool {
        let shared = &*self.shared;
        let mut state = shared.lock();
        let next = if self.resumes { state.queue.next() } else { state.queue.next_to_begin() };
        let Some(Next { share, item }) = next else { return false };
        let index = state.steps.join();
        let (mut state, _) = shared.run_step(state, index, share, item, true);
        state.steps.leave(index);
        state.queue.waiting() > 0
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.helping -= 1;
        // What the step has left to be done.
        if state.queue.has_ready() {
            self.shared.wake(&state);
        }
    }
}

/// Starts the threads of a scheduler.
pub(super) fn start(shared: &Arc<Shared>, threads: usize) -> io::Result<()> {
    for _ in 0..threads {
        start_thread(shared)?;
    }
    let shared = shared.clone();
    thread::Builder::new().name("guest-watch".to_owned()).spawn(move || shared.watch())?;
    Ok(())
}

fn start_thread(shared: &Arc<Shared>) -> io::Result<()> {
    let index = shared.lock().steps.join();
    let runs = shared.clone();
    let started = thread::Builder::new().name("guest".to_owned()).spawn(move || runs.run_steps(index));
    if started.is_err() {
        shared.lock().steps.leave(index);
    }
    started.map(drop)
}
