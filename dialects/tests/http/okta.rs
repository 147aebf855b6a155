//! Okta's doors and Okta's API of inline hooks over real sockets.

use serde_json::{Value, json};

use super::*;

const TOKEN: &str = "com.okta.oauth2.tokens.transform";
const CHALLENGE: (&str, &str) = ("x-okta-verification-challenge", "a-challenge");

/// A server that takes events as long as Okta's.
async fn start() -> TestServer {
    super::with(|config| config.limits.context_bytes = 64 << 10).await
}

fn sample(name: &str) -> Value {
    let path = format!("{}/src/okta/templates/{name}/event.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Makes a hook whose function does what the script says, and gives its id.
async fn make(server: &TestServer, token: &str, hook_type: &str, script: &str, more: Value) -> String {
    let mut hook = new_hook(script);
    hook["type"] = hook_type.into();
    hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = text(&server.call(token, "POST /v1/hooks", hook).await.expect(201)["id"]);
    settled(&server.service, ONE, &id).await;
    id
}

fn header(secret: &str) -> Value {
    json!({"authentication": {"type": "header", "name": "X-Secret", "secret": secret}})
}

async fn executions(server: &TestServer, token: &str, id: &str) -> Vec<Value> {
    let page = server.call(token, &format!("GET /v1/hooks/{id}/executions"), None).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// An inline hook as Okta's clients write it.
fn inline_hook(name: &str, secret: &str) -> Value {
    json!({
        "name": name, "type": TOKEN, "version": "1.0.0",
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.example/okta/token", "method": "POST",
            "headers": [{"key": "X-Other", "value": "seen"}],
            "authScheme": {"type": "HEADER", "key": "X-Secret", "value": secret},
        }},
    })
}

/// One success of each route, for the test that looks for routes without one.
pub(super) async fn every_route(server: &TestServer, admin: &str) {
    let one = text(&server.call(admin, "POST /api/v1/inlineHooks", inline_hook("one", "hunter2")).await.expect(200)["id"]);
    let path = format!("/api/v1/inlineHooks/{one}");
    server.call(admin, "GET /api/v1/inlineHooks", None).await.expect(200);
    server.call(admin, &format!("GET {path}"), None).await.expect(200);
    server.call(admin, &format!("POST {path}"), json!({"name": "two"})).await.expect(200);
    server.call(admin, &format!("PUT {path}"), inline_hook("three", "hunter3")).await.expect(200);
    settled(&server.service, ONE, &one).await;
    let said = json!({"function": testing::encoded("return {}"), "runtime": "wasm"});
    server.call(admin, &format!("PUT /v1/hooks/{one}"), said).await.expect(200);
    settled(&server.service, ONE, &one).await;
    // The server of this test takes short events only.
    let event = json!({"eventId": "1", "eventType": TOKEN, "data": {"identity": {}}});
    assert_eq!(server.call(admin, &format!("POST {path}/execute"), event.clone()).await.expect(200), json!({}));
    let door = format!("POST /okta/inline-hooks/{one}");
    server.raw(&door, &[("x-secret", "hunter3")], &event.to_string()).await.expect(204);
    server.raw(&format!("{door}/tokens"), &[("x-secret", "hunter3")], &event.to_string()).await.expect(204);
    server.call(admin, &format!("POST {path}/lifecycle/deactivate"), None).await.expect(200);
    server.call(admin, &format!("POST {path}/lifecycle/activate"), None).await.expect(200);
    server.call(admin, &format!("DELETE {path}"), None).await.expect(400);
    server.call(admin, &format!("POST {path}/lifecycle/deactivate"), None).await.expect(200);
    server.call(admin, &format!("DELETE {path}"), None).await.expect(204);
    let events = make(server, admin, "okta-event", "return null", header("hunter2")).await;
    let door = format!("/okta/event-hooks/{events}");
    for path in ["", "/events"] {
        server.raw(&format!("GET {door}{path}"), &[("x-secret", "hunter2"), CHALLENGE], "").await.expect(200);
    }
    let event = json!({"eventId": "1", "eventType": "com.okta.event_hook", "data": {"events": []}});
    for path in ["", "/events"] {
        server.raw(&format!("POST {door}{path}"), &[("x-secret", "hunter2")], &event.to_string()).await.expect(204);
    }
}

#[tokio::test]
async fn who_does_not_show_the_secret_is_told_nothing_and_nothing_runs() {
    let server = start().await;
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-token", "return {}", header("hunter2")).await;
    let shut = make(&server, &admin, "okta-token", "return {}", json!({})).await;
    let event = sample("token").to_string();
    let door = |id: &str| format!("POST /okta/inline-hooks/{id}");
    let bearer = format!("Bearer {admin}");
    for (id, headers) in [
        (&*id, vec![]),
        (&id, vec![("x-secret", "")]),
        (&id, vec![("x-secret", "hunter3")]),
        (&id, vec![("x-secret", "hunter2x")]),
        (&id, vec![("x-secret", "hunter2"), ("x-secret", "hunter2")]),
        (&id, vec![("x-other", "hunter2")]),
        (&id, vec![("authorization", bearer.as_str())]),
        (&shut, vec![]),
        (&shut, vec![("x-secret", "")]),
        ("nothing", vec![("x-secret", "hunter2")]),
        ("00000000-0000-4000-8000-000000000000", vec![("x-secret", "hunter2")]),
    ] {
        let answered = server.raw(&door(id), &headers, &event).await;
        assert_eq!(answered.expect(401), json!({"error": {"errorSummary": "Unauthorized"}}), "{headers:?}");
        assert_eq!(answered.header("www-authenticate"), None);
    }
    assert!(executions(&server, &admin, &id).await.is_empty() && executions(&server, &admin, &shut).await.is_empty());
    server.raw(&door(&id), &[("X-SECRET", "hunter2")], &event).await.expect(204);
    // A door is for its own types, and for hooks that are enabled.
    server.raw(&format!("POST /okta/event-hooks/{id}"), &[("x-secret", "hunter2")], &event).await.expect(404);
    server.raw(&format!("GET /okta/event-hooks/{id}"), &[("x-secret", "hunter2"), CHALLENGE], "").await.expect(404);
    server.call(&admin, &format!("PUT /v1/hooks/{id}"), json!({"disabled": true})).await.expect(200);
    server.raw(&door(&id), &[("x-secret", "hunter2")], &event).await.expect(404);
    assert_eq!(executions(&server, &admin, &id).await.len(), 1);
}

#[tokio::test]
async fn basic_is_compared_as_it_is_sent() {
    let server = start().await;
    let admin = server.admin().await;
    let settings = json!({"authentication": {"type": "basic", "user": "admin", "password": "supersecret"}});
    let id = make(&server, &admin, "okta-token", "return {}", settings).await;
    let (door, event) = (format!("POST /okta/inline-hooks/{id}"), sample("token").to_string());
    for (sent, status) in [
        (basic("admin", "supersecret"), 204),
        (basic("admin", "supersecret").replacen("Basic", "basic", 1), 204),
        (basic("admin", "supersecre"), 401),
        (basic("Admin", "supersecret"), 401),
        ("Basic".to_owned(), 401),
    ] {
        server.raw(&door, &[("authorization", &sent)], &event).await.expect(status);
    }
}

#[tokio::test]
async fn a_secret_is_written_only_and_rotates_with_an_overlap() {
    let server = start().await;
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-token", "return {}", header("hunter-one")).await;
    let (door, event) = (format!("POST /okta/inline-hooks/{id}"), sample("token").to_string());
    let try_both = async |one: u16, two: u16| {
        server.raw(&door, &[("x-secret", "hunter-one")], &event).await.expect(one);
        server.raw(&door, &[("x-secret", "hunter-two")], &event).await.expect(two);
    };
    try_both(204, 401).await;
    let changed = server.call(&admin, &format!("PUT /v1/hooks/{id}"), header("hunter-two")).await.expect(200);
    settled(&server.service, ONE, &id).await;
    let shown = &changed["settings"]["authentication"];
    assert_eq!((&shown["type"], &shown["name"], &shown["secret_set"]), (&json!("header"), &json!("X-Secret"), &json!(true)));
    assert!(shown["previous_until"].is_string(), "{shown}");
    try_both(204, 204).await;
    // What is read can be written back.
    let again = server.call(&admin, &format!("PUT /v1/hooks/{id}"), json!({"settings": changed["settings"]})).await.expect(200);
    assert_eq!((&again["version"], &again["settings"]), (&changed["version"], &changed["settings"]));
    server.world.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    try_both(401, 204).await;
    for row in server.world.store.dump() {
        assert!(!row.contains("hunter-"), "{row}");
    }
    let admin = server.admin().await;
    let listed = server.call(&admin, "GET /v1/hooks", None).await.expect(200).to_string();
    assert!(!listed.contains("hunter-") && !listed.contains("hash"), "{listed}");
}

#[tokio::test]
async fn an_account_has_as_many_hooks_of_a_type_as_an_org() {
    let server = start().await;
    let admin = server.admin().await;
    let one = make(&server, &admin, "okta-token", "return {}", header("one")).await;
    let two = make(&server, &admin, "okta-token", r#"return {"error":{"errorSummary":"no"}}"#, header("two")).await;
    let event = sample("token").to_string();
    server.raw(&format!("POST /okta/inline-hooks/{one}"), &[("x-secret", "one")], &event).await.expect(204);
    let refused = server.raw(&format!("POST /okta/inline-hooks/{two}"), &[("x-secret", "two")], &event).await.expect(200);
    assert_eq!(refused["error"]["errorSummary"], "no");
    server.raw(&format!("POST /okta/inline-hooks/{two}"), &[("x-secret", "one")], &event).await.expect(401);
    let said = server.call(&admin, "POST /v1/triggers/okta-token", sample("token")).await.expect(422);
    assert!(said["message"].as_str().unwrap().contains("go to the endpoint of the hook that they are for"), "{said}");
}

#[tokio::test]
async fn only_safe_answers_stand_in_for_a_function() {
    let server = start().await;
    let admin = server.admin().await;
    for (hook_type, on_error, says) in [
        ("okta-password-import", "allow", "is not one of enum values: deny,no_change"),
        ("okta-telephony", "allow", "is not one of enum values: deny"),
        ("okta-telephony", "no_change", "is not one of enum values: deny"),
        ("okta-token", "allow", "is not one of enum values: deny,no_change"),
    ] {
        let mut hook = new_hook("return {}");
        hook["type"] = hook_type.into();
        hook["on_error"] = on_error.into();
        let refused = server.call(&admin, "POST /v1/hooks", hook).await.expect(422);
        assert_eq!(refused["field"], "on_error");
        assert!(refused["message"].as_str().unwrap().ends_with(says), "{refused}");
    }
    let mut long = new_hook("return {}");
    long["type"] = "okta-token".into();
    long["timeout"] = 3.into();
    assert_eq!(server.call(&admin, "POST /v1/hooks", long).await.expect(422)["field"], "timeout");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_a_bad_request() {
    let server = start().await;
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-password-import", "return null", header("s")).await;
    let mut event = sample("password-import");
    event["data"]["context"].as_object_mut().unwrap().remove("credential");
    for body in [event.to_string(), "{".to_owned(), sample("token").to_string(), String::new()] {
        let error = server.raw(&format!("POST /okta/inline-hooks/{id}"), &[("x-secret", "s")], &body).await.expect(400);
        assert!(error["error"]["errorSummary"].is_string(), "{error}");
    }
    assert!(executions(&server, &admin, &id).await.is_empty());
}

#[tokio::test]
async fn inline_hooks_are_made_and_changed_as_okta_s_clients_do() {
    let server = start().await;
    let admin = server.admin().await;
    let made = server.call(&admin, "POST /api/v1/inlineHooks", inline_hook("one", "hunter2")).await.expect(200);
    assert_eq!(
        (&made["name"], &made["type"], &made["version"], &made["status"]),
        (&json!("one"), &json!(TOKEN), &json!("1.0.0"), &json!("ACTIVE"))
    );
    assert_eq!(
        made["channel"],
        json!({"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.example/okta/token", "method": "POST", "headers": [{"key": "X-Other", "value": "seen"}],
            "authScheme": {"type": "HEADER", "key": "X-Secret"},
        }})
    );
    assert!(made["_links"]["deactivate"].is_object() && made["created"].is_string());
    let id = text(&made["id"]);
    let path = format!("/api/v1/inlineHooks/{id}");
    settled(&server.service, ONE, &id).await;
    let renamed = server.call(&admin, &format!("POST {path}"), json!({"name": "two"})).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["channel"]), (&json!("two"), &made["channel"]), "what is not said stays");
    let mut other = inline_hook("three", "hunter2");
    other["channel"]["config"].as_object_mut().unwrap().remove("headers");
    other["channel"]["config"]["authScheme"].as_object_mut().unwrap().remove("value");
    server.call(&admin, &format!("PUT {path}"), other).await.expect(200);
    settled(&server.service, ONE, &id).await;
    let said = json!({"function": testing::encoded("return {}"), "runtime": "wasm"});
    server.call(&admin, &format!("PUT /v1/hooks/{id}"), said).await.expect(200);
    settled(&server.service, ONE, &id).await;
    let event = sample("token").to_string();
    server.raw(&format!("POST /okta/inline-hooks/{id}"), &[("x-secret", "hunter2")], &event).await.expect(204);
    let listed = async |query: &str| server.call(&admin, &format!("GET /api/v1/inlineHooks{query}"), None).await;
    make(&server, &admin, "okta-event", "return null", json!({})).await;
    make(&server, &admin, "okta-telephony", "return null", json!({})).await;
    assert_eq!(listed("").await.expect(200).as_array().unwrap().len(), 2);
    assert_eq!(listed(&format!("?type={TOKEN}")).await.expect(200)[0]["id"], id);
    assert_eq!(listed("?type=nothing").await.expect(400)["errorCode"], "E0000001");
}

