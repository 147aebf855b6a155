//! The stand-in for the host in native code: a few values per thread, which `testing` sets and reads.
//!
//! Per thread, because the test harness runs each test on its own: tests cannot see each other's env vars or log lines.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use crate::http::{Error, Request, Response};
use crate::log::{Level, Line};

/// 2026-01-01T00:00:00Z; any fixed moment makes a test repeatable.
const START: u64 = 1_767_225_600_000_000;

/// As the host does it: one call gives at most so much.
const MOST_BYTES: u32 = 4096;

pub(crate) struct Memory {
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) log: Vec<Line>,
    pub(crate) now: u64,
    pub(crate) monotonic: u64,
    pub(crate) random: u64,
    /// What the next requests are answered with.
    pub(crate) answers: VecDeque<Result<Response, Error>>,
    /// What was asked.
    pub(crate) requests: Vec<Request>,
}

impl Memory {
    pub(crate) const fn new() -> Self {
        Self { env: BTreeMap::new(), log: Vec::new(), now: START, monotonic: 0, random: 1, answers: VecDeque::new(), requests: Vec::new() }
    }

    /// SplitMix64: good enough to look random in a test, and plainly not a source of secrets.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

thread_local! {
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory::new()) };
}

pub(crate) fn with<T>(use_it: impl FnOnce(&mut Memory) -> T) -> T {
    MEMORY.with_borrow_mut(use_it)
}

pub(crate) fn log_write(level: Level, message: &str) {
    with(|memory| memory.log.push(Line { level, message: message.to_owned() }));
}

pub(crate) fn env_get(name: &str) -> Option<String> {
    with(|memory| memory.env.get(name).cloned())
}

pub(crate) fn env_names() -> Vec<String> {
    with(|memory| memory.env.keys().cloned().collect())
}

pub(crate) fn clock_now() -> u64 {
    with(|memory| memory.now)
}

pub(crate) fn clock_monotonic() -> u64 {
    with(|memory| memory.monotonic)
}

pub(crate) fn random_bytes(len: u32) -> Vec<u8> {
    let len = usize::try_from(len.min(MOST_BYTES)).unwrap_or(0);
    with(|memory| {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            bytes.extend(memory.next_random().to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    })
}

/// A request that no answer was set for is refused, as every request of a hook without `allowed_hosts` is.
pub(crate) fn http_send(requests: Vec<Request>) -> Vec<Result<Response, Error>> {
    with(|memory| {
        let answer = |request: Request| {
            let unset = || Err(Error::new("ERR_ACCESS_DENIED", format!("no answer is set for {} {}", request.method, request.url)));
            let mut answer = memory.answers.pop_front().unwrap_or_else(unset);
            if let Ok(answer) = &mut answer
                && answer.url.is_empty()
            {
                answer.url.clone_from(&request.url);
            }
            memory.requests.push(request);
            answer
        };
        requests.into_iter().map(answer).collect()
    })
}
