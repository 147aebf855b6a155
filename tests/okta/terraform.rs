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
