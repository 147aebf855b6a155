//! Canaries: one hook fills what it can reach with a pattern, and others look for it in all of the memory that they are given after it.
//! `HOOKBOX_CANARY_REUSES` says how often; the default is what an ordinary run of the tests has time for.

use std::sync::Arc;

use wasmtime::{Module as Code, Store};

use super::*;
use crate::admission::{BUILT, MAIN};
use crate::execution::CallState;
use crate::javascript::{Deployed, Engine, EngineModule, Source, boot, evaluate};
use crate::memory::Base;
use crate::memory::PagemapUse;
use crate::prepared::Shape;

/// The byte of the pattern. Eight of it in a row are nowhere in the engine's memory.
const CANARY: char = '\u{a5}';

fn reuses() -> usize {
    std::env::var("HOOKBOX_CANARY_REUSES").map_or(1_000, |count| count.parse().expect("a number"))
}

/// A function that looks at every 64th byte of its memory, and of what it can grow to, and counts the words that are the pattern: no run
/// of it that is longer is missed, and all that are left here are.
fn looking(pages: usize, tail: &str) -> String {
    format!(
        r#"(memory (export "memory") {pages})
        (func $look (result i32) (local $at i32) (local $end i32) (local $found i32)
            (drop (memory.grow (i32.const 32)))
            (local.set $end (i32.mul (memory.size) (i32.const 65536)))
            (loop $next
                (if (i64.eq (i64.load (local.get $at)) (i64.const 0xa5a5a5a5a5a5a5a5))
                    (then (local.set $found (i32.add (local.get $found) (i32.const 1)))))
                (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (local.get $end))))
            (local.get $found))
        {tail}"#
    )
}

fn sandbox_of_one(pagemap: PagemapUse) -> Sandbox {
    Sandbox::new(SandboxConfig {
        concurrency: 1,
        max_memory_bytes: 64 << 20,
        memory_budget_bytes: 1 << 30,
        max_result_bytes: 1 << 20,
        pagemap,
    })
    .unwrap()
}

#[tokio::test]
async fn a_command_finds_nothing_of_another() {
    let sandbox = sandbox_of_one(PagemapUse::Scan);
    let writer = prepare(
        &sandbox,
        &command(
            r#"(func (export "_start") (drop (memory.grow (i32.const 8)))
               (memory.fill (i32.const 0) (i32.const 0xa5) (i32.mul (memory.size) (i32.const 65536))) unreachable)"#,
        ),
    );
    let writer = writer.unwrap();
    let look = looking(1, r#"(func (export "_start") (if (call $look) (then unreachable)) (call $exit (i32.const 9)))"#);
    let exit = r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;
    let looker = prepare(&sandbox, &format!("{exit} {look})")).unwrap();
    for _ in 0..reuses() {
        assert_eq!(kind(&sandbox.execute(&writer, invocation(Duration::from_secs(30))).await), FailureKind::Trap);
        let looked = sandbox.execute(&looker, invocation(Duration::from_secs(30))).await;
        assert_eq!(kind(&looked), FailureKind::Exit, "{looked:?}");
    }
}

/// Leaves the pattern wherever it can: in its frozen state, on the heap, in strings, in pages that it grows by, in an env value.
const WRITER: &str = "
    const frozen = new Uint8Array(50000).fill(0xa5), secret = process.env.SECRET;
    exports.handler = ({ how }) => {
        globalThis.kept = [frozen.slice(), secret, secret.repeat(100)];
        for (let i = 1; i < 4; i++) kept.push(new Uint8Array(i * 10000).fill(0xa5), '\\u00a5'.repeat(i * 5000));
        if (how === 'grow') kept.push(new Uint8Array(6 << 20).fill(0xa5));
        if (how === 'throw') throw new Error(secret);
        if (how === 'spin') for (;;);
        if (how === 'wait' || how === 'dropped') return new Promise((resolve) => setTimeout(resolve, 60000));
        return { secret };
    }";

struct World {
    sandbox: Sandbox,
    writer: PreparedHook,
    looker: Code,
}

