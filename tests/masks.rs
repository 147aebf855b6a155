//! Secret values that a hook prints: hidden in log lines, errors and status messages, however they are spelled.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::harness::guests::{component, printing, telling_its_env};
use crate::harness::{Api, Hook, Server, context};

const VALUE: &str = "p\"ss wörd/+&\\1";
const ALLOW: &[u8] = br#"{"user":{"policy_id":1}}"#;

fn url(value: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// The ways in which a value is written down.
fn spellings() -> Vec<(&'static str, String)> {
    let quoted = serde_json::to_string(VALUE).unwrap();
    vec![
        ("raw", VALUE.to_owned()),
        ("JSON", quoted[1..quoted.len() - 1].to_owned()),
        ("base64", STANDARD.encode(VALUE)),
        ("base64 for URLs", URL_SAFE_NO_PAD.encode(VALUE)),
        ("URL", url(VALUE)),
        ("form", url(VALUE).replace("%20", "+")),
    ]
}

/// Runs a hook that prints the text, with the secret linked; the messages in its log.
fn printed(api: &Api, text: &str) -> Vec<String> {
    let hook = Hook::wat(&printing(text.as_bytes(), ALLOW)).with("env_vars", json!(["API_KEY"])).disabled();
    let id = api.deploy(&hook);
    api.fire(&id, &context(1));
    let entry = api.logs(&id).remove(0);
    entry["events"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().splitn(4, '\t').nth(3).unwrap().to_owned()).collect()
}

fn server() -> Server {
    let server = Server::start();
    server.admin().allow_many_hooks();
    server.admin().create_env("API_KEY", VALUE);
    server
}

#[test]
fn a_value_is_hidden_however_it_is_spelled() {
    let server = server();
    for (name, spelling) in spellings() {
        assert_eq!(printed(server.admin(), &format!("key=<{spelling}> end\n")), ["key=<***> end"], "{name}");
    }
    // Base64 of a longer text has the value at another place within its groups of three.
    for before in ["u:", "us:", "use:"] {
        let text = STANDARD.encode(format!("{before}{VALUE}"));
        let shown = printed(server.admin(), &format!("Basic {text}\n")).remove(0);
        assert!(shown.contains("***") && shown.len() < 20, "{before}: {shown}");
    }
}

#[test]
fn a_value_is_hidden_across_writes_and_in_an_error() {
    let server = server();
    let admin = server.admin();
    let message = format!("cannot log in with {VALUE}");
    let body = "(call $log (i32.const 2) (i32.const 4096) (i32.const 34))";
    assert_eq!(message.len(), 34);
    let guest = component(body, message.as_bytes(), Err(message.as_bytes()));
    let id = admin.deploy(&Hook::wat(&guest).with("env_vars", json!(["API_KEY"])));
    let answer = admin.trigger(&context(1));
    assert_eq!(answer["error"], json!({"kind": "exit", "message": "cannot log in with ***"}));
    let entry = &admin.executions(&id)[0];
    assert_eq!(entry["error"], answer["error"]);
    let events = entry["events"].as_array().unwrap();
    assert!(events[0].as_str().unwrap().ends_with("\tINFO\tcannot log in with ***"), "{events:?}");
    assert!(events[1].as_str().unwrap().ends_with("\tERROR\texit: cannot log in with ***"), "{events:?}");
    let id = admin.deploy(&Hook::wat(&telling_its_env()).with("env_vars", json!(["API_KEY"])).disabled());
    admin.fire(&id, &context(1));
    assert!(admin.logs(&id)[0]["events"][0].as_str().unwrap().ends_with("\tAPI_KEY=***\\x00"));
    assert!(!server.log().contains("ss wörd"));
}

#[test]
fn a_value_of_several_lines_is_hidden_before_they_are_split() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.create_env("API_KEY", "-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----\n");
    let shown = printed(admin, "a\n-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----\nb\n");
    assert_eq!(shown, ["a", "***b"]);
}

#[test]
fn a_value_is_hidden_where_the_log_is_cut() {
    let server = Server::with("limits.log_bytes = 1024");
    let admin = server.admin();
    admin.allow_many_hooks();
    let value = "0123456789abcdefghij".repeat(3);
    admin.create_env("API_KEY", &value);
    for filler in (880..960).step_by(5) {
        let hook = Hook::wat(&printing(format!("{}{value}", "x".repeat(filler)).as_bytes(), ALLOW)).with("env_vars", json!(["API_KEY"]));
        let id = admin.deploy(&hook);
        admin.fire(&id, &context(1));
        let events = admin.logs(&id)[0]["events"].to_string();
        assert!(!events.contains("0123456"), "{filler}: {events}");
        admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    }
}

#[test]
fn a_short_value_is_no_secret_and_a_foreign_one_none_of_ours() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.create_env("API_KEY", "123");
    admin.create_env("OTHER", "of no concern");
    assert_eq!(printed(admin, "123 of no concern\n"), ["123 of no concern"]);
}

#[test]
fn a_new_value_is_hidden_at_once() {
    let server = Server::start();
    let admin = server.admin();
    let env = admin.create_env("API_KEY", "the first value");
    let text = b"the first value, the second value\n";
    let id = admin.deploy(&Hook::wat(&printing(text, ALLOW)).with("env_vars", json!(["API_KEY"])));
    let shown = || {
        admin.trigger(&context(1));
        admin.logs(&id)[0]["events"][0].as_str().unwrap().rsplit('\t').next().unwrap().to_owned()
    };
    assert_eq!(shown(), "***, the second value");
    admin.put(&format!("/api/2/hooks/envs/{env}"), &json!({"value": "the second value"})).expect(200);
    assert_eq!(shown(), "the first value, ***");
}

#[test]
fn a_password_in_a_context_is_a_secret() {
    let server = Server::start();
    let admin = server.admin();
    let guest = printing(b"tried correct horse battery\n", b"null");
    let id = admin.deploy(&Hook::wat(&guest).with("type", "user-migration"));
    let sent = json!({"user_identifier": "ada", "password": "correct horse battery"});
    assert_eq!(admin.trigger_request("user-migration", &sent).send().expect(200)["decision"], "deny");
    assert!(admin.logs(&id)[0]["events"][0].as_str().unwrap().ends_with("\ttried ***"));
}

#[test]
fn a_value_is_hidden_in_a_status_message() {
    let server = Server::start();
    let admin = server.admin();
    admin.create_env("API_KEY", "secret_module_name");
    let text = r#"(module (import "secret_module_name" "f" (func)) (memory (export "memory") 1) (func (export "_start")))"#;
    let hook = admin.admit(&Hook::wat(text).with("env_vars", json!(["API_KEY"])));
    assert_eq!(hook["status"], "create-failed");
    let message = hook["status_message"].as_str().unwrap();
    assert!(message.starts_with("imports `***::f`"), "{message}");
    assert_eq!(hook["status_message"], Value::from(message));
}
