//! OneLogin's Go SDK, version 1 (1.1.17), by the requests that it makes. It reads `env_vars` as objects, gets a token before each call,
//! follows cursors until there is none, and asks again for ever when it is told 401 or 403.

use std::thread;

use serde_json::{Value, json};

use crate::harness::{Api, Recorded, Secrets, Server};

const NOT_FOUND: &str = "The resource with the given id could not be found";

fn go(server: &Server) -> Recorded {
    let headers = [("user-agent", "Go-http-client/1.1"), ("accept-encoding", "gzip")];
    Recorded::admin(server, Secrets::Basic, &headers)
}

/// The body that it makes of a hook whose packages were not set.
fn hook(env_vars: &Value) -> Value {
    json!({
        "type": "pre-authentication", "disabled": true, "timeout": 1, "runtime": "nodejs12.x", "retries": 0,
        "options": {"risk_enabled": false, "location_enabled": true, "mfa_device_info_enabled": false},
        "packages": null, "function": "ZXhwb3J0cy5oYW5kbGVyID0gYXN5bmMgKGNvbnRleHQpID0+IGNvbnRleHQ=",
        "context_version": "1.1.0", "env_vars": env_vars,
    })
}

/// What it decodes a linked env var into: four fields, two of them times.
#[track_caller]
fn is_an_env_var(value: &Value, id: &str, name: &str) {
    assert_eq!((&value["id"], &value["name"]), (&json!(id), &json!(name)), "{value}");
    for time in ["created_at", "updated_at"] {
        let text = value[time].as_str().unwrap_or_else(|| panic!("{time} is no text in {value}"));
        assert!(text.len() == 24 && text.ends_with('Z'), "{time} is not RFC 3339 with milliseconds: {value}");
    }
    assert_eq!(value.get("value"), None, "{value}");
}

