//! Components that import WASI 0.2: made, as most tools make them, from a core module of preview 1 and the standard adapter.

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::*;

/// A component whose `handle` runs `body` and answers `null`.
fn component(body: &str) -> Vec<u8> {
    let mut module = wat::parse_str(format!(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 4) (data (i32.const 64) "said\n") (data (i32.const 80) "null")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 131072))
        (func $say (param $fd i32) (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 5))
            (if (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable)))
        (func (export "handle") (param i32 i32) (result i32) (local $n i32) {body}
            (i32.store (i32.const 1000) (i32.const 0)) (i32.store (i32.const 1004) (i32.const 80)) (i32.store (i32.const 1008) (i32.const 4))
            (i32.const 1000)))"#
    ))
    .unwrap();
    let mut resolve = Resolve::default();
    let wit = include_str!("../../../../host-api/wit/hook.wit");
    let package = resolve.push_str("hook.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("hook")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().adapter(ADAPTER_NAME, ADAPTER).unwrap().encode().unwrap()
}

async fn run_component(body: &str, invocation: Invocation) -> Execution {
    run_bytes(&component(body), invocation).await
}

#[tokio::test]
async fn stdout_and_stderr_are_log_lines() {
    let execution = run_component("(call $say (i32.const 1)) (call $say (i32.const 2))", invocation(Duration::from_secs(10))).await;
    assert_eq!(execution.result.as_ref().unwrap().get(), "null");
    let log = execution.log.finish(None, std::time::SystemTime::UNIX_EPOCH);
    let lines: Vec<_> = log.events.iter().map(|line| line.split('\t').skip(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["INFO said", "ERROR said"]);
}

#[tokio::test]
async fn files_are_not_there() {
    let open = r#"(if (i32.eqz (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 4) (i32.const 0) (i64.const 0) (i64.const 0)
        (i32.const 0) (i32.const 32))) (then unreachable))"#;
    assert_eq!(run_component(open, invocation(Duration::from_secs(10))).await.result.unwrap().get(), "null");
}

#[tokio::test]
async fn a_loop_of_wasi_calls_is_paid_for_and_stopped() {
    let costly = "(loop (drop (call $random (i32.const 2000) (i32.const 4000))) (br 0))";
    let little = Limits { fuel: 10_000_000, memory_bytes: 64 << 20 };
    let short = Invocation { limits: little, ..invocation(Duration::from_secs(10)) };
    assert_eq!(kind(&run_component(costly, short).await), FailureKind::OutOfFuel);
    let plenty = Limits { fuel: 100_000_000_000, memory_bytes: 64 << 20 };
    let long = Invocation { limits: plenty, ..invocation(Duration::from_millis(50)) };
    assert_eq!(kind(&run_component(costly, long).await), FailureKind::Timeout);
}

#[tokio::test]
async fn a_sleep_ends_at_the_deadline_and_an_exit_is_a_failure() {
    let sleep = r#"(i32.store (i32.const 2016) (i32.const 1)) (i64.store (i32.const 2024) (i64.const 60000000000))
        (drop (call $poll (i32.const 2000) (i32.const 2100) (i32.const 1) (i32.const 2200)))"#;
    assert_eq!(kind(&run_component(sleep, invocation(Duration::from_millis(50))).await), FailureKind::Timeout);
    let execution = run_component("(call $exit (i32.const 3))", invocation(Duration::from_secs(10))).await;
    assert_eq!(kind(&execution), FailureKind::Exit);
}

#[tokio::test]
async fn a_flood_on_stdout_is_cut() {
    let flood =
        r#"(loop (call $say (i32.const 1)) (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 5000))))"#;
    let execution = run_component(flood, invocation(Duration::from_secs(10))).await;
    assert_eq!(execution.result.as_ref().unwrap().get(), "null");
    let log = execution.log.finish(None, std::time::SystemTime::UNIX_EPOCH);
    assert!(log.truncated && log.events.iter().map(str::len).sum::<usize>() < 66_000);
}
