//! Functions that cannot be used: they are taken, since their bytes look right, and admission then says what is wrong with them.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, echo, much_too_costly};
use crate::harness::{Hook, Server, context, eventually};

/// Deploys a function that must be refused, beside a hook that must go on; the status message.
fn refusal(server: &Server, hook: &Hook) -> String {
    let admin = server.admin();
    let hook = admin.admit(&hook.clone().disabled());
    assert_eq!(hook["status"], "create-failed", "{hook}");
    let message = hook["status_message"].as_str().expect("a message for the author").to_owned();
    let answer = admin.fire(hook["id"].as_str().unwrap(), &context(1));
    assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!("not_ready"), &json!("not_ready")), "{answer}");
    assert_eq!(admin.trigger(&context(42))["result"], context(42));
    message
}

fn lab() -> Server {
    lab_with("")
}

fn lab_with(config: &str) -> Server {
    let server = Server::with(config);
    server.admin().allow_many_hooks();
    server.admin().deploy(&Hook::wat(&echo()));
    server
}

#[test]
fn a_forbidden_import_is_named() {
    let server = lab();
    for (text, says) in [
        (r#"(module (import "env" "system" (func)) (memory (export "memory") 1) (func (export "_start")))"#, "imports `env::system`"),
        (
            r#"(module (import "wasi_unstable" "fd_write" (func)) (memory (export "memory") 1) (func (export "_start")))"#,
            "imports `wasi_unstable::fd_write`",
        ),
        (r#"(component (import "acme:net/tcp" (instance)))"#, "imports `acme:net/tcp`"),
        (r#"(module (import "wasi_snapshot_preview1" "fd_fly" (func)) (memory (export "memory") 1) (func (export "_start")))"#, "fd_fly"),
        (r#"(component (import "wasi:http/outgoing-handler@0.2.0" (instance (export "handle" (func)))))"#, "no handler"),
    ] {
        let message = refusal(&server, &Hook::wat(text));
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_missing_handler_is_named() {
    let server = lab();
    for (text, says) in [
        (r#"(module (memory (export "memory") 1))"#, "a command exports `_start`"),
        (r#"(module (func (export "_start")))"#, "exports its `memory`"),
        (r#"(module (memory (export "memory") 1) (func (export "_start") (param i32)))"#, "a command exports `_start`"),
        (r#"(module (memory (export "memory") 1) (global (export "_start") i32 (i32.const 0)))"#, "a command exports `_start`"),
        ("(component)", "handle: func(context: string) -> result<string, string>"),
    ] {
        let message = refusal(&server, &Hook::wat(text));
        assert!(message.contains("no handler") || message.contains("memory"), "{message}");
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn what_does_not_parse_or_validate_says_so() {
    let server = lab();
    let mut cut = wat::parse_str(allowing(1)).unwrap();
    cut.truncate(cut.len() - 1);
    assert!(refusal(&server, &Hook::new(&cut)).contains("does not parse"));
    assert!(refusal(&server, &Hook::new(b"\0asm\x01\0\0\0\xff\xff\xff\xff\xff")).contains("does not parse"));
    let mistyped = r#"(module (memory (export "memory") 1) (func (export "_start") (i32.add (i64.const 1) (i32.const 1)) drop))"#;
    let message = refusal(&server, &Hook::wat(mistyped));
    assert!(message.contains("type mismatch"), "{message}");
    for (text, says) in [
        (r#"(module (memory (export "memory") i64 1) (func (export "_start")))"#, "memory64"),
        (r#"(module (memory (export "memory") 1 1 shared) (func (export "_start")))"#, "threads"),
    ] {
        let message = refusal(&server, &Hook::wat(text));
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn shapes_over_the_caps_are_not_compiled() {
    let server = lab();
    let bodies = [
        ("(func)".repeat(30_001), "30002 functions"),
        (format!("(func {})", "nop ".repeat(600_000)), "bytes in one function"),
        (format!("(func (local {}))", "i64 ".repeat(5_001)), "5001 locals"),
        ("(global i32 (i32.const 0))".repeat(50_001), "50001 globals"),
    ];
    for (definitions, says) in bodies {
        let text = format!(r#"(module (memory (export "memory") 1) (func (export "_start")) {definitions})"#);
        let message = refusal(&server, &Hook::wat(&text));
        assert!(message.starts_with("over the compile limits") && message.contains(says), "{message}");
    }
    let nested = format!("(component {})", "(core module)".repeat(33));
    let message = refusal(&server, &Hook::wat(&nested));
    assert!(message.contains("over the compile limits"), "{message}");
    let deep = format!("{}{}", "(component ".repeat(10), ")".repeat(10));
    let message = refusal(&server, &Hook::wat(&deep));
    assert!(message.contains("over the compile limits"), "{message}");
    assert_eq!(server.log().matches("compiled").count(), 1, "only the good hook is worth a compiler's time");
}

/// More work for a compiler than the servers of these tests allow.
fn too_costly() -> Hook {
    Hook::wat(&much_too_costly())
}

#[test]
fn a_costly_compilation_is_given_up_in_time() {
    let server = lab_with("compile.timeout = \"1s\"");
    let message = refusal(&server, &too_costly());
    assert!(message.contains("over the compile limits"), "{message}");
}

#[test]
fn a_compilation_has_only_so_much_memory() {
    let server = lab_with("compile.memory_mib = 64");
    let message = refusal(&server, &too_costly());
    assert!(message.contains("over the compile limits: 64 MiB"), "{message}");
}

#[test]
fn logins_are_answered_while_a_compiler_works() {
    let server = lab_with("compile.timeout = \"1s\"");
    let admin = server.admin();
    let id = admin.create_hook(&too_costly().disabled())["id"].as_str().unwrap().to_owned();
    let pending = |hook: Value| !hook["status"].as_str().unwrap().ends_with("-failed");
    let mut answered = 0;
    while pending(admin.get(&format!("/v1/hooks/{id}")).expect(200)) {
        assert_eq!(admin.trigger(&context(3))["result"], context(3));
        answered += 1;
    }
    assert!(answered > 0);
}

/// The process that compiles for a server, if there is one now.
fn compiler_of(server: &Server) -> Option<PathBuf> {
    let children = format!("/proc/{0}/task", server.pid().as_raw_nonzero());
    let children = fs::read_dir(children).unwrap().filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    let child = children.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).next()?;
    Some(PathBuf::from(format!("/proc/{child}")))
}

#[test]
fn a_compiler_is_a_process_with_little_to_lose() {
    let server = lab_with("[compile]\ntimeout = \"20s\"\nmemory_mib = 900");
    let admin = server.admin();
    let id = admin.create_hook(&too_costly().disabled())["id"].as_str().unwrap().to_owned();
    // It limits itself before it reads a byte, which may be a moment after it is there; being nice comes last.
    let (limits, process) = eventually("a nice compiler", || {
        let process = compiler_of(&server)?;
        let stat = fs::read_to_string(process.join("stat")).ok()?;
        let nice = stat.rsplit(')').next()?.split_whitespace().nth(16)? == "10";
        nice.then(|| fs::read_to_string(process.join("limits")).ok()).flatten().map(|limits| (limits, process))
    });
    let limit = |name: &str| {
        limits.lines().find(|line| line.starts_with(name)).unwrap()[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!((limit("Max address space"), limit("Max cpu time")), ("943718400".into(), "20".into()));
    assert_eq!((limit("Max file size"), limit("Max core file size")), ("0".into(), "0".into()));
    let environment = fs::read_to_string(process.join("environ")).unwrap();
    assert!(environment.contains("HOOKBOX_COMPILE_MEMORY_BYTES") && !environment.contains("SECRET"), "{environment}");
    // Deleting the hook ends neither: what is compiled is compiled, and then thrown away.
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    assert_eq!(admin.trigger(&context(1))["outcome"], "completed");
}

#[test]
fn a_refused_function_can_be_replaced() {
    let server = Server::start();
    let admin = server.admin();
    let refused = admin.admit(&Hook::wat(r#"(module (import "env" "system" (func)))"#));
    let id = refused["id"].as_str().unwrap();
    assert_eq!(refused["status"], "create-failed");
    assert_eq!(admin.trigger(&context(1))["outcome"], "not_ready");
    let hook = admin.update_hook(id, &json!({"function": Hook::wat(&allowing(9)).json()["function"]}));
    assert_eq!((&hook["status"], &hook["status_message"], &hook["version"]), (&json!("ready"), &Value::Null, &json!(2)));
    assert_eq!(admin.trigger(&context(1))["result"], json!({"user": {"policy_id": 9}}));
    // Nothing is kept of it that would be found again.
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    assert_eq!(admin.trigger(&context(1))["outcome"], "no_hook");
}
