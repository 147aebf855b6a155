//! Clients of which few requests are known: the .NET SDK, the older Python client, the newer Node SDKs, and the samples of the docs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Recorded, Secrets, Server};

fn hook() -> Value {
    json!({
        "type": "pre-authentication", "disabled": true, "timeout": 1, "env_vars": [], "runtime": "nodejs18.x", "retries": 0,
        "packages": {}, "function": STANDARD.encode("exports.handler = async (context) => context;"),
    })
}

#[test]
fn net_links_env_vars_by_name_and_value() {
    let server = Server::start();
    let net = Recorded::admin(&server, Secrets::Basic, &[("accept", "application/json")]);
    let net = net.keeping_its_token();
    let env = net.make("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "secret"}));
    let mut body = hook();
    body["env_vars"] = json!([{"name": "API_KEY", "value": "whatever it has"}]);
    let id = net.make("/api/2/hooks", &body);
    // It wants the same of answers, and tells nobody what it is, so the account does.
    server.admin().put("/v1/accounts/1", &json!({"client": "dotnet"})).expect(200);
    let read = net.get(&format!("/api/2/hooks/{id}")).expect(200);
    assert_eq!((&read["env_vars"][0]["name"], &read["env_vars"][0]["value"]), (&json!("API_KEY"), &json!("")));
    // What it read it sends back, and the hook stays as it is.
    assert_eq!(net.put(&format!("/api/2/hooks/{id}"), &read).expect(200), net.get(&format!("/api/2/hooks/{id}")).expect(200));
    // The value beside the name is not taken for a new one of the env var.
    let kept = net.get(&format!("/api/2/hooks/envs/{env}")).expect(200);
    assert_eq!(kept["created_at"], kept["updated_at"], "{kept}");
}

#[test]
fn a_bare_bearer_and_what_the_docs_write() {
    let server = Server::start();
    for scheme in ["bearer ", "Bearer ", "bearer:", "BEARER "] {
        let old = Recorded::admin(&server, Secrets::Named, &[("user-agent", "onelogin-python-sdk 2.0.4")]);
        let reply = old.scheme(scheme).get("/api/2/hooks");
        assert_eq!(reply.expect(200), json!([]), "{scheme}");
    }
}

#[test]
fn a_client_without_a_name_gets_the_documented_shapes() {
    let server = Server::start();
    let node = Recorded::admin(&server, Secrets::Basic, &[("content-type", "application/json")]).keeping_its_token();
    let env = node.make("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "secret"}));
    let mut body = hook();
    body["env_vars"] = json!(["API_KEY"]);
    body["context_version"] = json!("1.0.0");
    let id = node.make("/api/2/hooks", &body);
    let listed = node.get("/api/2/hooks").expect(200);
    assert_eq!((&listed[0]["id"], &listed[0]["env_vars"]), (&json!(id), &json!(["API_KEY"])));
    let env = node.get(&format!("/api/2/hooks/envs/{env}")).expect(200);
    assert_eq!(env.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "name", "created_at", "updated_at"]);
}

#[test]
fn a_page_is_described_in_its_headers() {
    let server = Server::start();
    let client = Recorded::admin(&server, Secrets::Basic, &[]).keeping_its_token();
    for n in 0..5 {
        client.make("/api/2/hooks/envs", &json!({"name": format!("KEY_{n}"), "value": "v"}));
    }
    let middle = client.get("/api/2/hooks/envs?limit=2&page=2");
    for (name, value) in [("current-page", "2"), ("page-items", "2"), ("total-count", "5"), ("total-pages", "3")] {
        assert_eq!(middle.header(name), Some(value), "{name}");
    }
    for (name, pairs) in [("after-cursor", "limit=2&page=3"), ("before-cursor", "limit=2&page=1")] {
        let cursor = middle.header(name).unwrap_or_else(|| panic!("no {name}"));
        // As a client takes it apart: the query's encoding first, base64 then, padding and all.
        let decoded = STANDARD.decode(cursor.replace("%3D", "=")).unwrap_or_else(|error| panic!("{name} {cursor}: {error}"));
        assert_eq!(String::from_utf8(decoded).unwrap(), pairs);
    }
    assert!(middle.header("link").is_some(), "no link");
    assert_eq!(client.get("/api/2/hooks/envs?limit=1000").status, 200);
    assert_eq!(client.get("/api/2/hooks/envs?limit=1001").status, 422);
}
