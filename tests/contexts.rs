//! What may be sent as a context, what of it a function sees, and whose ids an execution gets.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::guests::{command, echo};
use crate::harness::{Api, Hook, Reply, Server, context, seen};

fn trigger_raw(api: &Api, body: impl Into<Vec<u8>>) -> Reply {
    api.request("POST", "/v1/triggers/pre-authentication").body(body).send()
}

fn fire_raw(api: &Api, id: &str, body: impl Into<Vec<u8>>) -> Reply {
    api.request("POST", &format!("/v1/hooks/{id}/fire")).body(body).send()
}

#[test]
fn a_function_sees_what_its_options_show() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let mut sent = context(1);
    sent["risk"] = json!({"score": 30, "reasons": ["new device"]});
    sent["location"] = json!({"ip": "192.0.2.1"});
    sent["mfa_devices"] = json!([{"device_id": 1}]);
    sent["roles"] = json!([12]);
    let shown = |risk: bool, location: bool, devices: bool| {
        let mut shown = seen(&sent);
        for (key, _) in [("risk", risk), ("location", location), ("mfa_devices", devices)].iter().filter(|(_, shown)| *shown) {
            shown[*key] = sent[*key].clone();
        }
        shown
    };
    assert_eq!(admin.trigger(&sent)["result"], shown(false, false, false));
    for (risk, location, devices) in [(true, false, false), (false, true, true), (true, true, true)] {
        let options = json!({"risk_enabled": risk, "location_enabled": location, "mfa_device_info_enabled": devices});
        admin.update_hook(&id, &json!({"options": options}));
        assert_eq!(admin.trigger(&sent)["result"], shown(risk, location, devices));
        assert_eq!(admin.fire(&id, &sent)["result"], shown(risk, location, devices));
    }
}

#[test]
fn a_context_arrives_byte_for_byte_where_nothing_is_hidden() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let sent = "{ \"user\":{\"policy_id\":1.50,\"user_identifier\":\"\\u00e9 \u{1f600}\",\n\t\"id\": 123456789012345678901234567890, \"last_login_success\":null},\"device\" : {},\"app\":{} }";
    for reply in [trigger_raw(admin, sent), fire_raw(admin, &id, format!("{{\"context\":{sent}}}"))] {
        assert!(reply.text().contains(sent), "{}", reply.text());
    }
}

#[test]
fn ids_come_from_the_context_where_they_are_safe() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let mut sent = context(1);
    let longest = "a".repeat(128);
    for good in ["A-z0.9_:", &longest] {
        sent["request_id"] = json!(good);
        sent["correlation_id"] = json!(good);
        let answer = admin.trigger(&sent);
        assert_eq!((&answer["request_id"], &answer["correlation_id"]), (&json!(good), &json!(good)));
        assert_ne!(answer["execution_id"], json!(good));
    }
    let too_long = json!("a".repeat(129));
    for bad in [json!(""), json!("a b"), json!("é"), json!("a\nb"), json!(7), Value::Null, too_long] {
        sent["request_id"] = bad.clone();
        sent["correlation_id"] = bad.clone();
        let answer = admin.trigger(&sent);
        for made in ["request_id", "correlation_id"] {
            assert_ne!(answer[made], bad);
            assert_eq!(answer[made].as_str().unwrap().len(), 36);
        }
        assert_eq!(answer["result"]["request_id"], bad, "the function sees what was sent");
        assert_eq!(admin.executions(&id)[0]["request_id"], answer["request_id"]);
    }
}

#[test]
fn a_context_that_can_be_read_in_two_ways_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    for body in [
        r#"{"user":{"policy_id":1},"user":{"policy_id":2}}"#,
        r#"{"user":{"policy_id":1,"policy_id":2}}"#,
        r#"{"user":{"policy_id":1},"\u0075ser":{"policy_id":2}}"#,
        r#"{"user":{"policy_id":1},"list":[{"a":1,"a":1}]}"#,
        "[]",
        "null",
        "\"text\"",
        "5",
    ] {
        trigger_raw(admin, body).error(422, "UnprocessableEntityError");
        fire_raw(admin, &id, format!("{{\"context\":{body}}}")).error(422, "UnprocessableEntityError");
    }
    for body in [&b""[..], b"{", b"{} {}", b"{'a':1}", b"{\"a\":NaN}", b"{\"a\":\"\xff\"}", b"user=ada"] {
        let status = trigger_raw(admin, body).status;
        assert!(matches!(status, 400 | 422), "{status}");
    }
    for body in ["{}", r#"{"context":{},"more":1}"#, r#"{"context":{},"context":{}}"#, "[]"] {
        fire_raw(admin, &id, body).error(422, "UnprocessableEntityError");
    }
    fire_raw(admin, &id, "{").error(400, "BadRequestError");
    for (change, field) in [
        (json!({"device": null}), "device"),
        (json!({"user": {"policy_id": 1}}), "user.user_identifier"),
        (json!({"user": {"user_identifier": "ada"}}), "user.policy_id"),
        (json!({"user": {"user_identifier": "ada", "policy_id": "1"}}), "user.policy_id"),
    ] {
        let mut sent = context(1);
        sent.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let reply = trigger_raw(admin, sent.to_string());
        reply.error(422, "UnprocessableEntityError");
        assert_eq!(reply.value()["field"], field);
    }
    assert_eq!(admin.executions(&id), Vec::<Value>::new(), "nothing of this was run");
}

