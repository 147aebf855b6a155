//! Hooks over REST: making, listing, changing and deleting them, and what is the case in between.

use serde_json::{Value, json};

use crate::harness::guests::{allowing, echo, large};
use crate::harness::{Hook, Server, context, count_files};

const NOT_FOUND: &str = "The resource with the given id could not be found";

#[test]
fn a_new_hook_has_its_defaults_and_becomes_ready() {
    let server = Server::start();
    let admin = server.admin();
    let asked = Hook::wat(&echo()).without("timeout");
    let made = admin.create_hook(&asked);
    let id = made["id"].as_str().unwrap();
    let mut expected = json!({
        "id": id, "type": "pre-authentication", "disabled": false, "runtime": "wasm", "context_version": null,
        "retries": 0, "timeout": 1, "env_vars": [], "packages": {}, "conditions": [], "on_error": "deny", "expose_errors": false,
        "http_cache": false,
        "options": {"risk_enabled": false, "location_enabled": false, "mfa_device_info_enabled": false},
        "limits": {"fuel": 3_000_000_000_u64, "memory_mib": 64},
        "version": 1, "status": "create-queued", "status_message": null,
        "function": asked.json()["function"], "created_at": made["created_at"], "updated_at": made["created_at"],
    });
    assert_eq!(made, expected);
    assert_eq!(id.len(), 36);
    expected["status"] = json!("ready");
    assert_eq!(admin.settled(id), expected);
    assert_eq!(admin.get("/api/2/hooks").expect(200), json!([expected]));
    let detail = admin.get(&format!("/v1/hooks/{id}")).expect(200);
    // The server's own form has what only the vendor knows below `settings`.
    let of_the_vendor = ["options", "context_version"];
    for (field, value) in expected.as_object().unwrap() {
        let shown = if of_the_vendor.contains(&field.as_str()) { &detail["settings"][field] } else { &detail[field] };
        assert_eq!(shown, value, "{field}");
    }
    let function = wat::parse_str(echo()).unwrap();
    for (field, value) in
        [("account_id", json!(1)), ("serving_version", json!(1)), ("kind", json!("command")), ("function_bytes", json!(function.len()))]
    {
        assert_eq!(detail[field], value, "{field}");
    }
    let mut listed = detail.clone();
    listed.as_object_mut().unwrap().remove("function");
    assert_eq!(admin.get("/v1/hooks").expect(200), json!({"items": [listed], "next_cursor": null}), "a list leaves functions out");
}

#[test]
fn fields_that_a_client_sends_back_are_taken() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let hook = admin.get(&format!("/api/2/hooks/{id}")).expect(200);
    // The whole of what was answered, status and ids included, changes nothing: no new version either.
    let answered = admin.put(&format!("/api/2/hooks/{id}"), &hook).expect(200);
    assert_eq!(answered, hook);
}

#[test]
fn an_update_changes_what_it_names() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()).with("options", json!({"risk_enabled": true})));
    let before = admin.get(&format!("/api/2/hooks/{id}")).expect(200);
    let after = admin.update_hook(&id, &json!({"timeout": 3, "options": {"location_enabled": true}, "on_error": "allow"}));
    let mut expected = before.clone();
    expected["timeout"] = json!(3);
    expected["on_error"] = json!("allow");
    expected["options"]["location_enabled"] = json!(true);
    expected["version"] = json!(2);
    expected["updated_at"] = after["updated_at"].clone();
    assert_eq!(after, expected);
    assert!(after["updated_at"].as_str() > before["updated_at"].as_str());
    let limits = admin.update_hook(&id, &json!({"limits": {"memory_mib": 16}}))["limits"].clone();
    assert_eq!(limits, json!({"fuel": 3_000_000_000_u64, "memory_mib": 16}));
    // Whether events run it is no matter of versions.
    let disabled = admin.put(&format!("/api/2/hooks/{id}"), &json!({"disabled": true})).expect(200);
    assert_eq!((&disabled["version"], &disabled["status"], &disabled["disabled"]), (&json!(3), &json!("ready"), &json!(true)));
}

#[test]
fn a_type_cannot_be_changed() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let reply = admin.put(&format!("/api/2/hooks/{id}"), &json!({"type": "user-migration"}));
    assert!(reply.error(422, "UnprocessableEntityError").contains("instance.type cannot be changed"));
    assert_eq!(reply.value()["field"], "type");
}

#[test]
fn there_is_room_for_one_hook_of_a_type() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let second = admin.post("/api/2/hooks", &Hook::wat(&echo()).disabled().json());
    let says = "The 'pre-authentication' hook is synchronous and can only have one defined function";
    assert_eq!(second.error(409, "ConflictError"), says);
    admin.deploy(&Hook::wat(&echo()).with("type", "user-migration"));
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    let next = admin.deploy(&Hook::wat(&allowing(5)));
    assert_ne!(next, id);
    assert_eq!(admin.trigger(&context(1))["hook_id"], json!(next));
}