async fn world(pagemap: PagemapUse) -> World {
    let sandbox = sandbox_of_one(pagemap);
    let built = EngineModule::take_apart(&BUILT).unwrap();
    let engine = Arc::new(Engine::new(&Code::new(sandbox.javascript(), &built.code).unwrap()).unwrap());
    let base = Arc::new(Base::new(&boot(&sandbox, &engine, built.memory, &[]).await.unwrap()).unwrap());
    sandbox.memories().set_base(&base);
    let look = format!("(module {} (export \"look\" (func $look)))", looking(base.len() / 65_536, ""));
    let looker = Code::new(sandbox.javascript(), wat::parse_str(look).unwrap()).unwrap();
    let source = Source { text: WRITER.into(), main: MAIN.into(), entries: &["handler"], node_major: 20, files: None };
    let evaluated = evaluate(&sandbox, &engine, &base, &source, secret()).await.unwrap();
    let shape = Shape::JavaScript(Box::new(Deployed {
        serves: false,
        engine,
        image: evaluated.image,
        evaluate: None,
        reads: evaluated.reads,
        files: None,
        startup_log: Default::default(),
    }));
    World { sandbox, writer: PreparedHook { shape }, looker }
}

fn secret() -> Arc<EnvVars> {
    Arc::new([("SECRET".to_owned(), Secret::new(CANARY.to_string().repeat(64)))].into_iter().collect())
}

fn writing(how: &str) -> Invocation {
    let timeout = Duration::from_millis(if how == "wait" { 1 } else { 30_000 });
    let fuel = if how == "spin" { 3_000_000 } else { 1_000_000_000 };
    let limits = Limits { fuel, memory_bytes: 64 << 20 };
    Invocation { context: format!(r#"{{"how":"{how}"}}"#).into(), env: secret(), limits, ..invocation(timeout) }
}

impl World {
    /// Writes, one way or another.
    async fn write(&self, reuse: usize) {
        let kinds = ["", "grow", "throw", "spin", "wait", "dropped"];
        let how = kinds[if reuse.is_multiple_of(10) { reuse / 10 % kinds.len() } else { 0 }];
        let mut execution = Box::pin(self.sandbox.execute(&self.writer, writing(how)));
        if how == "dropped" {
            // It has begun, and is given up before it ends.
            assert!(poll_once(execution.as_mut()).await.is_none());
            return;
        }
        let execution = execution.await;
        match how {
            "" | "grow" => assert!(execution.result.is_ok(), "{how}: {execution:?}"),
            _ => assert!(execution.result.is_err(), "{how}"),
        }
    }

    /// How often the pattern is in the memory that the next guest gets.
    async fn look(&self) -> i32 {
        let mut store: Store<CallState> = self.sandbox.store(self.sandbox.javascript(), writing("look"), false);
        let instance = wasmtime::Instance::new_async(&mut store, &self.looker, &[]).await.unwrap();
        instance.get_typed_func::<(), i32>(&mut store, "look").unwrap().call_async(&mut store, ()).await.unwrap()
    }
}

/// Polls a future once.
async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|cx| match std::pin::Pin::new(&mut future).poll(cx) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

async fn nobody_finds_what_javascript_left(pagemap: PagemapUse) {
    let world = world(pagemap).await;
    assert_eq!(world.look().await, 0, "the pattern is not the engine's own");
    for reuse in 0..reuses() {
        world.write(reuse).await;
        assert_eq!(world.look().await, 0, "after {reuse} reuses");
    }
}

#[tokio::test]
async fn nobody_finds_what_javascript_left_in_a_memory_written_over() {
    nobody_finds_what_javascript_left(PagemapUse::Scan).await;
}

#[tokio::test]
async fn nobody_finds_what_javascript_left_in_a_memory_given_back() {
    nobody_finds_what_javascript_left(PagemapUse::None).await;
}

#[tokio::test]
async fn nobody_finds_what_javascript_left_in_a_memory_written_over_by_older_kernels() {
    nobody_finds_what_javascript_left(PagemapUse::Read).await;
}
