//! The examples, as people copy them: compiled by `tools/build-guests`, run by the server on a login's context. And the guest SDK, whose
//! stand-in for the host gives what the host gives.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Answered, Hook, Server, Shell, Upstream};

/// Every example; each has tests of its own here.
const EXAMPLES: [&str; 3] = ["check-reputation", "policy-by-device", "stdin-stdout-c"];

#[test]
fn every_example_is_tested() {
    let folders = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let hooks = folders.filter(|path| path.join("hook.c").exists() || (path.is_dir() && path.join("Cargo.toml").exists()));
    let mut names: Vec<String> = hooks.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, EXAMPLES);
}

/// Every example that is a project with tests of its own.
const PROJECTS: [(&str, usize); 2] = [("password-grant", 9), ("sms-provider", 7)];

/// Their tests have the answers to what they call, so nobody is called.
#[test]
fn examples_that_call_pass_their_tests() {
    let folders = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        folders.filter(|path| path.join("hook.json").exists()).map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, PROJECTS.map(|(name, _)| name));
    for (name, count) in PROJECTS {
        let folder = root().join("examples").join(name);
        let ran = Shell::new().run(&["test", folder.to_str().unwrap(), "--json"]).expect(0).json();
        let tests = ran.as_array().unwrap();
        assert_eq!(tests.len(), count, "{name}");
        for one in tests {
            let (fuel, most) = (one["fuel"].as_u64().unwrap(), one["max_fuel"].as_u64().unwrap());
            assert!(one["ok"] == true && fuel > most / 4, "{name}: {one}");
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where the compiled functions are.
fn guests() -> PathBuf {
    std::env::var_os("HOOKBOX_GUESTS").map_or_else(|| root().join("target/guests"), PathBuf::from)
}

/// An example's compiled function.
pub(crate) fn example(name: &str) -> Hook {
    let path = guests().join(format!("{name}.wasm"));
    let function = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run tools/build-guests first", path.display()));
    Hook::new(&function)
}

/// The context of a login, of the first version.
fn login() -> Value {
    let path = root().join("examples/contexts/pre-authentication.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Its user, as a function sees it that takes the newest version.
fn user() -> Value {
    let mut user = login()["user"].clone();
    user["last_login_success"] = Value::Null;
    user
}

fn messages(entry: &Value) -> Vec<(&str, &str)> {
    let lines = entry["events"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    lines.map(|line| line.split('\t').collect::<Vec<_>>()).map(|parts| (parts[2], parts[3])).collect()
}

/// The fuel that an answer took, which must be some, and at most this much: more is a regression that needs no clock to be seen.
#[track_caller]
fn takes_fuel(answer: &Value, most: u64) {
    let fuel = answer["usage"]["fuel"].as_u64().unwrap();
    assert!((most / 4..=most).contains(&fuel), "{fuel} fuel, at most {most}");
}

#[test]
fn policy_by_device_keeps_a_policy() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&example("policy-by-device"));
    let answer = admin.trigger(&login());
    assert_eq!((&answer["outcome"], &answer["decision"], &answer["error"]), (&json!("completed"), &json!("allow"), &Value::Null));
    assert_eq!(answer["result"]["user"], user());
    assert_eq!(answer["request_id"], login()["request_id"]);
    let entry = &admin.executions(&id)[0];
    assert_eq!(messages(entry), [("INFO", "allowed jim-hendrix with policy 187345")]);
    takes_fuel(&answer, 30_000);
}

#[test]
fn policy_by_device_changes_the_policy_of_a_mobile_device() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&example("policy-by-device"));
    let mut sent = login();
    sent["device"]["is_mobile"] = json!(true);
    let mut user = user();
    user["policy_id"] = json!(1234);
    assert_eq!(admin.trigger(&sent)["result"]["user"], user);
    let env = admin.create_env("MOBILE_POLICY_ID", "777");
    admin.update_hook(&id, &json!({"env_vars": ["MOBILE_POLICY_ID"]}));
    user["policy_id"] = json!(777);
    let answer = admin.trigger(&sent);
    assert_eq!((&answer["result"]["user"], &answer["version"]), (&user, &json!(2)));
    takes_fuel(&answer, 30_000);
    assert_eq!(messages(&admin.executions(&id)[0]), [("INFO", "allowed jim-hendrix on a mobile device with policy 777")]);
    admin.put(&format!("/api/2/hooks/envs/{env}"), &json!({"value": "a slip"})).expect(200);
    let answer = admin.trigger(&sent);
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("failed"), &json!("deny")));
    assert_eq!(answer["error"], json!({"kind": "exit", "message": "MOBILE_POLICY_ID is not a policy id (a whole number)"}));
}

