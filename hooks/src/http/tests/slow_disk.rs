//! A disk that does not answer for a while: logins and what needs no disk go on, changes wait, and log entries beyond the queue are counted.

use std::sync::Arc;

use serde_json::json;
use tokio::time::Instant;

use super::{DIALECTS, deploy};
use crate::testing::{LOGIN, ONE, TestServer, sign_in};

/// Entries that wait for the disk: those of the queue, and of the commit that is under way. See `World::start`.
const QUEUE: u64 = 1024;
const COMMIT: u64 = 512;

/// One number of the metrics.
fn number(server: &TestServer, name: &str) -> u64 {
    let page = server.service.metrics();
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
    line.parse().unwrap()
}

#[tokio::test]
async fn a_disk_that_stands_still_holds_up_changes_and_no_login() {
    let server = Arc::new(TestServer::start(&DIALECTS).await);
    let admin = server.admin().await;
    let id = deploy(&server, &admin, r#"return {"no_change":1}"#, "open sesame").await;
    server.world.store.hold(true);
    let changes: Vec<_> = (0..40)
        .map(|number| {
            let (server, admin) = (server.clone(), admin.clone());
            let body = json!({"name": format!("KEY_{number}"), "value": "v"});
            tokio::spawn(async move { server.call(&admin, "POST /v1/env-vars", body).await.status.as_u16() })
        })
        .collect();
    let door = format!("POST /sample/front/doors/{id}");
    for _ in 0..50 {
        let answer = server.raw(&door, &[("x-sample-secret", "open sesame")], r#"{"user":{}}"#).await;
        assert_eq!(answer.status, 204);
        assert_eq!(server.raw("GET /healthz", &[], "").await.status, 200);
        assert_eq!(server.raw("GET /readyz", &[], "").await.status, 200);
    }
    for path in ["/v1/hooks", "/v1/env-vars", "/v1/accounts"] {
        server.call(&admin, &format!("GET {path}"), None).await.expect(200);
    }
    assert_ne!(server.admin().await, "", "tokens are given out");
    let logins = 50 + QUEUE + COMMIT + 100;
    for _ in 50..logins {
        let answer = server.service.trigger(ONE, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
        assert_eq!(answer.outcome().as_str(), "completed");
    }
    let dropped = server.service.dropped_log_entries();
    assert!((100..=logins - QUEUE).contains(&dropped), "{dropped} of {logins}");
    assert_eq!(number(&server, "hookbox_log_entries_written_total"), 0);
    assert!(changes.iter().all(|change| !change.is_finished()), "no change is told to be made that is not on disk");
    server.world.store.hold(false);
    for change in changes {
        assert_eq!(change.await.unwrap(), 201);
    }
    let log = server.call(&admin, &format!("GET /v1/hooks/{id}/executions?limit=1"), None).await.expect(200);
    assert_eq!(log["items"][0]["outcome"], "completed");
    assert_eq!(number(&server, "hookbox_log_entries_written_total") + dropped, logins, "each is on disk or counted");
    let made = server.call(&admin, "GET /v1/env-vars?limit=100", None).await.expect(200);
    assert_eq!(made["items"].as_array().unwrap().len(), 40);
}
