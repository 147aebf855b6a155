//! Documents of many packages at a time: those that will be needed are fetched ahead by a few threads, and each is fetched once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::source::Source;
use crate::error::Error;
use crate::name::PackageName;
use crate::packument::Packument;

/// The documents of one resolution.
pub(crate) struct Documents<'s> {
    source: &'s dyn Source,
    full: bool,
    until: Instant,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    known: HashMap<PackageName, Document>,
    wanted: VecDeque<PackageName>,
    closed: bool,
}

#[derive(Clone)]
enum Document {
    OnItsWay,
    Here(Result<Arc<Packument>, Error>),
}

/// Lets the threads end when the resolution does, however it does.
struct Closing<'d, 's>(&'d Documents<'s>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

impl<'s> Documents<'s> {
    /// Runs `work` while some threads fetch what it wants.
    pub(crate) fn with<T>(source: &'s dyn Source, full: bool, until: Instant, threads: usize, work: impl FnOnce(&Self) -> T) -> T {
        let documents = Self { source, full, until, state: Mutex::default(), changed: Condvar::new() };
        std::thread::scope(|scope| {
            let _closing = Closing(&documents);
            for _ in 0..threads.max(1) {
                scope.spawn(|| documents.fetch());
            }
            work(&documents)
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a document will be needed.
    pub(crate) fn announce(&self, name: &PackageName) {
        let mut state = self.lock();
        if !state.known.contains_key(name) {
            state.known.insert(name.clone(), Document::OnItsWay);
            state.wanted.push_back(name.clone());
            self.changed.notify_all();
        }
    }

    /// The document, as soon as it is there.
    pub(crate) fn get(&self, name: &PackageName) -> Result<Arc<Packument>, Error> {
        self.announce(name);
        let mut state = self.lock();
        // What is waited for goes first.
        if let Some(at) = state.wanted.iter().position(|one| one == name) {
            state.wanted.remove(at);
            state.wanted.push_front(name.clone());
        }
        loop {
            if let Some(Document::Here(result)) = state.known.get(name) {
                return result.clone();
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn fetch(&self) {
        while let Some(name) = self.next() {
            let result = self.source.document(&name, self.full, self.until).map(Arc::new);
            self.lock().known.insert(name, Document::Here(result));
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Option<PackageName> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(name) = state.wanted.pop_front() {
                return Some(name);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