#[tokio::test]
async fn a_channel_of_oauth_trusts_the_server_that_its_tokens_come_from() {
    let server = start().await;
    let admin = server.admin().await;
    let mut hook = inline_hook("one", "");
    hook["channel"] = json!({"type": "OAUTH", "version": "1.0.0", "config": {
        "uri": "https://hooks.example/x", "method": "POST", "authType": "client_secret_post", "clientId": "0oa1", "clientSecret": "hunter2",
        "tokenUrl": "https://acme.okta.example/oauth2/default/v1/token", "scope": "hooks",
    }});
    let made = server.call(&admin, "POST /api/v1/inlineHooks", hook).await.expect(200);
    assert_eq!(made["channel"]["config"]["clientId"], "0oa1");
    assert!(!made.to_string().contains("hunter2"));
    let view = server.call(&admin, &format!("GET /v1/hooks/{}", text(&made["id"])), None).await.expect(200);
    let authentication = &view["settings"]["authentication"];
    assert_eq!(authentication["jwks_uri"], "https://acme.okta.example/oauth2/default/v1/keys");
    assert_eq!((&authentication["client_id"], &authentication["scope"]), (&json!("0oa1"), &json!("hooks")));
    assert_eq!(authentication["algorithms"], json!(["RS256"]));
}

