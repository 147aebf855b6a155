//! What operators do with a data folder: look at its settings, back it up, bring it back, check it, change its key, get in again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::harness::guests::allowing;
use crate::harness::{ADMIN_ID, ADMIN_SECRET, Api, Hook, Server, ServerBuilder, context};

const VALUE: &str = "a value that is nobody's business";

fn hookbox(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
    command.args(arguments).current_dir(folder).env_clear().envs(environment.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command that must succeed says on stdout.
#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What a command that must fail says on stderr.
#[track_caller]
fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr)
}

/// A function of more than 100,000 bytes: after its code, a section that means nothing.
fn padded(text: &str) -> Vec<u8> {
    const LENGTH: [u8; 3] = [0xa0, 0x8d, 0x06];
    let mut function = wat::parse_str(text).unwrap();
    function.extend([&[0], &LENGTH[..], b"\x03pad", &[0; 100_000 - 4]].concat());
    function
}

/// A server with something of each kind, one function too large for a record.
fn full() -> (Server, String) {
    let server = Server::start();
    let admin = server.admin();
    admin.create_env("API_KEY", VALUE);
    let id = admin.deploy(&Hook::new(&padded(&allowing(7))).with("env_vars", json!(["API_KEY"])));
    let source = format!("exports.handler = async (context) => ({{ success: true, user: context.user }}); // {}", "x".repeat(19_000));
    admin.create_hook(&Hook::new(source.as_bytes()).with("runtime", "nodejs24.x").with("type", "user-migration").disabled());
    assert_eq!(admin.trigger(&context(7))["outcome"], "completed");
    (server, id)
}

fn backup(server: &Server, arguments: &[&str]) -> Output {
    let url = format!("http://{}", server.address());
    let environment = [("HOOKBOX_URL", url.as_str()), ("HOOKBOX_CLIENT_ID", ADMIN_ID), ("HOOKBOX_CLIENT_SECRET", ADMIN_SECRET)];
    hookbox(server.builder().folder(), &[&["backup"], arguments].concat(), &environment)
}

#[test]
fn a_backup_of_a_running_server_becomes_another_one() {
    let (server, id) = full();
    let said = done(&backup(&server, &["copy"]));
    let file = server.builder().folder().join("copy");
    assert!(said.starts_with("copy: ") && said.contains("records"), "{said}");
    let bytes = fs::read(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read(server.data().join("master.key")).unwrap();
    for secret in [VALUE.as_bytes(), ADMIN_SECRET.as_bytes(), &key] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    assert!(failed(&backup(&server, &["copy"])).contains("--force replaces it"));
    done(&backup(&server, &["copy", "--force", "--without-logs", "--json"]));
    assert!(fs::metadata(&file).unwrap().len() < bytes.len() as u64);
    fs::write(&file, &bytes).unwrap();

    let next = ServerBuilder::new();
    fs::create_dir(next.data()).unwrap();
    fs::copy(server.data().join("master.key"), next.data().join("master.key")).unwrap();
    let said = done(&hookbox(next.folder(), &["restore", file.to_str().unwrap(), "--data", "data", "--json"], &[]));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["key_checked"], &said["checked"]["hooks"], &said["checked"]["opened"]), (&json!(true), &json!(2), &json!(1)));
    let next = next.start();
    assert_eq!(next.admin().get("/v1/hooks").expect(200), server.admin().get("/v1/hooks").expect(200));
    assert_eq!(next.admin().logs(&id), server.admin().logs(&id));
    let found = next.admin().get(&format!("/v1/hooks/{id}/executions?request_id=request-7")).expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "the index of the log came with it");
    assert_eq!(next.admin().trigger(&context(7))["outcome"], "completed");
    let again = failed(&hookbox(next.builder().folder(), &["restore", file.to_str().unwrap(), "--data", "data"], &[]));
    assert!(again.contains("is not empty"), "{again}");
}

#[test]
fn a_backup_is_for_operators() {
    let server = Server::start();
    let manager = server.admin().credential(1, &["manage"]);
    assert_eq!(manager.get("/v1/backup").status, 403);
    assert_eq!(server.get("/v1/backup").send().status, 401);
    assert_eq!(server.admin().get("/v1/backup").status, 200);
}

