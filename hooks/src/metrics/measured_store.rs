//! A store that times the calls to another one, and reports the times to the metrics.

use std::sync::Arc;
use std::time::Instant;

use super::{Metrics, Operation};
use crate::store::{Batch, KeyRange, Order, Store, StoreError, Visit};

/// A store and the recipient of its times. The time of a scan includes its visitor's.
pub(crate) struct MeasuredStore {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
}

impl MeasuredStore {
    /// Times the calls to this store.
    pub(crate) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Self {
        Self { store, metrics }
    }
}

fn timed<T>(operation: &Operation, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let started = Instant::now();
    let result = call();
    // A conflict is an answer, not a failure.
    operation.observe(started.elapsed(), !matches!(result, Ok(_) | Err(StoreError::Conflict)));
    result
}

impl Store for MeasuredStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        timed(&self.metrics.store.get, || self.store.get(key))
    }

    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        timed(&self.metrics.store.scan, || self.store.scan(range, order, visit))
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        timed(&self.metrics.store.commit, || self.store.commit(batch))
    }
}
