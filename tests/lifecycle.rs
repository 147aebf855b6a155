//! Starting and stopping: what is printed, what is refused, and what becomes of work that is under way.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, sleeping};
use crate::harness::{Api, Hook, Server, ServerBuilder, Shell, connect, context, eventually};

#[test]
fn one_line_is_printed_and_a_signal_ends_well() {
    let mut server = Server::start();
    server.admin().deploy(&Hook::wat(&allowing(1)));
    server.admin().trigger(&context(1));
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    assert_eq!(server.stdout(), format!("listening on http://{}\n", server.address()));
    assert!(connect(server.address()).is_err());
    assert!(server.log().contains("stopped"));
}

#[test]
fn an_interrupt_ends_well_too() {
    let mut server = Server::start();
    server.interrupt();
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn what_runs_is_answered_before_the_end() {
    let mut server = Server::start();
    let admin = server.admin().clone();
    let id = admin.deploy(&Hook::wat(&sleeping(4000, 4)));
    let running = thread::spawn(move || admin.trigger(&context(1)));
    thread::sleep(Duration::from_millis(500));
    server.terminate();
    eventually("the end of the listening", || connect(server.address()).is_err().then_some(()));
    assert!(!running.is_finished());
    let answer = running.join().unwrap();
    assert_eq!((&answer["outcome"], &answer["result"]), (&json!("completed"), &json!({"user": {"policy_id": 4}})));
    assert_eq!(server.wait().code(), Some(0));
    // Its log entry was flushed.
    let server = server.builder().start();
    let entries = server.admin().executions(&id);
    assert_eq!((entries.len(), &entries[0]["execution_id"]), (1, &answer["execution_id"]));
}

#[test]
fn what_runs_is_logged_before_the_end_though_its_caller_hung_up() {
    let mut server = Server::start();
    let admin = server.admin().clone();
    let id = admin.deploy(&Hook::wat(&sleeping(4000, 4)));
    let caller = admin.trigger_request("pre-authentication", &context(1)).begin().unwrap();
    thread::sleep(Duration::from_millis(500));
    drop(caller);
    thread::sleep(Duration::from_millis(200));
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    let server = server.builder().start();
    let entries = server.admin().executions(&id);
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0]["outcome"], &entries[0]["usage"]["duration_us"].as_u64().is_some_and(|us| us >= 4_000_000)),
        (&json!("completed"), &true)
    );
}

#[test]
fn health_is_told_without_a_token() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").send().expect(200), json!({"status": "ok"}));
    assert_eq!(server.get("/readyz").send().expect(200), json!({"status": "ready", "troubles": []}));
}

#[test]
fn a_data_folder_has_one_server() {
    let server = Server::start();
    let said = server.builder().refused();
    assert!(said.contains("is in use by another Hookbox server"), "{said}");
    assert_eq!(server.get("/healthz").send().status, 200);
    let stopped = server.stop();
    stopped.start();
}

#[test]
fn a_data_folder_keeps_its_engine() {
    let stopped = ServerBuilder::new().config("store.engine = \"sled\"").start().stop();
    let other = stopped.config("[store]\nengine = \"redb\"");
    // A setting that is there twice is an error of its own.
    assert!(other.refused().contains("is not valid TOML"));
    let said = ServerBuilder::new().start().stop().env("HOOKBOX_STORE_ENGINE", "sled").refused();
    assert!(said.contains("holds a redb store, but the configuration says engine = \"sled\""), "{said}");
}

