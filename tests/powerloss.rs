//! What is on disk when a write is acknowledged: the server's system calls, as strace sees them. Between the last byte of a record and
//! the first of the answer there must be an fsync.

use std::collections::HashMap;
use std::fs;
use std::process::Command;

use serde_json::json;

use crate::harness::guests::large;
use crate::harness::{Hook, Server, ServerBuilder, eventually};

const CALLS: &str = "trace=fsync,fdatasync,sync_file_range,write,writev,pwrite64,sendto,sendmsg,rename,renameat,renameat2";

/// One system call: where in the trace it began and ended.
#[derive(Debug)]
struct Call {
    thread: String,
    name: String,
    text: String,
    began: usize,
    ended: usize,
}

impl Call {
    fn writes_to(&self, file: &str) -> bool {
        matches!(self.name.as_str(), "write" | "writev" | "pwrite64") && self.target().contains(file)
    }

    /// Whether it waited, with success, until the file is on disk.
    fn syncs(&self, file: &str) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync") && self.target().contains(file) && self.text.ends_with("= 0")
    }

    fn answers(&self, status: &str) -> bool {
        matches!(self.name.as_str(), "write" | "writev" | "sendto" | "sendmsg") && self.text.contains(&format!("HTTP/1.1 {status}"))
    }

    /// The file that the first argument, a descriptor, stands for.
    fn target(&self) -> &str {
        self.text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path)
    }
}

/// The system calls in the order in which they ended.
fn parse(trace: &str) -> Vec<Call> {
    let mut begun: HashMap<&str, (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (at, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ').map(|(thread, rest)| (thread, rest.trim_start())) else { continue };
        let (began, text) = if let Some(start) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, (at, start.to_owned()));
            continue;
        } else if rest.starts_with("<... ") {
            let Some((began, start)) = begun.remove(thread) else { continue };
            (began, format!("{start} {}", rest.split_once('>').map_or("", |(_, end)| end)))
        } else {
            (at, rest.to_owned())
        };
        let name = text.split('(').next().unwrap_or_default().to_owned();
        calls.push(Call { thread: thread.to_owned(), name, text, began, ended: at });
    }
    calls
}

struct Traced {
    server: Server,
}

impl Traced {
    fn start(engine: &str) -> Self {
        let strace = Command::new("strace").arg("--version").output();
        assert!(strace.is_ok_and(|output| output.status.success()), "strace is missing: apt-get install strace");
        let builder = ServerBuilder::new().config(&format!("store.engine = \"{engine}\""));
        let path = builder.folder().join("trace");
        // With -D the server stays our child, and strace is the one that is out of sight.
        let wrapper = ["strace", "-D", "-f", "-y", "-s", "8192", "-o", path.to_str().unwrap(), "-e", CALLS];
        Self { server: builder.wrapper(&wrapper).start() }
    }

    /// Stops the server; its system calls.
    fn calls(mut self) -> Vec<Call> {
        let path = self.server.builder().folder().join("trace");
        let thread = self.server.pid().as_raw_nonzero().to_string();
        self.server.terminate();
        assert!(self.server.wait().success());
        let end = format!("{thread} +++ exited with 0 +++");
        let trace = eventually("the end of the trace", || {
            fs::read_to_string(&path)
                .ok()
                .filter(|trace| trace.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == end))
        });
        parse(&trace)
    }
}

/// Where the record that holds `marker` was written to the store, after checking that the answer waited for it to be on disk.
#[track_caller]
fn on_disk_before_the_answer<'a>(calls: &'a [Call], store: &str, marker: &str, answer: &Call) -> &'a Call {
    let record = calls.iter().find(|call| call.writes_to(store) && call.text.contains(marker));
    let record = record.unwrap_or_else(|| panic!("{marker} was never written to {store}"));
    assert!(record.ended < answer.began, "the answer came before the write");
    // The commit's thread writes what belongs to the record, and syncs it, one after the other.
    let written = calls.iter().filter(|call| call.thread == record.thread && call.writes_to(store) && call.began < answer.began);
    let last = written.max_by_key(|call| call.ended).unwrap();
    let synced = calls.iter().any(|call| call.syncs(store) && call.began > last.ended && call.ended < answer.began);
    assert!(synced, "no fsync of {store} between {last:?} and {answer:?}");
    record
}

