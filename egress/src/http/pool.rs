//! Connections that wait for another request. They are kept apart by who may use them, and are few, and not for long.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::line::Line;
use crate::policy::Target;
use crate::tls::TlsOptions;

/// Who may use a connection again, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Whose it is: no two hooks have the same.
    pub(crate) owner: u128,
    /// The origin.
    pub(crate) target: Target,
    /// The TLS that it was made with.
    pub(crate) tls: (u64, usize),
    /// What the hook said of that TLS.
    pub(crate) options: Option<Arc<TlsOptions>>,
}

struct Idle {
    line: Line,
    number: u64,
    since: Instant,
}

#[derive(Default)]
struct Shelf {
    lines: HashMap<Arc<Key>, Vec<Idle>>,
    /// The numbers in the order in which the connections became idle.
    order: BTreeMap<u64, Arc<Key>>,
    next: u64,
    swept: bool,
}

/// The idle connections of a server.
pub(crate) struct Pool {
    shelf: Mutex<Shelf>,
    most: usize,
    most_each: usize,
    patience: Duration,
}

impl Shelf {
    fn remove(&mut self, number: u64) -> Option<Line> {
        let key = self.order.remove(&number)?;
        let lines = self.lines.get_mut(&key)?;
        let at = lines.iter().position(|idle| idle.number == number)?;
        let idle = lines.swap_remove(at);
        if lines.is_empty() {
            self.lines.remove(&key);
        }
        Some(idle.line)
    }

    fn oldest(&self) -> Option<u64> {
        self.order.keys().next().copied()
    }

    fn put(&mut self, key: &Arc<Key>, line: Line) {
        let number = self.next;
        self.next += 1;
        self.order.insert(number, Arc::clone(key));
        self.lines.entry(Arc::clone(key)).or_default().push(Idle { line, number, since: Instant::now() });
    }
}

impl Pool {
    /// A pool of so many connections, so many of them for one key, each for so long.
    pub(crate) fn new(most: usize, most_each: usize, patience: Duration) -> Self {
        Self { shelf: Mutex::default(), most, most_each, patience }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was used last, if there is one; one of HTTP/2 stays for others, too.
    pub(crate) fn take(&self, key: &Arc<Key>) -> Option<Line> {
        let mut shelf = self.shelf();
        loop {
            let idle = shelf.lines.get(key)?.iter().max_by_key(|idle| idle.number)?;
            let (number, old) = (idle.number, idle.since.elapsed() >= self.patience);
            let line = shelf.remove(number)?;
            if old || line.is_closed() {
                continue;
            }
            if let Some(shared) = line.share() {
                shelf.put(key, shared);
            }
            return Some(line);
        }
    }

    /// Keeps a connection for the next request.
    pub(crate) fn put(self: &Arc<Self>, key: &Arc<Key>, line: Line) {
        if self.most == 0 || self.most_each == 0 || line.is_closed() {
            return;
        }
        let mut shelf = self.shelf();
        let own = shelf.lines.get(key).map(|lines| (lines.len(), lines.iter().map(|idle| idle.number).min()));
        if let Some((count, Some(oldest))) = own
            && count >= self.most_each
        {
            shelf.remove(oldest);
        }
        if shelf.order.len() >= self.most
            && let Some(oldest) = shelf.oldest()
        {
            shelf.remove(oldest);
        }
        shelf.put(key, line);
        if !std::mem::replace(&mut shelf.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self), self.patience));
        }
    }

    /// Closes the connection that has been idle for the longest time.
    pub(crate) fn close_oldest(&self) {
        let mut shelf = self.shelf();
        if let Some(oldest) = shelf.oldest() {
            shelf.remove(oldest);
        }
    }

    /// Closes all connections of an owner.
    pub(crate) fn close(&self, owner: u128) {
        let mut shelf = self.shelf();
        let numbers: Vec<u64> = shelf.order.iter().filter(|(_, key)| key.owner == owner).map(|(number, _)| *number).collect();
        for number in numbers {
            shelf.remove(number);
        }
    }

    /// How many connections are idle.
    pub(crate) fn len(&self) -> usize {
        self.shelf().order.len()
    }

    /// Drops what has been idle for too long or has ended; whether anything is left.
    fn drop_old(&self) -> bool {
        let mut shelf = self.shelf();
        let is_over = |idle: &Idle| idle.since.elapsed() >= self.patience || idle.line.is_closed();
        let over: Vec<u64> = shelf.lines.values().flatten().filter(|idle| is_over(idle)).map(|idle| idle.number).collect();
        for number in over {
            shelf.remove(number);
        }
        shelf.swept = !shelf.order.is_empty();
        shelf.swept
    }
}

/// Looks at the pool until it is empty.
async fn sweep(pool: Weak<Pool>, patience: Duration) {
    let pause = (patience / 4).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(pause).await;
        match pool.upgrade() {
            Some(pool) if pool.drop_old() => {}
            _ => return,
        }
    }
}
