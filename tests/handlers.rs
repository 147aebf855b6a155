//! The shapes that a JavaScript function's handler may have: by return, by promise, by callback, CommonJS or ES module; and what a function is
//! told that has none of them.

use serde_json::{Value, json};

use crate::harness::{Api, Hook, Server, context};

const ALLOW: &str = "{ success: true, user: { policy_id: 5 } }";

/// Deploys a source, fires it, and takes it away again: the answer, and level and message of each event of its log.
fn run(admin: &Api, source: &str) -> (Value, Vec<(String, String)>) {
    let id = admin.deploy(&javascript(source));
    let answer = admin.fire(&id, &context(1));
    let entry = admin.executions(&id).remove(0);
    let parts = |event: &Value| event.as_str().unwrap().splitn(4, '\t').map(str::to_owned).collect::<Vec<_>>();
    let events = entry["events"].as_array().unwrap().iter().map(parts).map(|mut event| (event.remove(2), event.remove(2)));
    let events = events.collect();
    admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    (answer, events)
}

fn javascript(source: &str) -> Hook {
    Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").disabled()
}

fn server() -> Server {
    let server = Server::start();
    server.admin().allow_many_hooks();
    server
}

#[test]
fn a_handler_answers_as_on_lambda() {
    let server = server();
    let admin = server.admin();
    for body in [
        // By callback, at once, later, from a promise, and from a function that declares it among its `arguments`.
        "function (event, lambda, callback) { callback(null, ALLOW); }",
        "(event, lambda, callback) => { setTimeout(() => callback(null, ALLOW), 5); }",
        "(event, lambda, callback) => setTimeout(() => callback(undefined, ALLOW), 5)",
        "(event, lambda, callback) => Promise.resolve().then(() => callback(null, ALLOW))",
        "(event, lambda, callback) => { process.nextTick(callback, null, ALLOW); return { success: false }; }",
        "(event, lambda, callback) => { setImmediate(callback, null, ALLOW); return 'ignored'; }",
        "function () { arguments[2](null, ALLOW); }",
        "(...all) => { if (all.length === 3) all[2](null, ALLOW); }",
        // The first answer counts.
        "(event, lambda, callback) => { callback(null, ALLOW); callback(new Error('second')); lambda.fail('third'); }",
        "async (event, lambda, callback) => { callback(null, ALLOW); return { success: false }; }",
        "async (event, lambda, callback) => { callback(null, ALLOW); throw new Error('late'); }",
        "(event, lambda, callback) => { callback(null, ALLOW); throw new Error('late'); }",
        "(event, lambda, callback) => { callback(null, ALLOW); return new Promise(() => {}); }",
        "async (event, lambda, callback) => { setTimeout(callback, 50, new Error('late')); return ALLOW; }",
        // The ways of the first runtimes.
        "(event, lambda) => { lambda.succeed(ALLOW); }",
        "(event, lambda) => { setTimeout(() => lambda.done(null, ALLOW), 5); }",
        "(event, lambda) => setTimeout(() => lambda.succeed(ALLOW), 5)",
        // By return.
        "(event) => (ALLOW)",
        "(event, lambda) => (ALLOW)",
        "async () => (ALLOW)",
        "() => ({ then: (resolve) => resolve(ALLOW) })",
    ] {
        let (answer, events) = run(admin, &format!("exports.handler = {};", body.replace("ALLOW", ALLOW)));
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")), "{body}: {answer} {events:?}");
        assert_eq!((&answer["result"]["user"]["policy_id"], events.len()), (&json!(5), 0), "{body}: {answer} {events:?}");
    }
}

#[test]
fn an_error_may_come_by_callback() {
    let server = server();
    for (body, message) in [
        ("(event, lambda, callback) => { callback(new TypeError('no')); }", "TypeError: no"),
        ("(event, lambda, callback) => { setTimeout(() => callback('no'), 1); }", "no"),
        ("(event, lambda, callback) => { callback(false); }", "false"),
        ("(event, lambda) => { lambda.fail(new Error('no')); }", "Error: no"),
        ("(event, lambda) => { lambda.fail(); }", "handled"),
        ("(event, lambda) => { lambda.done('no', { success: true }); }", "no"),
        ("(event, lambda, callback) => { throw new Error('no'); }", "Error: no"),
        ("async (event, lambda, callback) => { throw { code: 5 }; }", r#"{"code":5}"#),
        (
            "(event, lambda, callback) => { callback(null, { success: true }); setTimeout(() => { throw new Error('meanwhile'); }, 1); }",
            "meanwhile",
        ),
    ] {
        let (answer, events) = run(server.admin(), &format!("exports.handler = {body};"));
        assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!("failed"), &json!("exception")), "{body}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().ends_with(message), "{body}: {answer}");
        let (level, told) = events.last().unwrap();
        assert!(level == "ERROR" && told.contains(message) && !told.contains("()"), "{body}: {events:?}");
    }
}

