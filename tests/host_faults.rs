//! Faults of the host: no author reads that their function is bad because a cache cannot be written, a process cannot be started or was
//! killed, or there are no descriptors left. The deployment waits, tells why, and is done when the host is well again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};
use serde_json::{Value, json};

use crate::harness::guests::{allowing, large, much_too_costly};
use crate::harness::{Api, Hook, Server, ServerBuilder, context, eventually};

const SAID: &str = "the server has trouble; it tries again: ";

/// What the author of a hook that waits for the host reads.
fn waiting(api: &Api, id: &str) -> String {
    eventually("a hook that waits for the host", || {
        let hook = api.get(&format!("/v1/hooks/{id}")).expect(200);
        let status = hook["status"].as_str().unwrap();
        assert!(status.ends_with("-queued") || status.ends_with("-running"), "{hook}");
        hook["status_message"].as_str().map(str::to_owned)
    })
}

/// Waits for the host's trouble with a hook, looks at what is told, ends the trouble, and waits until the hook is ready.
fn recovers(server: &Server, id: &str, problem: &str, heal: impl FnOnce()) {
    let message = waiting(server.admin(), id);
    assert!(message.starts_with(SAID) && message.contains(problem), "{message}");
    let ready = server.get("/readyz").send().expect(200);
    assert!(ready["troubles"][0].as_str().unwrap().contains(problem), "{ready}");
    heal();
    let hook = server.admin().settled(id);
    assert_eq!((&hook["status"], &hook["status_message"]), (&json!("ready"), &Value::Null), "{hook}");
}

fn create(server: &Server, hook: &Hook) -> String {
    server.admin().create_hook(hook)["id"].as_str().unwrap().to_owned()
}

fn another() -> Hook {
    Hook::wat(&allowing(2)).with("type", "user-migration")
}

#[test]
fn a_cache_that_is_removed_while_the_server_runs_is_made_again() {
    let server = Server::start();
    server.admin().deploy(&Hook::wat(&allowing(1)));
    fs::remove_dir_all(server.data().join("cache")).unwrap();
    server.admin().deploy(&another());
    let javascript = Hook::new(b"exports.handler = async () => ({ success: true })").with("runtime", "nodejs20.x").disabled();
    server.admin().allow_many_hooks();
    fs::remove_dir_all(server.data().join("cache")).unwrap();
    server.admin().deploy(&javascript);
    fs::remove_dir_all(server.data().join("cache")).unwrap();
    fs::write(server.data().join("cache"), b"a file").unwrap();
    server.admin().update_hook(&server.admin().deploy(&Hook::wat(&allowing(3)).disabled()), &json!({"timeout": 3}));
    let server = server.stop().start();
    assert_eq!(server.admin().trigger(&context(1))["outcome"], "completed");
}

/// Lets nobody write into a folder, root aside; root is kept from it by a file in the folder's place that is no folder.
fn block(path: &Path) -> PathBuf {
    let aside = path.with_extension("aside");
    fs::rename(path, &aside).unwrap();
    // A link to nowhere can neither be made a folder nor be opened.
    std::os::unix::fs::symlink("/proc/nowhere/cache", path).unwrap();
    aside
}

fn unblock(path: &Path, aside: &Path) {
    fs::remove_file(path).unwrap();
    fs::rename(aside, path).unwrap();
}

#[test]
fn a_cache_that_cannot_be_written_keeps_a_deployment_waiting_and_takes_no_hook_away() {
    let server = Server::start();
    server.admin().deploy(&Hook::wat(&allowing(1)));
    let cache = server.data().join("cache");
    let aside = block(&cache);
    let id = create(&server, &another());
    recovers(&server, &id, "the cache of compiled code", || {
        assert_eq!(server.admin().trigger(&context(1))["outcome"], "completed");
        unblock(&cache, &aside);
    });
    // At a start, too: the hook stays ready, and serves as soon as it can be loaded.
    let stopped = server.stop();
    let aside = block(&cache);
    let server = stopped.start();
    let hooks = server.admin().get("/v1/hooks").expect(200);
    assert!(hooks["items"].as_array().unwrap().iter().all(|hook| hook["status"] == "ready"), "{hooks}");
    unblock(&cache, &aside);
    eventually("a hook that loads by itself", || (server.admin().trigger(&context(1))["outcome"] == "completed").then_some(()));
}

