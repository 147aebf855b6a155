//! Numbers about the server, counted where things happen and read as one page. [`page`] lists them.
//!
//! Counting is a relaxed addition, with no lock and no allocation, so an execution can afford it. Numbers are not kept by hook or by
//! account, so the number of lines does not grow with what is deployed. The HTTP server serves the page.

mod connections;
mod histogram;
mod measured_store;
mod page;
mod requests;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hookbox_host_api::Outcome;

use self::histogram::{Histogram, LONG, SHORT};
use crate::hook_type::{HookType, Registry};

pub(crate) use connections::{ConnectionMetrics, CutOff};
pub(crate) use measured_store::MeasuredStore;
pub(crate) use page::Gauges;
pub(crate) use requests::RequestMetrics;
pub(crate) use text::CONTENT_TYPE;

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// In the registry's order of types.
    executions: Vec<(HookType, Executions)>,
    /// Executions that have begun and not ended.
    running: AtomicU64,
    /// Functions that were prepared.
    prepared: Histogram,
    /// Functions that were refused.
    refused: Histogram,
    /// Functions that could not be prepared for the host's own reasons, each try.
    host_faults: AtomicU64,
    /// Preparations that panicked.
    panics: AtomicU64,
    pub(crate) store: StoreMetrics,
}

/// The executions of hooks of one type.
#[derive(Debug)]
struct Executions {
    outcomes: [AtomicU64; Outcome::ALL.len()],
    duration: Histogram,
    fuel: AtomicU64,
}

/// The calls to the store.
#[derive(Debug)]
pub(crate) struct StoreMetrics {
    pub(crate) get: Operation,
    pub(crate) scan: Operation,
    pub(crate) commit: Operation,
}

/// One kind of call to the store.
#[derive(Debug)]
pub(crate) struct Operation {
    duration: Histogram,
    failures: AtomicU64,
}

/// Counts as a running execution until it is dropped.
#[derive(Debug)]
pub(crate) struct Running<'a>(&'a AtomicU64);

impl Metrics {
    /// Counts an execution as running until the returned guard is dropped.
    pub(crate) fn running(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(&self.running)
    }

    /// Counts an event that was answered.
    pub(crate) fn executed(&self, hook_type: HookType, outcome: Outcome, duration_us: u64, fuel: u64) {
        let Some((_, executions)) = self.executions.get(hook_type.index()) else { return };
        if let Some(count) = executions.outcomes.get(outcome as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        executions.duration.observe_micros(duration_us);
        executions.fuel.fetch_add(fuel, Ordering::Relaxed);
    }

    /// Counts a function that could not be prepared for the host's own reasons.
    pub(crate) fn host_fault(&self) {
        self.host_faults.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a preparation that panicked.
    pub(crate) fn admission_panicked(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a function that was prepared, or was refused.
    pub(crate) fn admitted(&self, prepared: bool, duration: Duration) {
        let histogram = if prepared { &self.prepared } else { &self.refused };
        histogram.observe(duration);
    }
}

impl Operation {
    /// Counts a call that has returned.
    pub(crate) fn observe(&self, duration: Duration, failed: bool) {
        self.duration.observe(duration);
        if failed {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counters at zero, for these hook types.
    pub(crate) fn new(registry: &Registry) -> Self {
        Self {
            executions: registry.types().iter().map(|one| (*one, Executions::default())).collect(),
            running: AtomicU64::new(0),
            prepared: Histogram::new(LONG),
            refused: Histogram::new(LONG),
            host_faults: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            store: StoreMetrics { get: Operation::default(), scan: Operation::default(), commit: Operation::default() },
        }
    }
}

impl Default for Executions {
    fn default() -> Self {
        Self { outcomes: std::array::from_fn(|_| AtomicU64::new(0)), duration: Histogram::new(SHORT), fuel: AtomicU64::new(0) }
    }
}

impl Default for Operation {
    fn default() -> Self {
        Self { duration: Histogram::new(SHORT), failures: AtomicU64::new(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_at_their_own_places() {
        assert!(Outcome::ALL.iter().enumerate().all(|(place, one)| place == *one as usize));
    }

    #[test]
    fn what_runs_is_counted_until_it_ends() {
        let metrics = Metrics::new(&crate::testing::registry());
        let (one, two) = (metrics.running(), metrics.running());
        assert_eq!(metrics.running.load(Ordering::Relaxed), 2);
        drop((one, two));
        assert_eq!(metrics.running.load(Ordering::Relaxed), 0);
    }
}
