//! A histogram of times: fixed buckets, two relaxed additions for each observation.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds, in microseconds, from tens of microseconds to the longest timeout of a hook.
pub(crate) const SHORT: &[u64] = &[
    25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000,
];

/// Upper bounds, in microseconds, for the work of a compiler.
pub(crate) const LONG: &[u64] =
    &[1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000];

/// Times, counted by size.
#[derive(Debug)]
pub(crate) struct Histogram {
    bounds: &'static [u64],
    /// One count for each bound, and one for everything above them.
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// What a histogram held at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// Each upper bound, in microseconds, with the number of times up to it.
    pub(super) buckets: Vec<(u64, u64)>,
    /// All of them.
    pub(super) count: u64,
    /// Their sum, in microseconds.
    pub(super) sum: u64,
}

impl Histogram {
    /// An empty histogram. The bounds must ascend.
    pub(crate) fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, buckets: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    /// Counts a time.
    pub(crate) fn observe(&self, time: Duration) {
        self.observe_micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// Counts a time in microseconds.
    pub(crate) fn observe_micros(&self, micros: u64) {
        let place = self.bounds.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(micros, Ordering::Relaxed);
    }

    /// The present counts. The total is the sum of the buckets, so the two agree even if times are counted meanwhile.
    pub(super) fn snapshot(&self) -> Snapshot {
        let mut count = 0;
        let mut up_to = |bucket: &AtomicU64| {
            count += bucket.load(Ordering::Relaxed);
            count
        };
        let totals: Vec<u64> = self.buckets.iter().map(&mut up_to).collect();
        let buckets = self.bounds.iter().copied().zip(totals).collect();
        Snapshot { buckets, count, sum: self.sum.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_bucket_of_the_next_bound_and_in_all_above() {
        let histogram = Histogram::new(&[10, 20]);
        for micros in [0, 10, 11, 20, 21, 1_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        assert_eq!(histogram.snapshot(), Snapshot { buckets: vec![(10, 2), (20, 4)], count: 6, sum: 1_062 });
    }

    #[test]
    fn bounds_ascend() {
        for bounds in [SHORT, LONG] {
            assert!(bounds.is_sorted_by(|left, right| left < right));
        }
    }
}
