//! JavaScript hooks on the real server: every case of every example, and what an author relies on.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Api, Hook, Server, ServerBuilder, context, eventually};

/// The most fuel that any case of an example may take, a tenth above what it took when this was written: more is a regression that needs
/// no clock to be seen.
const FUEL: [(&str, u64); 8] = [
    ("deny-by-country", 149_200),
    ("deny-high-risk", 149_900),
    ("pass-through", 107_100),
    ("policy-for-mobile", 46_100),
    ("policy-for-never-logged-in", 57_900),
    ("policy-from-env", 51_500),
    ("try-catch-fallback", 596_000),
    ("user-migration", 139_140_000),
];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples/javascript")
}

fn javascript(source: &str) -> Hook {
    Hook::new(source.as_bytes()).with("runtime", "nodejs20.x")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A JSON Merge Patch, as the cases' contexts use it.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in patch {
        match value {
            Value::Null => drop(target.remove(key)),
            value => merge(target.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

fn context_of(folder: &Path, case: &Value) -> Value {
    let Some(file) = case["context"].get("file") else { return case["context"].clone() };
    let mut context: Value = serde_json::from_str(&read(&folder.join(file.as_str().unwrap()))).unwrap();
    if let Some(patch) = case["context"].get("merge") {
        merge(&mut context, patch);
    }
    context
}

/// Runs one case in an account of its own; the fuel that it took.
fn run_case(admin: &Api, folder: &Path, case: &Value) -> u64 {
    let what = format!("{}: {}", folder.display(), case["name"]);
    let (_, account) = admin.account(&json!({}));
    let mut names = Vec::new();
    for (name, value) in case["env"].as_object().into_iter().flatten() {
        account.create_env(name, value.as_str().unwrap());
        names.push(name.clone());
    }
    let hook_type = case["hook_type"].as_str().unwrap();
    let hook = javascript(&read(&folder.join("hook.js"))).with("type", hook_type).with("env_vars", names);
    let hook = if case["options"].is_object() { hook.with("options", case["options"].clone()) } else { hook };
    account.admit(&hook);
    let answer = account.trigger_request(hook_type, &context_of(folder, case)).send().expect(200);
    let expect = &case["expect"];
    assert_eq!(answer["outcome"], *expect.get("outcome").unwrap_or(&json!("completed")), "{what}: {answer}");
    assert_eq!(answer["decision"], expect["decision"], "{what}: {answer}");
    if let Some(result) = expect.get("result") {
        assert_eq!(answer["result"], *result, "{what}");
    }
    answer["usage"]["fuel"].as_u64().unwrap()
}

/// One server for all: it compiles the engine once, which is the one thing about JavaScript that takes long.
#[test]
fn javascript_hooks() {
    let server = ServerBuilder::new().config("[compile]\ntimeout = \"300s\"").start();
    every_case_of_every_example(&server);
    a_new_env_value_reaches_a_top_level_that_read_the_old_one(&server.admin().account(&json!({})).1);
    a_top_level_that_reads_the_clock_is_evaluated_each_time_and_said_so(&server.admin().account(&json!({})).1);
    what_does_not_deploy_says_where(&server.admin().account(&json!({})).1);
    let (number, account) = server.admin().account(&json!({}));
    an_error_has_its_place_for_managers_and_not_for_identity_providers(&account, &server, number);
    objects_are_logged_as_node_prints_them(&server.admin().account(&json!({})).1);
    nothing_is_carried_over_and_a_restart_evaluates_nothing(server);
}

fn every_case_of_every_example(server: &Server) {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("cases.json").exists());
    assert!(folders.len() >= 8, "{folders:?}");
    let mut wrong = Vec::new();
    for folder in folders {
        let cases: Vec<Value> = serde_json::from_str(&read(&folder.join("cases.json"))).unwrap();
        assert!(cases.len() >= 2 && folder.join("README.md").exists(), "{}", folder.display());
        let fuel = cases.iter().map(|case| run_case(server.admin(), &folder, case)).max().unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let (_, most) = FUEL.iter().find(|(example, _)| *example == name).unwrap_or_else(|| panic!("{name} has no fuel ceiling"));
        if !(most / 4..=*most).contains(&fuel) {
            wrong.push(format!("{name}: {fuel} fuel, at most {most}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn nothing_is_carried_over_and_a_restart_evaluates_nothing(server: Server) {
    let source = "console.log('top'); let n = 0; exports.handler = async (context) => { n++; console.log('call', n); return { user: context.user } }";
    let id = server.admin().deploy(&javascript(source));
    for _ in 0..3 {
        assert_eq!(server.admin().trigger(&context(7))["decision"], "allow");
    }
    let server = server.stop().start();
    eventually("the hook serves again", || (server.admin().trigger(&context(7))["decision"] == "allow").then_some(()));
    let executions = server.admin().executions(&id);
    let completed = executions.iter().rev().filter(|entry| entry["outcome"] == "completed");
    for (n, entry) in completed.enumerate() {
        let events: Vec<&str> = entry["events"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let (printed, called) = events.split_at(events.len() - 1);
        assert!(called[0].ends_with("INFO\tcall 1"), "{entry}");
        // What the top level printed when it was deployed is in the log of the first execution, and in that one alone.
        assert!(if n == 0 { printed.len() == 1 && printed[0].ends_with("INFO\ttop") } else { printed.is_empty() }, "{entry}");
    }
    assert!(!server.log().contains("compiled"), "{}", server.log());
}

fn a_new_env_value_reaches_a_top_level_that_read_the_old_one(admin: &Api) {
    let env = admin.create_env("POLICY", "11");
    let source =
        "const POLICY = Number(process.env.POLICY); exports.handler = async () => ({ success: true, user: { policy_id: POLICY } })";
    let id = admin.deploy(&javascript(source).with("env_vars", json!(["POLICY"])));
    assert_eq!(admin.trigger(&context(1))["result"]["user"]["policy_id"], 11);
    admin.put(&format!("/api/2/hooks/envs/{env}"), &json!({"value": "22"})).expect(200);
    assert_eq!(admin.trigger(&context(1))["result"]["user"]["policy_id"], 22);
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["top_level"], "frozen_with_env");
}

fn a_top_level_that_reads_the_clock_is_evaluated_each_time_and_said_so(admin: &Api) {
    let id = admin.deploy(&javascript("const AT = Date.now(); exports.handler = async () => ({ success: true, user: { policy_id: AT } })"));
    let first = admin.trigger(&context(1))["result"]["user"]["policy_id"].as_u64().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert!(admin.trigger(&context(1))["result"]["user"]["policy_id"].as_u64().unwrap() > first);
    let detail = admin.get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&detail["top_level"], &detail["top_level_reason"]), (&json!("evaluated"), &json!("the clock")));
}

fn what_does_not_deploy_says_where(admin: &Api) {
    for (source, message, place) in [
        ("\nexports.handler = async (context) => { return ] }", "SyntaxError", "hook.js:2:"),
        ("const a = 1;\n\n  throw new Error('at the top')", "at the top", "hook.js:3:"),
        ("const a = 1", "handler", ""),
        ("const axios = require('axios'); exports.handler = () => null", "axios", "hook.js:1:"),
    ] {
        let hook = admin.admit(&javascript(source).disabled());
        assert_eq!(hook["status"], "create-failed", "{source}");
        let said = hook["status_message"].as_str().unwrap();
        assert!(said.contains(message) && said.contains(place), "{source}: {said}");
        admin.delete(&format!("/api/2/hooks/{}", hook["id"].as_str().unwrap())).expect(202);
    }
}

fn an_error_has_its_place_for_managers_and_not_for_identity_providers(admin: &Api, server: &Server, account: u64) {
    admin.deploy(&javascript("exports.handler = async () => {\n  throw new TypeError('broken')\n}"));
    let answer = admin.trigger(&context(1));
    assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!("failed"), &json!("exception")));
    assert!(answer["error"]["place"].as_str().unwrap().starts_with("hook.js:2:"), "{answer}");
    assert!(answer["error"]["stack"].as_str().unwrap().contains("hook.js:2:"), "{answer}");
    let provider = server.admin().credential(account, &["fire"]);
    let answer = provider.trigger(&context(1));
    assert_eq!(
        (&answer["error"]["kind"], &answer["error"]["place"], &answer["error"]["stack"]),
        (&json!("exception"), &Value::Null, &Value::Null)
    );
    assert_eq!(answer["error"]["message"], "the function threw an exception that nothing caught");
}

fn objects_are_logged_as_node_prints_them(admin: &Api) {
    let source = "exports.handler = async (context) => { console.log('Context: ', context); return null }";
    let id = admin.deploy(&javascript(source).with("context_version", "1.0.0"));
    admin.trigger(&json!({"user": {"user_identifier": "sam@example.com", "policy_id": 129_314}, "device": {"user_agent": "x".repeat(60), "is_mobile": false}}));
    let entry = &admin.logs(&id)[0];
    let events: Vec<&str> = entry["events"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let [event] = events[..] else { panic!("{events:?}") };
    assert!(event.contains("\tINFO\tContext:  {\n"), "{events:?}");
    assert!(event.contains("\n  user: { user_identifier: 'sam@example.com', policy_id: 129314 }"), "{events:?}");
    assert!(event.ends_with("\n}"), "{events:?}");
}
