//! JavaScript hooks in the sandbox: what is frozen, what is fresh, what is bounded.

use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::log::Mask;
use hookbox_host_api::{EnvVars, Failure, FailureKind, Secret};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use wasmtime::Module;

use super::*;
use crate::Share;
use crate::admission::{BUILT, MAIN};
use crate::host::WorldReads;
use crate::memory::Base;
use crate::prepared::Shape;
use crate::{AdmissionError, Execution, Invocation, Limits, PreparedHook, Sandbox, SandboxConfig};

mod fuzz;
mod modules;
mod passwords;
mod profile;

struct World {
    sandbox: Sandbox,
    engine: Arc<Engine>,
    base: Arc<Base>,
}

/// One engine for all tests of this process: compiling it takes seconds.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    WORLD.get_or_init(make_world).await
}

async fn make_world() -> World {
    let config = SandboxConfig {
        concurrency: 8,
        max_memory_bytes: 128 << 20,
        memory_budget_bytes: 1 << 30,
        max_result_bytes: 256 << 10,
        pagemap: crate::PagemapUse::Scan,
    };
    let sandbox = Sandbox::new(config).unwrap();
    let built = EngineModule::take_apart(&BUILT).unwrap();
    let engine = Engine::new(&Module::new(sandbox.javascript(), &built.code).unwrap()).unwrap();
    let base = Arc::new(Base::new(&boot(&sandbox, &engine, built.memory, &[]).await.unwrap()).unwrap());
    sandbox.memories().set_base(&base);
    World { engine: Arc::new(engine), base, sandbox }
}

fn env(vars: &[(&str, &str)]) -> Arc<EnvVars> {
    Arc::new(vars.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect())
}

async fn deploy_with(source: &str, env: Arc<EnvVars>) -> Result<PreparedHook, AdmissionError> {
    let world = world().await;
    let source = Source { text: source.into(), main: MAIN.into(), entries: &["handler"], node_major: 20, files: None };
    let evaluated = evaluate(&world.sandbox, &world.engine, &world.base, &source, env).await?;
    let (image, evaluate) = match evaluated.reads.fleeting {
        Some(reason) => (Image::of_base(world.base.clone()), Some((source, reason))),
        None => (evaluated.image, None),
    };
    Ok(PreparedHook {
        shape: Shape::JavaScript(Box::new(Deployed {
            serves: false,
            engine: world.engine.clone(),
            image,
            evaluate,
            reads: evaluated.reads,
            files: None,
            startup_log: StartupLog::default(),
        })),
    })
}

async fn deploy(source: &str) -> PreparedHook {
    deploy_with(source, Arc::default()).await.unwrap()
}

fn reads(hook: &PreparedHook) -> WorldReads {
    let Shape::JavaScript(deployed) = &hook.shape else { panic!("no JavaScript") };
    deployed.reads.clone()
}

fn invocation(context: &str) -> Invocation {
    Invocation {
        execution_id: "e1".into(),
        identity: Arc::default(),
        context: context.to_owned().into(),
        env: env(&[("COLOUR", "green")]),
        mask: Arc::new(Mask::default()),
        grant: Arc::default(),
        outside: None,
        request: None,
        answerer: None,
        beginning: None,
        limits: Limits { fuel: 1_000_000_000, memory_bytes: 64 << 20 },
        deadline: Instant::now() + Duration::from_secs(20),
        share: Share::default(),
        log_limit: 64 << 10,
    }
}

async fn call(hook: &PreparedHook, context: &str) -> Execution {
    world().await.sandbox.execute(hook, invocation(context)).await
}

async fn result(source: &str, context: &str) -> String {
    call(&deploy(source).await, context).await.result.unwrap().get().to_owned()
}

async fn failure(source: &str) -> Failure {
    call(&deploy(source).await, "{}").await.result.unwrap_err()
}

