//! What a client is told of a body that is wrong, in OneLogin's words; and what a strict account refuses besides.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::Server;

/// Everything that the documentation calls required, in what it allows today.
fn hook() -> Value {
    json!({
        "type": "pre-authentication", "disabled": true, "timeout": 1, "env_vars": [], "runtime": "nodejs22.x", "retries": 0,
        "packages": {}, "function": STANDARD.encode("exports.handler = async (context) => context;"),
    })
}

/// The hook with one field of another value, or without it.
fn with(field: &str, value: Option<Value>) -> Value {
    let mut body = hook();
    match value {
        Some(value) => body[field] = value,
        None => drop(body.as_object_mut().unwrap().remove(field)),
    }
    body
}

/// What every account refuses.
fn wrong() -> Vec<(&'static str, Option<Value>, &'static str)> {
    vec![
        ("type", None, r#"instance requires property "type""#),
        ("runtime", None, r#"instance requires property "runtime""#),
        ("function", None, r#"instance requires property "function""#),
        ("type", Some(json!("pre-user-create")), "instance.type is not one of enum values: pre-authentication,user-migration"),
        ("type", Some(json!(1)), "instance.type is not of a type(s) string"),
        ("timeout", Some(json!("1")), "instance.timeout is not of a type(s) integer"),
        ("timeout", Some(json!(1.5)), "instance.timeout is not of a type(s) integer"),
        ("timeout", Some(json!(0)), "instance.timeout must be greater than or equal to 1"),
        ("timeout", Some(json!(11)), "instance.timeout must be less than or equal to 10"),
        ("retries", Some(json!(5)), "instance.retries must be less than or equal to 4"),
        ("retries", Some(json!(-1)), "instance.retries must be greater than or equal to 0"),
        ("disabled", Some(json!("true")), "instance.disabled is not of a type(s) boolean"),
        ("packages", Some(json!([])), "instance.packages is not of a type(s) object"),
        ("env_vars", Some(json!("API_KEY")), "instance.env_vars is not of a type(s) array"),
        ("options", Some(json!(true)), "instance.options is not of a type(s) object"),
        ("options", Some(json!({"risk_enabled": 1})), "instance.options.risk_enabled is not of a type(s) boolean"),
        ("conditions", Some(json!({})), "instance.conditions is not of a type(s) array"),
    ]
}

/// What a strict account refuses besides.
fn unlike_the_documentation() -> Vec<(&'static str, Option<Value>, &'static str)> {
    vec![
        ("disabled", None, r#"instance requires property "disabled""#),
        ("timeout", None, r#"instance requires property "timeout""#),
        ("env_vars", None, r#"instance requires property "env_vars""#),
        ("retries", None, r#"instance requires property "retries""#),
        ("packages", None, r#"instance requires property "packages""#),
        ("timeout", Some(json!(2)), "instance.timeout must be less than or equal to 1"),
        ("env_vars", Some(json!([{"name": "API_KEY"}])), "instance.env_vars[0] is not of a type(s) string"),
    ]
}

#[test]
fn a_wrong_field_is_refused_in_the_service_s_words() {
    let server = Server::start();
    let admin = server.admin();
    for strict in [false, true] {
        admin.put("/v1/accounts/1", &json!({"strict": strict})).expect(200);
        for (field, value, says) in wrong() {
            // The most seconds that a strict account gives are fewer.
            if strict && value == Some(json!(11)) {
                continue;
            }
            let reply = admin.post("/api/2/hooks", &with(field, value));
            assert_eq!(reply.error(422, "UnprocessableEntityError"), says, "strict: {strict}");
        }
    }
    assert_eq!(admin.get("/api/2/hooks").expect(200), json!([]), "nothing is stored of what is refused");
}

#[test]
fn a_strict_account_goes_by_the_documentation() {
    let server = Server::start();
    let admin = server.admin();
    admin.put("/v1/accounts/1", &json!({"strict": true})).expect(200);
    for (field, value, says) in unlike_the_documentation() {
        let reply = admin.post("/api/2/hooks", &with(field, value));
        assert_eq!(reply.error(422, "UnprocessableEntityError"), says);
    }
    for (field, value) in [
        ("runtime", json!("nodejs18.x")),
        ("runtime", json!("nodejs12.x")),
        ("function", json!("exports.handler = async (context) => context;")),
        ("env_vars", Value::Null),
        ("packages", Value::Null),
    ] {
        let reply = admin.post("/api/2/hooks", &with(field, Some(value.clone())));
        assert_eq!(reply.status, 422, "{field}: {value}");
        assert!(reply.error(422, "UnprocessableEntityError").starts_with(&format!("instance.{field} ")), "{}", reply.text());
    }
    let made = admin.post("/api/2/hooks", &hook()).expect(201);
    // An update replaces, so it must be whole.
    let path = format!("/api/2/hooks/{}", made["id"].as_str().unwrap());
    let says = admin.put(&path, &json!({"disabled": true})).error(422, "UnprocessableEntityError");
    assert!(says.starts_with("instance requires property "), "{says}");
    assert_eq!(admin.put(&path, &hook()).expect(200)["id"], made["id"]);
}

#[test]
fn runtimes_of_all_years_are_kept_as_they_are() {
    let server = Server::start();
    let admin = server.admin();
    for year in [12, 14, 16, 18, 20, 22, 24] {
        let name = format!("nodejs{year}.x");
        let made = admin.post("/api/2/hooks", &with("runtime", Some(json!(name)))).expect(201);
        let path = format!("/api/2/hooks/{}", made["id"].as_str().unwrap());
        assert_eq!((&made["runtime"], &admin.get(&path).expect(200)["runtime"]), (&json!(name), &json!(name)));
        assert_eq!(admin.delete(&path).status, 202);
    }
    let says = admin.post("/api/2/hooks", &with("runtime", Some(json!("nodejs10.x")))).error(422, "UnprocessableEntityError");
    assert!(says.starts_with("instance.runtime is not one of enum values: "), "{says}");
}

#[test]
fn an_env_var_is_refused_in_the_service_s_words() {
    let server = Server::start();
    let admin = server.admin();
    let long = "v".repeat(5001);
    for (body, says) in [
        (json!({"value": "v"}), r#"instance requires property "name""#),
        (json!({"name": "KEY"}), r#"instance requires property "value""#),
        (json!({"name": "1KEY", "value": "v"}), r#"instance.name does not match pattern "^[a-zA-Z_][a-zA-Z0-9_]*$""#),
        (json!({"name": "K", "value": "v"}), "instance.name does not meet minimum length of 2"),
        (json!({"name": "K".repeat(101), "value": "v"}), "instance.name does not meet maximum length of 100"),
        (json!({"name": "KEY", "value": ""}), "instance.value does not meet minimum length of 1"),
        (json!({"name": "KEY", "value": long}), "instance.value does not meet maximum length of 5000"),
        (json!({"name": "KEY", "value": 1}), "instance.value is not of a type(s) string"),
    ] {
        assert_eq!(admin.post("/api/2/hooks/envs", &body).error(422, "UnprocessableEntityError"), says);
    }
}