#[tokio::test]
async fn okta_s_api_is_for_tokens_and_for_credentials_with_the_scope() {
    let server = start().await;
    let admin = server.admin().await;
    let reader = server.token_for(&admin, 1, &["read"]).await;
    let list = "GET /api/v1/inlineHooks";
    for (authorization, status) in [
        (format!("SSWS {admin}"), 200),
        (format!("ssws {reader}"), 200),
        (format!("Bearer {reader}"), 200),
        (format!("SSWS {ADMIN}:{SECRET}"), 200),
        (format!("SSWS {ADMIN}:wrong"), 401),
        ("SSWS nonsense".to_owned(), 401),
        ("SSWS".to_owned(), 401),
        (String::new(), 401),
    ] {
        let answered = server.raw(list, &[("authorization", &authorization)], "").await;
        let body = answered.expect(status);
        if status == 401 {
            assert_eq!((&body["errorCode"], &body["errorSummary"]), (&json!("E0000011"), &json!("Invalid token provided")));
        }
    }
    let refused = server.call(&reader, "POST /api/v1/inlineHooks", inline_hook("one", "s")).await.expect(403);
    assert_eq!(refused["errorCode"], "E0000006");
    for (target, body, field) in [
        ("POST /api/v1/inlineHooks", json!({}), "type"),
        ("POST /api/v1/inlineHooks", json!({"name": "x", "type": "x"}), "type"),
        ("POST /api/v1/inlineHooks", json!({"name": "x", "type": TOKEN}), "channel"),
        ("POST /api/v1/inlineHooks", json!({"type": TOKEN, "channel": {"config": {"uri": "https://a.example"}}}), "name"),
        (
            "POST /api/v1/inlineHooks",
            json!({"name": "x", "type": TOKEN, "channel": {"config": {"uri": "http://a.example"}}}),
            "channel.config.uri",
        ),
        (
            "POST /api/v1/inlineHooks",
            json!({"name": "x", "type": "com.okta.telephony.provider", "channel": {"config": {"uri": "https://a.example"}}}),
            "channel.config.authScheme",
        ),
    ] {
        let error = server.call(&admin, target, body.clone()).await.expect(400);
        assert_eq!(error["errorSummary"], format!("Api validation failed: {field}"), "{body}");
    }
    let missing = server.call(&admin, "GET /api/v1/inlineHooks/nothing", None).await.expect(404);
    assert_eq!(missing["errorCode"], "E0000007");
}