fn answer<'a>(calls: &'a [Call], id: &str) -> &'a Call {
    let found = calls.iter().find(|call| call.answers("201") && call.text.contains(id));
    found.unwrap_or_else(|| panic!("no answer 201 with {id} in the trace"))
}

fn an_acknowledged_env_var_is_on_disk(engine: &str) {
    let traced = Traced::start(engine);
    let id = traced.server.admin().create_env("POWER_LOSS", "a value");
    let calls = traced.calls();
    on_disk_before_the_answer(&calls, &format!("store.{engine}"), &id, answer(&calls, &id));
}

#[test]
fn an_acknowledged_env_var_is_on_disk_with_redb() {
    an_acknowledged_env_var_is_on_disk("redb");
}

#[test]
fn an_acknowledged_env_var_is_on_disk_with_sled() {
    an_acknowledged_env_var_is_on_disk("sled");
}

fn an_acknowledged_function_is_on_disk(engine: &str) {
    let traced = Traced::start(engine);
    let admin = traced.server.admin();
    let made = admin.create_hook(&Hook::wat(&large(1)));
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.settled(&id)["status"], "ready");
    let calls = traced.calls();
    let answer = answer(&calls, &id);
    let record = on_disk_before_the_answer(&calls, &format!("store.{engine}"), &id, answer);

    // The blob: its bytes, their fsync, its name, the fsync of the folder that has the name, and only then the record.
    let written = calls.iter().filter(|call| call.writes_to("/data/blobs/temp/")).max_by_key(|call| call.ended).expect("a blob is written");
    let file = written.target();
    let synced = calls.iter().find(|call| call.syncs(file) && call.began > written.ended).expect("an fsync of the blob");
    let renamed = calls.iter().find(|call| call.name.starts_with("rename") && call.text.contains(file)).expect("a rename of the blob");
    let folder = renamed.text.rsplit('"').nth(1).and_then(|to| to.rsplit_once('/')).expect("a place for the blob").0;
    let named = calls.iter().find(|call| call.syncs(folder) && call.target() == folder && call.began > renamed.ended);
    let named = named.unwrap_or_else(|| panic!("no fsync of {folder}"));
    assert!(synced.ended < renamed.began && named.ended < record.began, "{synced:?} {renamed:?} {named:?} {record:?}");
    // The folder is new, and its own name must last too.
    let parent = folder.rsplit_once('/').unwrap().0;
    assert!(calls.iter().any(|call| call.syncs(parent) && call.target() == parent && call.ended < record.began), "no fsync of {parent}");
}

#[test]
fn an_acknowledged_function_is_on_disk_with_redb() {
    an_acknowledged_function_is_on_disk("redb");
}

#[test]
fn an_acknowledged_function_is_on_disk_with_sled() {
    an_acknowledged_function_is_on_disk("sled");
}

#[test]
fn a_new_server_s_keys_and_credential_are_on_disk() {
    let traced = Traced::start("redb");
    let admin = traced.server.admin();
    let made = admin.post("/v1/credentials", &json!({"scopes": ["read"]})).expect(201);
    let id = made["client_id"].as_str().unwrap().to_owned();
    let calls = traced.calls();
    on_disk_before_the_answer(&calls, "store.redb", &id, answer(&calls, &id));
    let key = calls.iter().find(|call| call.writes_to("master.key.new")).expect("the master key is written");
    let synced = calls.iter().find(|call| call.syncs("master.key.new")).expect("and synced");
    let renamed = calls.iter().find(|call| call.name.starts_with("rename") && call.text.contains("master.key.new")).expect("and named");
    let listening = calls.iter().find(|call| call.name == "write" && call.text.contains("listening on http")).expect("then it listens");
    let folder =
        calls.iter().find(|call| call.syncs("/data") && call.target().ends_with("/data") && call.began > renamed.ended).expect("an fsync");
    assert!(key.ended < synced.began && synced.ended < renamed.began && folder.ended < listening.began);
}