/// The compilers that a server runs.
fn compilers(server: &Server) -> Vec<Pid> {
    let task = format!("/proc/{}/task", server.pid().as_raw_nonzero());
    let children = fs::read_dir(task).unwrap().filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    let pids: Vec<i32> = children.flat_map(|pids| pids.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<_>>()).collect();
    pids.into_iter().filter_map(Pid::from_raw).collect()
}

#[test]
fn a_compiler_that_is_killed_is_started_again() {
    let server = Server::with("compile.timeout = \"300s\"\ncompile.memory_mib = 4096");
    let id = create(&server, &Hook::wat(&much_too_costly()));
    let killed = eventually("a compiler", || compilers(&server).first().copied());
    kill_process(killed, Signal::KILL).unwrap();
    let message = waiting(server.admin(), &id);
    assert_eq!(message, format!("{SAID}the compiler was ended by signal 9"));
    eventually("another compiler", || compilers(&server).into_iter().find(|pid| *pid != killed));
    // Other hooks, and this one with another function, do not wait for it.
    server.admin().deploy(&Hook::wat(&allowing(3)).with("type", "user-migration"));
}

fn limit(server: &Server, resource: Resource, most: Option<u64>) {
    // The server has this process's limits, and only it may lower its own for good.
    let maximum = getrlimit(resource).maximum;
    prlimit(Some(server.pid()), resource, Rlimit { current: most, maximum }).expect("the limit of a child can be set");
}

#[test]
fn a_deployment_waits_until_there_are_descriptors_again() {
    let server = Server::start();
    let admin = server.admin();
    admin.deploy(&Hook::wat(&allowing(1)));
    let id = create(&server, &Hook::wat(&allowing(2)).with("type", "user-migration"));
    admin.settled(&id);
    // The descriptors that are open, and one for a connection.
    let open = fs::read_dir(format!("/proc/{}/fd", server.pid().as_raw_nonzero())).unwrap().count() as u64;
    limit(&server, Resource::Nofile, Some(open + 2));
    admin.put(&format!("/v1/hooks/{id}"), &json!({"function": Hook::wat(&allowing(3)).json()["function"]})).expect(200);
    recovers(&server, &id, "Too many open files", || {
        assert_eq!(admin.trigger(&context(1))["outcome"], "completed");
        limit(&server, Resource::Nofile, Some(1024));
    });
}

