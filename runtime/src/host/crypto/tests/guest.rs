//! What a guest sees of it: the answer, the error text, the fuel, the deadline. The guest here hands on what it is given.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookbox_host_api::FailureKind;
use hookbox_host_api::log::Mask;
use wasmtime::{Module, Store};

use super::*;
use crate::execution::{CallState, classify};
use crate::host::javascript_linker;
use crate::{Invocation, Limits, Sandbox, SandboxConfig, Share};

/// Calls `compute` with what is in its memory, and writes the answer over it.
const GUEST: &str = r#"(module
    (import "hb" "compute" (func $compute (param i32 i32 i32) (result i32)))
    (import "hb" "take" (func $take (param i32 i32) (result i32)))
    (memory (export "memory") 16)
    (func (export "run") (param $len i32) (result i32)
        (local $answer i32)
        (local.set $answer (call $compute (i32.const 0) (i32.const 0) (local.get $len)))
        (drop (call $take (i32.const 0) (i32.const 1048576)))
        (local.get $answer)))"#;

struct Seen {
    answer: Result<Result<Vec<u8>, String>, FailureKind>,
    fuel: u64,
    fleeting: Option<&'static str>,
}

fn store(sandbox: &Sandbox, fuel: u64, timeout: Duration) -> Store<CallState> {
    let invocation = Invocation {
        execution_id: Arc::from("e"),
        identity: Arc::default(),
        context: Bytes::new(),
        env: Arc::default(),
        mask: Arc::new(Mask::default()),
        grant: Arc::default(),
        outside: None,
        request: None,
        answerer: None,
        beginning: None,
        limits: Limits { fuel, memory_bytes: 2 << 20 },
        deadline: tokio::time::Instant::now() + timeout,
        share: Share::default(),
        log_limit: 1024,
    };
    sandbox.store(sandbox.engine(), invocation, false)
}

async fn run(fuel: u64, timeout: Duration, header: Value, parts: &[&[u8]]) -> Seen {
    let sandbox = Sandbox::new(SandboxConfig {
        concurrency: 2,
        max_memory_bytes: 2 << 20,
        memory_budget_bytes: 1 << 30,
        max_result_bytes: 1024,
        pagemap: crate::PagemapUse::Scan,
    })
    .unwrap();
    let mut store = store(&sandbox, fuel, timeout);
    let module = Module::new(sandbox.engine(), wat::parse_str(GUEST).unwrap()).unwrap();
    let instance = javascript_linker(sandbox.engine()).unwrap().instantiate_async(&mut store, &module).await.unwrap();
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    let request = super::super::request::encode(header, parts);
    memory.data_mut(&mut store)[..request.len()].copy_from_slice(&request);
    let run = instance.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
    let finished = run.call_async(&mut store, request.len() as i32).await;
    let answer = finished.map_err(|error| classify(&error, &store.data().limiter).kind).map(|answer| {
        let length = if answer < 0 { -1 - answer } else { answer } as usize;
        let bytes = memory.data(&store)[..length].to_vec();
        if answer < 0 { Err(String::from_utf8(bytes).unwrap()) } else { Ok(bytes) }
    });
    Seen { answer, fuel: fuel - store.get_fuel().unwrap(), fleeting: store.data().js.reads.fleeting }
}

const PLENTY: u64 = 1_000_000_000;
const MINUTE: Duration = Duration::from_secs(60);

fn digest() -> Value {
    json!({"op": "digest", "hash": "sha1"})
}