#[test]
fn a_callback_waits_until_nothing_is_left_to_do_unless_told_otherwise() {
    let server = server();
    let body = "(event, lambda, callback) => { WAITS; callback(null, ALLOW); setTimeout(() => console.log('after'), 20); }";
    for (waits, logged) in
        [("", 1), ("lambda.callbackWaitsForEmptyEventLoop = true", 1), ("lambda.callbackWaitsForEmptyEventLoop = false", 0)]
    {
        let (answer, events) = run(server.admin(), &format!("exports.handler = {}", body.replace("WAITS", waits).replace("ALLOW", ALLOW)));
        assert_eq!((&answer["decision"], events.len()), (&json!("allow"), logged), "{waits}: {answer} {events:?}");
    }
    // The setting is that of one execution.
    let source = format!(
        "exports.handler = (event, lambda, callback) => {{ console.log(lambda.callbackWaitsForEmptyEventLoop, lambda.mine); lambda.callbackWaitsForEmptyEventLoop = false; lambda.mine = 1; callback(null, {ALLOW}); }}"
    );
    let id = server.admin().deploy(&javascript(&source));
    for _ in 0..3 {
        server.admin().fire(&id, &context(1));
        assert!(server.admin().logs(&id)[0]["events"][0].as_str().unwrap().ends_with("\ttrue undefined"));
    }
}

#[test]
fn the_second_argument_tells_of_the_execution() {
    let server = server();
    let admin = server.admin();
    let source = "exports.handler = (event, lambda, callback) => {
        const left = lambda.getRemainingTimeInMillis();
        console.log(JSON.stringify({ ...lambda, left: Number.isInteger(left) && left > 1000 && left <= 4000, count: 3 }));
        console.log(lambda);
        callback(null, { success: true });
    };";
    let id = admin.deploy(&javascript(source).with("timeout", 4).with("limits", json!({"memory_mib": 32})));
    let answer = admin.fire(&id, &context(1));
    assert_eq!((&answer["decision"], &answer["result"]), (&json!("allow"), &json!({"success": true})), "{answer}");
    let entry = admin.executions(&id).remove(0);
    let event = |number: usize| entry["events"][number].as_str().unwrap();
    let told: Value = serde_json::from_str(event(0).splitn(4, '\t').nth(3).unwrap()).unwrap();
    let execution = answer["execution_id"].as_str().unwrap();
    for (name, value) in [
        ("callbackWaitsForEmptyEventLoop", json!(true)),
        ("awsRequestId", json!(execution)),
        ("functionName", json!(id)),
        ("functionVersion", json!("1")),
        ("memoryLimitInMB", json!("32")),
        ("invokedFunctionArn", json!(format!("arn:hookbox:lambda:local:1:function:{id}:1"))),
        ("logGroupName", json!(format!("/hookbox/{id}"))),
        ("left", json!(true)),
    ] {
        assert_eq!(told[name], value, "{name}: {told}");
    }
    for shown in ["awsRequestId: '", "getRemainingTimeInMillis: [Function", "identity: undefined", "clientContext: undefined"] {
        assert!(event(1).contains(shown) && !event(1).contains("[Getter"), "{}", event(1));
    }
    // Being called with it costs no function its frozen memory.
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["top_level"], "frozen");
}

#[test]
fn a_handler_that_returns_nothing_denies_and_is_told() {
    let server = server();
    for body in [
        "async (event) => { event.user.policy_id = 7; }",
        "() => {}",
        "(event, lambda, callback) => { setTimeout(() => {}, 5); }",
        "(event, lambda, callback) => { callback(null); }",
        "async () => undefined",
    ] {
        let (answer, events) = run(server.admin(), &format!("exports.handler = {body};"));
        assert_eq!(
            (&answer["outcome"], &answer["decision"], &answer["result"]),
            (&json!("completed"), &json!("deny"), &Value::Null),
            "{body}"
        );
        let [(level, told)] = &events[..] else { panic!("{body}: {events:?}") };
        assert!(level == "WARN" && told.contains("returned nothing") && told.contains("{ success: true, user: { ... } }"), "{told}");
    }
    // Whoever says null means it.
    assert_eq!(run(server.admin(), "exports.handler = async () => null").1, []);
    let (answer, _) = run(server.admin(), "exports.handler = async () => { await new Promise(() => {}); }");
    assert_eq!(answer["error"]["kind"], "never_settled", "{answer}");
    assert!(answer["error"].get("place").is_none(), "{answer}");
}