#[test]
fn nesting_without_end_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    admin.deploy(&Hook::wat(&echo()));
    let deep = format!(r#"{{"user":{{"policy_id":1}},"deep":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let status = trigger_raw(admin, deep).status;
    assert!(matches!(status, 400 | 422), "{status}");
    assert_eq!(admin.trigger(&context(2))["outcome"], "completed");
}

/// A context of exactly this many bytes.
fn sized(bytes: usize) -> String {
    let sized =
        |pad: &str| format!(r#"{{"user":{{"user_identifier":"{pad}","policy_id":1,"last_login_success":null}},"device":{{}},"app":{{}}}}"#);
    sized(&"x".repeat(bytes - sized("").len()))
}

#[test]
fn a_context_is_not_too_large() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let largest = trigger_raw(admin, sized(262_144)).expect(200);
    assert_eq!((&largest["outcome"], largest["result"].to_string().len()), (&json!("completed"), 262_144));
    let larger = sized(262_145);
    assert!(trigger_raw(admin, larger.clone()).error(413, "PayloadTooLargeError").contains("262144 bytes"));
    assert!(fire_raw(admin, &id, format!("{{\"context\":{larger}}}")).error(413, "PayloadTooLargeError").contains("262144 bytes"));
    fire_raw(admin, &id, format!("{{\"context\":{}}}", sized(262_144))).expect(200);
    assert_eq!(trigger_raw(admin, sized(5_000_000)).status, 413);
    assert_eq!(admin.executions(&id).len(), 2);
}

#[test]
fn sizes_are_settings() {
    let server = Server::with("[limits]\ncontext_bytes = 2048\nresult_bytes = 1024\nerror_bytes = 256\nlog_bytes = 1024");
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    assert_eq!(trigger_raw(admin, sized(2049)).status, 413);
    let answer = trigger_raw(admin, sized(1025)).expect(200);
    assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!("invalid_response"), &json!("invalid_response")));
    assert_eq!(trigger_raw(admin, sized(1024)).expect(200)["outcome"], "completed");
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    let message = "é".repeat(1000);
    let failing = crate::harness::guests::component("", b"", Err(message.as_bytes()));
    let id = admin.deploy(&Hook::wat(&failing));
    let said = admin.fire(&id, &context(1))["error"]["message"].as_str().unwrap().to_owned();
    assert!(said.len() <= 256 && said.len() > 250 && said.ends_with("é…"), "{said}");
    assert_eq!(admin.executions(&id)[0]["error"]["message"], said);
}

#[test]
fn an_unknown_type_of_event_is_not_found() {
    let server = Server::start();
    let admin = server.admin();
    for name in ["login", "Pre-Authentication", "pre-authentication/", "pre-authentication%20"] {
        assert_eq!(admin.trigger_request(name, &context(1)).send().status, 404, "{name}");
    }
}

/// The keys of a value with those of the objects in it. A list's are those of its first item.
fn keys(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let path = format!("{path}.{name}");
            keys(value, &path, into);
            into.insert(path);
        }),
        Value::Array(items) => items.iter().take(1).for_each(|item| keys(item, &format!("{path}[]"), into)),
        _ => {}
    }
}

/// Answers with a denial that has the context in it, which is a response of every type.
fn telling() -> String {
    command(
        r#"(data (i32.const 64) "{\"success\":false,\"context\":") (data (i32.const 96) "}")
        (func (export "_start")
            (call $print (i32.const 1) (i32.const 64) (i32.const 27))
            (loop $again
                (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 500000)) (i32.store (i32.const 8) (i32.const 0))
                (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))
                (br_if $again (i32.load (i32.const 8))))
            (call $print (i32.const 1) (i32.const 96) (i32.const 1)))"#,
    )
}

/// The contexts that an engine is shown before it sees any have the keys of those that functions get. The examples' contexts, which the types
/// for authors are held against, have every key that there is.
#[test]
fn samples_have_the_keys_of_what_functions_see() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let found = |value: &Value| {
        let mut found = BTreeSet::new();
        keys(value, "", &mut found);
        found
    };
    let registry = hookbox_dialects::registry().unwrap();
    for (hook_type, file, versions, options) in [
        ("pre-authentication", "pre-authentication-1.1.0.json", &["1.0.0", "1.1.0"][..], 8_u8),
        ("user-migration", "user-migration.json", &["1.0.0"], 1),
    ] {
        let samples = (registry.find(hook_type).unwrap().samples)();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/javascript/contexts").join(file);
        let sent: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let samples: BTreeSet<_> = samples.iter().map(|one| found(&serde_json::from_str(one).unwrap())).collect();
        let mut seen = BTreeSet::new();
        for version in versions {
            let id = admin.deploy(&Hook::wat(&telling()).with("type", hook_type).with("context_version", *version).disabled());
            for bits in 0..options {
                let shown = |bit: u8| bits & bit != 0;
                if options > 1 {
                    let options = json!({"risk_enabled": shown(1), "location_enabled": shown(2), "mfa_device_info_enabled": shown(4)});
                    admin.update_hook(&id, &json!({"options": options}));
                }
                seen.insert(found(&admin.fire(&id, &sent)["result"]["context"]));
            }
        }
        assert_eq!(seen, samples, "{hook_type}");
    }
}
