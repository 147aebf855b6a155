//! The page: every number with its name and meaning.

use std::sync::atomic::Ordering;

use hookbox_egress::Counts;
use hookbox_host_api::Outcome;

use super::Metrics;
use super::text::Text;

/// Numbers that are not counted but looked up for each page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gauges {
    /// The storage engine.
    pub(crate) engine: &'static str,
    /// When the service was opened, in seconds since 1970.
    pub(crate) started: f64,
    /// Whether the service is ready.
    pub(crate) ready: bool,
    /// Executions that can run at a time.
    pub(crate) slots: usize,
    /// Slots in which an execution could begin now.
    pub(crate) free_slots: usize,
    /// Executions that wait to begin.
    pub(crate) waiting: usize,
    /// Steps of guests that took so long that their thread was replaced, since the start.
    pub(crate) long_steps: u64,
    /// Hooks that wait to be prepared, or are being prepared.
    pub(crate) admission_queue: usize,
    /// Log entries on disk, and lost, since the start.
    pub(crate) log_written: u64,
    pub(crate) log_dropped: u64,
    /// Bytes of log entries that wait to be written.
    pub(crate) log_waiting_bytes: usize,
    /// What functions called, since the start.
    pub(crate) egress: Counts,
}

impl Metrics {
    /// The page as of now.
    pub(crate) fn page(&self, gauges: &Gauges) -> String {
        let mut text = Text::default();
        self.server(&mut text, gauges);
        self.executions(&mut text, gauges);
        self.admission(&mut text, gauges);
        log(&mut text, gauges);
        egress(&mut text, &gauges.egress);
        self.store(&mut text);
        text.finish()
    }

    fn server(&self, text: &mut Text, gauges: &Gauges) {
        let name = "hookbox_build_info";
        let labels = [("version", env!("CARGO_PKG_VERSION")), ("engine", gauges.engine)];
        text.begin(name, "gauge", "Always 1; the labels say what is running.").sample(name, &labels, 1);
        let help = "When the service was opened, in seconds since 1970.";
        text.single("hookbox_start_time_seconds", "gauge", help, gauges.started);
        let help = "1 when every hook that served before the start serves again, else 0.";
        text.single("hookbox_ready", "gauge", help, u8::from(gauges.ready));
    }

    fn executions(&self, text: &mut Text, gauges: &Gauges) {
        let name = "hookbox_executions_total";
        text.begin(name, "counter", "Events answered, by the type of the hook and how its execution ended.");
        for (hook_type, of_type) in &self.executions {
            for (outcome, count) in Outcome::ALL.iter().zip(&of_type.outcomes) {
                let labels = [("type", hook_type.id), ("outcome", outcome.as_str())];
                text.sample(name, &labels, count.load(Ordering::Relaxed));
            }
        }
        let name = "hookbox_execution_duration_seconds";
        text.begin(name, "histogram", "From a context that is read to its answer, whatever the outcome.");
        for (hook_type, of_type) in &self.executions {
            text.histogram(name, &[("type", hook_type.id)], &of_type.duration);
        }
        let name = "hookbox_execution_fuel_total";
        text.begin(name, "counter", "Fuel that executions used.");
        for (hook_type, of_type) in &self.executions {
            text.sample(name, &[("type", hook_type.id)], of_type.fuel.load(Ordering::Relaxed));
        }
        let help = "Executions that have begun and not ended, those included that wait for a slot.";
        text.single("hookbox_executions_running", "gauge", help, self.running.load(Ordering::Relaxed));
        text.single("hookbox_pool_slots", "gauge", "Executions that can run at a time.", gauges.slots);
        let help = "Executions that wait to begin.";
        text.single("hookbox_executions_waiting", "gauge", help, gauges.waiting);
        let help = "Steps of functions that took so long that another thread took the part of theirs.";
        text.single("hookbox_long_steps_total", "counter", help, gauges.long_steps);
        text.single("hookbox_pool_slots_free", "gauge", "Executions that could begin now without waiting.", gauges.free_slots);
    }

    fn admission(&self, text: &mut Text, gauges: &Gauges) {
        let help = "Hooks that wait to be prepared, or are being prepared.";
        text.single("hookbox_admission_queue", "gauge", help, gauges.admission_queue);
        let help = "Tries to prepare a function that failed for the server's own reasons, and are repeated.";
        text.single("hookbox_admission_host_faults_total", "counter", help, self.host_faults.load(Ordering::Relaxed));
        let help = "Tries to prepare a function in which the server itself broke off.";
        text.single("hookbox_admission_panics_total", "counter", help, self.panics.load(Ordering::Relaxed));
        let name = "hookbox_admission_duration_seconds";
        text.begin(name, "histogram", "The time that it took to prepare a function, or to find that it cannot be.");
        text.histogram(name, &[("result", "prepared")], &self.prepared).histogram(name, &[("result", "refused")], &self.refused);
    }

    fn store(&self, text: &mut Text) {
        let operations = [("get", &self.store.get), ("scan", &self.store.scan), ("commit", &self.store.commit)];
        let name = "hookbox_store_duration_seconds";
        text.begin(name, "histogram", "The time that the store took; a commit is on disk when it ends.");
        for (operation, of_it) in operations {
            text.histogram(name, &[("operation", operation)], &of_it.duration);
        }
        let name = "hookbox_store_failures_total";
        text.begin(name, "counter", "Calls that the store failed: no room, a failing disk, damage.");
        for (operation, of_it) in operations {
            text.sample(name, &[("operation", operation)], of_it.failures.load(Ordering::Relaxed));
        }
    }
}

