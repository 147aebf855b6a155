//! Hostile and well-behaved guests in WAT, each asserted to its exact end and to leave the next execution unharmed.

use std::time::Duration;

use hookbox_host_api::log::Mask;
use hookbox_host_api::{EnvVars, Secret};
use wasmtime::Module;
use wasmtime::component::Component;

mod canary;
mod http;
mod wasi;

use super::*;
use crate::admission::precompile;
use crate::{FunctionKind, Limits, Share};

const ECHO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 60000))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

fn sandbox() -> Sandbox {
    Sandbox::new(SandboxConfig {
        concurrency: 4,
        max_memory_bytes: 128 << 20,
        memory_budget_bytes: 1 << 30,
        max_result_bytes: 256 << 10,
        pagemap: crate::PagemapUse::Scan,
    })
    .unwrap()
}

fn prepare(sandbox: &Sandbox, wat: &str) -> Result<PreparedHook, String> {
    prepare_bytes(sandbox, &wat::parse_str(wat).unwrap())
}

#[allow(unsafe_code, reason = "the code was compiled by this test")]
fn prepare_bytes(sandbox: &Sandbox, function: &[u8]) -> Result<PreparedHook, String> {
    let code = precompile(function)?;
    match FunctionKind::sniff(function).unwrap() {
        FunctionKind::Command => {
            let module = unsafe { Module::deserialize(sandbox.engine(), code) }.map_err(|error| format!("{error:#}"))?;
            PreparedHook::command(&module, sandbox.linkers())
        }
        FunctionKind::Component => {
            let component = unsafe { Component::deserialize(sandbox.engine(), code) }.map_err(|error| format!("{error:#}"))?;
            PreparedHook::component(&component, sandbox.linkers())
        }
        FunctionKind::JavaScript => unreachable!("JavaScript has no magic bytes"),
    }
}

fn invocation(timeout: Duration) -> Invocation {
    let env: EnvVars = [("COLOUR".to_owned(), Secret::new("green"))].into_iter().collect();
    Invocation {
        execution_id: "e1".into(),
        identity: Arc::default(),
        context: r#"{"user":{"policy_id":1}}"#.into(),
        env: env.into(),
        mask: Mask::default().into(),
        grant: Arc::default(),
        outside: None,
        request: None,
        answerer: None,
        beginning: None,
        limits: Limits { fuel: 1_000_000_000, memory_bytes: 64 << 20 },
        deadline: Instant::now() + timeout,
        share: Share::default(),
        log_limit: 64 << 10,
    }
}

/// Runs a guest, then an echo in the same sandbox, which must be right whatever the guest did.
async fn run_with(wat: &str, invocation: Invocation) -> Execution {
    run_bytes(&wat::parse_str(wat).unwrap(), invocation).await
}

async fn run_bytes(function: &[u8], invocation: Invocation) -> Execution {
    let sandbox = sandbox();
    let execution = sandbox.execute(&prepare_bytes(&sandbox, function).unwrap(), invocation).await;
    let echo = sandbox.execute(&prepare(&sandbox, ECHO).unwrap(), self::invocation(Duration::from_secs(10))).await;
    assert_eq!(echo.result.unwrap().get(), r#"{"user":{"policy_id":1}}"#);
    execution
}

async fn run(wat: &str) -> Execution {
    run_with(wat, invocation(Duration::from_secs(10))).await
}

fn kind(execution: &Execution) -> FailureKind {
    execution.result.as_ref().map(|value| value.get()).unwrap_err().kind
}

fn messages(execution: Execution) -> Vec<String> {
    let log = execution.log.finish(None, std::time::SystemTime::UNIX_EPOCH);
    log.events.iter().map(|line| line.splitn(4, '\t').nth(3).unwrap().to_owned()).collect()
}

fn command(body: &str) -> String {
    format!(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 1) (table $t 1 funcref) {body})"#
    )
}

#[tokio::test]
async fn a_loop_runs_out_of_fuel_or_time() {
    let spin = command(r#"(func (export "_start") (loop (br 0)))"#);
    let execution =
        run_with(&spin, Invocation { limits: Limits { fuel: 5_000_000, memory_bytes: 1 << 20 }, ..invocation(Duration::from_secs(10)) })
            .await;
    assert_eq!(kind(&execution), FailureKind::OutOfFuel);
    assert_eq!(execution.usage.fuel, 5_000_000);
    let plenty = Limits { fuel: 100_000_000_000, memory_bytes: 1 << 20 };
    let execution = run_with(&spin, Invocation { limits: plenty, ..invocation(Duration::from_millis(50)) }).await;
    assert_eq!(kind(&execution), FailureKind::Timeout);
}

#[tokio::test]
async fn a_sleep_past_the_deadline_times_out() {
    let sleep = command(
        r#"(func (export "_start") (i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 60000000000))
           (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200))))"#,
    );
    assert_eq!(kind(&run_with(&sleep, invocation(Duration::from_millis(50))).await), FailureKind::Timeout);
}

