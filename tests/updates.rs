//! New versions of a hook: the one before serves until the new one is ready, and what runs ends on what it began with.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, costly, large, sleeping};
use crate::harness::{Api, Hook, Server, context, count_files, eventually};

fn function(text: &str) -> Value {
    json!({"function": Hook::wat(text).json()["function"]})
}

fn policy(api: &Api) -> (u64, u64) {
    let answer = api.trigger(&context(1));
    (answer["result"]["user"]["policy_id"].as_u64().unwrap_or_else(|| panic!("{answer}")), answer["version"].as_u64().unwrap())
}

#[test]
fn the_version_before_serves_until_the_new_one_is_ready() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    let queued = admin.put(&format!("/api/2/hooks/{id}"), &function(&costly(2))).expect(200);
    assert_eq!((&queued["status"], &queued["version"]), (&json!("update-queued"), &json!(2)));
    assert_eq!(queued["function"], function(&costly(2))["function"], "the newest version is shown");
    let mut before = 0;
    let after = eventually("the new version", || match policy(admin) {
        (1, 1) => {
            before += 1;
            None
        }
        other => Some(other),
    });
    assert!(before > 0, "the version before never served");
    assert_eq!(after, (2, 2));
    let detail = admin.get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&detail["status"], &detail["serving_version"]), (&json!("ready"), &json!(2)));
}

#[test]
fn a_version_that_fails_leaves_the_one_before_serving() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    let failed = admin.update_hook(&id, &function("(component)"));
    assert_eq!((&failed["status"], &failed["version"]), (&json!("update-failed"), &json!(2)));
    assert!(failed["status_message"].as_str().unwrap().contains("no handler"));
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["serving_version"], 1);
    assert_eq!(policy(admin), (1, 1));
    // Also after a restart, which finds both versions as they were.
    let server = server.stop().start();
    let admin = server.admin();
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}")).expect(200), failed);
    assert_eq!(policy(admin), (1, 1));
    let mended = admin.update_hook(&id, &function(&allowing(3)));
    assert_eq!((&mended["status"], &mended["version"], &mended["status_message"]), (&json!("ready"), &json!(3), &Value::Null));
    assert_eq!(policy(admin), (3, 3));
}

#[test]
fn what_runs_ends_on_what_it_began_with() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&sleeping(4000, 1)));
    let running = start_and_wait_until_it_runs(admin);
    let updated = admin.update_hook(&id, &function(&allowing(2)));
    assert_eq!(updated["version"], 2);
    assert_eq!(policy(admin), (2, 2), "new executions run the new version");
    assert!(!running.is_finished(), "the old execution ended too early to tell anything");
    let answer = running.join().unwrap();
    assert_eq!((&answer["version"], &answer["result"]), (&json!(1), &json!({"user": {"policy_id": 1}})));
    let mut versions: Vec<Value> = admin.executions(&id).iter().map(|one| one["version"].clone()).collect();
    versions.sort_by_key(Value::as_u64);
    assert_eq!(versions, [json!(1), json!(2)]);
}

#[test]
fn a_hook_may_be_deleted_while_it_runs() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&sleeping(3000, 1)));
    let running = start_and_wait_until_it_runs(admin);
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    assert_eq!(admin.trigger(&context(1))["outcome"], "no_hook");
    assert_eq!(running.join().unwrap()["outcome"], "completed");
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}/logs")).status, 404);
}

/// A trigger whose execution has begun: its function sleeps, so that a moment's wait is enough.
fn start_and_wait_until_it_runs(admin: &Api) -> thread::JoinHandle<Value> {
    let api = admin.clone();
    let running = thread::spawn(move || api.trigger(&context(1)));
    thread::sleep(Duration::from_millis(500));
    running
}

#[test]
fn files_of_old_versions_are_removed() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&large(1)));
    for n in 2..6 {
        let hook = admin.update_hook(&id, &function(&large(n)));
        assert_eq!((&hook["version"], &hook["status"]), (&json!(n), &json!("ready")));
        assert_eq!(policy(admin), (n, n));
    }
    assert_eq!(count_files(&server.data().join("blobs")), 1);
    assert_eq!(count_files(&server.data().join("cache")), 2, "compiled code and its hash");
}

#[test]
fn updates_that_overtake_each_other_end_with_the_last() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    for n in 2..12 {
        let hook = admin.put(&format!("/api/2/hooks/{id}"), &function(&allowing(n))).expect(200);
        assert_eq!(hook["version"], n);
    }
    let hook = admin.settled(&id);
    assert_eq!((&hook["status"], &hook["version"]), (&json!("ready"), &json!(11)));
    assert_eq!(policy(admin), (11, 11));
}

#[test]
fn what_an_update_does_not_say_stays_or_goes_to_its_default() {
    let server = Server::start();
    let admin = server.admin();
    let settings = json!({"options": {"risk_enabled": true}, "context_version": "1.0.0"});
    let hook = Hook::wat(&allowing(1)).with("settings", settings).with("retries", 3).with("disabled", true).with("timeout", 7);
    let id = admin.post("/v1/hooks", &hook.json()).expect(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/hooks/{id}");
    let kept = admin.put(&format!("{path}?absent=keep"), &json!({"timeout": 3})).expect(200);
    assert_eq!((&kept["timeout"], &kept["retries"], &kept["disabled"]), (&json!(3), &json!(3), &json!(true)));
    assert_eq!(kept["settings"]["context_version"], "1.0.0");
    let whole = Hook::wat(&allowing(1)).with("timeout", 5).json();
    let reset = admin.put(&format!("{path}?absent=default"), &whole).expect(200);
    assert_eq!((&reset["timeout"], &reset["retries"], &reset["disabled"]), (&json!(5), &json!(0), &json!(false)));
    assert_eq!((&reset["settings"]["context_version"], &reset["settings"]["options"]["risk_enabled"]), (&Value::Null, &json!(false)));
    // The same once more is no new version, and a part is no hook.
    assert_eq!(admin.put(&format!("{path}?absent=default"), &whole).expect(200)["version"], reset["version"]);
    let refused = admin.put(&format!("{path}?absent=default"), &json!({"timeout": 3})).expect(422).to_string();
    assert!(refused.contains("requires property"), "{refused}");
    let refused = admin.put(&format!("{path}?absent=gone"), &whole).expect(422).to_string();
    assert!(refused.contains("keep,default"), "{refused}");
}
