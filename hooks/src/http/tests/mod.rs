//! The sample dialect over a real socket. `testing/sample.rs` shows what a dialect needs.

mod moved_clock;
mod slow_disk;

use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::testing::{Sample, TestServer, encoded, settled};

const DIALECTS: [&'static dyn Dialect; 1] = [&Sample];

async fn deploy(server: &TestServer, token: &str, script: &str, secret: &str) -> String {
    let body = json!({"type": "sign-in", "runtime": "wasm", "function": encoded(script), "settings": {"secret": secret, "risk": true}});
    let made = server.call(token, "POST /v1/hooks", body).await.expect(201);
    assert_eq!(made["dialect"], "sample");
    assert_eq!(made["settings"], json!({"risk": true}), "a secret is not given out");
    let id = made["id"].as_str().unwrap().to_owned();
    settled(&server.service, crate::testing::ONE, &id).await;
    id
}

#[tokio::test]
async fn a_dialect_has_a_door_with_authentication_and_errors_of_its_own() {
    let server = TestServer::start(&DIALECTS).await;
    let admin = server.admin().await;
    let result = r#"{"user":{},"commands":[{"type":"set","value":1}],"message":"Hello"}"#;
    let id = deploy(&server, &admin, &format!("return {result}"), "open sesame").await;
    let door = format!("POST /sample/front/doors/{id}");
    let event = json!({"user": {"name": "jim"}}).to_string();

    let answer = server.raw(&door, &[("x-sample-secret", "open sesame")], &event).await.expect(200);
    assert_eq!(answer["verdict"], "allow");
    assert_eq!(answer["kind"], "front", "a path has several parameters");
    assert_eq!(answer["commands"], json!([{"type": "set", "value": 1}]));
    assert_eq!(answer["message"], "Hello");

    for (target, secret, body, status) in [
        (&*door, "wrong", &*event, 401),
        (&door, "", &event, 401),
        (&door, "open sesame", "{}", 422),
        (&door, "open sesame", "nonsense", 422),
        ("POST /sample/front/doors/nothing", "open sesame", &event, 401),
        ("GET /sample/front/doors/x", "", "", 405),
        ("GET /sample/nothing", "", "", 404),
    ] {
        let problem = server.raw(target, &[("x-sample-secret", secret)], body).await.expect(status);
        assert!(problem["oops"].is_string(), "{target}: {problem}");
    }
    // Elsewhere errors have the server's own form.
    let problem = server.raw("GET /v1/nothing", &[], "").await.expect(404);
    assert_eq!(problem["statusCode"], 404);
}

#[tokio::test]
async fn a_hook_without_an_opinion_has_an_answer_without_a_body() {
    let server = TestServer::start(&DIALECTS).await;
    let admin = server.admin().await;
    let id = deploy(&server, &admin, r#"return {"no_change":1}"#, "open sesame").await;
    let door = format!("POST /sample/front/doors/{id}");
    let answer = server.raw(&door, &[("x-sample-secret", "open sesame")], r#"{"user":{}}"#).await;
    assert_eq!(answer.status, 204);
    assert!(answer.body.is_empty());
    let executions = server.call(&admin, &format!("GET /v1/hooks/{id}/executions"), None).await.expect(200);
    assert_eq!(executions["items"][0]["decision"], "no_change");
}

#[tokio::test]
async fn a_dialect_is_in_the_api_and_its_description() {
    let server = TestServer::start(&DIALECTS).await;
    let admin = server.admin().await;
    let unknown = server.call(&admin, "POST /v1/hooks", json!({"type": "login"})).await.expect(422);
    assert_eq!(unknown["message"], "instance.type is not one of enum values: sign-in,sign-up");
    let answer = server.call(&admin, "POST /v1/triggers/sign-up", json!({"user_identifier": "jim"})).await.expect(200);
    assert_eq!(answer["outcome"], "no_hook");
    assert_eq!(answer["decision"], "deny");
    let file: Value = crate::http::openapi::tree(&DIALECTS).unwrap();
    assert_eq!(file["components"]["schemas"]["HookType"]["enum"], json!(["sign-in", "sign-up"]));
    assert!(file["paths"]["/sample/{kind}/doors/{hook_id}"]["post"].is_object());
}