async fn rejection(source: &str) -> String {
    deploy_with(source, Arc::default()).await.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn runs_a_handler_sync_or_async_in_either_module_system() {
    for source in [
        "exports.handler = async (context) => ({ user: context.user })",
        "module.exports = { handler: (context) => ({ user: context.user }) }",
        "export const handler = async ({ user }) => ({ user })",
        "exports.handler = (context) => new Promise((resolve) => setTimeout(() => resolve({ user: context.user }), 2))",
    ] {
        assert_eq!(result(source, r#"{"user":{"policy_id":7}}"#).await, r#"{"user":{"policy_id":7}}"#, "{source}");
    }
}

/// Room for 16 KiB is always there; for more the engine has to be asked.
#[tokio::test]
async fn a_context_may_be_long() {
    let hook = deploy("exports.handler = (context) => context").await;
    for len in [16_383, 16_384, 16_385, 200_000] {
        let context = format!(r#"{{"text":"{}"}}"#, "x".repeat(len - r#"{"text":""}"#.len()));
        assert_eq!(call(&hook, &context).await.result.unwrap().get(), context, "{len}");
    }
}

/// A top level that needs more room than is set aside for it leaves an image like any other.
#[tokio::test]
async fn an_ordinary_hook_does_not_grow_its_memory() {
    let rules = (0..160).map(|n| format!("rules.push((user) => user.roles?.includes('group-{n}') ? {{ policy_id: {n} }} : null);\n"));
    let source = format!(
        "const rules = [];\n{}exports.handler = ({{ user }}) => rules.map((rule) => rule(user)).find(Boolean)",
        rules.collect::<String>()
    );
    let execution = call(&deploy(&source).await, r#"{"user":{"roles":["group-7"]}}"#).await;
    assert_eq!(execution.result.unwrap().get(), r#"{"policy_id":7}"#);
    let first = EngineModule::take_apart(&BUILT).unwrap().memory.len();
    assert_eq!((execution.usage.memory_bytes, world().await.base.len()), (first as u64, first));
}

#[tokio::test]
async fn a_top_level_may_make_a_lot() {
    let source = "const all = Array.from({ length: 5000 }, (_, at) => ({ at, text: `number ${at}`, self: null }));
        for (const one of all) one.self = one;
        exports.handler = () => ({ last: all.at(-1).text, sum: all.reduce((sum, { self }) => sum + self.at, 0) })";
    let hook = deploy(source).await;
    for _ in 0..2 {
        assert_eq!(call(&hook, "{}").await.result.unwrap().get(), r#"{"last":"number 4999","sum":12497500}"#);
    }
}

#[tokio::test]
async fn nothing_of_an_execution_is_there_in_the_next() {
    let source = "let count = 0; exports.handler = () => { count++; Array.prototype.mine = count; globalThis.left = count;
        return { count, mine: [].mine, left: globalThis.left } }";
    let hook = deploy(source).await;
    for _ in 0..3 {
        assert_eq!(call(&hook, "{}").await.result.unwrap().get(), r#"{"count":1,"mine":1,"left":1}"#);
    }
    let other = deploy("exports.handler = () => ({ mine: typeof [].mine, left: typeof globalThis.left })").await;
    assert_eq!(call(&other, "{}").await.result.unwrap().get(), r#"{"mine":"undefined","left":"undefined"}"#);
}

#[tokio::test]
async fn the_top_level_is_evaluated_once_and_its_state_is_frozen() {
    let source = "const table = new Map(); for (let i = 0; i < 1000; i++) table.set('k' + i, i * i);
        exports.handler = ({ key }) => ({ value: table.get(key), size: table.size })";
    let hook = deploy(source).await;
    assert_eq!(reads(&hook), WorldReads::default());
    let execution = call(&hook, r#"{"key":"k31"}"#).await;
    assert_eq!(execution.result.unwrap().get(), r#"{"value":961,"size":1000}"#);
    assert!(execution.usage.fuel < 400_000, "{}", execution.usage.fuel);
}

#[tokio::test]
async fn a_top_level_that_reads_the_world_is_seen() {
    let hook = deploy_with("const C = process.env.COLOUR; exports.handler = () => ({ C })", env(&[("COLOUR", "red")])).await.unwrap();
    assert!(reads(&hook).env.values && reads(&hook).fleeting.is_none());
    assert_eq!(call(&hook, "{}").await.result.unwrap().get(), r#"{"C":"red"}"#);

    for source in [
        "const T = Date.now(); exports.handler = () => ({ T })",
        "const T = Math.random(); exports.handler = () => ({ T })",
        "const T = new Date().getTime(); exports.handler = () => ({ T })",
        "const T = require('crypto').randomUUID(); exports.handler = () => ({ T })",
        "const pool = require('crypto').randomBytes(64); let at = 0; exports.handler = () => ({ T: pool.toString('hex') })",
    ] {
        let hook = deploy(source).await;
        assert!(reads(&hook).fleeting.is_some(), "{source}");
        let first = call(&hook, "{}").await.result.unwrap().get().to_owned();
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_ne!(call(&hook, "{}").await.result.unwrap().get(), first, "{source}");
    }
}

#[tokio::test]
async fn a_top_level_that_keeps_nothing_of_what_differs_is_frozen() {
    for source in [
        "if (Date.now() < 0) throw new Error('too early'); exports.handler = () => 1",
        "const started = Date.now(); let n = 0; for (let i = 0; i < 9; i++) n += i; console.log(Date.now() - started); exports.handler = () => n",
        "require('crypto').createHash('sha256').update(require('crypto').randomBytes(8)).digest('hex').length; exports.handler = () => 1",
        "setTimeout(() => {}, 5).unref(); setInterval(() => {}, 60000); exports.handler = () => 1",
    ] {
        assert_eq!(reads(&deploy(source).await).fleeting, None, "{source}");
    }
}

#[tokio::test]
async fn a_timer_of_the_top_level_counts_from_each_execution() {
    let source = "const order = []; setTimeout(() => order.push('late'), 40); setTimeout(() => order.push('soon'), 5);
        setImmediate(() => order.push('at once'));
        exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 60)); return order }";
    let hook = deploy(source).await;
    assert_eq!(reads(&hook).fleeting, None);
    for _ in 0..3 {
        assert_eq!(call(&hook, "{}").await.result.unwrap().get(), r#"["at once","soon","late"]"#);
    }
    let cleared = "const timer = setTimeout(() => { throw new Error('cleared') }, 1); const again = setTimeout(() => {}, 1e6);
        exports.handler = async () => { clearTimeout(timer); again.unref(); await new Promise((resolve) => setTimeout(resolve, 9)); return 1 }";
    assert_eq!(result(cleared, "{}").await, "1");
}

/// A table that an image is too large to be copied with.
const TABLE: &str = "const table = Array.from({ length: 20000 }, (_, at) => ({ at, text: `number ${at}` })); let seen = 0;
    exports.handler = ({ at }) => { table[at].text += '!'; table.push({}); return { text: table[at].text, seen: ++seen, size: table.length } }";

#[tokio::test]
async fn a_large_image_is_a_base_of_its_own() {
    let world = world().await;
    let mut hook = deploy(TABLE).await;
    let Shape::JavaScript(deployed) = &mut hook.shape else { panic!("no JavaScript") };
    let image = &mut deployed.image;
    assert!(image.is_large());
    let copied = std::mem::replace(image, Image::of_base(world.base.clone()));
    let size = copied.size();
    *image = copied.into_base(world.sandbox.memories()).unwrap();
    assert!(image.size() < size + (1 << 20), "{} instead of {size}", image.size());
    for at in [7, 19_999, 7] {
        let expected = format!(r#"{{"text":"number {at}!","seen":1,"size":20001}}"#);
        assert_eq!(call(&hook, &format!(r#"{{"at":{at}}}"#)).await.result.unwrap().get(), expected);
    }
    let other = deploy("exports.handler = () => ({ table: typeof table, seen: typeof seen })").await;
    assert_eq!(call(&other, "{}").await.result.unwrap().get(), r#"{"table":"undefined","seen":"undefined"}"#);
}

#[tokio::test]
async fn env_and_randomness_are_of_the_execution() {
    let hook = deploy("exports.handler = () => ({ C: process.env.COLOUR, R: Math.random() })").await;
    let first = call(&hook, "{}").await.result.unwrap().get().to_owned();
    assert!(first.contains("green"));
    assert_ne!(call(&hook, "{}").await.result.unwrap().get(), first);
}

#[tokio::test]
async fn fuel_is_the_same_for_the_same_input() {
    let hook = deploy("exports.handler = async (context) => ({ user: context.user })").await;
    let first = call(&hook, r#"{"user":{"policy_id":7}}"#).await.usage.fuel;
    let second = call(&hook, r#"{"user":{"policy_id":7}}"#).await.usage.fuel;
    assert_eq!(first, second);
}

#[tokio::test]
async fn failures_have_their_kind_and_the_authors_place() {
    let thrown = failure("exports.handler = async () => {\n  throw new Error('no luck')\n}").await;
    assert_eq!(thrown.kind, FailureKind::Exception);
    assert!(thrown.message.contains("no luck"));
    assert!(thrown.place.as_deref().unwrap_or_default().starts_with("hook.js:2:"), "{thrown:?}");
    assert_eq!(failure("exports.handler = () => new Promise(() => {})").await.kind, FailureKind::NeverSettled);
    assert_eq!(failure("exports.handler = () => { const f = () => f() + 1; return f() }").await.kind, FailureKind::StackOverflow);
    assert_eq!(failure("exports.handler = () => process.exit(3)").await.kind, FailureKind::Exit);
    assert_eq!(failure("exports.handler = () => { const a = {}; a.a = a; return a }").await.kind, FailureKind::InvalidResponse);
    assert_eq!(failure("exports.handler = () => ({ n: 1n })").await.kind, FailureKind::InvalidResponse);
}

#[tokio::test]
async fn limits_hold_inside_javascript() {
    assert_eq!(failure("exports.handler = () => { while (true); }").await.kind, FailureKind::OutOfFuel);
    assert_eq!(failure("exports.handler = async () => { for (;;) await 0 }").await.kind, FailureKind::OutOfFuel);
    let bomb = "exports.handler = () => { const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1)) }";
    assert_eq!(failure(bomb).await.kind, FailureKind::OutOfMemory);
    let range = "exports.handler = () => { try { 'x'.repeat(2 ** 30) } catch (error) { return { name: error.constructor.name } } }";
    assert_eq!(result(range, "{}").await, r#"{"name":"RangeError"}"#);
    let huge = "exports.handler = () => ({ text: 'x'.repeat(1 << 20) })";
    assert_eq!(failure(huge).await.kind, FailureKind::InvalidResponse);
    assert_eq!(result("exports.handler = () => ({ ok: true })", "{}").await, r#"{"ok":true}"#);
}

#[tokio::test]
async fn garbage_is_collected_even_in_cycles() {
    let source = "exports.handler = ({ n }) => { for (let i = 0; i < n; i++) { const a = { i }; a.a = [a, () => a]; } return { n } }";
    let hook = deploy(source).await;
    let [few, many] = [call(&hook, r#"{"n":10}"#).await, call(&hook, r#"{"n":50000}"#).await];
    assert_eq!(many.result.unwrap().get(), r#"{"n":50000}"#);
    assert!(many.usage.memory_bytes < few.usage.memory_bytes + (4 << 20), "{:?}", many.usage);
}

#[tokio::test]
async fn what_cannot_be_deployed_says_where() {
    let syntax = rejection("exports.handler = (").await;
    assert!(syntax.contains("hook.js:"), "{syntax}");
    assert!(rejection("\n\nthrow new Error('at the top')").await.contains("at the top"));
    assert!(rejection("const x = 1").await.contains("handler"));
    let endless = rejection("while (true);").await;
    assert!(endless.contains("out_of_fuel") || endless.contains("took more than"), "{endless}");
}

#[tokio::test]
async fn a_deployment_takes_a_slot_like_any_guest() {
    let world = world().await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(world.sandbox.slot().await.unwrap());
    }
    let deploying = deploy("exports.handler = () => null");
    tokio::pin!(deploying);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut deploying).await.is_err());
    drop(held);
    deploying.await;
}
