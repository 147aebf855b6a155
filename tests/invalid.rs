//! Hooks that are refused at once: each rule one row, and nothing of a refused hook is kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::harness::guests::{allowing, echo};
use crate::harness::{Hook, Server, context, count_files};

/// Field, its value, the field that is named, and what is said of it.
fn rules() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let far = json!({"fuel": 100_000_000_001_u64});
    vec![
        ("type", json!("login"), "type", "instance.type is not one of enum values: pre-authentication,user-migration"),
        ("type", json!(5), "type", "instance.type is not of a type(s) string"),
        ("runtime", json!("python3"), "runtime", "instance.runtime is not one of enum values: wasm"),
        ("runtime", json!("nodejs18.x"), "runtime", "instance.runtime does not match the function, which is WebAssembly"),
        ("timeout", json!(0), "timeout", "instance.timeout must be greater than or equal to 1"),
        ("timeout", json!(11), "timeout", "instance.timeout must be less than or equal to 10"),
        ("timeout", json!(1.5), "timeout", "instance.timeout is not of a type(s) integer"),
        ("timeout", json!("1"), "timeout", "instance.timeout is not of a type(s) integer"),
        ("disabled", json!("no"), "disabled", "instance.disabled is not of a type(s) boolean"),
        ("on_error", json!("maybe"), "on_error", "instance.on_error is not one of enum values: allow,deny"),
        ("limits", json!([]), "limits", "instance.limits is not of a type(s) object"),
        ("limits", json!({"fuel": 9_999}), "limits.fuel", "instance.limits.fuel must be greater than or equal to 10000"),
        ("limits", far, "limits.fuel", "instance.limits.fuel must be less than or equal to 100000000000"),
        ("limits", json!({"memory_mib": 0}), "limits.memory_mib", "instance.limits.memory_mib must be greater than or equal to 1"),
        ("limits", json!({"memory_mib": 129}), "limits.memory_mib", "instance.limits.memory_mib must be less than or equal to 128"),
        ("limits", json!({"cpu": 1}), "limits.cpu", "instance.limits is not allowed to have the additional property \"cpu\""),
        ("options", json!({"risk_enabled": 1}), "options.risk_enabled", "instance.options.risk_enabled is not of a type(s) boolean"),
        ("options", json!({"all": true}), "options.all", "instance.options is not allowed to have the additional property \"all\""),
        ("retries", json!(5), "retries", "instance.retries must be less than or equal to 4"),
        ("packages", json!({"axios": "0.21.1"}), "packages", "instance.packages is for JavaScript"),
        ("packages", json!([]), "packages", "instance.packages is not of a type(s) object"),
        ("conditions", json!([{"source": "roles"}]), "conditions[0].operator", "instance.conditions[0] requires property \"operator\""),
        ("conditions", json!({}), "conditions", "instance.conditions is not of a type(s) array"),
        ("context_version", json!("1.2.0"), "context_version", "instance.context_version matches no context version"),
        ("env_vars", json!(["ABSENT"]), "env_vars[0]", "which does not exist"),
        ("env_vars", json!(["not a name"]), "env_vars[0]", "does not match pattern"),
        ("function", json!("***"), "function", "instance.function is not base64 encoded"),
        ("function", json!("AGFzbQEAAAA"), "function", "instance.function is not base64 encoded"),
        ("function", json!(STANDARD.encode("#!/bin/sh\n")), "function", "does not begin with its magic bytes and version"),
        ("function", json!(STANDARD.encode(b"\0asm\x02\0\0\0")), "function", "does not begin with its magic bytes and version"),
        ("function", json!(STANDARD.encode("exports.handler = 1")), "function", "does not begin with its magic bytes"),
        ("function", json!(""), "function", "does not begin with its magic bytes and version"),
        ("function", json!(7), "function", "instance.function is not of a type(s) string"),
        ("functoin", json!("x"), "functoin", "instance is not allowed to have the additional property \"functoin\""),
    ]
}

#[test]
fn each_rule_names_its_field_and_nothing_is_kept() {
    let server = Server::start();
    let admin = server.admin();
    for (field, value, named, says) in rules() {
        let reply = admin.post("/api/2/hooks", &Hook::wat(&echo()).with(field, value.clone()).json());
        let message = reply.error(422, "UnprocessableEntityError");
        assert!(message.contains(says), "{field} = {value}: {message}");
        assert_eq!(reply.value()["field"], named, "{field} = {value}");
    }
    for field in ["type", "runtime", "function"] {
        let reply = admin.post("/api/2/hooks", &Hook::wat(&echo()).without(field).json());
        assert_eq!(reply.error(422, "UnprocessableEntityError"), format!("instance requires property \"{field}\""));
    }
    assert_eq!(admin.get("/api/2/hooks").expect(200), json!([]));
    assert_eq!(count_files(&server.data().join("blobs")), 0);
}

