//! Profiles of WebAssembly guests, whose fuel is known to the instruction. Those of JavaScript are tested beside the JavaScript engine.

use hookbox_host_api::{EnvVars, log::Mask};
use wasmtime::Module;

use super::*;
use crate::admission::precompile;
use crate::{Limits, PagemapUse, SandboxConfig, Share};

fn invocation(fuel: u64) -> Invocation {
    Invocation {
        execution_id: "e1".into(),
        identity: std::sync::Arc::default(),
        context: "{}".into(),
        env: EnvVars::default().into(),
        mask: Mask::default().into(),
        grant: std::sync::Arc::default(),
        outside: None,
        request: None,
        answerer: None,
        beginning: None,
        limits: Limits { fuel, memory_bytes: 16 << 20 },
        deadline: Instant::now() + Duration::from_secs(60),
        share: Share::default(),
        log_limit: 1 << 10,
    }
}

#[allow(unsafe_code, reason = "the code was compiled by this test")]
async fn profile(wat: &str, fuel: u64) -> Profile {
    let config = SandboxConfig {
        concurrency: 1,
        max_memory_bytes: 16 << 20,
        memory_budget_bytes: 1 << 30,
        max_result_bytes: 1 << 10,
        pagemap: PagemapUse::None,
    };
    let sandbox = Sandbox::for_profiles(config).unwrap();
    let code = precompile(&wat::parse_str(wat).unwrap()).unwrap();
    let module = unsafe { Module::deserialize(sandbox.engine(), code) }.unwrap();
    let hook = PreparedHook::command(&module, sandbox.linkers()).unwrap();
    let mut told = Vec::new();
    let profile = sandbox.profile(&hook, invocation(fuel), |at, of| told.push((at, of))).await.unwrap();
    assert_eq!(told.last(), (!told.is_empty()).then_some(&(profile.samples.len() as u64, profile.samples.len() as u64)));
    assert_eq!(profile.samples.iter().map(|sample| sample.fuel).sum::<u64>(), profile.fuel);
    profile
}

/// Each stack with its part of the fuel, in thousandths.
fn shares(profile: &Profile) -> Vec<(String, u64)> {
    let mut shares: Vec<(String, u64)> = Vec::new();
    for sample in &profile.samples {
        let name = |place: &usize| profile.frames[*place].name.as_str();
        let stack = sample.stack.iter().map(name).collect::<Vec<_>>().join(";");
        match shares.iter_mut().find(|(seen, _)| *seen == stack) {
            Some((_, fuel)) => *fuel += sample.fuel,
            None => shares.push((stack, sample.fuel)),
        }
    }
    shares.iter_mut().for_each(|(_, fuel)| *fuel = *fuel * 1000 / profile.fuel);
    shares
}

/// A loop of so many rounds, each of which takes the same fuel.
fn rounds(name: &str, rounds: u32) -> String {
    format!(
        "(func {name} (local $i i32) (local.set $i (i32.const {rounds}))
            (loop (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))"
    )
}

fn guest(start: &str) -> String {
    let (hot, cold) = (rounds("$hot", 30_000), rounds("$cold", 10_000));
    format!(
        r#"(module (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
            (memory (export "memory") 1) {hot} {cold}
            (func $middle (call $hot) (call $cold) (call $hot))
            (func $start (export "_start") {start}))"#
    )
}

#[tokio::test]
async fn the_parts_are_as_large_as_they_are() {
    let profile = profile(&guest("(call $middle) (call $cold)"), 1_000_000_000).await;
    let shares = shares(&profile);
    assert_eq!(shares.iter().map(|(stack, _)| stack.as_str()).collect::<Vec<_>>()[..2], ["start;middle;hot", "start;middle;cold"]);
    let of = |stack: &str| shares.iter().find(|(seen, _)| seen == stack).map(|(_, share)| *share).unwrap();
    assert!((748..=752).contains(&of("start;middle;hot")), "{shares:?}");
    assert!((123..=127).contains(&of("start;middle;cold")), "{shares:?}");
    assert!((123..=127).contains(&of("start;cold")), "{shares:?}");
    assert_eq!(profile.samples.len(), 1000);
    // Standard output is empty, which is a failure of the response, and none of the guest's.
    assert!(profile.failure.is_none());
}

#[tokio::test]
async fn a_guest_that_fails_has_a_profile_until_then() {
    let trapped = profile(&guest("(call $hot) unreachable"), 1_000_000_000).await;
    assert_eq!(trapped.failure.as_ref().unwrap().kind, FailureKind::Trap);
    assert!(shares(&trapped)[0].1 > 990 && shares(&trapped)[0].0 == "start;hot", "{:?}", shares(&trapped));

    let spent = profile(&guest("(loop (call $cold) (br 0))"), 500_000).await;
    assert_eq!((spent.failure.as_ref().unwrap().kind, spent.fuel), (FailureKind::OutOfFuel, 500_000));
    assert!(shares(&spent)[0].1 > 990 && shares(&spent)[0].0 == "start;cold", "{:?}", shares(&spent));
}

#[tokio::test]
async fn what_the_host_does_is_seen_and_the_same_again() {
    // As many rounds as the last random byte says, and then a host call that costs its bytes.
    let start = r"(local $i i32)
        (drop (call $random (i32.const 0) (i32.const 8))) (local.set $i (i32.load8_u (i32.const 7)))
        (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 16)))
        (loop (if (local.get $i) (then (local.set $i (i32.sub (local.get $i) (i32.const 1))) (br 1))))
        (drop (call $random (i32.const 0) (i32.const 60000)))";
    let first = profile(&guest(start), 1_000_000_000).await;
    let again = profile(&guest(start), 1_000_000_000).await;
    assert_eq!((first.fuel, &first.samples), (again.fuel, &again.samples));
    let shares = shares(&first);
    assert!(shares.iter().any(|(stack, share)| stack == "start;(host call)" && *share > 900), "{shares:?}");
}

#[tokio::test]
async fn calls_are_seen_however_deep_and_without_names() {
    let wat = r#"(module (memory (export "memory") 1) (global $depth (mut i32) (i32.const 2000))
        (func (export "_start") (call 1))
        (func (if (global.get $depth) (then (global.set $depth (i32.sub (global.get $depth) (i32.const 1))) (call 1)))))"#;
    let profile = profile(wat, 1_000_000_000).await;
    let deepest = profile.samples.iter().map(|sample| sample.stack.len()).max().unwrap();
    assert!(deepest > 1900, "{deepest}");
    assert_eq!(profile.frames.iter().map(|frame| frame.name.as_str()).collect::<Vec<_>>()[..2], ["wasm-function[0]", "wasm-function[1]"]);
}

#[test]
fn the_number_of_samples_is_bounded_by_what_they_take() {
    assert_eq!([0, 1, 10, 1000, 1_000_000, 30_000_000].map(samples), [0, 1, 10, 1000, 1000, 1000]);
    assert_eq!([300_000_000, 1_000_000_000, u64::MAX].map(samples), [200, 60, MIN_SAMPLES]);
    assert_eq!((share(10, 1, 3), share(10, 2, 3), share(10, 3, 3), share(u64::MAX, 1000, 1000)), (3, 6, 10, u64::MAX));
}
