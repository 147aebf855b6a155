//! A caller with a token: the routes as functions. Each checks the status that it must have; who expects another asks for the reply.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Hook, Reply, Request, eventually};

/// One token at one server. Can be given to other threads.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    address: SocketAddr,
    pub(crate) token: String,
}

impl Api {
    /// Shows a client id and secret.
    pub(crate) fn login(address: SocketAddr, id: &str, secret: &str) -> Self {
        let request = Request::new(address, "POST", "/auth/oauth2/v2/token");
        let basic = STANDARD.encode(format!("{id}:{secret}"));
        let reply = request.header("authorization", &format!("Basic {basic}")).json(&json!({"grant_type": "client_credentials"})).send();
        let token = reply.expect(200)["access_token"].as_str().expect("a token").to_owned();
        Self { address, token }
    }

    /// The same token, shown to the server at another address.
    pub(crate) fn moved_to(&self, address: SocketAddr) -> Self {
        Self { address, token: self.token.clone() }
    }

    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target).header("authorization", &format!("Bearer {}", self.token))
    }

    pub(crate) fn get(&self, target: &str) -> Reply {
        self.request("GET", target).send()
    }

    pub(crate) fn post(&self, target: &str, body: &Value) -> Reply {
        self.request("POST", target).json(body).send()
    }

    pub(crate) fn put(&self, target: &str, body: &Value) -> Reply {
        self.request("PUT", target).json(body).send()
    }

    pub(crate) fn delete(&self, target: &str) -> Reply {
        self.request("DELETE", target).send()
    }

    /// A new credential's caller. With `operate` only.
    pub(crate) fn credential(&self, account: u64, scopes: &[&str]) -> Self {
        let made = self.post("/v1/credentials", &json!({"account_id": account, "scopes": scopes})).expect(201);
        Self::login(self.address, made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap())
    }

    /// A new account and a caller that manages it.
    pub(crate) fn account(&self, settings: &Value) -> (u64, Self) {
        let id = self.post("/v1/accounts", settings).expect(201)["id"].as_u64().unwrap();
        (id, self.credential(id, &["manage"]))
    }

    /// Lets account 1 have many hooks of a type.
    pub(crate) fn allow_many_hooks(&self) {
        self.put("/v1/accounts/1", &json!({"hooks_per_type": 100})).expect(200);
    }

    pub(crate) fn create_hook(&self, hook: &Hook) -> Value {
        self.post("/api/2/hooks", &hook.json()).expect(201)
    }

    /// Makes a hook and waits for admission; the hook as it then is.
    pub(crate) fn admit(&self, hook: &Hook) -> Value {
        let made = self.create_hook(hook);
        assert_eq!(made["status"], "create-queued");
        self.settled(made["id"].as_str().unwrap())
    }

    /// Makes a hook that must become ready; its id.
    pub(crate) fn deploy(&self, hook: &Hook) -> String {
        let hook = self.admit(hook);
        assert_eq!(hook["status"], "ready", "{}", hook["status_message"]);
        hook["id"].as_str().unwrap().to_owned()
    }

    /// Changes a hook and waits for admission.
    pub(crate) fn update_hook(&self, id: &str, change: &Value) -> Value {
        self.put(&format!("/api/2/hooks/{id}"), change).expect(200);
        self.settled(id)
    }

    /// The hook, once admission has decided about it.
    pub(crate) fn settled(&self, id: &str) -> Value {
        eventually("admission", || {
            let hook = self.get(&format!("/api/2/hooks/{id}")).expect(200);
            let status = hook["status"].as_str().unwrap();
            (status == "ready" || status.ends_with("-failed")).then_some(hook)
        })
    }

    pub(crate) fn create_env(&self, name: &str, value: &str) -> String {
        let made = self.post("/api/2/hooks/envs", &json!({"name": name, "value": value})).expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn trigger_request(&self, hook_type: &str, context: &Value) -> Request {
        self.request("POST", &format!("/v1/triggers/{hook_type}")).json(context)
    }

    /// A pre-authentication event; the answer.
    pub(crate) fn trigger(&self, context: &Value) -> Value {
        self.trigger_request("pre-authentication", context).send().expect(200)
    }

    pub(crate) fn fire_request(&self, id: &str, context: &Value) -> Request {
        self.request("POST", &format!("/v1/hooks/{id}/fire")).json(&json!({"context": context}))
    }

    pub(crate) fn fire(&self, id: &str, context: &Value) -> Value {
        self.fire_request(id, context).send().expect(200)
    }

    /// The log as OneLogin's clients see it.
    pub(crate) fn logs(&self, id: &str) -> Vec<Value> {
        self.get(&format!("/api/2/hooks/{id}/logs")).expect(200).as_array().unwrap().clone()
    }

    /// The executions, newest first.
    pub(crate) fn executions(&self, id: &str) -> Vec<Value> {
        self.get(&format!("/v1/hooks/{id}/executions")).expect(200)["items"].as_array().unwrap().clone()
    }
}
