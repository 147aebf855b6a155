//! OneLogin's MCP server, by the requests that it makes. It sends what changed and nothing else, reads `x-request-id`, and takes a body
//! for JSON when its type says so, be it empty.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Recorded, Reply, Secrets, Server, context};

const SOURCE: &str = "exports.handler = async (context) => { console.log('seen'); return {success: true, user: context.user}; };";

fn mcp(server: &Server) -> Recorded {
    let headers = [("user-agent", "node"), ("accept", "application/json"), ("accept-language", "*"), ("sec-fetch-mode", "cors")];
    Recorded::admin(server, Secrets::Named, &headers).keeping_its_token()
}

/// What it tells its user of an answer.
#[track_caller]
fn read(reply: &Reply, status: u16) -> Value {
    assert!(reply.header("x-request-id").is_some_and(|id| !id.is_empty()), "no x-request-id");
    let is_json = reply.header("content-type").is_some_and(|kind| kind.contains("application/json"));
    assert!(!is_json || !reply.body.is_empty(), "an empty body is said to be JSON");
    reply.expect(status)
}

/// What an earlier version said of a new hook.
fn short() -> Value {
    json!({"type": "pre-authentication", "function": STANDARD.encode(SOURCE), "runtime": "nodejs18.x", "env_vars": []})
}

#[test]
fn tokens_are_taken_bare_or_from_the_envelope() {
    let server = Server::start();
    for path in ["/auth/oauth2/v2/token", "/auth/oauth2/token"] {
        let client = Recorded::admin(&server, Secrets::Named, &[("user-agent", "node")]).token_path(path);
        assert_eq!(client.keeping_its_token().get("/api/2/hooks").expect(200), json!([]), "{path}");
    }
    let client = Recorded::admin(&server, Secrets::Named, &[]).token_path("/auth/oauth2/token");
    let answer = client.token_reply().expect(200);
    assert_eq!(answer["status"], json!({"error": false, "code": 200, "type": "success", "message": "Success"}));
    let token = &answer["data"][0];
    assert_eq!((&token["token_type"], &token["account_id"]), (&json!("bearer"), &json!(1)));
    assert!(token["expires_in"].as_u64().is_some_and(|left| (35_000..=36_000).contains(&left)), "{answer}");
}

#[test]
fn a_hook_is_made_of_little_and_enabled() {
    let server = Server::start();
    let mcp = mcp(&server);
    let made = read(&mcp.post("/api/2/hooks", &short()), 201);
    let wanted =
        [("disabled", json!(false)), ("timeout", json!(1)), ("retries", json!(0)), ("packages", json!({})), ("env_vars", json!([]))];
    for (field, value) in wanted {
        assert_eq!(made[field], value, "{field}");
    }
    let path = format!("/api/2/hooks/{}", made["id"].as_str().unwrap());
    read(&mcp.delete(&path), 202);
    // The newest version says it all by itself.
    let mut whole = short();
    for (field, value) in [("runtime", json!("nodejs24.x")), ("timeout", json!(1)), ("retries", json!(0)), ("packages", json!({}))] {
        whole[field] = value;
    }
    whole["disabled"] = json!(false);
    assert_eq!(read(&mcp.post("/api/2/hooks", &whole), 201)["runtime"], "nodejs24.x");
}

