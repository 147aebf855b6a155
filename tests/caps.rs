//! How many there may be of what an account is made of, and how long its names: each a setting, and one more is refused.

use serde_json::{Value, json};

use crate::harness::{Api, Hook, Server};

const SETTINGS: &str = r#"
[limits]
env_vars = 1
packages = 2
conditions = 1
allowed_addresses = 2
name_length = 5
account_env_vars = 2
account_hooks = 2
account_credentials = 3
accounts = 2
"#;

fn refused(api: &Api, target: &str, body: &Value) -> String {
    api.post(target, body).error(422, "UnprocessableEntityError")
}

/// What is said where something is full.
fn full(have: usize, what: &str) -> String {
    format!("There are {have} {what} already, and {have} is the most that there may be")
}

#[test]
fn one_more_than_a_setting_allows_is_refused_and_as_many_are_not() {
    let server = Server::with(SETTINGS);
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.create_env("FIRST", "v");
    admin.create_env("SECOND", "v");
    assert_eq!(refused(admin, "/v1/env-vars", &json!({"name": "THIRD", "value": "v"})), full(2, "environment variables"));

    let hook = |changes: Value| {
        let function = b"exports.handler = async () => null;";
        let mut body = Hook::new(function).with("runtime", "nodejs22.x").disabled().json();
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    };
    let condition = json!({"source": "roles", "operator": "~", "value": "12"});
    for (field, too_many, most) in [
        ("env_vars", json!(["FIRST", "SECOND"]), 1),
        ("packages", json!({"a": "1", "b": "1", "c": "1"}), 2),
        ("conditions", json!([condition, condition]), 1),
    ] {
        let says = refused(admin, "/v1/hooks", &hook(json!({field: too_many})));
        assert_eq!(says, format!("instance.{field} does not meet maximum length of {most}"));
    }
    let as_many = json!({"env_vars": ["FIRST"], "packages": {"a": "1", "b": "1"}, "conditions": [condition]});
    admin.post("/v1/hooks", &hook(as_many)).expect(201);
    admin.post("/v1/hooks", &hook(json!({}))).expect(201);
    assert_eq!(refused(admin, "/v1/hooks", &hook(json!({}))), full(2, "hooks"));

    let credential = |name: &str, addresses: usize| {
        let addresses: Vec<String> = (0..addresses).map(|last| format!("192.0.2.{last}")).collect();
        json!({"scopes": ["read"], "name": name, "allowed_addresses": addresses})
    };
    let says = refused(admin, "/v1/credentials", &credential("short", 3));
    assert_eq!(says, "instance.allowed_addresses does not meet maximum length of 2");
    let says = refused(admin, "/v1/credentials", &credential("longer", 0));
    assert_eq!(says, "instance.name does not meet maximum length of 5");
    admin.post("/v1/credentials", &credential("short", 2)).expect(201);
    // Characters count, not bytes.
    admin.post("/v1/credentials", &credential("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", 0)).expect(201);
    assert_eq!(refused(admin, "/v1/credentials", &credential("short", 0)), full(3, "credentials of the account"));

    assert_eq!(refused(admin, "/v1/accounts", &json!({"name": "longer"})), "instance.name does not meet maximum length of 5");
    admin.post("/v1/accounts", &json!({"name": "other"})).expect(201);
    assert_eq!(refused(admin, "/v1/accounts", &json!({})), full(2, "accounts"));
    let renamed = admin.put("/v1/accounts/1", &json!({"name": "longer"}));
    assert_eq!(renamed.error(422, "UnprocessableEntityError"), "instance.name does not meet maximum length of 5");
}