#[tokio::test]
async fn events_that_were_not_dealt_with_are_asked_for_again() {
    let server = start().await;
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-event", "fail trap unreachable", header("s")).await;
    let door = format!("POST /okta/event-hooks/{id}");
    for runs in [1, 2] {
        server.raw(&door, &[("x-secret", "s")], &sample("event").to_string()).await.expect(500);
        assert_eq!(executions(&server, &admin, &id).await.len(), runs);
    }
    server.call(&admin, &format!("PUT /v1/hooks/{id}"), json!({"on_error": "no_change"})).await.expect(200);
    settled(&server.service, ONE, &id).await;
    server.raw(&door, &[("x-secret", "s")], &sample("event").to_string()).await.expect(204);
}

#[tokio::test]
async fn an_event_that_comes_again_is_answered_what_it_was_answered() {
    let server = start().await;
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-password-import", "return {}", header("s")).await;
    let door = format!("POST /okta/inline-hooks/{id}");
    let mut event = sample("password-import");
    let call = async |event: &Value, secret: &str| server.raw(&door, &[("x-secret", secret)], &event.to_string()).await;
    for _ in 0..3 {
        call(&event, "s").await.expect(204);
    }
    call(&event, "wrong").await.expect(401);
    assert_eq!(executions(&server, &admin, &id).await.len(), 1);
    // Another event, by its id or by anything else in it.
    event["data"]["context"]["credential"]["password"] = "another".into();
    call(&event, "s").await.expect(204);
    assert_eq!(executions(&server, &admin, &id).await.len(), 2);
    server.world.clock.advance(std::time::Duration::from_secs(61));
    call(&event, "s").await.expect(204);
    assert_eq!(executions(&server, &admin, &id).await.len(), 3);
    // Okta does not repeat these.
    let id = make(&server, &admin, "okta-token", "return {}", header("s")).await;
    for runs in [1, 2] {
        server.raw(&format!("POST /okta/inline-hooks/{id}"), &[("x-secret", "s")], &sample("token").to_string()).await.expect(204);
        assert_eq!(executions(&server, &admin, &id).await.len(), runs);
    }
}

