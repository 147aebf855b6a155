//! A played Okta on the real server: every type end to end, with Okta's patience, its retries and what it does when its service fails.

mod apps;
mod cli;
mod doors;
mod played;
mod repeats;
mod seeds;
mod servers;
mod terraform;
mod types;

use serde_json::{Value, json};

use crate::harness::{Api, Server, eventually};
pub(crate) use played::{Effect, Okta};

/// What Okta sends by default.
pub(crate) const SECRET: &str = "a secret of the hook";

/// A function that answers what the event says under `data.test`.
pub(crate) const ECHO: &str = "exports.handler = async (request) => request.data.test;";

/// A sample event of a type.
pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/../dialects/src/okta/templates/{name}/event.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same with an id of its own, on which the function of [`ECHO`] answers this.
pub(crate) fn answered(name: &str, id: &str, answer: &Value) -> Value {
    let mut event = sample(name);
    event["eventId"] = id.into();
    event["data"]["test"] = answer.clone();
    event
}

/// Makes a hook in JavaScript with settings; its id.
pub(crate) fn deploy(api: &Api, hook_type: &str, source: &str, more: Value) -> String {
    use base64::Engine as _;
    let function = base64::engine::general_purpose::STANDARD.encode(source);
    let mut hook = json!({
        "type": hook_type, "runtime": "nodejs24.x", "function": function,
        "authentication": {"type": "header", "name": "X-Secret", "secret": SECRET},
    });
    hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = api.post("/v1/hooks", &hook).expect(201)["id"].as_str().unwrap().to_owned();
    settle(api, &id);
    id
}

/// What Okta does with a password that is right.
pub(crate) fn verified() -> Effect {
    Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}})])
}

/// The log of all executions of a hook, as text.
pub(crate) fn logged(server: &Server, id: &str) -> String {
    Value::from(server.admin().executions(id)).to_string()
}

/// Waits until a hook is ready.
pub(crate) fn settle(api: &Api, id: &str) {
    let status = eventually("admission", || {
        let hook = api.get(&format!("/v1/hooks/{id}")).expect(200);
        let status = hook["status"].as_str().unwrap().to_owned();
        (status == "ready" || status.ends_with("-failed")).then(|| format!("{status} {}", hook["status_message"]))
    });
    assert!(status.starts_with("ready"), "{status}");
}

/// A hook of a type, and an Okta that is set up to call it.
pub(crate) fn set_up(server: &Server, hook_type: &str, source: &str) -> (Okta, String) {
    let id = deploy(server.admin(), hook_type, source, json!({}));
    (Okta::new(server.address(), hook_type, &id), id)
}
