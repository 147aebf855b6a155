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

/// Ways in which functions print a value `v`, each a statement.
const WAYS: [&str; 46] = [
    "console.log(v)",
    "console.log({ v })",
    "console.log([v])",
    "console.log({ a: { b: { v } } })",
    "console.dir({ v }, { depth: 5 })",
    "console.error(Object.assign(new Error('failed'), { v }))",
    "console.log(process.env)",
    "console.log(JSON.stringify(process.env))",
    "console.log(JSON.stringify({ v }))",
    "console.log(JSON.stringify({ v }, null, 2))",
    "console.log(JSON.stringify(JSON.stringify({ v })))",
    "console.log({ body: JSON.stringify({ v }) })",
    "console.table([{ v }])",
    "console.log('%s', v)",
    "console.log('%o', { v })",
    "console.log('%O', { v })",
    "console.log('%j', { v })",
    "console.log('the key is', v)",
    "console.log(`Bearer ${v}`)",
    "console.log({ headers: { authorization: `Bearer ${v}` } })",
    "console.warn(util.inspect(v))",
    "console.log(util.inspect({ v }, { compact: false }))",
    "console.log(util.inspect({ v }, { breakLength: 20 }))",
    "console.log(util.inspect({ v }, { breakLength: Infinity }))",
    "console.log(new Map([['k', v]]))",
    "console.log(new Set([v]))",
    "console.log(new (class Key { constructor() { this.v = v; } })())",
    "console.log(Object.entries({ v }))",
    "console.log(Symbol(v))",
    "console.log(v.split('\\n'))",
    "console.log(v.trim() + v)",
    "console.log(Buffer.from(v))",
    "console.log({ v: Buffer.from(v) })",
    "console.log(Buffer.from(v).toString('base64'))",
    "console.log(Buffer.from(v).toString('base64url'))",
    "console.log(Buffer.from(`user:${v}`).toString('base64'))",
    "console.log(Buffer.from(v).toString('base64').replace(/.{76}/g, '$&\\n'))",
    "console.log(Buffer.from(v).toString('base64').match(/.{1,64}/g))",
    "console.log(Buffer.from(v).toString('hex'))",
    "console.log(encodeURIComponent(v))",
    "console.log(new URLSearchParams({ v }).toString())",
    "console.trace(v)",
    "console.log(new Error(v))",
    "try { assert.deepStrictEqual({ v }, { v: 'other' }); } catch (error) { console.log(error); }",
    "try { assert.strictEqual(v, 'other'); } catch (error) { console.log(error.message); }",
    "throw new Error(util.inspect({ v }))",
];

#[test]
fn no_fragment_of_a_value_is_shown_however_javascript_prints_it() {
    let body: String =
        (0..12).map(|line| STANDARD.encode(format!("{line:02}{}", "key material of ours, ".repeat(3))).split_off(28) + "\n").collect();
    let key = format!("-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n");
    // No id of a hook begins as this one does, so a member's name with two of its letters stands in the log for a leak alone.
    let account =
        json!({"type": "service_account", "private_key_id": "zx1b2c3d4e5f6071", "private_key": key, "client_email": "hooks@acme.example"});
    let values = [
        key.clone(),
        account.to_string(),
        serde_json::to_string_pretty(&account).unwrap(),
        "Server=db.acme.example;Password=\"corr'ect\\horse\";Timeout=5".to_owned(),
        "Pa'ss\"w``ord99".to_owned(),
        "tab\there\"is99".to_owned(),
    ];
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let mut shown = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let name = format!("VALUE_{number}");
        admin.create_env(&name, value);
        // What is looked for: eight characters in a row of a line, other than those that frame a key.
        let lines = value.split(['\n', '\t']).flat_map(|line| line.split("\\n")).filter(|line| !line.contains("-----"));
        let fragments: Vec<String> =
            lines.flat_map(|line| line.as_bytes().windows(8).map(|part| String::from_utf8_lossy(part).into_owned())).collect();
        let encoded: Vec<String> = (0..3).map(|skip| STANDARD.encode(&value.as_bytes()[skip..]).get(4..12).unwrap().to_owned()).collect();
        let modules = "const util = require('util'), assert = require('assert');";
        for (at, way) in WAYS.iter().enumerate() {
            let source = format!("{modules}\nexports.handler = async () => {{ const v = process.env.{name}; {way}; return null; }};");
            let id = admin.deploy(&Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("env_vars", json!([name])).disabled());
            let answer = admin.fire(&id, &context(1)).to_string();
            let entry = admin.executions(&id).remove(0).to_string();
            assert!(entry.contains("***"), "{way}: {entry}");
            // Names of members are no secrets, and neither is what surrounds strings in a document.
            let text = format!("{answer}{entry}");
            let is_name =
                |part: &str| ["private_key_id", "private_key", "client_email"].iter().any(|name| format!("\"{name}\":\"").contains(part));
            if let Some(part) = fragments.iter().chain(&encoded).find(|part| text.contains(part.as_str()) && !is_name(part)) {
                shown.push(format!("value {number}, way {at} ({way}): {part}\n{text}"));
            }
            admin.delete(&format!("/v1/hooks/{id}")).expect(204);
        }
    }
    assert!(shown.is_empty(), "{} are shown:\n{}", shown.len(), shown.join("\n\n"));
}