#[tokio::test]
async fn memory_and_table_bombs_run_out_of_memory() {
    let memory =
        command(r#"(func (export "_start") (loop (if (i32.eq (memory.grow (i32.const 64)) (i32.const -1)) (then unreachable)) (br 0)))"#);
    let execution = run(&memory).await;
    assert_eq!(kind(&execution), FailureKind::OutOfMemory);
    assert!((60 << 20..=64 << 20).contains(&execution.usage.memory_bytes), "{:?}", execution.usage);
    let table = command(
        r#"(func (export "_start") (loop (if (i32.eq (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)) (then unreachable)) (br 0)))"#,
    );
    assert_eq!(kind(&run(&table).await), FailureKind::OutOfMemory);
    let declared = r#"(module (memory (export "memory") 1 2) (func (export "_start") (drop (memory.grow (i32.const 5))) unreachable))"#;
    assert_eq!(kind(&run(declared).await), FailureKind::OutOfMemory);
    let large = r#"(module (memory (export "memory") 1100) (func (export "_start")))"#;
    assert_eq!(kind(&run(large).await), FailureKind::OutOfMemory);
}

#[tokio::test]
async fn recursion_and_traps_fail_with_their_kind() {
    let deep = command(r#"(func $deep (export "_start") (call $deep) (call $deep))"#);
    assert_eq!(kind(&run(&deep).await), FailureKind::StackOverflow);
    let start = command(r#"(func $boom unreachable) (start $boom) (func (export "_start"))"#);
    let execution = run(&start).await;
    assert_eq!(kind(&execution), FailureKind::Trap);
    let message = execution.result.unwrap_err().message;
    assert!(message.contains("unreachable") && message.contains("boom"), "{message}");
    let segment = r#"(module (memory (export "memory") 1) (data (i32.const 70000) "x") (func (export "_start")))"#;
    assert_eq!(kind(&run(segment).await), FailureKind::Trap);
}

#[tokio::test]
async fn exit_codes_are_failures_but_for_zero() {
    let execution = run(&command(r#"(func (export "_start") (call $exit (i32.const 3)))"#)).await;
    let failure = execution.result.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Exit, "exit code 3"));
    let zero = command(
        r#"(data (i32.const 16) "null") (data (i32.const 0) "\10\00\00\00\04\00\00\00")
           (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (call $exit (i32.const 0)))"#,
    );
    assert_eq!(run(&zero).await.result.unwrap().get(), "null");
}

#[tokio::test]
async fn unusable_output_is_an_invalid_response() {
    let print = |data: &str| {
        command(&format!(
            r#"(data (i32.const 16) "{data}") (data (i32.const 0) "\10\00\00\00\04\00\00\00")
               (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))"#
        ))
    };
    for data in ["\\ff\\fe..", "nope", "    "] {
        assert_eq!(kind(&run(&print(data)).await), FailureKind::InvalidResponse, "{data}");
    }
    assert_eq!(run(&print("true")).await.result.unwrap().get(), "true");
    let silent = command(r#"(func (export "_start"))"#);
    assert_eq!(kind(&run(&silent).await), FailureKind::InvalidResponse);
    let huge = command(
        r#"(func (export "_start") (local $n i32) (i32.store (i32.const 0) (i32.const 32)) (i32.store (i32.const 4) (i32.const 60000))
           (loop (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                 (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 200)))))"#,
    );
    assert_eq!(kind(&run(&huge).await), FailureKind::InvalidResponse);
}

#[tokio::test]
async fn a_log_flood_is_cut_and_costly_host_calls_are_paid_for() {
    let flood = command(
        r#"(data (i32.const 16) "flood\0a") (data (i32.const 0) "\10\00\00\00\06\00\00\00") (data (i32.const 32) "null")
           (func (export "_start") (local $n i32)
           (loop (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
                 (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100000))))
           (i32.store (i32.const 0) (i32.const 32)) (i32.store (i32.const 4) (i32.const 4))
           (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))"#,
    );
    let execution = run(&flood).await;
    assert_eq!(execution.result.as_ref().unwrap().get(), "null");
    let log = execution.log.finish(None, std::time::SystemTime::UNIX_EPOCH);
    assert!(log.truncated && log.events.iter().map(str::len).sum::<usize>() < 66_000);

    let costly = command(r#"(func (export "_start") (loop (drop (call $random (i32.const 0) (i32.const 65536))) (br 0)))"#);
    let execution = run(&costly).await;
    assert_eq!(kind(&execution), FailureKind::OutOfFuel);
    let plenty = Limits { fuel: 100_000_000_000, memory_bytes: 1 << 20 };
    let execution = run_with(&costly, Invocation { limits: plenty, ..invocation(Duration::from_millis(50)) }).await;
    assert_eq!(kind(&execution), FailureKind::Timeout);
}

#[tokio::test]
async fn a_command_has_its_env_and_no_files() {
    let probe = command(
        r#"(func (export "_start") (drop (call $environ (i32.const 0) (i32.const 64)))
           (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 12))
           (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
           (if (i32.ne (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 5) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 32)) (i32.const 76))
               (then unreachable)))"#,
    );
    let execution = run(&probe).await;
    assert_eq!(kind(&execution), FailureKind::InvalidResponse);
    assert_eq!(messages(execution), ["COLOUR=green"]);
}

