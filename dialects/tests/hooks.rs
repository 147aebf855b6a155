//! Hooks of OneLogin's types in a service: their settings, what their functions see, and what a strict account wants.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_dialects::ALL;
use hookbox_hooks::testing::{LOGIN, ONE, TestServer, World, body, create, deploy, encoded, settled, update};
use hookbox_hooks::{AccountSettings, Service, ServiceError};
use serde_json::{Value, json};
use tokio::time::Instant;

fn new_hook(script: &str) -> Value {
    json!({"type": "pre-authentication", "runtime": "wasm", "function": encoded(script)})
}

async fn login(service: &Service) -> Value {
    let hook_type = service.registry().find("pre-authentication").unwrap();
    let answer = service.trigger(ONE, hook_type, LOGIN.into(), Instant::now()).await.unwrap();
    serde_json::to_value(answer).unwrap()
}

/// The field and the rule.
fn said(error: ServiceError) -> (String, String) {
    match error {
        ServiceError::Invalid { field, message } => (field.unwrap_or_default(), message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_rule_of_a_setting_names_its_field() {
    let world = World::with(ALL);
    let service = world.first_start().await;
    for (changes, field, message) in [
        (
            json!({"type": "login"}),
            "type",
            "instance.type is not one of enum values: pre-authentication,user-migration,okta-password-import,okta-telephony,okta-registration,okta-token,okta-saml-assertion,okta-user-import,okta-event",
        ),
        (json!({"context_version": "newest"}), "context_version", "instance.context_version is not a version or a range of versions"),
        (
            json!({"context_version": "^2.0.0"}),
            "context_version",
            "instance.context_version matches no context version of a 'pre-authentication' hook, which has 1.0.0,1.1.0",
        ),
        (
            json!({"options": {"failed_login_attempts_enabled": true}}),
            "options.failed_login_attempts_enabled",
            "instance.options.failed_login_attempts_enabled has a value that is not available yet",
        ),
        (json!({"options": {"risk_enabled": 1}}), "options.risk_enabled", "instance.options.risk_enabled is not of a type(s) boolean"),
        (json!({"options": {"x": true}}), "options.x", "instance.options is not allowed to have the additional property \"x\""),
        (json!({"options": []}), "options", "instance.options is not of a type(s) object"),
        (
            json!({"type": "user-migration", "options": {"risk_enabled": true}}),
            "options",
            "instance.options has no properties for a 'user-migration' hook",
        ),
        (
            json!({"settings": {"options": {"x": true}}}),
            "settings.options.x",
            "instance.settings.options is not allowed to have the additional property \"x\"",
        ),
    ] {
        let error = create(&service, ONE, body(&new_hook("echo"), changes.clone())).await.unwrap_err();
        assert_eq!(said(error), (field.to_owned(), message.to_owned()), "{changes}");
    }
}

#[tokio::test]
async fn a_setting_is_merged_wherever_it_stands_and_shown_below_settings() {
    let world = World::with(ALL);
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":100}"#.into()).await.unwrap();
    let off = json!({"risk_enabled": false, "location_enabled": false, "mfa_device_info_enabled": false});
    let plain = deploy(&service, ONE, new_hook("echo")).await;
    assert_eq!(json!(plain.settings), json!({"context_version": null, "options": off}));
    let id = plain.id.to_string();
    for (body, risk, location, version) in [
        (json!({"options": {"risk_enabled": true}}), true, false, json!(null)),
        (json!({"settings": {"options": {"location_enabled": true}}}), true, true, json!(null)),
        (json!({"context_version": ">= 1.0.0"}), true, true, json!(">= 1.0.0")),
        (json!({"context_version": ""}), true, true, json!(">= 1.0.0")),
        (json!({"settings": {"context_version": "1.0.x", "options": {"risk_enabled": false}}}), false, true, json!("1.0.x")),
    ] {
        update(&service, ONE, &id, body.to_string().into()).await.unwrap();
        let hook = settled(&service, ONE, &id).await;
        assert_eq!(hook.settings["options"]["risk_enabled"], risk, "{body}");
        assert_eq!(hook.settings["options"]["location_enabled"], location, "{body}");
        assert_eq!(hook.settings["context_version"], version, "{body}");
    }
    let migration = json!({"type": "user-migration", "options": {"risk_enabled": false}});
    let migration = create(&service, ONE, body(&new_hook("echo"), migration)).await.unwrap();
    assert_eq!(migration.settings["options"], json!({}), "the type has no options");
}

#[tokio::test]
async fn a_hook_picks_the_version_of_its_context() {
    let world = World::with(ALL);
    let service = world.first_start().await;
    let hook = body(&new_hook("echo"), json!({"context_version": "1.0.x"}));
    let id = deploy(&service, ONE, serde_json::from_slice(&hook).unwrap()).await.id.to_string();
    let seen = login(&service).await["result"]["user"]["context"].clone();
    assert_eq!(seen, json!({"user": {"user_identifier": "jim", "policy_id": 1}, "device": {}}));
    update(&service, ONE, &id, r#"{"context_version":">= 1.0.0"}"#.into()).await.unwrap();
    assert_eq!(settled(&service, ONE, &id).await.settings["context_version"], ">= 1.0.0");
    let seen = login(&service).await["result"]["user"]["context"].clone();
    assert_eq!(seen, json!({"user": {"user_identifier": "jim", "policy_id": 1, "last_login_success": null}, "device": {}, "app": {}}));
}

#[tokio::test]
async fn an_account_has_settings_of_the_dialect() {
    let world = World::with(ALL);
    let service = world.first_start().await;
    let account = service.get_account("1").await.unwrap();
    // What all accounts have stands beside them.
    let settings = |settings: &AccountSettings| {
        let mut all = serde_json::to_value(settings).unwrap();
        all.as_object_mut().unwrap().retain(|name, _| ["strict", "client"].contains(&name.as_str()));
        all
    };
    assert_eq!(settings(&account.settings), json!({"strict": false, "client": null}));
    let account = service.update_account("1", r#"{"strict":true,"settings":{"client":"go"}}"#.into()).await.unwrap();
    assert_eq!(settings(&account.settings), json!({"strict": true, "client": "go"}));
    let account = service.update_account("1", r#"{"client":null}"#.into()).await.unwrap();
    assert_eq!(settings(&account.settings), json!({"strict": true, "client": null}));
    for (body, says) in [
        (r#"{"strict":1}"#, "instance.strict is not of a type(s) boolean"),
        (r#"{"settings":{"client":"curl"}}"#, "instance.settings.client is not one of enum values: documented,python,go,dotnet"),
    ] {
        assert_eq!(service.update_account("1", body.into()).await.unwrap_err().to_string(), says);
    }
}

#[tokio::test]
async fn a_strict_account_wants_success_said() {
    let world = World::with(ALL);
    let service = world.first_start().await;
    deploy(&service, ONE, new_hook(r#"return {"user":{"policy_id":7}}"#)).await;
    assert_eq!(login(&service).await["outcome"], "completed");
    // From the next event on, without a new version.
    service.update_account("1", r#"{"strict":true}"#.into()).await.unwrap();
    let answer = login(&service).await;
    assert_eq!(answer["outcome"], "invalid_response");
    assert!(answer["error"]["message"].as_str().unwrap().starts_with("`success` is missing: "), "{answer}");
}

/// Everything that OneLogin documents as required.
fn documented() -> Value {
    json!({"type": "pre-authentication", "disabled": false, "timeout": 1, "env_vars": [], "runtime": "nodejs24.x", "retries": 0,
        "packages": {}, "function": STANDARD.encode("exports.handler = 1")})
}

async fn strict_server() -> (TestServer, String) {
    let server = TestServer::with(ALL, |config| config.limits.source_bytes = 100_000).await;
    let admin = server.admin().await;
    server.call(&admin, "PUT /v1/accounts/1", json!({"strict": true, "hooks_per_type": 100})).await.expect(200);
    (server, admin)
}

#[tokio::test]
async fn a_strict_account_is_lenient_in_nothing() {
    let (server, admin) = strict_server().await;
    let refused = async |body: &Value| server.call(&admin, "POST /api/2/hooks", body.clone()).await.expect(422)["message"].clone();
    for (name, kind) in [
        ("type", "string"),
        ("disabled", "boolean"),
        ("timeout", "integer"),
        ("env_vars", "array"),
        ("runtime", "string"),
        ("retries", "integer"),
        ("packages", "object"),
        ("function", "string"),
    ] {
        let mut body = documented();
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&body).await, format!("instance requires property \"{name}\""));
        body[name] = Value::Null;
        assert_eq!(refused(&body).await, format!("instance.{name} is not of a type(s) {kind}"));
    }
    for (name, value, says) in [
        ("runtime", json!("nodejs18.x"), "instance.runtime is not one of enum values: wasm,nodejs22.x,nodejs24.x"),
        ("timeout", json!(2), "instance.timeout must be less than or equal to 1"),
        ("function", json!("exports.handler = 1"), "instance.function is not base64 encoded"),
        ("env_vars", json!([{"name": "AA"}]), "instance.env_vars[0] is not of a type(s) string"),
    ] {
        let mut body = documented();
        body[name] = value;
        assert_eq!(refused(&body).await, says);
    }
    let mut migration = documented();
    migration["type"] = "user-migration".into();
    migration["timeout"] = 10.into();
    migration["disabled"] = true.into();
    assert_eq!(server.call(&admin, "POST /api/2/hooks", migration.clone()).await.expect(201)["timeout"], 10);
    migration["options"] = json!({"risk_enabled": false});
    assert_eq!(refused(&migration).await, "instance.options has no properties for a 'user-migration' hook");
}

#[tokio::test]
async fn a_source_has_onelogins_characters_where_an_account_is_strict_and_our_bytes_elsewhere() {
    let (server, admin) = strict_server().await;
    let create = async |source: &str| {
        let mut body = documented();
        body["function"] = STANDARD.encode(source).into();
        body["disabled"] = true.into();
        server.call(&admin, "POST /api/2/hooks", body).await
    };
    create(&"é".repeat(20_000)).await.expect(201);
    let error = create(&"é".repeat(20_001)).await.expect(422);
    assert_eq!(error["message"], "instance.function does not meet maximum length of 20000 characters, decoded");
    server.call(&admin, "PUT /v1/accounts/1", json!({"strict": false})).await.expect(200);
    create(&"é".repeat(50_000)).await.expect(201);
    let error = create(&"é".repeat(50_001)).await.expect(422);
    assert_eq!(error["message"], "instance.function does not meet maximum length of 100000 bytes of JavaScript, decoded");
}

#[tokio::test]
async fn the_hooks_of_other_dialects_are_not_in_onelogins_api() {
    let dialects: Vec<&'static dyn hookbox_dialects::Dialect> = ALL.iter().copied().chain([&hookbox_hooks::testing::Sample as _]).collect();
    let server = TestServer::start(&dialects).await;
    let admin = server.admin().await;
    let theirs = json!({"type": "sign-in", "runtime": "wasm", "function": encoded("echo")});
    let id = server.call(&admin, "POST /v1/hooks", theirs.clone()).await.expect(201)["id"].as_str().unwrap().to_owned();
    server.call(&admin, "POST /api/2/hooks", new_hook("echo")).await.expect(201);
    assert_eq!(server.call(&admin, "GET /api/2/hooks", None).await.expect(200).as_array().unwrap().len(), 1);
    assert_eq!(server.call(&admin, "GET /v1/hooks", None).await.expect(200)["items"].as_array().unwrap().len(), 2);
    for (target, body) in [("GET", None), ("DELETE", None), ("PUT", Some(json!({"timeout": 2})))] {
        server.call(&admin, &format!("{target} /api/2/hooks/{id}"), body).await.expect(404);
    }
    server.call(&admin, &format!("GET /api/2/hooks/{id}/logs"), None).await.expect(404);
    let refused = server.call(&admin, "POST /api/2/hooks", theirs).await.expect(422);
    assert_eq!(refused["message"], "instance.type is not one of enum values: pre-authentication,user-migration");
    server.call(&admin, &format!("GET /v1/hooks/{id}"), None).await.expect(200);
}