#[tokio::test]
async fn answers_and_errors_reach_the_guest() {
    let seen = run(PLENTY, MINUTE, digest(), &[b"abc"]).await;
    assert_eq!(seen.answer, Ok(Ok(hex("a9993e364706816aba3e25717850c26c9cd0d89d"))));
    assert_eq!(seen.fleeting, None);
    assert!((1000..5000).contains(&seen.fuel), "{}", seen.fuel);
    let seen = run(PLENTY, MINUTE, json!({"op": "encrypt", "cipher": "aes-128-gcm"}), &[b"short", b"", b"", b""]).await;
    assert_eq!(seen.answer, Ok(Err(r#"{"kind":"key_length"}"#.into())));
    let seen = run(PLENTY, MINUTE, digest(), &[]).await;
    let refused = r#"{"kind":"malformed","message":"malformed cryptography request: it needs 1 parts and has 0"}"#;
    assert_eq!(seen.answer, Ok(Err(refused.into())));
}

#[tokio::test]
async fn costly_work_is_done_elsewhere_and_paid_for() {
    let header = json!({"op": "pbkdf2", "hash": "sha256", "iterations": 10_000, "length": 32});
    let seen = run(PLENTY, MINUTE, header.clone(), &[b"password", b"salt"]).await;
    assert_eq!(seen.answer.unwrap().unwrap(), compute(header.clone(), &[b"password", b"salt"]).unwrap());
    assert!((4_000_000..4_100_000).contains(&seen.fuel), "{}", seen.fuel);
    let again = run(PLENTY, MINUTE, header, &[b"password", b"salt"]).await;
    assert_eq!(again.fuel, seen.fuel);
}

#[tokio::test]
async fn what_cannot_be_paid_is_not_computed() {
    let header = json!({"op": "pbkdf2", "hash": "sha512", "iterations": 2_000_000, "length": 64});
    let began = Instant::now();
    let seen = run(700_000_000, MINUTE, header, &[b"password", b"salt"]).await;
    assert_eq!(seen.answer, Err(FailureKind::OutOfFuel));
    assert_eq!(seen.fuel, 700_000_000);
    assert!(began.elapsed() < MINUTE / 2);
}

#[tokio::test]
async fn passwords_are_paid_for_before_they_are_hashed() {
    let salt = [7; 16];
    let bcrypt = |cost: u32| json!({"op": "bcrypt", "cost": cost});
    let seen = run(PLENTY, MINUTE, bcrypt(5), &[b"password\0", &salt]).await;
    assert_eq!(seen.answer.unwrap().unwrap(), compute(bcrypt(5), &[b"password\0", &salt]).unwrap());
    assert!((6_080_000..6_090_000).contains(&seen.fuel), "{}", seen.fuel);
    let seen = run(PLENTY, MINUTE, bcrypt(13), &[b"password\0", &salt]).await;
    assert_eq!(seen.answer, Err(FailureKind::OutOfFuel));
    let argon2 = json!({"op": "argon2", "kind": "argon2id", "version": 19, "memory": 512, "passes": 900, "lanes": 1, "length": 32});
    let seen = run(PLENTY, MINUTE, argon2, &[b"password", &salt, b"", b""]).await;
    assert_eq!(seen.answer, Err(FailureKind::OutOfFuel));
    assert_eq!((seen.fuel, seen.fleeting), (PLENTY, None));
}

#[tokio::test]
async fn past_the_deadline_nothing_is_computed() {
    let seen = run(PLENTY, Duration::ZERO, digest(), &[b"abc"]).await;
    assert_eq!(seen.answer, Err(FailureKind::Timeout));
}

#[tokio::test]
async fn answers_that_differ_each_time_are_seen() {
    let seen = run(PLENTY, MINUTE, json!({"op": "key_generate", "kind": "ec", "curve": "P-256"}), &[]).await;
    assert!(seen.answer.unwrap().is_ok());
    assert_eq!(seen.fleeting, Some("random bytes"));
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    for (header, parts, fleeting) in [
        (json!({"op": "sign", "scheme": "rsa-pss", "hash": "sha256"}), [&private[..], b"data"], true),
        (json!({"op": "sign", "scheme": "rsa-pss", "hash": "sha256", "salt_length": 0}), [&private, b"data"], false),
        (json!({"op": "sign", "scheme": "rsa-pkcs1", "hash": "sha256"}), [&private, b"data"], false),
        (json!({"op": "sign", "scheme": "ecdsa", "hash": "sha256"}), [&pair(fixture!("p256.pkcs8.pem")).0, b"data"], true),
        (json!({"op": "key_write", "format": "pem"}), [&private, b""], false),
        (json!({"op": "key_write", "format": "pem", "cipher": "aes-128-cbc"}), [&private, b"secret"], true),
    ] {
        let seen = run(PLENTY, MINUTE, header.clone(), &parts).await;
        assert!(seen.answer.unwrap().is_ok());
        assert_eq!(seen.fleeting, fleeting.then_some("random bytes"), "{header}");
    }
    for (padding, fleeting) in [("oaep", true), ("pkcs1", true), ("none", false)] {
        let seen = run(
            PLENTY,
            MINUTE,
            json!({"op": "public_encrypt", "padding": padding}),
            &[&public, &[1; 256][..if fleeting { 9 } else { 256 }], b""],
        )
        .await;
        assert!(seen.answer.unwrap().is_ok());
        assert_eq!(seen.fleeting, fleeting.then_some("random bytes"), "{padding}");
    }
}

#[tokio::test]
async fn scrypt_computes_in_the_hook_s_memory() {
    // The guest has 2 MiB, half of which is its own memory.
    let header = |n: u64| json!({"op": "scrypt", "n": n, "r": 1, "p": 1, "length": 32});
    assert!(run(PLENTY, MINUTE, header(1 << 12), &[b"password", b"salt"]).await.answer.unwrap().is_ok());
    let refused = run(PLENTY, MINUTE, header(1 << 13), &[b"password", b"salt"]).await.answer.unwrap().unwrap_err();
    let error: Value = serde_json::from_str(&refused).unwrap();
    assert_eq!(error["kind"], "memory");
    assert_eq!(
        error["message"],
        "scrypt with N=8192, r=1 and p=1 needs 2 MiB, and the hook's memory limit (limits.memory_mib) leaves 1 MiB"
    );
}