#[test]
fn an_update_of_some_fields_leaves_the_others() {
    let server = Server::start();
    let mcp = mcp(&server);
    let mut body = short();
    body["options"] = json!({"risk_enabled": true});
    body["conditions"] = json!([{"source": "roles", "operator": "~", "value": "7"}]);
    body["context_version"] = json!(">= 1.0.0");
    let made = read(&mcp.post("/api/2/hooks", &body), 201);
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/2/hooks/{id}");
    let before = server.admin().settled(id);
    for (field, value) in [
        ("timeout", json!(4)),
        ("retries", json!(2)),
        ("disabled", json!(true)),
        ("runtime", json!("nodejs22.x")),
        ("conditions", json!([])),
        ("context_version", json!("1.0.0")),
        ("options", json!({"risk_enabled": false, "location_enabled": true, "mfa_device_info_enabled": true})),
    ] {
        let before = read(&mcp.get(&path), 200);
        let after = read(&mcp.put(&path, &json!({field: value})), 200);
        for (name, old) in before.as_object().unwrap() {
            let wanted = if name == field { &value } else { old };
            let by_itself = ["version", "updated_at", "status", "status_message"].contains(&name.as_str());
            assert!(by_itself || after[name] == *wanted, "{name} after an update of {field}: {} and not {wanted}", after[name]);
        }
    }
    assert_eq!(read(&mcp.get(&path), 200)["function"], before["function"]);
}

#[test]
fn hooks_are_listed_by_type_and_state() {
    let server = Server::start();
    let mcp = mcp(&server);
    let enabled = read(&mcp.post("/api/2/hooks", &short()), 201)["id"].clone();
    let mut other = short();
    other["type"] = json!("user-migration");
    other["disabled"] = json!(true);
    let disabled = read(&mcp.post("/api/2/hooks", &other), 201)["id"].clone();
    for (query, wanted) in [
        ("limit=50&page=1", vec![&enabled, &disabled]),
        ("type=pre-authentication", vec![&enabled]),
        ("type=user-migration", vec![&disabled]),
        ("disabled=true", vec![&disabled]),
        ("disabled=false", vec![&enabled]),
        ("type=user-migration&disabled=false", vec![]),
        ("after_cursor=x&before_cursor=y", vec![&enabled, &disabled]),
    ] {
        let reply = mcp.get(&format!("/api/2/hooks?{query}"));
        let listed = read(&reply, 200);
        assert_eq!(listed.as_array().unwrap().iter().map(|hook| &hook["id"]).collect::<Vec<_>>(), wanted, "{query}");
        assert_eq!(reply.header("total-count"), Some(wanted.len().to_string().as_str()), "{query}");
    }
}

#[test]
fn a_log_is_there_as_soon_as_it_is_asked_for() {
    let server = Server::start();
    let mcp = mcp(&server);
    let mut body = short();
    body["timeout"] = json!(10);
    let made = read(&mcp.post("/api/2/hooks", &body), 201);
    let id = made["id"].as_str().unwrap();
    assert_eq!(server.admin().settled(id)["status"], "ready");
    for policy in 1..=3 {
        server.admin().trigger(&context(policy));
        let reply = mcp.get(&format!("/api/2/hooks/{id}/logs?request_id=request-{policy}&limit=100"));
        let entries = read(&reply, 200);
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{entries}");
        assert_eq!(entries[0]["correlation_id"], json!(format!("login-{policy}")));
        let line = entries[0]["events"][0].as_str().unwrap();
        assert_eq!(line.split('\t').skip(2).collect::<Vec<_>>(), ["INFO", "seen"]);
    }
}

#[test]
fn every_answer_has_a_request_s_id_and_no_empty_json() {
    let server = Server::start();
    let mcp = mcp(&server);
    let env = read(&mcp.post("/api/2/hooks/envs", &json!({"name": "KEY", "value": "v"})), 201);
    assert_eq!(env.get("value"), None);
    let path = format!("/api/2/hooks/envs/{}", env["id"].as_str().unwrap());
    read(&mcp.put(&path, &json!({"value": "w"})), 200);
    read(&mcp.delete(&path), 204);
    assert_eq!(read(&mcp.get(&path), 404)["name"], "NotFoundError");
    // What an earlier version asked for, and no server has: not a hook by the name of another's env vars.
    assert_eq!(read(&mcp.get("/api/2/hooks/00000000-0000-4000-8000-000000000000/envs"), 404)["name"], "NotFoundError");
}