#[test]
fn a_bad_update_changes_nothing() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(4)));
    let before = admin.get(&format!("/api/2/hooks/{id}")).expect(200);
    for (field, value, named, says) in rules() {
        let body = Value::Object(Map::from_iter([(field.to_owned(), value.clone()), ("disabled".to_owned(), json!(true))]));
        let body = if field == "disabled" { json!({"disabled": "no"}) } else { body };
        let reply = admin.put(&format!("/api/2/hooks/{id}"), &body);
        let message = reply.error(422, "UnprocessableEntityError");
        assert!(message.contains(says), "{body}: {message}");
        assert_eq!(reply.value()["field"], named, "{body}");
    }
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}")).expect(200), before);
    assert_eq!(admin.trigger(&context(1))["result"], json!({"user": {"policy_id": 4}}));
}

#[test]
fn options_are_those_of_the_type() {
    let server = Server::start();
    let admin = server.admin();
    let hook = Hook::wat(&echo()).with("type", "user-migration");
    let reply = admin.post("/api/2/hooks", &hook.clone().with("options", json!({"risk_enabled": true})).json());
    assert!(reply.error(422, "UnprocessableEntityError").contains("no properties for a 'user-migration' hook"));
    assert_eq!(admin.create_hook(&hook.with("options", json!({})))["options"], json!({}));
}

#[test]
fn bodies_that_are_no_objects_are_refused() {
    let server = Server::start();
    let admin = server.admin();
    let post = |body: &[u8]| admin.request("POST", "/api/2/hooks").body(body).send();
    for body in [&b""[..], b"{", b"type=pre-authentication", b"{\"type\":\"\xff\"}"] {
        post(body).error(400, "BadRequestError");
    }
    for body in [&b"[]"[..], b"null", br#"{"timeout":1,"timeout":2}"#, br#"{"limits":{"fuel":10000,"fuel":20000}}"#] {
        post(body).error(422, "UnprocessableEntityError");
    }
}

#[test]
fn what_is_at_its_default_is_taken() {
    let server = Server::start();
    let admin = server.admin();
    let hook = Hook::wat(&echo())
        .with("retries", 0)
        .with("packages", json!({}))
        .with("conditions", json!([]))
        .with("context_version", Value::Null)
        .with("options", json!({"mfa_device_info_enabled": false}))
        .with("limits", json!({"fuel": 10_000_000, "memory_mib": 16}));
    let id = admin.deploy(&hook);
    assert_eq!(admin.trigger(&context(6))["result"], context(6));
    assert_eq!(admin.update_hook(&id, &json!({"limits": {"fuel": 10_000, "memory_mib": 1}}))["limits"]["fuel"], 10_000);
}

/// A function of exactly this many bytes.
fn function_of(bytes: usize) -> Vec<u8> {
    let mut function = wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "_start")))"#).unwrap();
    // A custom section: its id, its length in five bytes, an empty name, and as much as is still wanted.
    let length = bytes - function.len() - 6;
    function.push(0);
    function.extend((0..5).map(|at| u8::try_from((length >> (7 * at)) & 127).unwrap() | if at < 4 { 128 } else { 0 }));
    function.resize(bytes, 0);
    function
}

#[test]
fn a_function_is_not_too_large() {
    let server = Server::start();
    let admin = server.admin();
    let most = 8 << 20;
    let reply = admin.post("/api/2/hooks", &Hook::new(&function_of(most + 1)).json());
    assert_eq!(reply.error(422, "UnprocessableEntityError"), "instance.function does not meet maximum length of 8388608 bytes, decoded");
    let huge = format!("{{\"function\":\"{}\"}}", "A".repeat(24 << 20));
    assert!(admin.request("POST", "/api/2/hooks").body(huge).send().error(413, "PayloadTooLargeError").contains("must not be longer than"));
    let largest = function_of(most);
    let id = admin.deploy(&Hook::new(&largest));
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["function_bytes"], most);
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}")).expect(200)["function"], STANDARD.encode(&largest));
}

#[test]
fn an_upload_may_be_no_longer_than_the_setting_says() {
    let server = Server::with("limits.function_bytes = 1024");
    let admin = server.admin();
    let reply = admin.post("/api/2/hooks", &Hook::new(&function_of(1025)).json());
    assert_eq!(reply.error(422, "UnprocessableEntityError"), "instance.function does not meet maximum length of 1024 bytes, decoded");
    admin.deploy(&Hook::new(&function_of(1024)));
}
