//! Guests in WebAssembly's text format: commands of WASI preview 1, and components of the world `hookbox:hook`.

/// Answers with the context that it got.
pub(crate) fn echo() -> String {
    command(
        r#"(func (export "_start")
            (loop $again
                (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 500000)) (i32.store (i32.const 8) (i32.const 0))
                (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))
                (br_if $again (i32.load (i32.const 8)))))"#,
    )
}

/// Prints to stderr and answers with the text, whatever it is.
pub(crate) fn printing(log: &[u8], answer: &[u8]) -> String {
    let (log_at, answer_at) = (1024, 1024 + log.len());
    command(&format!(
        r#"(data (i32.const {log_at}) "{}") (data (i32.const {answer_at}) "{}")
        (func (export "_start")
            (call $print (i32.const 2) (i32.const {log_at}) (i32.const {}))
            (call $print (i32.const 1) (i32.const {answer_at}) (i32.const {})))"#,
        escaped(log),
        escaped(answer),
        log.len(),
        answer.len(),
    ))
}

/// Answers with the text.
pub(crate) fn answering(answer: &str) -> String {
    printing(b"", answer.as_bytes())
}

/// Allows with this policy.
pub(crate) fn allowing(policy: u64) -> String {
    answering(&format!(r#"{{"user":{{"policy_id":{policy}}}}}"#))
}

/// Allows with this policy, and is so large that its bytes lie in a file of their own.
pub(crate) fn large(policy: u64) -> String {
    let answer = format!(r#"{{"user":{{"policy_id":{policy}}}}}"#);
    command(&format!(
        r#"(data (i32.const 1024) "{}") (data (i32.const 2048) "{}")
        (func (export "_start") (call $print (i32.const 1) (i32.const 1024) (i32.const {})))"#,
        escaped(answer.as_bytes()),
        "x".repeat(100_000),
        answer.len(),
    ))
}

/// Allows with this policy, and takes a compiler about a second.
pub(crate) fn costly(policy: u64) -> String {
    with_costly_functions(&allowing(policy), 20, 600)
}

/// Under every cap, and yet work for many seconds, and for more memory than most functions need.
pub(crate) fn much_too_costly() -> String {
    with_costly_functions(&allowing(1), 40, 1500)
}

/// Many locals that are all alive across many branches: register allocation has the most to do.
fn with_costly_functions(module: &str, functions: usize, branches: usize) -> String {
    let branch = "(local.set 0 (i64.add (local.get 1) (i64.mul (local.get 0) (local.get 2))))
        (if (i64.eqz (local.get 0)) (then (local.set 1 (local.get 3))))";
    let functions = format!("(func (param i64 i64 i64 i64) {})", branch.repeat(branches)).repeat(functions);
    let end = module.trim_end().strip_suffix(')').unwrap_or(module);
    format!("{end} {functions})")
}

/// Sleeps, then allows with this policy.
pub(crate) fn sleeping(milliseconds: u64, policy: u64) -> String {
    let answer = format!(r#"{{"user":{{"policy_id":{policy}}}}}"#);
    command(&format!(
        r#"(data (i32.const 1024) "{}")
        (func (export "_start")
            (call $sleep (i64.const {milliseconds}))
            (call $print (i32.const 1) (i32.const 1024) (i32.const {})))"#,
        escaped(answer.as_bytes()),
        answer.len(),
    ))
}

/// Prints its whole environment to stderr and allows.
pub(crate) fn telling_its_env() -> String {
    command(
        r#"(data (i32.const 1024) "{\"user\":{\"policy_id\":7}}")
        (func (export "_start")
            (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
            (drop (call $environ_get (i32.const 2048) (i32.const 8192)))
            (call $print (i32.const 2) (i32.const 8192) (i32.load (i32.const 20)))
            (call $print (i32.const 1) (i32.const 1024) (i32.const 24)))"#,
    )
}

/// Does nothing but this, and answers nothing.
pub(crate) fn doing(body: &str) -> String {
    command(&format!(r#"(func $main (export "_start") {body})"#))
}

/// A command with these definitions. `$print` takes a descriptor, a place and a length, `$sleep` milliseconds.
pub(crate) fn command(definitions: &str) -> String {
    format!(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
        (memory (export "memory") 10) (table $table 1 funcref)
        (func $print (param $fd i32) (param $at i32) (param $length i32)
            (loop $again
                (i32.store (i32.const 32) (local.get $at)) (i32.store (i32.const 36) (local.get $length)) (i32.store (i32.const 40) (i32.const 0))
                (if (call $fd_write (local.get $fd) (i32.const 32) (i32.const 1) (i32.const 40)) (then return))
                (if (i32.eqz (i32.load (i32.const 40))) (then return))
                (local.set $at (i32.add (local.get $at) (i32.load (i32.const 40))))
                (br_if $again (local.tee $length (i32.sub (local.get $length) (i32.load (i32.const 40)))))))
        (func $sleep (param $milliseconds i64)
            (i64.store (i32.const 48) (i64.const 0)) (i32.store8 (i32.const 56) (i32.const 0))
            (i32.store (i32.const 64) (i32.const 1))
            (i64.store (i32.const 72) (i64.mul (local.get $milliseconds) (i64.const 1000000)))
            (i64.store (i32.const 80) (i64.const 0)) (i32.store16 (i32.const 88) (i32.const 0))
            (drop (call $poll_oneoff (i32.const 48) (i32.const 128) (i32.const 1) (i32.const 192))))
        {definitions})"#
    )
}

/// A component whose `handle` runs `body` and then returns this text, as its result or as its error. `$log` takes a level from 0
/// (trace) to 4 (error), a place and a length; `message` lies at 4096.
pub(crate) fn component(body: &str, message: &[u8], answer: Result<&[u8], &[u8]>) -> String {
    let (tag, text) = match answer {
        Ok(text) => (0, text),
        Err(text) => (1, text),
    };
    let text_at = 4096 + message.len();
    format!(
        r#"(component
        (import "hookbox:hook/log@0.1.0" (instance $logs
            (type $levels (enum "trace" "debug" "info" "warn" "error")) (export "level" (type $level (eq $levels)))
            (export "write" (func (param "level" $level) (param "message" string)))))
        (core module $heap (memory (export "memory") 8)
            (func (export "allocate") (param i32 i32 i32 i32) (result i32) (i32.const 400000)))
        (core instance $heap (instantiate $heap))
        (core func $log (canon lower (func $logs "write") (memory (core memory $heap "memory")) (realloc (core func $heap "allocate"))))
        (core module $code
            (import "heap" "memory" (memory 8)) (import "host" "log" (func $log (param i32 i32 i32)))
            (data (i32.const 4096) "{}") (data (i32.const {text_at}) "{}")
            (func $run (export "run") (param $at i32) (param $length i32) (result i32)
                {body}
                (i32.store (i32.const 16) (i32.const {tag}))
                (i32.store (i32.const 20) (i32.const {text_at})) (i32.store (i32.const 24) (i32.const {}))
                (i32.const 16)))
        (core instance $code (instantiate $code
            (with "heap" (instance $heap)) (with "host" (instance (export "log" (func $log))))))
        (func (export "handle") (param "context" string) (result (result string (error string)))
            (canon lift (core func $code "run") (memory (core memory $heap "memory")) (realloc (core func $heap "allocate")))))"#,
        escaped(message),
        escaped(text),
        text.len(),
    )
}

/// Bytes as a string of the text format.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}