fn key_file(folder: &Path, byte: u8) -> String {
    let path = folder.join("master.key");
    std::fs::write(&path, [byte; 32]).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_wrong_master_key_is_refused() {
    let keys = tempfile::tempdir().unwrap();
    let path = key_file(keys.path(), 1);
    let server = ServerBuilder::new().env("HOOKBOX_MASTER_KEY_FILE", &path).start();
    assert!(!server.log().contains("the master key lies in the data folder"));
    server.admin().create_env("API_KEY", "a secret value");
    let stopped = server.stop();
    assert!(!stopped.data().join("master.key").exists());
    key_file(keys.path(), 2);
    let said = stopped.refused();
    assert!(said.contains("wrong master key: the store was made with another key than the one in") && said.contains(&path), "{said}");
    std::fs::remove_file(&path).unwrap();
    assert!(stopped.refused().contains("master.key"));
    key_file(keys.path(), 1);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(stopped.refused().contains("others than its owner may use it"));
    key_file(keys.path(), 1);
    assert_eq!(stopped.start().admin().get("/api/2/hooks/envs").value().as_array().unwrap().len(), 1);
}

#[test]
fn a_master_key_in_the_data_folder_is_made_and_warned_of() {
    let server = Server::start();
    assert!(server.log().contains("WARN") && server.log().contains("the master key lies in the data folder"));
    let path = server.data().join("master.key");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let stopped = server.stop();
    std::fs::remove_file(&path).unwrap();
    let said = stopped.refused();
    assert!(said.contains("master.key"), "a lost key is not made anew: {said}");
    assert!(!path.exists());
}

#[test]
fn a_setting_that_is_none_is_refused_with_a_suggestion() {
    let said = ServerBuilder::new().config("concurency = 5").refused();
    assert!(said.contains("unknown setting `concurency`") && said.contains("did you mean `concurrency`?"), "{said}");
    let said = ServerBuilder::new().config("[limits]\ncontext_byte = 5").refused();
    assert!(said.contains("did you mean `limits.context_bytes`?"), "{said}");
    for (line, says) in [
        ("concurrency = 0", "`concurrency`"),
        ("retention = \"soon\"", "`retention`"),
        ("store.engine = \"paper\"", "`store.engine`"),
        ("log.format = \"xml\"", "`log.format`"),
        ("limits.context_bytes = 1", "`limits.context_bytes`"),
        ("listen = [", "is not valid TOML"),
    ] {
        let said = ServerBuilder::new().config(line).refused();
        assert!(said.contains(says), "{line}: {said}");
    }
    let server = ServerBuilder::new().env("HOOKBOX_CONCURENCY", "5").start();
    assert!(server.log().contains("did you mean HOOKBOX_CONCURRENCY?"), "others may have variables of that prefix: a warning is enough");
}

#[test]
fn the_log_can_be_json() {
    let server = Server::with("[log]\nformat = \"json\"\nlevel = \"debug\"");
    let admin = server.admin();
    admin.deploy(&Hook::wat(&allowing(1)));
    let answer = admin.trigger(&context(31));
    let entry = eventually("the line about the event", || {
        let lines = server
            .log()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect::<Vec<serde_json::Value>>();
        lines
            .into_iter()
            .find(|line| line.to_string().contains(answer["execution_id"].as_str().unwrap()) && line.to_string().contains("answered"))
    });
    let text = entry.to_string();
    assert!(text.contains("request-31") && text.contains("login-31") && text.contains("\"trigger\""), "{text}");
}

#[test]
fn an_address_that_is_taken_is_refused() {
    let server = Server::start();
    let said = ServerBuilder::new().listen(&server.address().to_string()).refused();
    assert!(said.contains(&format!("cannot listen on {}", server.address())), "{said}");
}

#[test]
fn the_data_folder_is_for_its_owner_alone() {
    let server = Server::start();
    let admin: &Api = server.admin();
    admin.deploy(&Hook::wat(&crate::harness::guests::large(1)));
    let mut paths = vec![server.data()];
    while let Some(path) = paths.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            paths.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        // Who cannot enter the folder cannot read what is in it; what is native code or a key is private in itself.
        let private =
            path == server.data() || path.ends_with("master.key") || path.extension().is_some_and(|one| one == "cwasm" || one == "image");
        assert!(!private || mode & 0o077 == 0, "{} has mode {mode:o}", path.display());
    }
}

#[test]
fn programs_are_told_in_json_where_it_listens_and_what_it_does() {
    let shell = Shell::new();
    shell.write("hookbox.toml", "[metrics]\nlisten = '127.0.0.1:0'\n[log]\nformat = 'text'\n");
    let errors = shell.folder().join("errors");
    let mut command = shell.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data", "--json"]);
    let mut child = command.stderr(std::fs::File::create(&errors).unwrap()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(2);
    let told: Vec<Value> = lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    let url = |at: usize| told[at]["url"].as_str().unwrap();
    assert_eq!((&told[0]["event"], &told[1]["event"]), (&json!("listening"), &json!("metrics")));
    let address = url(0).strip_prefix("http://").unwrap();
    assert!(connect(address.parse().unwrap()).is_ok());
    assert!(url(1).starts_with("http://127.0.0.1:") && url(1).ends_with("/metrics"), "{told:?}");
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    let log: Vec<Value> = std::fs::read_to_string(errors).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let entry = |message: &str| log.iter().find(|entry| entry["message"].as_str().unwrap().starts_with(message));
    assert_eq!(entry("made the admin credential").unwrap()["file"], "data/admin-credential.json");
    assert_eq!(entry("listening").unwrap()["data"], "data");
    assert!(entry("memories of JavaScript hooks are").unwrap()["message"].as_str().unwrap().contains("pagemap_scan is o"));
    assert!(entry("stopped").is_some(), "{log:?}");
}
