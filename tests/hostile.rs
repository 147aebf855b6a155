//! Hostile guests: each ends as documented, and the next execution of another hook is right.

use serde_json::{Value, json};

use crate::harness::guests::{answering, command, component, doing, echo, printing};
use crate::harness::{Hook, Server, context};

/// A server with a good hook that is live, beside which hostile ones are fired.
struct Lab {
    server: Server,
}

impl Lab {
    fn new() -> Self {
        let server = Server::start();
        let admin = server.admin();
        admin.allow_many_hooks();
        admin.deploy(&Hook::wat(&echo()));
        Self { server }
    }

    /// Deploys a hostile hook and runs it once; its answer and its only log entry.
    fn run(&self, hook: &Hook) -> (Value, Value) {
        let admin = self.server.admin();
        let id = admin.deploy(&hook.clone().disabled());
        let answer = admin.fire(&id, &context(1));
        self.the_good_hook_is_right();
        let executions = admin.executions(&id);
        assert_eq!(executions.len(), 1, "{executions:?}");
        for field in ["execution_id", "outcome", "decision", "error", "usage"] {
            assert_eq!(executions[0][field], answer[field], "{field}");
        }
        (answer, executions[0].clone())
    }

    /// Runs a hook that must fail so: outcome, kind of error, part of its message.
    fn fails(&self, hook: &Hook, outcome: &str, kind: &str, says: &str) -> Value {
        let (answer, _) = self.run(hook);
        assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!(outcome), &json!(kind)), "{answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
        assert_eq!((&answer["decision"], &answer["result"]), (&json!("deny"), &Value::Null), "{answer}");
        assert_eq!(answer["usage"]["attempts"], 1, "{answer}");
        answer
    }

    fn the_good_hook_is_right(&self) {
        let sent = context(42);
        let answer = self.server.admin().trigger(&sent);
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")), "{answer}");
        assert_eq!((&answer["result"], &answer["error"]), (&sent, &Value::Null));
    }
}

const SPIN: &str = "(loop (br 0))";

fn with_much_fuel(hook: Hook) -> Hook {
    hook.with("limits", json!({"fuel": 100_000_000_000_u64})).with("timeout", 1)
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let lab = Lab::new();
    let answer = lab.fails(&Hook::wat(&doing(SPIN)), "out_of_fuel", "out_of_fuel", "fuel");
    assert_eq!(answer["usage"]["fuel"], 3_000_000_000_u64);
}

#[test]
fn an_endless_loop_with_fuel_to_burn_times_out() {
    let lab = Lab::new();
    let answer = lab.fails(&with_much_fuel(Hook::wat(&doing(SPIN))), "timeout", "timeout", "deadline");
    let duration = answer["usage"]["duration_us"].as_u64().unwrap();
    assert!((1_000_000..5_000_000).contains(&duration), "{duration} us");
    let component = component(SPIN, b"", Ok(b"null"));
    lab.fails(&with_much_fuel(Hook::wat(&component)), "timeout", "timeout", "deadline");
}

#[test]
fn a_sleep_past_the_timeout_times_out() {
    let sleep = doing("(call $sleep (i64.const 60000))");
    let answer = Lab::new().fails(&Hook::wat(&sleep).with("timeout", 1), "timeout", "timeout", "deadline");
    let duration = answer["usage"]["duration_us"].as_u64().unwrap();
    assert!((1_000_000..5_000_000).contains(&duration), "{duration} us");
}

#[test]
fn memory_bombs_run_out_of_memory() {
    let lab = Lab::new();
    let grow = doing("(loop (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable)) (br 0))");
    let answer = lab.fails(&Hook::wat(&grow), "out_of_memory", "out_of_memory", "refused");
    let peak = answer["usage"]["memory_bytes"].as_u64().unwrap();
    assert!((62 << 20..=64 << 20).contains(&peak), "{peak}");
    let small = Hook::wat(&grow).with("limits", json!({"memory_mib": 16}));
    let peak = lab.fails(&small, "out_of_memory", "out_of_memory", "refused")["usage"]["memory_bytes"].as_u64().unwrap();
    assert!((14 << 20..=16 << 20).contains(&peak), "{peak}");
    let declared = r#"(module (memory (export "memory") 1100) (func (export "_start")))"#;
    lab.fails(&Hook::wat(declared), "out_of_memory", "out_of_memory", "refused");
}

#[test]
fn a_table_bomb_runs_out_of_memory() {
    let grow = doing("(loop (if (i32.eq (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1)) (then unreachable)) (br 0))");
    Lab::new().fails(&Hook::wat(&grow), "out_of_memory", "out_of_memory", "refused");
}