#[test]
fn a_promise_in_a_result_is_pointed_out() {
    let server = server();
    for (result, place) in [
        ("{ success: true, user: lookup() }", "`user`"),
        ("{ success: lookup(), user: { policy_id: 1 } }", "`success`"),
        ("{ success: true, user: { ...event.user, policy_id: lookup() } }", "`user.policy_id`"),
        ("{ success: true, user: { policy_id: 1, roles: [1, lookup()], 'a b': 1 } }", "`user.roles[1]`"),
    ] {
        let source = format!("const lookup = async () => 7; exports.handler = async (event) => ({result});");
        let (_, events) = run(server.admin(), &source);
        let (level, told) = &events[0];
        assert!(level == "WARN" && told.contains(place) && told.contains("`await`"), "{result}: {events:?}");
    }
}

#[test]
fn es_modules_are_functions_too() {
    let server = server();
    for source in [
        "export const handler = async (event) => (ALLOW);",
        "export function handler(event, lambda, callback) { callback(null, ALLOW); }",
        "export default async (event) => (ALLOW);",
        "export default { handler: async () => (ALLOW) };",
        "const handler = () => (ALLOW); export { handler };",
        "import crypto, { createHash } from 'node:crypto';\nimport * as path from 'path';\nif (typeof crypto.createHmac !== 'function' || path.join('a', 'b') !== 'a/b' || typeof createHash !== 'function') throw 1;\nexport const handler = async () => (ALLOW);",
        "const five = await Promise.resolve(5);\nexport const handler = async () => ({ success: true, user: { policy_id: five } });",
        // What compilers make of them.
        "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = async () => (ALLOW);",
    ] {
        let (answer, events) = run(server.admin(), &source.replace("ALLOW", ALLOW));
        assert_eq!((&answer["decision"], events.len()), (&json!("allow"), 0), "{source}: {answer} {events:?}");
    }
}

#[test]
fn a_source_without_a_handler_is_told_what_to_write() {
    let server = server();
    for (source, told) in [
        ("exports.hanlder = async () => null", &["exports no handler, only hanlder;", "exports.handler = async (context)"][..]),
        ("const a = 1", &["exports no handler; add: exports.handler"]),
        ("module.exports = async () => null", &["module.exports is a function itself", "exports.handler = "]),
        ("exports.handler = (async () => null)()", &["no function but a promise"]),
        ("exports.handler = 'text'", &["no function but of type string"]),
        ("export const hanlder = async () => null", &["only hanlder;", "export const handler = async (context)"]),
        (
            "import { createHash } from 'crypto';\nexports.handler = async () => null",
            &["exports is not defined in ES module scope", "`export const handler = ...`", "hook.js:2:1"],
        ),
        (
            "export const a = 1;\nconst b = require('crypto');",
            &["require is not defined in ES module scope, you can use import instead", "hook.js:2:11"],
        ),
        ("const a = await 1;\nexports.handler = async () => null", &["exports is not defined in ES module scope", "hook.js:2:1"]),
        (
            "\nimport check from './check.mjs';\nexport const handler = check;",
            &["Cannot find module './check.mjs'", "the hook is a single file", "hook.js:2:19"],
        ),
    ] {
        let hook = server.admin().admit(&javascript(source));
        let message = hook["status_message"].as_str().unwrap();
        assert!(hook["status"] == "create-failed" && told.iter().all(|part| message.contains(part)), "{source}: {message}");
        assert!(!message.contains("()") || source.contains("()"), "{message}");
        server.admin().delete(&format!("/api/2/hooks/{}", hook["id"].as_str().unwrap())).expect(202);
    }
}

#[test]
fn a_failure_is_told_with_place_and_stack_on_every_route() {
    let server = server();
    let admin = server.admin();
    let id = admin
        .deploy(&javascript("function check() {\n  throw new TypeError('broken');\n}\nexports.handler = async () => {\n  check();\n};"));
    let answer = admin.fire(&id, &context(1));
    let stack = answer["error"]["stack"].as_str().unwrap();
    assert!(stack.contains("check") && stack.lines().count() >= 2, "{answer}");
    let expected = format!("exception: TypeError: broken ({})\n{}", answer["error"]["place"].as_str().unwrap(), stack.trim_end());
    for entry in [admin.logs(&id).remove(0), admin.executions(&id).remove(0)] {
        let [event] = &entry["events"].as_array().unwrap()[..] else { panic!("{entry}") };
        assert_eq!(event.as_str().unwrap().splitn(4, '\t').skip(2).collect::<Vec<_>>(), ["ERROR", &expected]);
    }
}

