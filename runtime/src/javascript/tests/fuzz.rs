//! Generated sources and contexts: whatever they are, the host is unharmed and every end has its name.
//!
//! A bounded number of cases with a fixed seed runs with the other tests; `make fuzz` runs more, with a seed of its own. A fuzzer that
//! is led by coverage would see nothing here: what reads the input is the engine, which is compiled by wasmtime and not by rustc. So the
//! inputs are made of what its parsers know.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use serde_json::Value;

use super::*;

/// What sources are made of besides arbitrary characters. No loops: an endless top level is a test of its own, and takes seconds.
const TOKENS: &str = "exports . handler = async ( context ) => { } [ ] ; , : ? ?. ?? ... ` ${ ' \" / \\ \n 0 1n 1e9 .5 0x1f a b this null undefined \
    let const var function* function class extends static #p get set new delete typeof void in of instanceof return yield await throw try \
    catch finally if else switch case default: break continue label: import export from with using debugger super new.target import.meta \
    + - * ** % & | ^ ~ ! << >>> < > == === && || ??= ++ -- => /a(?<n>b)/dgimsuvy /[^]/v //c /*c*/ <!-- --> #! \u{2028} \u{feff} \u{1f600} é \
    eval Function Proxy Reflect Symbol.iterator Promise JSON.parse Object.prototype __proto__ constructor require('util') process.env.A \
    process.exit() console.log globalThis arguments";

const SOURCES: [&str; 4] = [
    "exports.handler = async (context) => ({ user: context.user })",
    "import util from 'node:util';\nexport const handler = ({ user }) => ({ user, text: util.inspect(user) })",
    "class A { #p = 1; static s = [...'ab']; get p() { return this.#p?.x ?? `t${1}` } }\nmodule.exports = { handler: () => new A().p }",
    "const m = new Map([[/(?<y>\\d+)/g, 1n]]); exports.handler = function* () { yield* m; try { throw 1 } catch { } }",
];

fn source() -> impl Strategy<Value = String> {
    let tokens: Vec<&str> = TOKENS.split(' ').collect();
    let soup = vec(select(tokens.clone()), 0..60).prop_map(|tokens| tokens.join(" "));
    let changed = (select(&SOURCES[..]), any::<prop::sample::Index>(), 0..12_usize, vec(select(tokens), 0..4));
    let changed = changed.prop_map(|(source, at, removed, added)| {
        let characters: Vec<char> = source.chars().collect();
        let at = at.index(characters.len());
        let before = characters.iter().take(at).collect::<String>();
        before + &added.join(" ") + &characters.iter().skip(at + removed).collect::<String>()
    });
    let bytes = vec(any::<u8>(), 0..300).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![2 => soup, 4 => changed, 1 => bytes, 1 => any::<String>()]
}

fn json() -> impl Strategy<Value = Value> {
    // serde_json reads these exactly, and others only nearly.
    let number = any::<i32>().prop_map(|number| Value::from(f64::from(number) / 64.0));
    let key =
        prop_oneof![any::<String>(), select(vec!["__proto__", "constructor", "then", "toJSON", "length", "0", "", "user"]).prop_map_into()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        let object = btree_map(key.clone(), inner.clone(), 0..8).prop_map(|entries| Value::Object(entries.into_iter().collect()));
        prop_oneof![vec(inner, 0..8).prop_map(Value::Array), object]
    })
}

/// Runs a test on as many generated values as the environment says, or on a few.
fn for_all<S: Strategy>(strategy: &S, few: u32, test: impl AsyncFn(S::Value) -> TestCaseResult) {
    let wanted: Option<u32> = std::env::var("HOOKBOX_FUZZ_CASES").ok().map(|cases| cases.parse().unwrap());
    let config = Config { cases: wanted.unwrap_or(few), failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let fixed = || TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner =
        TestRunner::new_with_rng(config, if wanted.is_some() { TestRng::from_seed(RngAlgorithm::ChaCha, &drawn_seed()) } else { fixed() });
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runner.run(strategy, |value| threads.block_on(test(value))).unwrap_or_else(|error| panic!("{error}"));
}

fn drawn_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    seed
}

/// The ends that an execution may have by its function's doing.
fn is_named(execution: &Execution) -> bool {
    !matches!(&execution.result, Err(failure) if failure.kind == FailureKind::Host || failure.kind == FailureKind::Trap)
}

/// What comes out of a context that is handed back, with numbers as JavaScript has them.
fn as_javascript(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, |number| Value::from(number + 0.0)),
        Value::Array(values) => values.into_iter().map(as_javascript).collect(),
        Value::Object(entries) => Value::Object(entries.into_iter().map(|(key, value)| (key, as_javascript(value))).collect()),
        other => other,
    }
}

#[test]
fn any_source_is_deployed_or_refused_with_a_reason() {
    for_all(&source(), 200, async |source| {
        match deploy_with(&source, Arc::default()).await {
            Err(AdmissionError::Rejected(reason)) => prop_assert!(reason.contains(": ") && reason.len() < 20_000, "{reason}"),
            Err(fault) => prop_assert!(false, "{fault}"),
            Ok(hook) => {
                let execution = call(&hook, "{\"user\":{\"id\":1}}").await;
                prop_assert!(is_named(&execution), "{:?}", execution.result);
            }
        }
        Ok(())
    });
}

#[test]
fn any_context_is_handed_back_as_it_came() {
    let hook = std::sync::OnceLock::new();
    for_all(&json(), 300, async |context| {
        if hook.get().is_none() {
            let _first = hook.set(deploy("exports.handler = (context) => [context]").await);
        }
        let execution = call(hook.get().unwrap(), &context.to_string()).await;
        let result = execution.result.map_err(|failure| TestCaseError::fail(format!("{failure:?}")))?;
        let [came]: [Value; 1] = serde_json::from_str(result.get()).unwrap();
        prop_assert_eq!(as_javascript(came), as_javascript(context));
        Ok(())
    });
}

#[test]
fn any_bytes_as_a_context_have_a_named_end() {
    let hook = std::sync::OnceLock::new();
    let broken = (json(), any::<prop::sample::Index>(), vec(any::<u8>(), 0..4)).prop_map(|(json, at, added)| {
        let mut text = json.to_string().into_bytes();
        let at = at.index(text.len() + 1);
        text.splice(at..at, added);
        text
    });
    for_all(&prop_oneof![vec(any::<u8>(), 0..200), broken], 300, async |context| {
        if hook.get().is_none() {
            let _first = hook.set(deploy("exports.handler = (context) => [context]").await);
        }
        let mut invocation = invocation("");
        invocation.context = context.into();
        let execution = world().await.sandbox.execute(hook.get().unwrap(), invocation).await;
        prop_assert!(is_named(&execution), "{:?}", execution.result);
        Ok(())
    });
}