#[test]
fn a_deployment_waits_until_the_disk_has_room_again() {
    let server = ServerBuilder::new().wrapper(&["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).start();
    server.admin().deploy(&Hook::wat(&allowing(1)));
    let store = fs::metadata(server.data().join("store.redb")).unwrap().len();
    let id = create(&server, &Hook::wat(&much_code()).with("type", "user-migration").disabled());
    server.admin().settled(&id);
    fs::remove_dir_all(server.data().join("cache")).unwrap();
    // Room for records, and not for compiled code.
    limit(&server, Resource::Fsize, Some(store.min(64 << 10)));
    let update = server.admin().put(&format!("/v1/hooks/{id}"), &json!({"timeout": 3}));
    limit(&server, Resource::Fsize, None);
    assert!([200, 503].contains(&update.status));
    assert_eq!(server.admin().settled(&id)["status"], "ready");
    assert_eq!(server.admin().trigger(&context(1))["outcome"], "completed");
}

fn much_code() -> String {
    crate::harness::guests::costly(2)
}

#[test]
fn a_function_that_no_sandbox_has_room_for_is_refused_at_once() {
    let server = Server::start();
    server.admin().allow_many_hooks();
    let module = |definition: &str| format!(r#"(module (memory (export "memory") 1) (func (export "_start")) {definition})"#);
    let instances = (0..9).map(|number| format!("(core instance $i{number} (instantiate $m))")).collect::<String>();
    for (text, says) in [
        (module("(table 20001 funcref)"), "20001 elements in one table, at most 20000"),
        (module(&"(table 1 funcref)".repeat(5)), "5 tables in one module, at most 4"),
        (r#"(module (memory (export "memory") 65536) (func (export "_start")))"#.to_owned(), "65536 pages of memory at the start"),
        (format!("(component (core module $m (func)) {instances})"), "9 core module instances, which exceeds the configured maximum of 8"),
    ] {
        let hook = server.admin().admit(&Hook::wat(&text).disabled());
        let message = hook["status_message"].as_str().unwrap_or_else(|| panic!("{hook}"));
        assert!(hook["status"] == "create-failed" && message.starts_with("over the compile limits") && message.contains(says), "{hook}");
    }
    assert!(!server.log().contains("it is tried again"), "{}", server.log());
}

/// The large functions in a data folder.
fn blobs(data: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(data.join("blobs")).unwrap().map(|folder| folder.unwrap().path());
    folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path())).collect()
}

#[test]
fn a_damaged_function_is_shown_with_its_hook_and_can_be_replaced() {
    let server = Server::start();
    let id = server.admin().deploy(&Hook::wat(&large(1)));
    let other = server.admin().deploy(&another());
    let stopped = server.stop();
    let [blob] = &blobs(&stopped.data())[..] else { panic!("one large function") };
    fs::write(blob, b"damage").unwrap();
    fs::remove_dir_all(stopped.data().join("cache")).unwrap();
    let server = stopped.start();
    let admin = server.admin();
    for list in ["/v1/hooks", "/api/2/hooks"] {
        let hooks = admin.get(list).expect(200);
        let hooks = hooks.get("items").unwrap_or(&hooks).as_array().unwrap();
        let damaged = hooks.iter().find(|hook| hook["id"] == json!(id)).unwrap();
        assert!(damaged["status_message"].as_str().unwrap().contains("other bytes than its name says"), "{damaged}");
        assert!(hooks.iter().any(|hook| hook["id"] == json!(other) && hook["status"] == "ready"), "{hooks:?}");
    }
    assert!(admin.get(&format!("/api/2/hooks/{id}")).expect(200)["status"] == "update-failed");
    assert_eq!(admin.trigger(&context(1))["outcome"], "not_ready");
    admin.put(&format!("/api/2/hooks/{id}"), &json!({"function": Hook::wat(&allowing(1)).json()["function"]})).expect(200);
    assert_eq!(admin.settled(&id)["status"], "ready");
    assert_eq!(admin.trigger(&context(1))["outcome"], "completed");
}

/// Whatever is damaged in a store: `verify` says so with exit code 1 and `serve` refuses or serves, and neither panics.
#[test]
fn a_damaged_store_is_told_in_a_sentence() {
    let server = Server::start();
    server.admin().deploy(&Hook::wat(&allowing(1)));
    for number in 0..40 {
        server.admin().create_env(&format!("KEY_{number}"), &"v".repeat(2000));
    }
    let stopped = server.stop();
    let path = stopped.data().join("store.redb");
    let whole = fs::read(&path).unwrap();
    let mut told = 0;
    for place in (0..whole.len()).step_by(whole.len() / 30) {
        let mut damaged = whole.clone();
        damaged[place..].iter_mut().take(256).for_each(|byte| *byte ^= 0x5a);
        fs::write(&path, damaged).unwrap();
        let ran = Command::new(env!("CARGO_BIN_EXE_hookbox")).arg("verify").arg("--data").arg(stopped.data()).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(matches!(ran.status.code(), Some(0 | 1)) && !said.contains("panicked"), "{place}: {:?} {said}", ran.status);
        told += usize::from(ran.status.code() == Some(1));
    }
    assert!(told > 5, "{told} damages were told");
    fs::write(&path, &whole).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(stopped.start().admin().trigger(&context(1))["outcome"], "completed");
}