#[test]
fn whoever_chooses_a_part_of_a_message_writes_no_event() {
    let server = server();
    let admin = server.admin();
    let source = "exports.handler = async (context) => {
        const name = context.user.user_identifier;
        console.log('login of ' + name);
        console.error('%s', name);
        console.log({ name });
        process.stdout.write(name);
        throw new Error(name);
    };";
    let id = admin.deploy(&javascript(source));
    for separator in ["\n", "\r\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\u{1c}", "\u{1e}", "\0"] {
        let mut sent = context(1);
        let name =
            format!("bob{separator}2026-11-27T00:00:00.000Z\tdecafbad-0000-4000-8000-000000000000\tERROR\texception: forged{separator}");
        sent["user"]["user_identifier"] = json!(name);
        let execution = admin.fire(&id, &sent)["execution_id"].clone();
        let stream = admin.request("GET", &format!("/v1/hooks/{id}/executions?limit=1")).send().expect(200);
        for entry in [admin.logs(&id).remove(0), admin.executions(&id).remove(0), stream["items"][0].clone()] {
            let events: Vec<&str> = entry["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap()).collect();
            assert_eq!(events.len(), 5, "{separator:?}: {events:?}");
            for event in events {
                assert_eq!(event.split('\t').nth(1), execution.as_str(), "{event:?}");
                let other = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}', '\u{1c}', '\u{1e}', '\0'];
                assert!(!event.contains(other), "{event:?}");
            }
        }
    }
}

#[test]
fn a_source_of_a_megabyte_is_a_function_except_in_a_strict_account() {
    let server = server();
    let admin = server.admin();
    let source = |bytes: usize| {
        let head = "exports.handler = async () => ({ success: true, user: { policy_id: TABLE.length } });\nconst TABLE = [";
        let entry = "'0123456789abcdef', ";
        let mut source = head.to_owned();
        while source.len() + entry.len() + 2 < bytes {
            source.push_str(entry);
        }
        source.push_str("];");
        source.push_str(&" ".repeat(bytes - source.len()));
        source
    };
    let id = admin.deploy(&javascript(&source(1 << 20)));
    let answer = admin.fire(&id, &context(1));
    assert!(answer["decision"] == "allow" && answer["result"]["user"]["policy_id"].as_u64().unwrap() > 50_000, "{answer}");
    assert_eq!(admin.get(&format!("/v1/hooks/{id}")).expect(200)["function_bytes"], 1 << 20);
    let refused = admin.post("/api/2/hooks", &javascript(&source((1 << 20) + 1)).json());
    let message = refused.error(422, "UnprocessableEntityError");
    assert_eq!(message, "instance.function does not meet maximum length of 1048576 bytes of JavaScript, decoded");
    let (_, strict) = admin.account(&json!({"strict": true}));
    let hook =
        |bytes| javascript(&source(bytes)).with("timeout", 1).with("env_vars", json!([])).with("retries", 0).with("packages", json!({}));
    let refused = strict.post("/api/2/hooks", &hook(20_001).json());
    let message = refused.error(422, "UnprocessableEntityError");
    assert_eq!(message, "instance.function does not meet maximum length of 20000 characters, decoded");
    assert_eq!(strict.admit(&hook(20_000))["status"], "ready");
}

#[test]
fn the_default_fuel_is_enough_for_honest_work() {
    let server = server();
    let admin = server.admin();
    for body in [
        // A hundred thousand numbers, in an order that is no help.
        "const all = Array.from({ length: 1e5 }, (_, n) => (n * 7919) % 1e5); all.sort((a, b) => a - b); if (all[99999] !== 99999) throw 1;",
        "const text = JSON.stringify(Array.from({ length: 4000 }, (_, n) => ({ id: n, name: 'user ' + n, roles: ['a', 'b'], at: '2026-11-27' }))); if (text.length < 262144) throw text.length; JSON.parse(text);",
        "const { createHash } = require('crypto'); let at = ''; for (let n = 0; n < 10000; n++) at = createHash('sha256').update(at + n).digest('hex');",
    ] {
        let (answer, events) = run(admin, &format!("exports.handler = async () => {{ {body} return {ALLOW}; }};"));
        assert_eq!(answer["decision"], "allow", "{body}: {answer} {events:?}");
    }
}
