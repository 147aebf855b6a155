//! The numbers of the service: those that are counted where things happen, and those that are looked up for the page.

use std::time::UNIX_EPOCH;

use super::Service;
use crate::metrics::Gauges;

impl Service {
    /// Every number, in Prometheus' text format.
    pub(crate) fn metrics(&self) -> String {
        self.state.metrics.page(&self.gauges())
    }

    fn gauges(&self) -> Gauges {
        let directory = self.state.directory.load();
        let pending = directory.accounts().flat_map(|account| account.hooks()).filter(|hook| hook.record.status.is_pending()).count();
        let load = self.state.compiler.load();
        let loading = self.admission.unloaded_count();
        Gauges {
            engine: self.fixed.engine,
            started: self.fixed.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64(),
            ready: loading == 0,
            slots: self.fixed.slots,
            free_slots: self.fixed.slots.saturating_sub(load.places_taken),
            waiting: load.waiting,
            long_steps: load.long_steps,
            admission_queue: pending.saturating_add(loading),
            log_written: self.log.written(),
            log_dropped: self.log.dropped(),
            log_waiting_bytes: self.log.waiting_bytes(),
            egress: self.state.compiler.calls(),
        }
    }
}
