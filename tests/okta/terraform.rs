//! The requests of the Terraform provider's `okta_inline_hook`, and what it reads of the answers: whatever differs from what was planned would be
//! a change that it proposes for ever.

use serde_json::{Value, json};

use super::settle;
use crate::harness::{ADMIN_ID, ADMIN_SECRET, Reply, Request, Server};

struct Provider<'a>(&'a Server);

impl Provider<'_> {
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let request = Request::new(self.0.address(), method, &format!("/api/v1/inlineHooks{path}"))
            .header("authorization", &format!("SSWS {ADMIN_ID}:{ADMIN_SECRET}"))
            .header("accept", "application/json")
            .header("user-agent", "okta-sdk-golang/2.0.0 golang/go1.21 linux/amd64 okta-terraform/4.6.1");
        match body {
            Some(body) => request.json(body).send(),
            None => request.send(),
        }
    }
}

/// A resource as the provider writes it; the secret is in every body.
fn resource(name: &str, status: &str, uri: &str) -> Value {
    json!({
        "channel": {
            "config": {
                "authScheme": {"key": "Authorization", "type": "HEADER", "value": "a secret of Terraform"},
                "headers": [{"key": "field1", "value": "value1"}],
                "method": "POST",
                "uri": uri,
            },
            "type": "HTTP",
            "version": "1.0.0",
        },
        "name": name, "status": status, "type": "com.okta.user.pre-registration", "version": "1.0.0",
    })
}

/// What the provider compares of an answer with what was planned.
fn read(hook: &Value) -> Value {
    let (channel, config) = (&hook["channel"], &hook["channel"]["config"]);
    json!({
        "name": hook["name"], "status": hook["status"], "type": hook["type"], "version": hook["version"],
        "channel": {"type": channel["type"], "version": channel["version"], "uri": config["uri"], "method": config["method"]},
        "headers": config["headers"],
        "auth": {"key": config["authScheme"]["key"], "type": config["authScheme"]["type"]},
    })
}

#[test]
fn a_resource_is_made_read_changed_and_destroyed() {
    let server = Server::start();
    let provider = Provider(&server);
    let planned = resource("first", "ACTIVE", "https://example.com/test1");
    let made = provider.send("POST", "", Some(&planned)).expect(200);
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["status"], "ACTIVE");
    let get = || provider.send("GET", &format!("/{id}"), None).expect(200);
    assert_eq!(read(&get()), read(&planned), "nothing is left to change");
    assert!(!get().to_string().contains("a secret of"));

    settle(server.admin(), &id);
    let planned = resource("second", "INACTIVE", "https://example.com/test2");
    let changed = provider.send("PUT", &format!("/{id}"), Some(&planned)).expect(200);
    assert_eq!(changed["status"], "ACTIVE", "the status has operations of its own");
    provider.send("POST", &format!("/{id}/lifecycle/deactivate"), None).expect(200);
    assert_eq!(read(&get()), read(&planned));

    provider.send("POST", &format!("/{id}/lifecycle/deactivate"), None).expect(200);
    assert_eq!(provider.send("DELETE", &format!("/{id}"), None).status, 204);
    let gone = provider.send("GET", &format!("/{id}"), None).expect(404);
    assert_eq!(gone["errorCode"], "E0000007", "the provider takes this for a resource that is gone");
}

/// An object as the provider's SDK for Go writes it again: what is empty is left out.
fn rewritten(value: &Value) -> Value {
    let is_empty = |value: &Value| matches!(value, Value::Null) || value == "" || value.as_array().is_some_and(Vec::is_empty);
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), rewritten(value))).filter(|(_, value)| !is_empty(value)).collect()
        }
        Value::Array(items) => items.iter().map(rewritten).collect(),
        other => other.clone(),
    }
}

/// A channel as the provider keeps it: with the secrets of what was planned, which no answer has.
fn with_secrets(mut channel: Value, planned: &Value) -> Value {
    for pointer in ["/config/clientSecret", "/config/authScheme/value"] {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        if let Some(secret) = planned.pointer(pointer) {
            channel.pointer_mut(parent).unwrap()[key] = secret.clone();
        }
    }
    channel
}

#[test]
fn a_channel_of_json_reads_back_as_it_was_planned() {
    let server = Server::start();
    let provider = Provider(&server);
    let header = json!({"version": "1.0.0", "type": "HTTP", "config": {
        "method": "POST", "uri": "https://example.com/service", "headers": [{"key": "custom_key", "value": "custom_val"}],
        "authScheme": {"type": "HEADER", "key": "authorization", "value": "some_secret"},
    }});
    let oauth = |token_url: &str| {
        json!({"type": "OAUTH", "version": "1.0.0", "config": {
            "headers": [{"key": "Field 1", "value": "Value 1"}, {"key": "Field 2", "value": "Value 2"}], "method": "POST",
            "authType": "client_secret_post", "uri": "https://example.com/service", "clientId": "abc123", "clientSecret": "def456",
            "tokenUrl": token_url, "scope": "api",
        }})
    };
    let open = json!({"version": "1.0.0", "type": "HTTP", "config": {"method": "POST", "uri": "https://example.com/test"}});
    for (hook_type, version, channel) in [
        ("com.okta.oauth2.tokens.transform", "1.0.0", header.clone()),
        ("com.okta.telephony.provider", "1.0.0", header),
        ("com.okta.saml.tokens.transform", "1.0.2", oauth("https://example.com/token")),
        ("com.okta.import.transform", "1.0.0", oauth("https://acme.okta.example/oauth2/default/v1/token")),
        ("com.okta.user.credential.password.import", "1.0.1", open),
    ] {
        let planned = json!({"name": "one", "status": "ACTIVE", "type": hook_type, "version": version, "channel": channel});
        let made = provider.send("POST", "", Some(&planned)).expect(200);
        let found = provider.send("GET", &format!("/{}", made["id"].as_str().unwrap()), None).expect(200);
        for key in ["name", "status", "type", "version"] {
            assert_eq!(found[key], planned[key], "{hook_type}");
        }
        assert_eq!(with_secrets(rewritten(&found["channel"]), &channel), channel, "{hook_type}");
        assert!(!found.to_string().contains("some_secret") && !found.to_string().contains("def456"), "{found}");
    }
}
