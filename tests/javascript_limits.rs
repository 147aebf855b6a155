//! What a JavaScript function may try: each attempt has its named outcome, and the next login of another hook is right.

use serde_json::{Value, json};

use crate::harness::{Api, Hook, ServerBuilder, context};

/// What has to come of an attempt.
enum Ends {
    /// It completes and allows, with this policy.
    Allows(u64),
    /// Outcome, kind of error, part of its message.
    With(&'static str, &'static str, &'static str),
}
use Ends::{Allows, With};

/// The handler's body, after some helpers, and what has to come of it.
type Case = (&'static str, Ends);

/// What every function begins with: an answer, and a use of most of what the prelude provides.
const HELPERS: &str = "const ok = (id) => ({ success: true, user: { policy_id: id } });
const used = async () => {
  console.log('%s %o', 'used', { a: [1, new Map([[1, { b: 2 }]]), new Error('e'), Promise.resolve(1)] });
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => process.nextTick(resolve));
  Buffer.from('text').toString('base64');
  require('crypto').createHash('sha256').update('x').digest('hex');
  return new URL('https://a.b/?c=d').searchParams.get('c') + structuredClone({ a: 1 }).a + process.env.NOTHING;
};
";

const TIME: &[Case] = &[
    // Each of many timers costs about as much as each of a few.
    (
        "let left = 1500; return new Promise((done) => { for (let i = 0; i < 1500; i++) setTimeout(() => --left || done(ok(1)), 1); });",
        Allows(1),
    ),
    (
        "let left = 1500; return new Promise((done) => { for (let i = 0; i < 1500; i++) setTimeout(() => --left || done(ok(1)), 101 - i / 15); });",
        Allows(1),
    ),
    (
        "for (let i = 0, all = []; i < 1500; i++) { all.push(setTimeout(() => {}, 50), setImmediate(() => {})); if (i === 1499) all.reverse().forEach((one) => { clearTimeout(one); clearImmediate(one); }); } return ok(1);",
        Allows(1),
    ),
    ("while (true);", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("for (;;) await 0;", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("const f = () => Promise.resolve().then(f); await f();", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("const f = () => process.nextTick(f); f(); await new Promise(() => {});", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("return /^(a+)+$/.test('a'.repeat(60) + '!');", With("out_of_fuel", "out_of_fuel", "fuel")),
    (
        "return '|'.repeat(1e6).split('').sort(() => Math.random() - 0.5).length && eval('for (;;);');",
        With("out_of_fuel", "out_of_fuel", "fuel"),
    ),
    ("return new Function('for (;;);')();", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("return { get user() { for (;;); } };", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("return { then(resolve) { resolve(this); } };", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("try { for (;;); } catch { return ok(1); } finally { return ok(2); }", With("out_of_fuel", "out_of_fuel", "fuel")),
    (
        "process.on('uncaughtException', () => { for (;;); }); setTimeout(() => { throw 1; }, 1); await new Promise((r) => setTimeout(r, 50));",
        With("out_of_fuel", "out_of_fuel", "fuel"),
    ),
    ("await new Promise(() => {});", With("failed", "never_settled", "never settle")),
    ("return { then() {} };", With("failed", "never_settled", "never settle")),
];

/// With fuel to burn and one second.
const SLOW: &[Case] = &[
    ("while (true);", With("timeout", "timeout", "deadline")),
    ("for (;;) await 0;", With("timeout", "timeout", "deadline")),
    ("/^(a+)+$/.test('a'.repeat(60) + '!');", With("timeout", "timeout", "deadline")),
    ("await new Promise((resolve) => setTimeout(resolve, 3_600_000));", With("timeout", "timeout", "deadline")),
    ("await new Promise(() => setInterval(() => {}, 1));", With("timeout", "timeout", "deadline")),
    ("for (;;) crypto.getRandomValues(new Uint8Array(65536));", With("timeout", "timeout", "deadline")),
    ("for (;;) require('crypto').pbkdf2Sync('p', 's', 1000, 32, 'sha256');", With("timeout", "timeout", "deadline")),
];

/// With fuel to burn and 16 MiB.
const MEMORY: &[Case] = &[
    ("try { 'x'.repeat(2 ** 30); } catch (error) { if (error instanceof RangeError) return ok(1); }", Allows(1)),
    ("const all = []; for (;;) all.push({ all });", With("out_of_memory", "out_of_memory", "memory")),
    ("const all = []; for (;;) all.push(new ArrayBuffer(1e6));", With("out_of_memory", "out_of_memory", "memory")),
    (
        "let text = 'x'; const all = []; for (;;) { text += text + 'y'; all.push(text.toUpperCase()); }",
        With("out_of_memory", "out_of_memory", "memory"),
    ),
    ("const all = new Map(); for (let i = 0; ; i++) all.set(i, [i]);", With("out_of_memory", "out_of_memory", "memory")),
    ("new Array(1e9).fill(0);", With("out_of_memory", "out_of_memory", "memory")),
    (
        "const all = []; const more = () => all.push(Promise.resolve().then(more), Promise.resolve().then(more)); more(); await new Promise(() => {});",
        With("out_of_memory", "out_of_memory", "memory"),
    ),
    ("JSON.parse('[' + '[],'.repeat(3e6) + '[]]');", With("out_of_memory", "out_of_memory", "memory")),
    ("try { const all = []; for (;;) all.push(new ArrayBuffer(1e6)); } catch { return ok(2); }", Allows(2)),
    (
        "setTimeout(() => { const all = []; for (;;) all.push([all]); }, 1); await new Promise((resolve) => setTimeout(resolve, 5000));",
        With("out_of_memory", "out_of_memory", "memory"),
    ),
];

const DEPTH: &[Case] = &[
    (
        "let n = 0; const f = () => { n++; f(); }; try { f(); } catch (error) { return ok(error instanceof RangeError && n > 100 ? 1 : 0); }",
        Allows(1),
    ),
    ("const f = () => f() + 1; return f();", With("failed", "stack_overflow", "call stack")),
    ("const f = async () => (await f()) + 1; return f();", With("failed", "stack_overflow", "call stack")),
    ("const f = () => [1].map(f); return f();", With("failed", "stack_overflow", "call stack")),
    ("const p = new Proxy({}, { get: (_, key) => p[key] }); return p.x;", With("failed", "stack_overflow", "call stack")),
    ("const o = { get a() { return this.a; } }; return o.a;", With("failed", "stack_overflow", "call stack")),
    ("const o = { toString() { return `${this}`; } }; return `${o}`;", With("failed", "stack_overflow", "call stack")),
    ("let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return o;", With("failed", "stack_overflow", "call stack")),
    ("let o = {}; for (let i = 0; i < 1e4; i++) o = { o }; console.log(o); return ok(1);", Allows(1)),
    ("try { JSON.parse('['.repeat(1e5)); } catch (error) { return ok(error instanceof SyntaxError ? 1 : 0); }", Allows(1)),
    ("try { eval('('.repeat(1e5)); } catch (error) { return ok(error instanceof RangeError ? 1 : 0); }", Allows(1)),
    ("try { new RegExp('('.repeat(1e5)); } catch (error) { return ok(1); }", Allows(1)),
];

const RESULTS: &[Case] = &[
    ("return { ...ok(1), more: 'x'.repeat(1e7) };", With("invalid_response", "invalid_response", "more than")),
    ("return { ...ok(1), more: 1n };", With("invalid_response", "invalid_response", "no JSON")),
    ("const a = ok(1); a.user.a = a; return a;", With("invalid_response", "invalid_response", "no JSON")),
    ("return { success: true, get user() { return { get policy_id() { return 3; } }; } };", Allows(3)),
    ("return { get user() { throw new Error('mine'); } };", With("invalid_response", "invalid_response", "mine")),
    ("return { get user() { process.exit(3); } };", With("failed", "exit", "process.exit(3)")),
    ("return { toJSON: () => ok(4) };", Allows(4)),
    ("return { toJSON() { throw 1; } };", With("invalid_response", "invalid_response", "no JSON")),
    ("return new Proxy(ok(5), {});", Allows(5)),
    ("return new Proxy({}, { ownKeys() { throw new Error('mine'); } });", With("invalid_response", "invalid_response", "mine")),
    ("return new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : key === 'toJSON' ? () => ok(6) : 1) });", Allows(6)),
    ("return { then: (resolve) => resolve({ then: (resolve) => resolve(ok(7)) }) };", Allows(7)),
    ("return { then: (_, reject) => reject(new Error('mine')) };", With("failed", "exception", "mine")),
    ("return { get then() { throw new Error('mine'); } };", With("failed", "exception", "mine")),
    ("return Object.assign(Object.create(null), ok(8));", Allows(8)),
    ("return () => ok(9);", With("completed", "", "")),
    ("return Symbol('s');", With("completed", "", "")),
    ("return '\\ud800';", With("invalid_response", "invalid_response", "neither an object nor null")),
    ("return { ...ok(1), ['\\ud800']: '\\udc00' };", Allows(1)),
    ("return { ...ok(1), user: { policy_id: Infinity } };", With("invalid_response", "invalid_response", "policy_id")),
];

const THROWN: &[Case] = &[
    ("throw null;", With("failed", "exception", "null")),
    ("throw Symbol('s');", With("failed", "exception", "")),
    ("throw new Proxy(new Error('x'), { get() { throw 2; } });", With("failed", "exception", "")),
    ("throw new Error('x'.repeat(1e6));", With("failed", "exception", "xxx")),
    ("throw Object.defineProperty(new Error('a'), 'message', { get() { throw this; } });", With("failed", "exception", "")),
    ("throw Object.defineProperty(new Error('a'), 'stack', { get() { for (;;); } });", With("out_of_fuel", "out_of_fuel", "fuel")),
    ("throw { toString() { throw 1; }, toJSON() { throw 2; } };", With("failed", "exception", "")),
    ("Error.prepareStackTrace = () => { throw new Error('never'); }; throw new Error('mine');", With("failed", "exception", "mine")),
    ("Error.prepareStackTrace = () => ({}); throw new Error('mine');", With("failed", "exception", "mine")),
    ("Error.stackTraceLimit = 1e9; throw new Error('mine');", With("failed", "exception", "mine")),
    (
        "Error.prototype.toString = () => { throw 1; }; Object.defineProperty(Error.prototype, 'stack', { get() { throw 1; } }); throw new Error('mine');",
        With("failed", "exception", "mine"),
    ),
];

/// What a function may do to what the prelude is made of. What is spoiled is its own run.
const TAMPERING: &[Case] = &[
    ("await used(); return ok(1);", Allows(1)),
    (
        "Array.prototype.push = Array.prototype.map = Array.prototype.join = () => { throw new Error('mine'); }; try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    (
        "for (const name of ['value', 'get', 'set', 'then', 'length', 'kind', 'toJSON', '0']) Object.defineProperty(Object.prototype, name, Object.assign(Object.create(null), { set() { throw new Error('mine'); }, configurable: true })); try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    ("Object.prototype.toJSON = () => 'forged'; return ok(1);", With("invalid_response", "invalid_response", "neither an object nor null")),
    (
        "Object.prototype.then = function (resolve) { delete Object.prototype.then; resolve({ success: true, user: { policy_id: 2 } }); }; return ok(1);",
        Allows(2),
    ),
    ("Promise.prototype.then = () => { throw new Error('mine'); }; return ok(1);", Allows(1)),
    (
        "Promise.prototype.then = function () { return this; }; Promise.resolve = Promise.reject = null; globalThis.Promise = null; return ok(1);",
        Allows(1),
    ),
    ("JSON.stringify = JSON.parse = () => { throw new Error('mine'); }; return ok(1);", Allows(1)),
    (
        "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = Reflect.apply = () => { throw new Error('mine'); }; try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    (
        "delete Array.prototype[Symbol.iterator]; delete Map.prototype[Symbol.iterator]; try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    ("Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1; }; try { await used(); } catch {} return ok(1);", Allows(1)),
    (
        "String.prototype.split = String.prototype.replaceAll = RegExp.prototype.exec = () => { throw new Error('mine'); }; try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    (
        "for (const name of ['Array', 'Map', 'Set', 'WeakMap', 'JSON', 'Object', 'String', 'Symbol', 'Reflect', 'Error', 'Uint8Array', 'Proxy']) globalThis[name] = null; try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    ("const all = globalThis; for (const name of Object.getOwnPropertyNames(all)) delete all[name]; return ok(1);", Allows(1)),
    (
        "for (const name of Object.getOwnPropertyNames(process)) delete process[name]; Object.setPrototypeOf(process, null); return ok(1);",
        Allows(1),
    ),
    (
        "process.emit = process.listeners = () => { throw new Error('mine'); }; setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 50)); return ok(1);",
        With("failed", "exception", "late"),
    ),
    (
        "console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('mine'); } }); return ok(1);",
        With("failed", "exception", "mine"),
    ),
    (
        "console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { for (;;); } }); return ok(1);",
        With("out_of_fuel", "out_of_fuel", "fuel"),
    ),
    (
        "console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { console.log(this); } }); return ok(1);",
        With("failed", "stack_overflow", "call stack"),
    ),
    (
        "console.log(new Proxy({}, { ownKeys() { throw new Error('mine'); }, get() { throw new Error('mine'); } })); return ok(1);",
        Allows(1),
    ),
    ("console.log(Object.defineProperty({}, 'constructor', { get() { throw new Error('mine'); } })); return ok(1);", Allows(1)),
    (
        "Object.freeze(globalThis); Object.freeze(Object.prototype); Object.freeze(Array.prototype); Object.freeze(process); try { await used(); } catch {} return ok(1);",
        Allows(1),
    ),
    (
        "const { constructor } = (async () => {}); return ok(constructor('return typeof hb + typeof prelude')() instanceof Promise ? 1 : 0);",
        Allows(1),
    ),
    (
        "return ok([typeof hb, typeof prelude, typeof WebAssembly].every((type) => type === 'undefined') && Function('return this')() === globalThis ? 1 : 0);",
        Allows(1),
    ),
    ("Math.random = () => 4; Date.now = () => 5; return ok(Math.random() + Date.now());", Allows(9)),
    (
        "require.cache.crypto = 1; require('crypto').createHash = () => 'spoiled'; require('events').prototype.emit = null; return ok(1);",
        Allows(1),
    ),
];

fn source(body: &str) -> String {
    format!("{HELPERS}exports.handler = async (context) => {{\n{body}\n}}")
}

fn try_case(admin: &Api, hook: &dyn Fn(Hook) -> Hook, (body, ends): &Case) {
    let id = admin.deploy(&hook(Hook::new(source(body).as_bytes()).with("runtime", "nodejs22.x").disabled()));
    let answer = admin.fire(&id, &context(1));
    match ends {
        Allows(policy) => {
            assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")), "{body}: {answer}");
            assert_eq!(answer["result"]["user"]["policy_id"], *policy, "{body}: {answer}");
        }
        With("completed", ..) => {
            assert_eq!((&answer["outcome"], &answer["result"]), (&json!("completed"), &Value::Null), "{body}: {answer}")
        }
        With(outcome, kind, says) => {
            assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!(outcome), &json!(kind)), "{body}: {answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains(says), "{body}: {answer}");
            assert_eq!((&answer["decision"], &answer["result"]), (&json!("deny"), &Value::Null), "{body}: {answer}");
        }
    }
    the_next_login_is_right(admin, body);
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
}

fn the_next_login_is_right(admin: &Api, after: &str) {
    let answer = admin.trigger(&context(42));
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")), "after {after}: {answer}");
    assert_eq!(answer["result"]["user"]["policy_id"], 42, "after {after}: {answer}");
}

/// One server for all, because it compiles the engine once.
#[test]
fn every_attempt_has_its_outcome_and_the_next_login_is_right() {
    let server = ServerBuilder::new().config("[compile]\ntimeout = \"300s\"").start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.deploy(&Hook::new(b"exports.handler = async (context) => context").with("runtime", "nodejs22.x"));
    let plain = |hook: Hook| hook.with("limits", json!({"fuel": 300_000_000}));
    let slow = |hook: Hook| hook.with("limits", json!({"fuel": 100_000_000_000_u64})).with("timeout", 1);
    let small = |hook: Hook| hook.with("limits", json!({"fuel": 100_000_000_000_u64, "memory_mib": 16}));
    let much = |hook: Hook| hook.with("limits", json!({"fuel": 100_000_000_000_u64}));
    for (cases, hook) in [
        (TIME, &plain as &dyn Fn(Hook) -> Hook),
        (SLOW, &slow),
        (MEMORY, &small),
        (DEPTH, &much),
        (RESULTS, &much),
        (THROWN, &plain),
        (TAMPERING, &plain),
    ] {
        for case in cases {
            try_case(admin, hook, case);
        }
    }
    a_million_lines_are_cut(admin);
    a_message_of_any_length_is_cut(admin);
    an_endless_top_level_is_refused(admin);
}

fn an_endless_top_level_is_refused(admin: &Api) {
    for source in
        ["while (true);", "const all = []; for (;;) all.push([all]);", "(function f() { f(); })();", "new Promise(() => { for (;;); });"]
    {
        let hook = admin.admit(&Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").disabled());
        assert_eq!(hook["status"], "create-failed", "{source}");
        let reason = hook["status_message"].as_str().unwrap();
        assert!(
            ["took more than", "out_of_fuel", "out_of_memory", "stack_overflow"].iter().any(|why| reason.contains(why)),
            "{source}: {reason}"
        );
        the_next_login_is_right(admin, source);
        admin.delete(&format!("/api/2/hooks/{}", hook["id"].as_str().unwrap())).expect(202);
    }
}

/// A message has any length: what the log has no room for is cut, and paid for.
fn a_message_of_any_length_is_cut(admin: &Api) {
    let fuel = [6_000_000, 12_000_000].map(|length| {
        let long = source(&format!("console.log('begins ' + 'x'.repeat({length})); return ok(1);"));
        let id = admin.deploy(&Hook::new(long.as_bytes()).with("runtime", "nodejs22.x").disabled());
        let answer = admin.fire(&id, &context(1));
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")), "{answer}");
        let entry = &admin.executions(&id)[0];
        let events = entry["events"].as_array().unwrap();
        assert!(events[0].as_str().unwrap().contains("\tINFO\tbegins xxx") && entry["truncated"] == true, "{}", events.len());
        admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
        answer["usage"]["fuel"].as_u64().unwrap()
    });
    assert!(fuel[1] > fuel[0] + 3_000_000, "{fuel:?}");
}

fn a_million_lines_are_cut(admin: &Api) {
    let flood = source("for (let i = 0; i < 1e6; i++) console.log('line'); return ok(1);");
    let hook = Hook::new(flood.as_bytes()).with("runtime", "nodejs22.x").with("limits", json!({"fuel": 100_000_000_000_u64}));
    let id = admin.deploy(&hook.disabled());
    let answer = admin.fire(&id, &context(1));
    // A busy machine may take longer than a hook is given.
    assert!(matches!(answer["outcome"].as_str().unwrap(), "completed" | "timeout"), "{answer}");
    let entry = &admin.executions(&id)[0];
    assert_eq!(entry["truncated"], true);
    let events: Vec<&str> = entry["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap()).collect();
    assert!(events.iter().rev().take(2).any(|event| event.contains("\tWARN\tlog cut: ")), "{:?}", events.last());
    let size: usize = events.iter().map(|event| event.len()).sum();
    assert!((30_000..66_000).contains(&size), "{size}");
    the_next_login_is_right(admin, &flood);
}