#[test]
fn a_folder_is_checked_while_no_server_runs_on_it() {
    let (server, _) = full();
    let folder = server.builder().folder().to_owned();
    let verify = |more: &[&str]| hookbox(&folder, &[&["verify", "--data", "data"], more].concat(), &[]);
    assert!(failed(&verify(&[])).contains("in use by another Hookbox server"));
    let builder = server.stop();
    let said = done(&verify(&[]));
    assert!(said.ends_with("nothing is wrong\n") && said.contains("env vars               1\n"), "{said}");
    fs::write(folder.join("other.key"), [7; 32]).unwrap();
    fs::set_permissions(folder.join("other.key"), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(failed(&verify(&["--master-key-file", "other.key"])).contains("wrong master key"));
    assert!(failed(&hookbox(&folder, &["verify", "--data", "elsewhere"], &[])).contains("holds no Hookbox store"));
    assert!(!folder.join("elsewhere").exists());
    builder.start();
}

#[test]
fn the_master_key_is_changed() {
    let (server, _) = full();
    let token = server.admin().clone();
    let builder = server.stop();
    let said = done(&hookbox(builder.folder(), &["keys", "rotate", "--data", "data", "--json"], &[]));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["env_vars"], &said["former_key_file"]), (&json!(1), &json!("data/master.key.former-1")));
    done(&hookbox(builder.folder(), &["verify", "--data", "data"], &[]));
    let server = builder.start();
    assert_eq!(token.moved_to(server.address()).get("/v1/hooks").status, 401, "tokens end");
    assert_eq!(server.admin().trigger(&context(7))["outcome"], "completed");
}

#[test]
fn who_has_lost_the_credential_gets_another() {
    let server = Server::start();
    let reset = |folder: &Path| hookbox(folder, &["credentials", "reset", "--data", "data"], &[]);
    assert!(failed(&reset(server.builder().folder())).contains("in use"));
    assert!(!server.data().join("admin-credential.json").exists());
    let builder = server.stop();
    let output = reset(builder.folder());
    assert_eq!(done(&output), "");
    let path = builder.data().join("admin-credential.json");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let credential: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let secret = credential["client_secret"].as_str().unwrap();
    assert!(!text(&output.stderr).contains(secret), "not into a log");
    let server = builder.start();
    let api = Api::login(server.address(), credential["client_id"].as_str().unwrap(), secret);
    assert_eq!(api.get("/v1/accounts").status, 200);
    assert_eq!(server.admin().get("/v1/accounts").status, 200, "the others stay");
}

#[test]
fn settings_are_shown_with_their_origins() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hookbox.toml"), "concurrency = 3\n[limits]\nenv_vars = 4\n").unwrap();
    let environment = [("HOOKBOX_RETENTION", "3d"), ("HOOKBOX_CONCURENCY", "5")];
    let output = hookbox(folder.path(), &["config", "--listen", "127.0.0.1:9"], &environment);
    let said = done(&output);
    let rows: Vec<Vec<&str>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in [
        vec!["listen", "127.0.0.1:9", "command", "line"],
        vec!["concurrency", "3", "hookbox.toml"],
        vec!["retention", "3days", "HOOKBOX_RETENTION"],
        vec!["limits.env_vars", "4", "hookbox.toml"],
        vec!["master_key_file", "-", "default"],
    ] {
        assert!(rows.contains(&row), "{row:?} is not in\n{said}");
    }
    assert!(text(&output.stderr).contains("did you mean HOOKBOX_CONCURRENCY?"));
    let json = done(&hookbox(folder.path(), &["config", "--json"], &[]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["concurrency"], json!({"value": "3", "origin": "hookbox.toml"}));
    let wrong = hookbox(folder.path(), &["config"], &[("HOOKBOX_CONCURRENCY", "0")]);
    assert!(failed(&wrong).contains("`concurrency` (HOOKBOX_CONCURRENCY): expected a whole number from 1 to 4096"));
}