#[test]
fn policy_by_device_denies_a_high_risk_that_it_may_see() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&example("policy-by-device"));
    let mut sent = login();
    sent["risk"]["score"] = json!(95);
    assert_eq!(admin.trigger(&sent)["decision"], "allow", "the score is hidden by default");
    admin.update_hook(&id, &json!({"options": {"risk_enabled": true}}));
    let answer = admin.trigger(&sent);
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("deny")));
    assert!(answer["result"].is_null() || answer["result"]["success"] == false, "{answer}");
    assert_eq!(messages(&admin.executions(&id)[0]), [("WARN", "denied jim-hendrix: risk score 95 is above 90")]);
    takes_fuel(&answer, 30_000);
    sent["risk"]["score"] = json!(90);
    assert_eq!(admin.trigger(&sent)["decision"], "allow");
}

#[test]
fn check_reputation_asks_an_api_and_decides() {
    let api = Upstream::start(|asked| match &*asked.body {
        body if body.contains("192.0.2.1") => Answered::ok(r#"{"score": 81}"#),
        body if body.contains("192.0.2.2") => Answered::ok(r#"{"score": 80}"#),
        _ => Answered { status: 503, ..Answered::ok("busy") },
    });
    let server = Server::start();
    let admin = server.admin();
    admin.create_env("REPUTATION_URL", &api.url("/v1/check"));
    let key = json!({"name": "REPUTATION_KEY", "value": "key-of-the-api", "sealed_for": ["127.0.0.1"]});
    admin.post("/api/2/hooks/envs", &key).expect(201);
    let hook = example("check-reputation").with("env_vars", json!(["REPUTATION_URL", "REPUTATION_KEY"]));
    let hook = hook.with("options", json!({"location_enabled": true})).with("allowed_hosts", json!(["127.0.0.1"]));
    let id = admin.deploy(&hook);
    let from = |ip: &str| {
        let mut sent = login();
        sent["location"] = json!({"ip": ip, "country_code": "NL"});
        (admin.trigger(&sent), admin.executions(&id)[0].clone())
    };

    let (answer, entry) = from("192.0.2.1");
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("deny")), "{answer} {entry}");
    assert_eq!(messages(&entry), [("WARN", "denied jim-hendrix: 192.0.2.1 has a reputation of 81")]);
    takes_fuel(&answer, 60_000);
    let call = &entry["calls"][0];
    assert_eq!((&call["method"], &call["status"], &call["received"]), (&json!("POST"), &json!(200), &json!(13)), "{entry}");
    assert_eq!(call["origin"], format!("http://{}", api.address));
    let asked = api.take().remove(0);
    assert_eq!(asked.header("authorization"), Some("Bearer key-of-the-api"));
    assert!(asked.line.starts_with("POST /v1/check ") && asked.body.starts_with(r#"{"ip":"192.0.2.1","user_agent":""#), "{asked:?}");

    let (answer, entry) = from("192.0.2.2");
    assert_eq!((&answer["decision"], &answer["result"]["user"]), (&json!("allow"), &user()));
    assert_eq!(messages(&entry), [("INFO", "allowed jim-hendrix: 192.0.2.2 has a reputation of 80")]);

    let (answer, entry) = from("192.0.2.3");
    assert_eq!(answer["decision"], "allow");
    let unavailable = format!("no reputation for jim-hendrix: http://{} answered with status 503 (ERR_STATUS)", api.address);
    assert_eq!(messages(&entry), [("ERROR", unavailable.as_str())]);
    assert_eq!(api.take().len(), 2);
}

#[test]
fn check_reputation_may_call_nobody_without_allowed_hosts() {
    let api = Upstream::start(|_| Answered::ok(r#"{"score": 100}"#));
    let server = Server::start();
    let admin = server.admin();
    admin.create_env("REPUTATION_URL", &api.url("/v1/check"));
    let hook = example("check-reputation").with("env_vars", json!(["REPUTATION_URL"])).with("options", json!({"location_enabled": true}));
    let id = admin.deploy(&hook);
    for (hosts, why) in [(json!([]), "no entry of allowed_hosts of the hook names it"), (json!(["*"]), "is a loopback address")] {
        admin.update_hook(&id, &json!({"allowed_hosts": hosts}));
        let answer = admin.trigger(&login());
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")));
        let entry = &admin.executions(&id)[0];
        let [("ERROR", message)] = messages(entry)[..] else { panic!("{entry}") };
        assert!(message.contains(why) && message.ends_with("(ERR_ACCESS_DENIED)"), "{message}");
        assert_eq!(entry["calls"][0]["error"], "ERR_ACCESS_DENIED");
    }
    assert_eq!(api.take().len(), 0);
}

#[test]
fn stdin_stdout_c_passes_the_user_through() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&example("stdin-stdout-c"));
    let answer = admin.trigger(&login());
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")), "{answer}");
    assert_eq!(answer["result"], json!({"success": true, "user": user()}));
    takes_fuel(&answer, 20_000);
    let entry = &admin.executions(&id)[0];
    let [(level, message)] = messages(entry)[..] else { panic!("{entry}") };
    assert!(level == "ERROR" && message.starts_with("passed the user through, out of "), "{message}");
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["kind"], "command");
}

#[test]
fn the_demo_goes_well_and_tells_programs_too() {
    let shell = Shell::new();
    let guests = guests();
    let guests = guests.to_str().unwrap();
    let told = shell.run(&["demo", "--guests", guests, "--json"]).json();
    let hooks = told["hooks"].as_array().unwrap();
    assert_eq!(
        hooks.iter().map(|hook| hook["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["deny-high-risk", "policy-by-device", "stdin-stdout-c"]
    );
    let decisions = |hook: &Value| hook["logins"].as_array().unwrap().iter().map(|login| login["decision"].clone()).collect::<Vec<_>>();
    assert_eq!(hooks.iter().map(decisions).collect::<Vec<_>>(), [vec!["allow", "deny"], vec!["allow", "allow", "deny"], vec!["allow"]]);
    let mobile = &hooks[1]["logins"][1];
    assert_eq!((&mobile["policy_before"], &mobile["policy_after"]), (&json!(187_345), &json!(202_020)));
    assert!(mobile["usage"]["fuel"].as_u64() > Some(0) && !hooks[1]["log"].as_array().unwrap().is_empty(), "{told:#}");
    let shown = shell.run(&["demo", "--guests", guests]).expect(0).out;
    assert!(shown.contains("allow, policy 187345 changed to 202020") && shown.contains("The server is stopped"), "{shown}");
}

#[test]
fn examples_cost_the_same_each_time_and_need_little_memory() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    for name in EXAMPLES {
        let id = admin.deploy(&example(name).disabled().with("limits", json!({"memory_mib": 16, "fuel": 10_000_000})));
        let fuel: Vec<Value> = (0..3).map(|_| admin.fire(&id, &login())["usage"]["fuel"].clone()).collect();
        assert!(fuel.windows(2).all(|pair| pair[0] == pair[1] && pair[0].as_u64() > Some(0)), "{name}: {fuel:?}");
    }
}

/// What the guest SDK gives to a hook natively, which `tests/guests/sdk` tests itself, is what it gives on a server.
#[test]
fn the_sdk_gives_what_its_stand_in_gives() {
    let expected: Value = serde_json::from_slice(&std::fs::read(root().join("tests/guests/sdk/expected.json")).unwrap()).unwrap();
    let server = Server::start();
    let admin = server.admin();
    let names: Vec<&String> = expected["env"].as_object().unwrap().keys().rev().collect();
    for name in &names {
        admin.create_env(name, expected["env"][name.as_str()].as_str().unwrap());
    }
    let options = json!({"risk_enabled": true, "location_enabled": true, "mfa_device_info_enabled": true});
    let id = admin.deploy(&example("sdk").with("env_vars", json!(names)).with("options", options));
    let answer = admin.fire(&id, &expected["context"]);
    assert_eq!(answer["result"], expected["result"], "{answer}");
    let log: Vec<Value> = messages(&admin.executions(&id)[0]).into_iter().map(|(level, message)| json!([level, message])).collect();
    assert_eq!(Value::from(log), expected["log"]);

    let fire = |name: &str| {
        let mut sent = expected["context"].clone();
        sent["user"]["user_identifier"] = json!(name);
        (admin.fire(&id, &sent)["error"].clone(), admin.executions(&id)[0].clone())
    };
    let (error, entry) = fire("fail");
    assert_eq!((&error["kind"], &error["message"]), (&json!("exit"), &json!("no\nsuch user")));
    assert_eq!(messages(&entry), [("ERROR", "exit: no\nsuch user")]);
    let (error, entry) = fire("panic");
    assert_eq!(error["kind"], "trap");
    assert!(messages(&entry)[0].1.contains("at the disco"), "{entry}");
}