#[tokio::test]
async fn fuel_is_the_same_for_the_same_input() {
    let (first, second) = (run(ECHO).await, run(ECHO).await);
    assert_eq!(first.usage.fuel, second.usage.fuel);
    assert!((100..2000).contains(&first.usage.fuel), "{}", first.usage.fuel);
}

#[tokio::test]
async fn who_finds_no_slot_is_overloaded() {
    let sandbox = Sandbox::new(SandboxConfig {
        concurrency: 1,
        max_memory_bytes: 1 << 20,
        memory_budget_bytes: 1 << 30,
        max_result_bytes: 1024,
        pagemap: crate::PagemapUse::Scan,
    })
    .unwrap();
    let spin = prepare(&sandbox, &command(r#"(func (export "_start") (loop (br 0)))"#)).unwrap();
    let plenty = Limits { fuel: 100_000_000_000, memory_bytes: 1 << 20 };
    let long = Invocation { limits: plenty, ..invocation(Duration::from_millis(300)) };
    let short = Invocation { limits: plenty, ..invocation(Duration::from_millis(50)) };
    let (first, second) = tokio::join!(sandbox.execute(&spin, long), sandbox.execute(&spin, short));
    assert_eq!((kind(&first), kind(&second)), (FailureKind::Timeout, FailureKind::Overloaded));
    assert_eq!(second.usage.attempts, 0);
}

/// A component whose `handle` returns what `result` stores at 1000: a tag, a pointer and a length.
fn component(result: &str) -> String {
    format!(
        r#"(component
        (import "hookbox:hook/log@0.1.0" (instance $log (type $level' (enum "trace" "debug" "info" "warn" "error"))
            (export "level" (type $level (eq $level'))) (export "write" (func (param "level" $level) (param "message" string)))))
        (core module $libc (memory (export "memory") 2)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2000)))
        (core instance $libc (instantiate $libc))
        (core func $write (canon lower (func $log "write") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
        (core module $main
            (import "libc" "memory" (memory 2)) (import "log" "write" (func $write (param i32 i32 i32)))
            (data (i32.const 64) "said\ff") (data (i32.const 80) "null")
            (func (export "handle") (param i32 i32) (result i32) {result} (i32.const 1000)))
        (core instance $main (instantiate $main (with "libc" (instance $libc)) (with "log" (instance (export "write" (func $write))))))
        (func (export "handle") (param "context" string) (result (result string (error string)))
            (canon lift (core func $main "handle") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))"#
    )
}

fn returning(tag: u32, at: u32, len: u32) -> String {
    component(&format!(
        "(i32.store (i32.const 1000) (i32.const {tag})) (i32.store (i32.const 1004) (i32.const {at})) (i32.store (i32.const 1008) (i32.const {len}))"
    ))
}

#[tokio::test]
async fn a_component_answers_logs_and_fails() {
    assert_eq!(run(&returning(0, 80, 4)).await.result.unwrap().get(), "null");
    let logs = component(
        r#"(call $write (i32.const 3) (i32.const 64) (i32.const 4))
           (i32.store (i32.const 1004) (i32.const 80)) (i32.store (i32.const 1008) (i32.const 4))"#,
    );
    assert_eq!(messages(run(&logs).await), ["said"]);
    let failure = run(&returning(1, 80, 4)).await.result.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Exit, "null"));
    assert_eq!(kind(&run(&component("unreachable")).await), FailureKind::Trap);
}

#[tokio::test]
async fn a_component_with_an_unreadable_result_has_an_invalid_response() {
    for (tag, at, len) in [(0, 64, 5), (0, 131_000, 500), (9, 0, 0), (0, 80, 3), (0, 80, 0)] {
        let execution = run(&returning(tag, at, len)).await;
        assert_eq!(kind(&execution), FailureKind::InvalidResponse, "{tag} {at} {len}: {execution:?}");
    }
    let text = component(r#"(call $write (i32.const 3) (i32.const 64) (i32.const 5))"#);
    assert_eq!(kind(&run(&text).await), FailureKind::Trap);
}

#[test]
fn what_has_no_handler_is_refused() {
    let sandbox = sandbox();
    let refusal = |wat: &str| prepare(&sandbox, wat).unwrap_err();
    assert!(refusal("(module (memory (export \"memory\") 1))").contains("_start"));
    assert!(refusal("(module (func (export \"_start\")))").contains("memory"));
    assert!(refusal("(component)").contains("does not export `handle"));
    assert!(
        refusal(r#"(module (import "wasi_snapshot_preview1" "fd_fly" (func)) (memory (export "memory") 1) (func (export "_start")))"#)
            .contains("fd_fly")
    );
    assert!(refusal("(module (memory (export \"memory\") 60000) (func (export \"_start\")))").contains("memory"));
}
