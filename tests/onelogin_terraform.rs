//! The Terraform providers, by the requests that they make: OneLogin's own, on version 4 of the Go SDK, which sends `null` for what it
//! does not know and reads a 204 as a failed delete; and the generic REST provider that OneLogin's samples use.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Recorded, Reply, Secrets, Server, context};

const SOURCE: &str = "exports.handler = async (context) => ({success: 1 < 2 && true, user: {policy_id: 42}});";

/// The provider: one token for a run.
fn provider(server: &Server) -> Recorded {
    let headers = [("user-agent", "Go-http-client/1.1"), ("accept-encoding", "gzip"), ("accept", "application/json")];
    Recorded::admin(server, Secrets::Basic, &headers).keeping_its_token()
}

/// The body of a resource with `env_vars = ["API_KEY"]`, `packages = {}`, `disabled = false`, `retries = 0` and plain source. Go writes
/// `<`, `>` and `&` as escapes.
fn resource(id: Option<&str>, timeout: u8) -> String {
    let function = json!(SOURCE).to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let id = id.map(|id| format!("\"id\":\"{id}\",")).unwrap_or_default();
    format!(
        r#"{{{id}"type":"pre-authentication","timeout":{timeout},"env_vars":null,"runtime":"nodejs18.x","options":{{"risk_enabled":false,"mfa_device_info_enabled":false,"location_enabled":false}},"packages":null,"function":{function}}}"#
    )
}

fn send(client: &Recorded, method: &str, target: &str, body: String) -> Reply {
    client.request(method, target).header("content-type", "application/json").body(body).send()
}

#[test]
fn a_resource_is_made_read_changed_and_destroyed() {
    let server = Server::start();
    let provider = provider(&server);
    let made = send(&provider, "POST", "/api/2/hooks", resource(None, 2)).expect(201);
    let id = made["id"].as_str().expect("the provider takes no other id than a text");
    let path = format!("/api/2/hooks/{id}");
    let read = provider.get(&path).expect(200);
    // What was null or left out has its default, and what was not base64 is.
    let defaults =
        [("disabled", json!(false)), ("retries", json!(0)), ("env_vars", json!([])), ("packages", json!({})), ("timeout", json!(2))];
    for (field, value) in defaults {
        assert_eq!(read[field], value, "{field}");
    }
    assert_eq!(read["function"], json!(STANDARD.encode(SOURCE)));
    // An update says the same again, with the id in the body.
    let updated = send(&provider, "PUT", &path, resource(Some(id), 3)).expect(200);
    assert_eq!((&updated["id"], &updated["timeout"], &updated["disabled"]), (&json!(id), &json!(3), &json!(false)));
    assert_eq!(updated["function"], json!(STANDARD.encode(SOURCE)));
    let gone = provider.delete(&path);
    assert_eq!((gone.status, gone.body.len(), gone.header("content-type")), (202, 0, None));
    let body = provider.get(&path).expect(404);
    assert_eq!(body["statusCode"], 404, "which it takes for destroyed");
}

#[test]
fn plain_source_runs() {
    let server = Server::start();
    let made = send(&provider(&server), "POST", "/api/2/hooks", resource(None, 10)).expect(201);
    let hook = server.admin().settled(made["id"].as_str().unwrap());
    assert_eq!(hook["status"], "ready", "{}", hook["status_message"]);
    let answer = server.admin().trigger(&context(7));
    assert_eq!((&answer["outcome"], &answer["result"]["user"]["policy_id"]), (&json!("completed"), &json!(42)), "{answer}");
}

#[test]
fn an_env_var_s_value_is_not_read_back() {
    let server = Server::start();
    let provider = provider(&server);
    let made = provider.post("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "secret"})).expect(201);
    let path = format!("/api/2/hooks/envs/{}", made["id"].as_str().unwrap());
    let updated = provider.put(&path, &json!({"value": "another"})).expect(200);
    // Any value but null would be kept in the state, and differ from the configuration for ever.
    for answer in [made, updated, provider.get(&path).expect(200), provider.get("/api/2/hooks/envs").expect(200)[0].clone()] {
        assert!(answer.get("value").is_none_or(Value::is_null), "{answer}");
        assert_eq!(answer["name"], "API_KEY");
    }
    let refused = provider.put(&path, &json!({"id": "x", "value": "another"}));
    let says = refused.error(422, "UnprocessableEntityError");
    assert_eq!(says, "instance is not allowed to have the additional property \"id\"");
    assert_eq!(provider.delete(&path).status, 204);
}

#[test]
fn a_second_hook_of_a_type_is_refused_in_the_words_that_are_looked_for() {
    let server = Server::start();
    let provider = provider(&server);
    send(&provider, "POST", "/api/2/hooks", resource(None, 1)).expect(201);
    let says = send(&provider, "POST", "/api/2/hooks", resource(None, 1)).error(409, "ConflictError");
    assert_eq!(says, "The 'pre-authentication' hook is synchronous and can only have one defined function");
}

#[test]
fn env_vars_may_be_linked_by_objects() {
    let server = Server::start();
    let provider = provider(&server);
    let env = provider.make("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "secret"}));
    // The SDK without the provider.
    let mut body: Value = serde_json::from_str(&resource(None, 1)).unwrap();
    body["env_vars"] = json!([{"name": "API_KEY"}]);
    let made = provider.post("/api/2/hooks", &body).expect(201);
    assert_eq!((&made["env_vars"][0]["id"], &made["env_vars"][0]["name"]), (&json!(env), &json!("API_KEY")), "{made}");
}

/// The generic provider: a form for the token, and every object read at its path with its id.
fn generic(server: &Server) -> Recorded {
    // Go encodes id and secret as in a form before it makes `Basic` of them, which is the same for a secret that the server made.
    let made = server.admin().post("/v1/credentials", &json!({"account_id": 1, "scopes": ["manage"]})).expect(201);
    let credential = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let headers = [("user-agent", "Go-http-client/1.1"), ("accept-encoding", "gzip")];
    Recorded::new(server.address(), credential, Secrets::BasicForm, &headers).keeping_its_token()
}

#[test]
fn the_generic_provider_finds_what_it_made() {
    let server = Server::start();
    let generic = generic(&server);
    let hook = json!({
        "type": "pre-authentication", "disabled": true, "timeout": 1, "env_vars": ["LIMIT"], "runtime": "nodejs18.x", "retries": 0,
        "context_version": "1.1.0", "packages": {}, "function": STANDARD.encode(SOURCE),
        "options": {"location_enabled": true, "risk_enabled": true, "mfa_device_info_enabled": true},
        "conditions": [{"source": "roles", "operator": "!~", "value": "654321"}],
    });
    let things =
        [("/api/2/hooks/envs", json!({"name": "LIMIT", "value": "3"}), json!({"value": "4"})), ("/api/2/hooks", hook.clone(), hook)];
    let made: Vec<_> = things.iter().map(|(path, body, _)| format!("{path}/{}", generic.make(path, body))).collect();
    for (path, (_, _, change)) in made.iter().zip(&things) {
        let read = generic.get(path).expect(200);
        assert_eq!(generic.put(path, change).expect(200)["id"], read["id"]);
    }
    let read = generic.get(&made[1]).expect(200);
    for field in ["options", "conditions", "context_version"] {
        assert_eq!(read[field], things[1].1[field], "{field}");
    }
    for (path, status) in made.iter().rev().zip([202, 204]) {
        assert_eq!(generic.delete(path).status, status, "{path}");
    }
}