#[test]
fn linked_env_vars_are_objects_for_go_and_names_for_others() {
    let server = Server::start();
    let (go, admin) = (go(&server), server.admin());
    let env = go.make("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "secret"}));
    let made = go.post("/api/2/hooks", &hook(&json!(["API_KEY"]))).expect(201);
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/2/hooks/{id}");
    // An update is what was read, without the id and with the names of the env vars.
    let updated = go.put(&path, &hook(&json!(["API_KEY"]))).expect(200);
    for answer in [&made, &go.get(&path).expect(200), &go.get("/api/2/hooks").expect(200)[0], &updated] {
        assert_eq!(answer["id"], json!(id));
        assert_eq!(answer["env_vars"].as_array().map(Vec::len), Some(1), "{answer}");
        is_an_env_var(&answer["env_vars"][0], &env, "API_KEY");
        assert_eq!(
            (&answer["packages"], &answer["runtime"], &answer["context_version"]),
            (&json!({}), &json!("nodejs12.x"), &json!("1.1.0"))
        );
    }
    assert_eq!(admin.get(&path).expect(200)["env_vars"], json!(["API_KEY"]), "the account's other clients get names");
    assert_eq!(go.put(&path, &hook(&json!([]))).expect(200)["env_vars"], json!([]));
}

#[test]
fn env_vars_have_no_value_for_go() {
    let server = Server::start();
    let go = go(&server);
    let id = go.make("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "secret"}));
    let path = format!("/api/2/hooks/envs/{id}");
    let updated = go.put(&path, &json!({"value": "another"})).expect(200);
    for answer in [&updated, &go.get(&path).expect(200), &go.get("/api/2/hooks/envs").expect(200)[0]] {
        is_an_env_var(answer, &id, "API_KEY");
    }
    assert_eq!(go.delete(&path).status, 204);
}

#[test]
fn a_token_before_each_call_and_many_at_a_time() {
    let server = Server::start();
    let go = go(&server);
    let old = go.clone().keeping_its_token();
    thread::scope(|scope| {
        let calls: Vec<_> = (0..8).map(|_| scope.spawn(|| go.get("/api/2/hooks?type=pre-authentication"))).collect();
        for call in calls {
            assert_eq!(call.join().unwrap().expect(200), json!([]));
        }
    });
    assert_eq!(old.get("/api/2/hooks").status, 200, "the first of nine tokens");
}

/// Follows `After-Cursor` as it does: what it asked for at first goes along, the cursor as a parameter of a query.
fn follow(go: &Recorded, target: &str, encode: impl Fn(&str) -> String) -> Vec<Value> {
    let mut reply = go.get(target);
    let mut pages = vec![reply.expect(200)];
    while let Some(cursor) = reply.header("after-cursor").filter(|cursor| !cursor.is_empty()) {
        assert!(pages.len() < 10, "the cursor has no end: {pages:?}");
        reply = go.get(&format!("{target}&Cursor={}", encode(cursor)));
        pages.push(reply.expect(200));
    }
    pages
}

#[test]
fn cursors_are_followed_until_there_is_none() {
    let server = Server::start();
    let go = go(&server);
    let ids: Vec<_> = (0..5).map(|n| go.make("/api/2/hooks/envs", &json!({"name": format!("KEY_{n}"), "value": "v"}))).collect();
    // As it came, and encoded once more, as a query is when it is built from parts.
    let encoded = |cursor: &str| cursor.replace('%', "%25").replace('=', "%3D");
    for pages in [follow(&go, "/api/2/hooks/envs?limit=2", str::to_owned), follow(&go, "/api/2/hooks/envs?limit=2", encoded)] {
        let sizes: Vec<_> = pages.iter().map(|page| page.as_array().unwrap().len()).collect();
        assert_eq!(sizes, [2, 2, 1]);
        let seen: Vec<_> = pages.iter().flat_map(|page| page.as_array().unwrap()).map(|env| env["id"].as_str().unwrap()).collect();
        assert_eq!(seen, ids);
    }
    let whole = go.get("/api/2/hooks/envs?limit=5");
    assert_eq!((whole.header("after-cursor"), whole.header("total-pages")), (None, Some("1")), "a full last page is the last");
}

#[test]
fn a_good_credential_is_never_told_to_try_again() {
    let server = Server::start();
    let (go, admin) = (go(&server), server.admin());
    let id = go.make("/api/2/hooks", &hook(&json!([])));
    let nobody = "00000000-0000-4000-8000-000000000000";
    let foreign = format!("/api/2/hooks/{}", foreign_hook(admin));
    let bad = json!({"timeout": 11});
    let replies = [
        (go.get(&format!("/api/2/hooks/{nobody}")), 404),
        (go.put(&format!("/api/2/hooks/{nobody}"), &hook(&json!([]))), 404),
        (go.delete(&format!("/api/2/hooks/{nobody}")), 404),
        (go.get(&format!("/api/2/hooks/envs/{nobody}")), 404),
        (go.get(&foreign), 404),
        (go.delete(&foreign), 404),
        (go.post("/api/2/hooks", &hook(&json!([]))), 409),
        (go.put(&format!("/api/2/hooks/{id}"), &bad), 422),
        (go.put(&format!("/api/2/hooks/{id}"), &hook(&json!(["NO_SUCH"]))), 422),
        (go.request("PUT", &format!("/api/2/hooks/{id}")).body("{").send(), 400),
    ];
    for (reply, status) in replies {
        let body = reply.expect(status);
        assert_eq!(body["statusCode"], json!(status), "{body}");
        assert!(body["name"].is_string() && body["message"].is_string() && body.get("status").is_none(), "{body}");
        if status == 404 {
            assert_eq!(body["message"], NOT_FOUND);
        }
    }
}

/// A hook of another account.
fn foreign_hook(admin: &Api) -> String {
    let (_, other) = admin.account(&json!({"name": "Acme"}));
    let made = other.post("/api/2/hooks", &hook(&json!([]))).expect(201);
    made["id"].as_str().unwrap().to_owned()
}