#[test]
fn deep_recursion_overflows_the_stack() {
    let lab = Lab::new();
    lab.fails(&Hook::wat(&doing("(call $main) (call $main)")), "failed", "stack_overflow", "nested calls");
    let bottomless = component("(drop (call $run (i32.const 0) (i32.const 0)))", b"", Ok(b"null"));
    lab.fails(&Hook::wat(&bottomless), "failed", "stack_overflow", "nested calls");
}

#[test]
fn traps_fail_with_their_place() {
    let lab = Lab::new();
    let start = command(r#"(func $detonate unreachable) (start $detonate) (func (export "_start"))"#);
    lab.fails(&Hook::wat(&start), "failed", "trap", "detonate");
    lab.fails(&Hook::wat(&doing("(i32.store (i32.const -8) (i32.const 1))")), "failed", "trap", "out of bounds");
    lab.fails(&Hook::wat(&doing("(drop (i32.div_u (i32.const 1) (i32.const 0)))")), "failed", "trap", "divide by zero");
    lab.fails(&Hook::wat(&component("unreachable", b"", Ok(b"null"))), "failed", "trap", "unreachable");
}

#[test]
fn exit_codes_and_errors_fail_as_exits() {
    let lab = Lab::new();
    let answer = lab.fails(&Hook::wat(&doing("(call $proc_exit (i32.const 3))")), "failed", "exit", "");
    assert_eq!(answer["error"], json!({"kind": "exit", "message": "exit code 3"}));
    let answer = lab.fails(&Hook::wat(&component("", b"", Err(b"no such user"))), "failed", "exit", "");
    assert_eq!(answer["error"], json!({"kind": "exit", "message": "no such user"}));
}

#[test]
fn an_exit_with_zero_is_success() {
    let lab = Lab::new();
    let body = r#"(data (i32.const 1024) "null")
        (func (export "_start") (call $print (i32.const 1) (i32.const 1024) (i32.const 4)) (call $proc_exit (i32.const 0)) unreachable)"#;
    let (answer, _) = lab.run(&Hook::wat(&command(body)));
    assert_eq!((&answer["outcome"], &answer["decision"], &answer["result"]), (&json!("completed"), &json!("deny"), &Value::Null));
}

#[test]
fn huge_output_is_an_invalid_response() {
    let lab = Lab::new();
    let write = doing("(loop (call $print (i32.const 1) (i32.const 1024) (i32.const 100000)) (br 0))");
    let hook = Hook::wat(&write).with("limits", json!({"fuel": 50_000_000}));
    let (answer, _) = lab.run(&hook);
    // What ends it first is the fuel that its output costs, or the end of the room for it.
    assert!(matches!(answer["outcome"].as_str().unwrap(), "invalid_response" | "out_of_fuel"), "{answer}");
    let once = doing("(call $print (i32.const 1) (i32.const 1024) (i32.const 262145))");
    lab.fails(&Hook::wat(&once), "invalid_response", "invalid_response", "longer than a response may be");
    let long = format!("\"{}\"", "x".repeat(262_143));
    lab.fails(&Hook::wat(&component("", b"", Ok(long.as_bytes()))), "invalid_response", "invalid_response", "262145 bytes");
}

#[test]
fn output_that_is_no_json_in_utf8_is_an_invalid_response() {
    let lab = Lab::new();
    for (answer, says) in [
        (&b"\xff\xfe{}"[..], "UTF-8"),
        (b"{\"user\":{\"policy_id\":1}", "not JSON"),
        (b"nonsense", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"  \n", "empty"),
        (b"", "empty"),
    ] {
        lab.fails(&Hook::wat(&printing(b"", answer)), "invalid_response", "invalid_response", says);
    }
    lab.fails(&Hook::wat(&component("", b"", Ok(b"\xff\xfe"))), "invalid_response", "invalid_response", "");
}

#[test]
fn json_that_is_no_response_is_an_invalid_response() {
    let lab = Lab::new();
    for (answer, says) in [
        ("5", "neither an object nor null"),
        ("[]", "neither an object nor null"),
        ("{}", "no `user`"),
        (r#"{"user":null}"#, "no `user`"),
        (r#"{"user":"ada"}"#, "`user` is not an object"),
        (r#"{"user":{"user_identifier":"ada"}}"#, "`user.policy_id` is missing"),
        (r#"{"user":{"policy_id":"5"}}"#, "`user.policy_id` is not a number"),
        (r#"{"success":"no","user":{"policy_id":5}}"#, "`success` is not a boolean"),
    ] {
        lab.fails(&Hook::wat(&answering(answer)), "invalid_response", "invalid_response", says);
    }
}

#[test]
fn a_log_flood_is_cut_and_harms_nobody() {
    let lab = Lab::new();
    let flood = command(
        r#"(data (i32.const 1024) "one line of a flood\n") (data (i32.const 2048) "{\"user\":{\"policy_id\":1}}")
        (func (export "_start") (local $left i32) (local.set $left (i32.const 20000))
            (loop (call $print (i32.const 2) (i32.const 1024) (i32.const 20))
                (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (call $print (i32.const 1) (i32.const 2048) (i32.const 24)))"#,
    );
    let (answer, entry) = lab.run(&Hook::wat(&flood));
    assert_eq!(answer["outcome"], "completed", "{answer}");
    assert_eq!(entry["truncated"], true);
    let events: Vec<&str> = entry["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap()).collect();
    assert!(events.last().unwrap().ends_with("\tWARN\tlog cut: more than 65536 bytes"), "{:?}", events.last());
    let size: usize = events.iter().map(|event| event.len()).sum();
    assert!((30_000..66_000).contains(&size), "{size}");
    // The other shape of guest, with messages instead of a stream.
    let flood = component(
        "(local $left i32) (local.set $left (i32.const 20000))
         (loop (call $log (i32.const 2) (i32.const 4096) (i32.const 5))
             (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))",
        b"flood",
        Ok(b"null"),
    );
    let (answer, entry) = lab.run(&Hook::wat(&flood));
    assert_eq!((&answer["outcome"], &entry["truncated"]), (&json!("completed"), &json!(true)), "{answer}");
}

#[test]
fn costly_host_calls_are_paid_for() {
    let lab = Lab::new();
    let random = doing("(loop (drop (call $random_get (i32.const 1024) (i32.const 65536))) (br 0))");
    let little_fuel = json!({"fuel": 50_000_000});
    lab.fails(&Hook::wat(&random).with("limits", little_fuel.clone()), "out_of_fuel", "out_of_fuel", "fuel");
    lab.fails(&with_much_fuel(Hook::wat(&random)), "timeout", "timeout", "deadline");
    let logging = component("(loop (call $log (i32.const 2) (i32.const 4096) (i32.const 60000)) (br 0))", b"", Ok(b"null"));
    lab.fails(&Hook::wat(&logging).with("limits", little_fuel), "out_of_fuel", "out_of_fuel", "fuel");
    let naps = doing("(loop (call $sleep (i64.const 0)) (br 0))");
    lab.fails(&with_much_fuel(Hook::wat(&naps)), "timeout", "timeout", "deadline");
}

/// A component that imports WASI 0.2 and asks it for random numbers without end.
const RANDOM: &str = r#"(component
    (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
    (core func $draw (canon lower (func $random "get-random-u64")))
    (core module $code
        (import "wasi" "draw" (func $draw (result i64)))
        (memory (export "memory") 1)
        (func (export "allocate") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "run") (param i32 i32) (result i32) (loop (drop (call $draw)) (br 0)) unreachable))
    (core instance $code (instantiate $code (with "wasi" (instance (export "draw" (func $draw))))))
    (func (export "handle") (param "context" string) (result (result string (error string)))
        (canon lift (core func $code "run") (memory (core memory $code "memory")) (realloc (core func $code "allocate")))))"#;

#[test]
fn calls_of_wasi_are_paid_for() {
    let lab = Lab::new();
    let little_fuel = Hook::wat(RANDOM).with("limits", json!({"fuel": 10_000_000}));
    lab.fails(&little_fuel, "out_of_fuel", "out_of_fuel", "fuel");
    lab.fails(&with_much_fuel(Hook::wat(RANDOM)), "timeout", "timeout", "deadline");
}

#[test]
fn pointers_beyond_memory_do_no_harm() {
    let lab = Lab::new();
    for call in [
        "(drop (call $fd_write (i32.const 1) (i32.const -4) (i32.const 1000000) (i32.const 8)))",
        "(drop (call $fd_read (i32.const 0) (i32.const -16) (i32.const 2) (i32.const 8)))",
        "(call $print (i32.const 1) (i32.const 655359) (i32.const 10))",
        "(drop (call $random_get (i32.const 655350) (i32.const 100)))",
        "(drop (call $environ_get (i32.const -4) (i32.const -4)))",
        "(drop (call $poll_oneoff (i32.const -48) (i32.const 0) (i32.const 100000) (i32.const 0)))",
        "(drop (call $fd_write (i32.const 99) (i32.const 0) (i32.const 1) (i32.const 8)))",
    ] {
        // Some calls trap and others give an error number, on which this guest has nothing to say: both are the guest's own loss.
        let (answer, _) = lab.run(&Hook::wat(&doing(call)));
        assert!(matches!(answer["error"]["kind"].as_str().unwrap(), "trap" | "invalid_response"), "{call}: {answer}");
    }
    let wild = component("(call $log (i32.const 2) (i32.const -8) (i32.const 100))", b"", Ok(b"null"));
    lab.fails(&Hook::wat(&wild), "failed", "trap", "");
}