fn log(text: &mut Text, gauges: &Gauges) {
    text.single("hookbox_log_entries_written_total", "counter", "Log entries of executions that are on disk.", gauges.log_written);
    let help = "Log entries that were lost to a full queue or a failing store.";
    text.single("hookbox_log_entries_dropped_total", "counter", help, gauges.log_dropped);
    text.single("hookbox_log_queue_bytes", "gauge", "Log entries that wait to be written, in bytes.", gauges.log_waiting_bytes);
}

fn egress(text: &mut Text, counts: &Counts) {
    let help = "Requests, connections and look-ups that functions asked for.";
    text.single("hookbox_egress_calls_total", "counter", help, counts.calls);
    let help = "Calls and redirects that were refused, because a list of allowed hosts does not allow them.";
    text.single("hookbox_egress_refusals_total", "counter", help, counts.refusals);
    let help = "Calls that failed for another reason, limits among them.";
    text.single("hookbox_egress_failures_total", "counter", help, counts.failures);
    let help = "Bytes of bodies and connections that functions sent.";
    text.single("hookbox_egress_sent_bytes_total", "counter", help, counts.bytes_sent);
    let help = "Bytes of bodies and connections that functions received, bodies unpacked.";
    text.single("hookbox_egress_received_bytes_total", "counter", help, counts.bytes_received);
    let help = "Connections that are kept for the next call of the same version of a hook.";
    text.single("hookbox_egress_idle_connections", "gauge", help, counts.idle_connections);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;

    /// Reads a page as strictly as a scraper does: each sample belongs to the metric that was begun last, and none comes twice.
    fn parse(page: &str) -> BTreeMap<String, f64> {
        let (mut samples, mut metric) = (BTreeMap::new(), String::new());
        assert!(page.ends_with('\n'));
        for line in page.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                metric = rest.split(' ').next().unwrap().to_owned();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(name == metric && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            } else {
                let (name, value) = line.rsplit_once(' ').unwrap();
                let bare = name.split('{').next().unwrap();
                let parts = ["", "_bucket", "_sum", "_count"].map(|part| format!("{metric}{part}"));
                assert!(parts.iter().any(|part| part == bare), "{line} is not of {metric}");
                assert!(samples.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{name} comes twice");
            }
        }
        samples
    }

    #[test]
    fn a_page_says_what_was_counted() {
        let registry = crate::testing::registry();
        let metrics = Metrics::new(&registry);
        metrics.executed(registry.types()[0], Outcome::Completed, 30, 1_000);
        metrics.executed(registry.types()[0], Outcome::Completed, 2_000_000, 500);
        metrics.executed(registry.types()[1], Outcome::NoHook, 10, 0);
        metrics.admitted(true, Duration::from_millis(7));
        metrics.admitted(false, Duration::from_secs(100));
        metrics.host_fault();
        metrics.store.commit.observe(Duration::from_millis(2), true);
        let egress = Counts { calls: 7, refusals: 2, failures: 1, bytes_sent: 10, bytes_received: 20, idle_connections: 3 };
        let gauges = Gauges { engine: "redb", slots: 64, free_slots: 63, admission_queue: 2, log_written: 5, egress, ..Gauges::default() };
        let samples = parse(&metrics.page(&gauges));
        for (name, expected) in [
            ("hookbox_executions_total{type=\"sign-in\",outcome=\"completed\"}", 2.0),
            ("hookbox_executions_total{type=\"sign-in\",outcome=\"timeout\"}", 0.0),
            ("hookbox_executions_total{type=\"sign-up\",outcome=\"no_hook\"}", 1.0),
            ("hookbox_execution_duration_seconds_bucket{type=\"sign-in\",le=\"0.000025\"}", 0.0),
            ("hookbox_execution_duration_seconds_bucket{type=\"sign-in\",le=\"0.00005\"}", 1.0),
            ("hookbox_execution_duration_seconds_sum{type=\"sign-in\"}", 2.00003),
            ("hookbox_execution_fuel_total{type=\"sign-in\"}", 1_500.0),
            ("hookbox_pool_slots", 64.0),
            ("hookbox_pool_slots_free", 63.0),
            ("hookbox_admission_queue", 2.0),
            ("hookbox_admission_host_faults_total", 1.0),
            ("hookbox_admission_panics_total", 0.0),
            ("hookbox_admission_duration_seconds_count{result=\"prepared\"}", 1.0),
            ("hookbox_admission_duration_seconds_bucket{result=\"refused\",le=\"60\"}", 0.0),
            ("hookbox_admission_duration_seconds_bucket{result=\"refused\",le=\"+Inf\"}", 1.0),
            ("hookbox_log_entries_written_total", 5.0),
            ("hookbox_store_duration_seconds_count{operation=\"commit\"}", 1.0),
            ("hookbox_store_failures_total{operation=\"commit\"}", 1.0),
            ("hookbox_egress_calls_total", 7.0),
            ("hookbox_egress_refusals_total", 2.0),
            ("hookbox_egress_failures_total", 1.0),
            ("hookbox_egress_sent_bytes_total", 10.0),
            ("hookbox_egress_received_bytes_total", 20.0),
            ("hookbox_egress_idle_connections", 3.0),
            ("hookbox_ready", 0.0),
        ] {
            assert_eq!(samples.get(name), Some(&expected), "{name}");
        }
    }

    #[test]
    fn no_number_of_events_makes_the_page_longer() {
        let registry = crate::testing::registry();
        let metrics = Metrics::new(&registry);
        let empty = metrics.page(&Gauges::default()).lines().count();
        for outcome in Outcome::ALL {
            metrics.executed(registry.types()[0], outcome, 1, 1);
        }
        assert_eq!(metrics.page(&Gauges::default()).lines().count(), empty);
    }
}
