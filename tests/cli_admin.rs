//! What an admin does from a terminal, against a server: log in, look after hooks and env vars, fire, read logs, let others in.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::harness::{ADMIN_ID, ADMIN_SECRET, Hook, Server, Shell, context, guests};

/// A server with a hook that passes every user, and the hook's id.
fn with_hook() -> (Server, String) {
    let server = Server::start();
    let id = server.admin().deploy(&Hook::wat(&guests::allowing(7)));
    (server, id)
}

#[test]
fn a_login_is_saved_for_its_owner_alone_and_used() {
    let server = Server::start();
    let shell = Shell::new();
    let url = format!("http://{}", server.address());
    let ran = shell.run(&["hooks", "list"]).expect(3);
    assert!(ran.err.contains("hint: save a profile with `hookbox login URL`"), "{}", ran.err);

    let ran = shell.pipe("a wrong secret\n", &["login", &url, "--client-id", ADMIN_ID]).expect(3);
    assert!(!ran.err.contains("a wrong secret") && !shell.folder().join(".config").exists(), "{}", ran.err);

    let ran = shell.pipe(&format!("{ADMIN_SECRET}\n"), &["login", &url, "--client-id", ADMIN_ID]).expect(0);
    assert!(ran.out.is_empty() && !ran.err.contains(ADMIN_SECRET) && ran.err.contains("saved as profile \"default\""), "{}", ran.err);
    let mode = std::fs::metadata(shell.folder().join(".config/hookbox/profiles.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(shell.run(&["hooks", "list", "--json"]).json(), json!([]));

    // A second profile becomes the one that is used; the first is there by its name.
    let other = Server::start();
    let url = format!("http://{}", other.address());
    shell.pipe(ADMIN_SECRET, &["login", &url, "--client-id", ADMIN_ID, "--profile", "other"]).expect(0);
    other.stop();
    shell.run(&["hooks", "list"]).expect(5);
    shell.run(&["hooks", "list", "--profile", "default"]).expect(0);
    let ran = shell.run(&["hooks", "list", "--profile", "third"]).expect(3);
    assert!(ran.err.contains("default, other"), "{}", ran.err);
}

#[test]
fn a_saved_secret_is_shown_to_no_other_server() {
    let (server, other) = (Server::start(), Server::start());
    let shell = Shell::new();
    shell.pipe(ADMIN_SECRET, &["login", &format!("http://{}", server.address()), "--client-id", ADMIN_ID]).expect(0);
    let shell = shell.url(&other);
    let ran = shell.run(&["hooks", "list"]).expect(3);
    assert!(ran.err.contains("alone"), "{}", ran.err);
}

#[test]
fn exit_codes_tell_what_went_wrong_and_hints_what_to_do() {
    let (server, _) = with_hook();
    let shell = Shell::admin(&server);
    let missing = "00000000-0000-4000-8000-000000000000";
    for (args, code, says) in [
        (&["hooks", "get", missing][..], 4, "hint: `hookbox hooks list`"),
        (&["hooks", "get", "user-migration"], 4, "there is no user-migration hook"),
        (&["hooks", "get", "nonsense"], 2, "neither the id of a hook nor a type (pre-authentication, user-migration, okta-"),
        (&["hooks", "enable"], 2, "required"),
        (&["env", "rm", "ABSENT"], 4, "there is no env var ABSENT"),
        (&["credentials", "delete", "../accounts"], 4, "there is no credential"),
        (&["accounts", "update", "1"], 2, "nothing to change"),
        (&["logs", missing], 4, "404"),
        (&["logs", missing, "--follow"], 4, "404"),
        (&["fire", "pre-authentication", "--context", "absent.json"], 1, "cannot read absent.json"),
    ] {
        let ran = shell.run(args).expect(code);
        assert!(ran.err.contains(says) && ran.out.is_empty(), "{args:?}: {}{}", ran.out, ran.err);
    }
    let reader = server.admin().post("/v1/credentials", &json!({"account_id": 1, "scopes": ["read"]})).expect(201);
    let text = |name: &str| reader[name].as_str().unwrap().to_owned();
    let shell = Shell::new().url(&server).env("HOOKBOX_CLIENT_ID", &text("client_id")).env("HOOKBOX_CLIENT_SECRET", &text("client_secret"));
    shell.run(&["hooks", "list"]).expect(0);
    for args in [&["hooks", "disable", "pre-authentication"][..], &["accounts", "list"]] {
        let ran = shell.run(args).expect(3);
        assert!(ran.err.contains("hint: ") && ran.err.contains("scope"), "{}", ran.err);
    }
    let nobody = Shell::admin(&server).env("HOOKBOX_URL", "http://127.0.0.1:9");
    assert!(nobody.run(&["hooks", "list"]).expect(5).err.contains("no answer from http://127.0.0.1:9"));
}

#[test]
fn hooks_are_listed_shown_switched_and_deleted() {
    let (server, id) = with_hook();
    let shell = Shell::admin(&server);
    let listed = shell.run(&["hooks", "list"]).expect(0).out;
    let lines: Vec<&str> = listed.lines().collect();
    assert!(
        lines[0].starts_with("ID ") && lines[1].starts_with(&id) && lines[1].contains("enabled") && lines[1].contains("ready"),
        "{listed}"
    );
    assert_eq!(shell.run(&["hooks", "list", "--json"]).json()[0]["id"], id);
    assert_eq!(shell.run(&["hooks", "list", "--type", "user-migration", "--json"]).json(), json!([]));
    assert_eq!(shell.run(&["hooks", "get", "pre-authentication", "--json"]).json()["id"], id);
    assert!(shell.run(&["hooks", "get", &id]).expect(0).out.contains("pre-authentication"));

    let ran = shell.run(&["hooks", "disable", "pre-authentication"]).expect(0);
    assert!(ran.out.is_empty() && ran.err.contains("disabled"), "{}{}", ran.out, ran.err);
    assert_eq!(server.admin().get(&format!("/v1/hooks/{id}")).expect(200)["disabled"], true);
    assert_eq!(shell.run(&["hooks", "enable", &id, "--json"]).json()["disabled"], false);

    shell.run(&["hooks", "delete", &id]).expect(0);
    shell.run(&["hooks", "get", &id]).expect(4);
    let ran = shell.run(&["hooks", "list"]).expect(0);
    assert!(ran.out.is_empty() && ran.err.contains("there are no hooks"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_strict_account_is_told_everything_that_it_wants() {
    let server = Server::start();
    let fields =
        [("retries", json!(0)), ("packages", json!({})), ("env_vars", json!([])), ("disabled", json!(false)), ("timeout", json!(1))];
    let hook = fields.into_iter().fold(Hook::wat(&guests::allowing(7)), |hook, (name, value)| hook.with(name, value));
    let id = server.admin().deploy(&hook);
    server.admin().put("/v1/accounts/1", &json!({"strict": true})).expect(200);
    Shell::admin(&server).run(&["hooks", "disable", &id]).expect(0);
    let hook = server.admin().get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&hook["disabled"], &hook["version"]), (&json!(true), &json!(1)));
}

#[test]
fn values_of_env_vars_come_from_stdin_and_are_never_shown() {
    let server = Server::start();
    let shell = Shell::admin(&server);
    assert!(shell.pipe("the first value\n", &["env", "set", "API_KEY"]).expect(0).err.contains("made API_KEY"));
    assert!(shell.pipe("another value", &["env", "set", "API_KEY"]).expect(0).err.contains("changed API_KEY"));
    shell.run(&["env", "set", "API_KEY"]).expect(2);
    let listed = shell.run(&["env", "list"]).expect(0).out;
    assert!(listed.contains("API_KEY") && !listed.contains("value"), "{listed}");
    let ran = shell.pipe("x", &["env", "set", "not a name"]).expect(1);
    assert!(ran.err.contains("422") && ran.err.contains("does not match pattern"), "{}", ran.err);
    shell.run(&["env", "rm", "API_KEY"]).expect(0);
    assert_eq!(shell.run(&["env", "list", "--json"]).json(), json!([]));
}

#[test]
fn fire_tells_a_denial_from_a_failure() {
    let server = Server::start();
    server.admin().allow_many_hooks();
    let shell = Shell::admin(&server);
    shell.write("login.json", &context(7).to_string());
    for (source, code, says) in [
        ("exports.handler = async (context) => ({ success: true, user: context.user })", 0, "decision  allow"),
        ("exports.handler = async () => ({ success: false, user: null })", 10, "decision  deny"),
        ("exports.handler = async () => { throw new Error('boom \\x1b[2J') }", 1, "exception: Error: boom \\u{1b}[2J (hook.js:1:"),
    ] {
        let id = server.admin().deploy(&Hook::new(source.as_bytes()).with("runtime", "nodejs24.x").disabled());
        let ran = shell.run(&["fire", &id, "--context", "login.json"]).expect(code);
        assert!(ran.out.contains(says) && ran.err.contains(&format!("hookbox logs {id} --request-id request-7")), "{}{}", ran.out, ran.err);
        let ran = shell.pipe(&context(8).to_string(), &["fire", &id, "--context", "-", "--roles", "1,2", "--json"]).expect(code);
        assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["request_id"], "request-8");
    }
}

#[test]
fn logs_are_shown_oldest_first_and_filtered() {
    let (server, id) = with_hook();
    let shell = Shell::admin(&server);
    for policy in 1..=3 {
        server.admin().fire(&id, &context(policy));
    }
    let order = |args: &[&str]| {
        let out = shell.run(args).expect(0).out;
        let ids = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["request_id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(order(&["logs", &id, "--json"]), ["request-1", "request-2", "request-3"]);
    assert_eq!(order(&["logs", &id, "--json", "--limit", "2"]), ["request-2", "request-3"]);
    assert_eq!(order(&["logs", "pre-authentication", "--json", "--since", "1h"]).len(), 3);
    assert_eq!(order(&["logs", &id, "--json", "--request-id", "request-2"]), ["request-2"]);
    assert_eq!(order(&["logs", &id, "--json", "--outcome", "timeout"]), [""; 0]);
    let ran = shell.run(&["logs", &id]).expect(0);
    assert_eq!(ran.out.matches("completed  allow").count(), 3, "{}", ran.out);
    assert_eq!(shell.run(&["hooks", "executions", &id, "--json", "--limit", "1"]).json()[0]["request_id"], "request-3");
    assert!(shell.run(&["hooks", "executions", &id]).expect(0).out.contains("request-1"));
    shell.run(&["logs", &id, "--outcome", "nonsense"]).expect(2);
}

/// Many executions end while the log is followed; each is there once, and nothing is missing between what was and what follows.
#[test]
fn a_log_is_followed_without_a_gap() {
    let (server, id) = with_hook();
    let shell = Shell::admin(&server);
    for policy in 0..20 {
        server.admin().fire(&id, &context(policy));
    }
    let admin = server.admin().clone();
    let firing = std::thread::spawn({
        let id = id.clone();
        move || (20..220).for_each(|policy| drop(admin.fire(&id, &context(policy))))
    });
    let mut child = shell.command(&["logs", &id, "--follow", "--since", "1h", "--json"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut followed = Vec::new();
    while followed.len() < 220 {
        let line: Value = serde_json::from_str(&lines.next().expect("the stream goes on").unwrap()).unwrap();
        followed.push(line["request_id"].as_str().unwrap().to_owned());
    }
    firing.join().unwrap();
    followed.sort();
    followed.dedup();
    assert_eq!(followed.len(), 220, "each once");
    server.stop();
    assert_eq!(child.wait().unwrap().code(), Some(1), "the stream ends with the server");
}

#[test]
fn a_stream_ends_with_its_credential() {
    let (server, id) = with_hook();
    let made = server.admin().post("/v1/credentials", &json!({"account_id": 1, "scopes": ["read"]})).expect(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let shell = Shell::new().url(&server).env("HOOKBOX_CLIENT_ID", &text("client_id")).env("HOOKBOX_CLIENT_SECRET", &text("client_secret"));
    server.admin().fire(&id, &context(1));
    let mut child = shell.command(&["logs", &id, "--follow", "--json"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("request-1"));
    Shell::admin(&server).run(&["credentials", "delete", &text("client_id")]).expect(0);
    server.admin().fire(&id, &context(2));
    assert!(lines.next().is_none(), "nothing is shown to who may no longer see it");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn accounts_and_credentials_are_made_and_taken_back() {
    let server = Server::start();
    let shell = Shell::admin(&server);
    let account = shell.run(&["accounts", "create", "--name", "Acme", "--hooks-per-type", "3", "--json"]).json();
    let id = account["id"].to_string();
    let changed = shell.run(&["accounts", "update", &id, "--on-no-hook", "deny", "--strict", "true", "--json"]).json();
    let expected = json!({
        "hooks_per_type": 3, "on_no_hook": "deny", "allowed_hosts": [], "hosts_ceiling": null, "egress_ca": [], "client_certificates": [],
        "strict": true, "client": null,
    });
    assert_eq!(changed["settings"], expected);
    let changed = shell.run(&["accounts", "update", &id, "--on-no-hook", "default", "--json"]).json();
    assert_eq!(changed["settings"]["on_no_hook"], Value::Null);
    assert!(shell.run(&["accounts", "list"]).expect(0).out.contains("Acme"));

    let made = shell.run(&["credentials", "create", "--account", &id, "--scope", "read,fire", "--name", "idp"]).expect(0);
    let value = |name: &str| made.out.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    let (client, secret) = (value("client_id="), value("client_secret="));
    let other = Shell::new().url(&server).env("HOOKBOX_CLIENT_ID", &client).env("HOOKBOX_CLIENT_SECRET", &secret);
    other.run(&["hooks", "list"]).expect(0);
    let listed = shell.run(&["credentials", "list", "--account", &id]).expect(0).out;
    assert!(listed.contains(&client) && listed.contains("read,fire") && !listed.contains(&secret), "{listed}");
    shell.run(&["credentials", "delete", &client]).expect(0);
    other.run(&["hooks", "list"]).expect(3);
    shell.run(&["credentials", "create", "--scope", "root"]).expect(2);
}

#[test]
fn shells_get_their_completions() {
    let shell = Shell::new();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = shell.run(&["completions", name]).expect(0).out;
        assert!(script.contains("executions") && script.contains("credentials"), "{name}");
        assert_eq!(shell.run(&["completions", name, "--json"]).json(), json!({"shell": name, "script": script}));
    }
    shell.run(&["completions", "tcsh"]).expect(2);
}
