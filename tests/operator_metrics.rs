//! The metrics, as a scraper of the real server reads them.

use crate::harness::guests::allowing;
use crate::harness::{Hook, METRICS, Request, Server, ServerBuilder, context, eventually};

#[test]
fn what_happens_is_counted() {
    let server = Server::with(METRICS);
    let (api, before) = (server.admin(), server.metrics());
    let id = api.deploy(&Hook::wat(&allowing(7)));
    for _ in 0..3 {
        assert_eq!(api.trigger(&context(7))["outcome"], "completed");
    }
    api.delete(&format!("/api/2/hooks/{id}"));
    assert_eq!(api.trigger(&context(7))["outcome"], "no_hook");
    let written = || (server.metric("hookbox_log_entries_written_total") == 3.0).then_some(());
    eventually("the log entries of three executions", written);
    let after = server.metrics();
    for (name, more) in [
        ("hookbox_http_requests_total{operation=\"trigger\",status=\"2xx\"}", 4.0),
        ("hookbox_executions_total{type=\"pre-authentication\",outcome=\"completed\"}", 3.0),
        ("hookbox_executions_total{type=\"pre-authentication\",outcome=\"no_hook\"}", 1.0),
        ("hookbox_executions_total{type=\"pre-authentication\",outcome=\"failed\"}", 0.0),
        ("hookbox_execution_duration_seconds_count{type=\"pre-authentication\"}", 4.0),
        ("hookbox_execution_duration_seconds_bucket{type=\"pre-authentication\",le=\"+Inf\"}", 4.0),
        ("hookbox_admission_duration_seconds_count{result=\"prepared\"}", 1.0),
        ("hookbox_log_entries_dropped_total", 0.0),
        ("hookbox_executions_running", 0.0),
    ] {
        assert_eq!(after[name] - before[name], more, "{name}");
    }
    assert!(after["hookbox_execution_fuel_total{type=\"pre-authentication\"}"] > 0.0);
    let commits = "hookbox_store_duration_seconds_count{operation=\"commit\"}";
    assert!(after[commits] >= before[commits] + 4.0, "made, admitted, logged, deleted");
    assert_eq!((after["hookbox_pool_slots"], after["hookbox_pool_slots_free"]), (128.0, 128.0));
    assert!(!after.keys().any(|name| name.contains(&id)));
}

#[test]
fn metrics_have_an_address_of_their_own_or_none() {
    let server = Server::with(METRICS);
    let address = server.metrics_address();
    assert_eq!(server.admin().get("/metrics").status, 404);
    for (method, target, status) in [("POST", "/metrics", 405), ("GET", "/", 404), ("GET", "/v1/accounts", 404), ("GET", "/healthz", 404)] {
        assert_eq!(Request::new(address, method, target).send().status, status, "{method} {target}");
    }
    let without = ServerBuilder::new().start();
    assert_eq!(without.stdout().lines().count(), 1);
    assert_eq!(without.admin().get("/metrics").status, 404);
}
