//! A host that has no more to give: no processes, no threads, no memory. Who needs more is refused or waits, and nothing else ends.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, getuid, prlimit};
use serde_json::{Value, json};

use crate::harness::guests::{allowing, command};
use crate::harness::{Hook, METRICS, Server, ServerBuilder, context, eventually};

/// Longer than the threads of an idle server live that nothing keeps.
const QUIET: Duration = Duration::from_secs(12);

fn limit(server: &Server, resource: Resource, most: Option<u64>) {
    prlimit(Some(server.pid()), resource, Rlimit { current: most, maximum: getrlimit(resource).maximum }).unwrap();
}

/// The user of the server of this test alone, since the limit counts all processes of a user. `None` where no other user can be taken.
fn user() -> Option<u32> {
    getuid().is_root().then(|| 1_000_000_000 + std::process::id())
}

/// Lets the server start no process and no thread, or as many as before.
fn limit_processes(server: &Server, most: &str) {
    let mut command = Command::new("prlimit");
    command.args(["--pid", &server.pid().as_raw_nonzero().to_string(), &format!("--nproc={most}:")]);
    if let Some(user) = user() {
        // Only the user itself may do so, unless root has more rights than it has in many containers.
        command.uid(user).gid(user);
    }
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A server whose user may be refused processes, which root may not.
fn unprivileged() -> Server {
    let builder = ServerBuilder::new().config(METRICS);
    let Some(user) = user() else { return builder.start() };
    chown(builder.folder(), Some(user), Some(user)).unwrap();
    let user = user.to_string();
    builder.wrapper(&["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups"]).start()
}

#[test]
fn a_deployment_waits_until_processes_can_be_started_again() {
    let server = unprivileged();
    let admin = server.admin();
    admin.deploy(&Hook::wat(&allowing(1)));
    thread::sleep(QUIET);
    limit_processes(&server, "1");
    let id = admin.create_hook(&Hook::wat(&allowing(2)).with("type", "user-migration"))["id"].as_str().unwrap().to_owned();
    let waiting = || {
        let hook = admin.get(&format!("/v1/hooks/{id}")).expect(200);
        assert!(hook["status"] == "create-queued" || hook["status"] == "create-running", "{hook}");
        hook["status_message"].as_str().map(str::to_owned)
    };
    let message = eventually("a deployment that waits", waiting);
    assert!(message.starts_with("the server has trouble; it tries again: the compiler cannot be started: "), "{message}");
    let faults = || server.metric("hookbox_admission_host_faults_total");
    eventually("more than one try", || (faults() > 1.0).then_some(()));
    let ready = server.get("/readyz").send().expect(200);
    assert!(ready["troubles"][0].as_str().unwrap().contains("the compiler cannot be started"), "{ready}");
    for number in 0..20 {
        assert_eq!(admin.trigger(&context(number))["outcome"], "completed");
    }
    // What takes a thread of the disk's goes on with those that there are.
    admin.create_env("NAME", "value");
    eventually("the entries of the executions", || (server.metric("hookbox_log_entries_written_total") == 20.0).then_some(()));
    limit_processes(&server, "1000");
    let hook = admin.settled(&id);
    assert_eq!((&hook["status"], &hook["status_message"]), (&json!("ready"), &Value::Null));
    assert_eq!(server.get("/readyz").send().expect(200)["troubles"], json!([]));
    assert_eq!(server.metric("hookbox_log_entries_dropped_total"), 0.0);
}

/// The private memory that a server may write to, in bytes: what the limit of its data is compared with.
fn data_bytes(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[test]
fn who_needs_memory_that_the_kernel_does_not_give_is_refused_and_nobody_else() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.deploy(&Hook::wat(&allowing(1)));
    // 100 MiB more than a module begins with.
    let growing = command(
        r#"(data (i32.const 1024) "{\"user\":{\"policy_id\":2}}")
        (func (export "_start")
            (if (i32.eq (memory.grow (i32.const 1600)) (i32.const -1)) (then unreachable))
            (memory.fill (i32.const 1000000) (i32.const 7) (i32.const 100000000))
            (call $print (i32.const 1) (i32.const 1024) (i32.const 24)))"#,
    );
    let source = "exports.handler = async () => { const a = new Uint8Array(90e6).fill(7); return { user: { policy_id: a[5] } }; };";
    let javascript = Hook::new(source.as_bytes()).with("runtime", "nodejs22.x");
    let hungry = [Hook::wat(&growing), javascript].map(|hook| admin.deploy(&hook.with("limits", json!({"memory_mib": 128})).disabled()));
    // Room for what the server does, and not for one of these.
    limit(&server, Resource::Data, Some(data_bytes(&server) + (40 << 20)));
    for _ in 0..3 {
        for id in &hungry {
            let answer = admin.fire_request(id, &context(2)).send().value();
            assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("overloaded"), &json!("deny")), "{answer}");
            assert_eq!(admin.trigger(&context(3))["outcome"], "completed");
            assert_eq!(server.get("/healthz").send().status, 200);
        }
    }
    limit(&server, Resource::Data, None);
    for id in &hungry {
        assert_eq!(admin.fire(id, &context(4))["outcome"], "completed");
    }
}