#[test]
fn an_account_may_have_more_hooks_and_one_that_is_live() {
    let server = Server::start();
    let admin = server.admin();
    admin.put("/v1/accounts/1", &json!({"hooks_per_type": 2})).expect(200);
    let live = admin.deploy(&Hook::wat(&allowing(1)));
    let says = format!("The 'pre-authentication' hook {live} is enabled, and only one of a type can be: disable it first");
    assert_eq!(admin.post("/api/2/hooks", &Hook::wat(&allowing(2)).json()).error(409, "ConflictError"), says);
    let other = admin.deploy(&Hook::wat(&allowing(2)).disabled());
    let third = admin.post("/api/2/hooks", &Hook::wat(&allowing(3)).disabled().json());
    let full = "The account has 2 'pre-authentication' hooks already, the most that it may have";
    assert_eq!(third.error(409, "ConflictError"), full);
    let enable = |id: &str, enabled: bool| admin.put(&format!("/api/2/hooks/{id}"), &json!({"disabled": !enabled}));
    assert_eq!(enable(&other, true).error(409, "ConflictError"), says);
    enable(&live, false).expect(200);
    assert_eq!(admin.trigger(&context(9))["outcome"], "no_hook");
    enable(&other, true).expect(200);
    assert_eq!(admin.trigger(&context(9))["result"], json!({"user": {"policy_id": 2}}));
}

#[test]
fn lists_are_filtered_and_come_in_pages() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let mut ids: Vec<String> = (0..5).map(|n| admin.deploy(&Hook::wat(&allowing(n)).disabled())).collect();
    ids.push(admin.deploy(&Hook::wat(&echo()).with("type", "user-migration")));
    let listed = |query: &str| -> Vec<String> {
        let hooks = admin.get(&format!("/api/2/hooks{query}")).expect(200);
        hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(""), ids);
    assert_eq!(listed("?type=user-migration"), ids[5..]);
    assert_eq!(listed("?disabled=false"), ids[5..]);
    assert_eq!(listed("?type=pre-authentication&disabled=true"), ids[..5]);
    let page = admin.get("/api/2/hooks?limit=4");
    for (name, value) in [("current-page", "1"), ("page-items", "4"), ("total-count", "6"), ("total-pages", "2")] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    assert_eq!((listed("?limit=4"), listed("?limit=4&page=2")), (ids[..4].to_vec(), ids[4..].to_vec()));
    let cursor = page.header("after-cursor").unwrap();
    assert_eq!(listed(&format!("?Cursor={cursor}")), ids[4..]);
    let last = admin.get(&format!("/api/2/hooks?cursor={cursor}"));
    assert_eq!((last.header("after-cursor"), last.header("current-page")), (None, Some("2")));
    assert_eq!(listed(&format!("?cursor={}", last.header("before-cursor").unwrap())), ids[..4]);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("page=x", "page"),
        ("cursor=!", "cursor"),
        ("disabled=maybe", "disabled"),
        ("type=x", "type"),
    ] {
        let reply = admin.get(&format!("/api/2/hooks?{query}"));
        reply.error(422, "UnprocessableEntityError");
        assert_eq!(reply.value()["field"], field);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let server = Server::start();
    let admin = server.admin();
    let unknown = "00000000-0000-4000-8000-000000000000";
    for id in [unknown, "1", "not-an-id", "%00", "..%2F..%2Fetc%2Fpasswd"] {
        for (method, path) in [
            ("GET", format!("/api/2/hooks/{id}")),
            ("PUT", format!("/api/2/hooks/{id}")),
            ("DELETE", format!("/api/2/hooks/{id}")),
            ("GET", format!("/api/2/hooks/{id}/logs")),
            ("GET", format!("/v1/hooks/{id}")),
            ("GET", format!("/v1/hooks/{id}/executions")),
        ] {
            let reply = admin.request(method, &path).json(&json!({})).send();
            assert_eq!(reply.error(404, "NotFoundError"), NOT_FOUND, "{method} {path}");
        }
        let fired = admin.fire_request(id, &context(1)).send();
        assert_eq!(fired.error(404, "NotFoundError"), NOT_FOUND);
    }
}

#[test]
fn a_hook_is_invisible_to_other_accounts() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    let (_, stranger) = admin.account(&json!({"name": "another"}));
    for (method, path) in [
        ("GET", format!("/api/2/hooks/{id}")),
        ("PUT", format!("/api/2/hooks/{id}")),
        ("DELETE", format!("/api/2/hooks/{id}")),
        ("GET", format!("/api/2/hooks/{id}/logs")),
        ("GET", format!("/v1/hooks/{id}")),
        ("GET", format!("/v1/hooks/{id}/executions")),
    ] {
        let reply = stranger.request(method, &path).json(&json!({"timeout": 2})).send();
        assert_eq!(reply.error(404, "NotFoundError"), NOT_FOUND, "{method} {path}");
    }
    assert_eq!(stranger.fire_request(&id, &context(1)).send().status, 404);
    assert_eq!(stranger.get("/api/2/hooks").expect(200), json!([]));
    assert_eq!(stranger.trigger(&context(7))["outcome"], "no_hook");
    // A type that is taken elsewhere is free here.
    let theirs = stranger.deploy(&Hook::wat(&allowing(2)));
    assert_eq!(stranger.trigger(&context(7))["hook_id"], json!(theirs));
    assert_eq!(admin.trigger(&context(7))["hook_id"], json!(id));
}

#[test]
fn a_deleted_hook_is_gone_with_its_files() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&large(1)));
    let files = |folder: &str| -> usize { count_files(&server.data().join(folder)) };
    assert_eq!((files("blobs"), files("cache")), (1, 2), "the function in a file, its compiled code and the hash of that");
    let reply = admin.delete(&format!("/api/2/hooks/{id}"));
    assert_eq!((reply.status, reply.body.len(), reply.header("content-type")), (202, 0, None));
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}")).status, 404);
    assert_eq!(admin.delete(&format!("/api/2/hooks/{id}")).status, 404);
    assert_eq!((files("blobs"), files("cache")), (0, 0));
    assert_eq!(admin.trigger(&context(1))["hook_id"], Value::Null);
}