#[tokio::test]
async fn an_event_that_comes_while_it_runs_waits_for_its_answer() {
    let server = Arc::new(start().await);
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-password-import", "wait", header("s")).await;
    let event = sample("password-import").to_string();
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let (server, door, event) = (server.clone(), format!("POST /okta/inline-hooks/{id}"), event.clone());
            tokio::spawn(async move { server.raw(&door, &[("x-secret", "s")], &event).await.status.as_u16() })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    // The first caller goes away, and its execution goes on.
    calls[0].abort();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    server.world.compiler.go_on.notify_waiters();
    for call in calls.into_iter().skip(1) {
        assert_eq!(call.await.unwrap(), 200, "what `wait` returns is no answer of the type, so that the password is not verified");
    }
    assert_eq!(executions(&server, &admin, &id).await.len(), 1);
}

#[tokio::test]
async fn a_failed_execution_is_a_bad_request_to_okta() {
    let server = start().await;
    let admin = server.admin().await;
    let id = make(&server, &admin, "okta-token", "fail trap unreachable", json!({})).await;
    let said = server.call(&admin, &format!("POST /api/v1/inlineHooks/{id}/execute"), sample("token")).await.expect(400);
    assert_eq!(said["errorCauses"][0]["errorSummary"], "The inline hook was not executed: unreachable");
}
