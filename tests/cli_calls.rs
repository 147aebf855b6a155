//! What an author does with functions that call: tests that answer them, runs that are kept and repeated, env vars that are sealed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Hook, Ran, Server, Shell, context};

/// A server that answers differently each time: with how many requests it has had. It ends with the test's process, or when it is told to.
struct Upstream {
    port: u16,
    /// First lines, headers and bodies.
    seen: Arc<Mutex<Vec<String>>>,
    open: Arc<Mutex<bool>>,
}

impl Upstream {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, open) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(Mutex::new(true)));
        let (all, is_open) = (seen.clone(), open.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if !*is_open.lock().unwrap() {
                    return;
                }
                let all = all.clone();
                std::thread::spawn(move || serve(stream, &all));
            }
        });
        Self { port, seen, open }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// From here on, connections are refused.
    fn stop(&self) {
        *self.open.lock().unwrap() = false;
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        crate::harness::eventually("the stub is gone", || TcpStream::connect(("127.0.0.1", self.port)).is_err().then_some(()));
    }
}

fn serve(stream: TcpStream, all: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let lower = head.to_ascii_lowercase();
    let length =
        lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let count = {
        let mut all = all.lock().unwrap();
        all.push(format!("{head}{body}"));
        all.len()
    };
    let path = head.split(' ').nth(1).unwrap();
    match path.split('?').next().unwrap() {
        "/slow" => std::thread::sleep(Duration::from_millis(200)),
        "/never" => std::thread::sleep(Duration::from_secs(30)),
        _ => {}
    }
    let answer = format!("{path} {count} {body}");
    let mut stream = stream;
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nset-cookie: session={count}{count}; Path=/\r\nx-count: {count}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    );
}

/// A function that does all that may come out differently a second time.
const CALLS: &str = r"
const { cache } = require('hookbox');
exports.handler = async (context) => {
  console.log('kept', await cache.get('n'));
  await cache.set('n', 1, { ttl: 60 });
  const began = Date.now();
  const base = `http://127.0.0.1:${process.env.PORT}`;
  const get = async (path, init) => {
    const response = await fetch(base + path, init);
    return [response.headers.get('x-count'), response.headers.get('set-cookie')?.length, await response.text()];
  };
  const first = await Promise.race([get('/slow').then(() => 'slow'), get('/fast').then(() => 'fast')]);
  const both = await Promise.all([get('/slow?n=2'), get('/fast')]);
  const key = process.env.API_KEY;
  const posted = await get('/post', { method: 'POST', body: JSON.stringify({ key, seal: process.env.SEALED }),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } });
  const never = await fetch(base + '/never', { signal: AbortSignal.timeout(100) }).catch((error) => error.name);
  const refused = await fetch('http://127.0.0.1:64999/').catch((error) => JSON.stringify(error.cause));
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log(first, JSON.stringify([both, posted]), never, refused, Math.random(), crypto.randomUUID(), Date.now() - began, new Date().toISOString());
  return { success: true, user: context.user };
};";

/// A project of one function.
fn project(source: &str) -> Shell {
    let shell = Shell::new();
    shell.write("mine/hook.js", source);
    let manifest = json!({"type": "pre-authentication", "main": "hook.js", "allowed_hosts": ["127.0.0.1", "api.example"], "samples": ["event.json"],
            "env_vars": ["PORT", "API_KEY", "SEALED"], "timeout": 10});
    shell.write("mine/hook.json", &manifest.to_string());
    shell.write("mine/event.json", r#"{"user": {"user_identifier": "ada", "policy_id": 7}, "device": {}}"#);
    shell
}

const KEY: &str = "an-api-key-of-somebody";
const SEALED: &str = "the sealed one";

fn run(shell: &Shell, upstream: &Upstream, more: &[&str]) -> Ran {
    let (port, key, sealed) = (format!("PORT={}", upstream.port), format!("API_KEY={KEY}"), format!("SEALED={SEALED}"));
    let base = ["run", "mine", "--json", "--env", &port, "--env", &key, "--env", &sealed, "--sealed", "SEALED=127.0.0.1"];
    shell.run(&[&base, more].concat())
}

/// What has to be the same in each repetition.
fn facts(ran: &Value) -> Value {
    json!([ran["outcome"], ran["decision"], ran["result"], ran["log"], ran["usage"]["fuel"], ran["usage"]["memory_bytes"]])
}

#[test]
fn a_run_that_was_kept_is_the_same_to_the_last_fuel() {
    let upstream = Upstream::start();
    let shell = project(CALLS);
    let ran = run(&shell, &upstream, &["--record", "calls.json"]).expect(0);
    assert!(ran.err.contains("wrote calls.json"), "{}", ran.err);
    let recorded: Value = serde_json::from_str(&ran.out).unwrap();
    let line = recorded["log"][1].as_str().unwrap();
    assert!(line.contains("INFO\tfast ") && line.contains("TimeoutError") && line.contains("ECONNREFUSED"), "{line}");
    assert_eq!(recorded["calls"].as_array().unwrap().len(), 7, "{recorded:#}");
    // The values went out, and are not in the file, which nobody else reads.
    let posted = upstream.seen().into_iter().find(|seen| seen.starts_with("POST")).unwrap();
    assert!(posted.contains(&format!("Bearer {KEY}")) && posted.contains(SEALED), "{posted}");
    let file = shell.read("calls.json");
    for secret in [KEY, SEALED, "sealed_"] {
        assert!(!file.contains(secret), "{file}");
    }
    assert!(
        file.contains("<<env:API_KEY>>") && file.contains("<<sealed:1>>") && file.contains("(masked)") && file.contains("session=*"),
        "{file}"
    );
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(shell.folder().join("calls.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let asked = upstream.seen().len();
    upstream.stop();
    for _ in 0..2 {
        let ran = run(&shell, &upstream, &["--replay", "calls.json"]).expect(0);
        assert_eq!(facts(&serde_json::from_str(&ran.out).unwrap()), facts(&recorded));
        assert!(!ran.err.contains("were not made"), "{}", ran.err);
    }
    assert_eq!(upstream.seen().len(), asked);

    let profiled = run(&shell, &upstream, &["--replay", "calls.json", "--profile", "profile.json"]).expect(0).json();
    assert_eq!(facts(&profiled), facts(&recorded));
    assert_eq!(profiled["profile"]["fuel"], recorded["usage"]["fuel"]);
    assert!(profiled["profile"]["samples"].as_u64() > Some(20), "{profiled:#}");

    // With the calls in the file and no file that fits, there is no run.
    shell.write("other.json", r#"{"user": {"user_identifier": "b", "policy_id": 1}, "device": {}}"#);
    run(&shell, &upstream, &["--replay", "mine/event.json"]).expect(1);
    run(&shell, &upstream, &["--replay", "calls.json", "--record", "calls.json"]).expect(2);
}

#[test]
fn a_replay_that_asks_for_something_else_fails() {
    let upstream = Upstream::start();
    let source = |path: &str, body: &str| {
        format!(
            "exports.handler = async (context) => {{
  await fetch(`http://127.0.0.1:${{process.env.PORT}}{path}`, {{ method: 'POST', body: '{body}' }}).catch(() => 0);
  return {{ success: true, user: context.user }};
}};"
        )
    };
    let shell = project(&source("/a", "b"));
    run(&shell, &upstream, &["--record", "calls.json"]).expect(0);
    upstream.stop();
    for (path, body, says) in [("/other", "b", "/other"), ("/a", "c", "/a with this body")] {
        shell.write("mine/hook.js", &source(path, body));
        let ran = run(&shell, &upstream, &["--replay", "calls.json"]).expect(1);
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        let message = told["error"]["message"].as_str().unwrap();
        // The port is an env value, too.
        let expected = format!("the recording has no further POST http://127.0.0.1:***{says}");
        assert!(message.ends_with(&expected), "{message}");
        assert_eq!((&told["outcome"], &told["decision"]), (&json!("failed"), &json!("deny")));
        assert!(ran.err.contains("1 of the recorded calls were not made"), "{}", ran.err);
    }
    // What only waits otherwise is repeated.
    let waits = source("/a", "b").replace("await fetch", "await new Promise((done) => setTimeout(done, 30)); await fetch");
    shell.write("mine/hook.js", &waits);
    run(&shell, &upstream, &["--replay", "calls.json"]).expect(0);
}

#[test]
fn a_run_that_took_too_long_does_so_again_at_once() {
    let upstream = Upstream::start();
    let shell =
        project("exports.handler = async () => { await fetch(`http://127.0.0.1:${process.env.PORT}/never`); return { success: false }; };");
    let recorded = run(&shell, &upstream, &["--record", "calls.json", "--timeout", "1"]).expect(1);
    let recorded: Value = serde_json::from_str(&recorded.out).unwrap();
    assert_eq!(recorded["outcome"], "timeout");
    upstream.stop();
    let begun = std::time::Instant::now();
    let replayed: Value =
        serde_json::from_str(&run(&shell, &upstream, &["--replay", "calls.json", "--timeout", "1"]).expect(1).out).unwrap();
    assert_eq!((&replayed["outcome"], &replayed["usage"]["fuel"]), (&json!("timeout"), &recorded["usage"]["fuel"]));
    assert!(begun.elapsed() < Duration::from_secs(40));
}

#[test]
fn a_profile_calls_nobody_again() {
    let upstream = Upstream::start();
    let shell = project(
        "exports.handler = async (context) => {
  const told = await fetch(`http://127.0.0.1:${process.env.PORT}/a`).then((answer) => answer.text(), (error) => error.cause.message);
  console.log(told);
  return { success: true, user: context.user };
};",
    );
    let ran = run(&shell, &upstream, &["--profile", "profile.json"]).expect(0);
    assert!(ran.err.contains("hookbox run --record FILE") && ran.err.contains("--replay FILE"), "{}", ran.err);
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn a_sealed_env_var_reaches_its_hosts_only() {
    let upstream = Upstream::start();
    let shell = project(
        "exports.handler = async (context) => {
  const send = (host) => fetch(`http://${host}:${process.env.PORT}/a`, { headers: { 'x-key': process.env.SEALED } }).then((answer) => answer.text());
  await send('127.0.0.1');
  console.log(/^sealed_[0-9a-f]{40}$/.test(process.env.SEALED), process.env.API_KEY.length);
  return { success: true, user: context.user };
};",
    );
    let ran = run(&shell, &upstream, &[]).expect(0);
    assert!(ran.out.contains(&format!("true {}", KEY.len())), "{}", ran.out);
    assert!(upstream.seen()[0].contains(SEALED), "{:?}", upstream.seen());
    let port = format!("PORT={}", upstream.port);
    let elsewhere =
        ["run", "mine", "--env", &port, "--env", "SEALED=the-value", "--env", "API_KEY=x", "--sealed", "SEALED=api.example,b.example"];
    shell.run(&elsewhere).expect(0);
    assert!(upstream.seen()[1].contains("sealed_") && !upstream.seen()[1].contains("the-value"), "{:?}", upstream.seen());
    for (sealed, says) in [("NOBODY=a.example", "NOBODY cannot be sealed: it has no value"), ("SEALED=a/b", "SEALED cannot be sealed")] {
        let ran = shell.run(&["run", "mine", "--env", "SEALED=x", "--sealed", sealed]).expect(1);
        assert!(ran.err.contains(says), "{}", ran.err);
    }
    shell.run(&["run", "mine", "--sealed", "SEALED="]).expect(2);
}

const ASKS: &str = "
exports.handler = async (context) => {
  const ask = (path, init) => fetch(`https://api.example${path}`, init).then((answer) => answer.text(), (error) => error.cause.code);
  const wanted = JSON.parse(context.user.user_identifier);
  const asked = [];
  for (const path of wanted.ask ?? []) asked.push(await ask(path, { method: 'POST', body: '{\"a\": {\"b\": 1}}' }));
  console.log(asked.join());
  if (wanted.host) await fetch(wanted.host).catch(() => 0);
  return { success: true, user: { policy_id: asked.length } };
};";

#[test]
fn tests_answer_calls_and_say_which_were_not_made() {
    let shell = project(ASKS);
    let test = |ask: Value, http: Value, more: Value| {
        let mut test = json!({"context": {"user": {"user_identifier": ask.to_string(), "policy_id": 1}, "device": {}}, "http": http});
        test.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        shell.write("mine/tests/one.json", &format!("{test:#}"));
        shell.run(&["test", "mine", "--json"])
    };
    let differences = |ran: &Ran| {
        let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
        told[0]["differences"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of = |path: &str| json!({"request": {"method": "POST", "url": format!("https://api.example{path}")}, "respond": {"body": path}});
    let ask = |paths: &[&str]| json!({"ask": paths});
    test(ask(&["/a", "/b", "/a"]), json!([of("/b"), of("/a")]), json!({"expect": {"result": {"success": true, "user": {"policy_id": 3}}}}))
        .expect(0);
    test(ask(&["/a", "/b"]), json!([of("/a"), of("/*")]), json!({"in_order": true})).expect(0);
    test(ask(&["/a"]), json!([{"request": {"json": {"a": {"b": 1}}}, "respond": {"error": "ECONNRESET", "delay_ms": 5}}]), json!({}))
        .expect(0);
    test(json!({}), json!([]), json!({})).expect(0);
    let cases = [
        (ask(&["/a"]), json!([]), json!({}), vec!["http: nothing answers POST https://api.example/a"]),
        (
            ask(&["/b", "/a"]),
            json!([of("/a"), of("/b")]),
            json!({"in_order": true}),
            vec![
                "http: nothing answers POST https://api.example/b; http[1] wants other calls before",
                "http[1]: POST https://api.example/b was never asked",
            ],
        ),
        (ask(&[]), json!([of("/a")]), json!({}), vec!["http[0]: POST https://api.example/a was never asked"]),
        (
            ask(&["/a"]),
            json!([{"request": {"url": "https://api.example/a"}, "times": 2}]),
            json!({}),
            vec!["http[0]: any method https://api.example/a was asked 1 of 2 times"],
        ),
        (
            ask(&["/a"]),
            json!([{"request": {"url": "https://api.example/a", "json": {"a": {"b": 2}}}, "optional": true}]),
            json!({}),
            vec!["http: nothing answers POST https://api.example/a; http[0] wants another body: /a/b differs"],
        ),
        // The policy is asked first, whatever the test answers.
        (
            json!({"host": "https://other.example/"}),
            json!([{"request": {"url": "https://other.example/"}}]),
            json!({}),
            vec!["http[0]: any method https://other.example/ was never asked (`allowed_hosts` refused https://other.example:443)"],
        ),
    ];
    for (given, http, more, says) in cases {
        let ran = test(given, http, more).expect(1);
        assert_eq!(differences(&ran), says);
    }
    test(ask(&[]), json!([{"request": {}, "optional": true}]), json!({})).expect(0);
    // Which failure it is, is said by a part of its message.
    shell.write(
        "mine/tests/one.json",
        &json!({"context": {"user": {"user_identifier": "{}", "policy_id": 1}, "device": {}}, "expect": {"error": "undefined"}})
            .to_string(),
    );
    assert_eq!(differences(&shell.run(&["test", "mine", "--json"]).expect(1)), ["error: expected \"undefined\", got none"]);
    let hook = shell.read("mine/hook.js");
    shell.write("mine/hook.js", "exports.handler = async () => { throw new Error('undefined is not what it was'); };");
    let context = json!({"user": {"user_identifier": "a", "policy_id": 1}, "device": {}});
    let mut failing = json!({"context": context, "expect": {"outcome": "failed", "error": "undefined"}});
    shell.write("mine/tests/one.json", &failing.to_string());
    shell.run(&["test", "mine"]).expect(0);
    failing["expect"]["error"] = json!("another");
    shell.write("mine/tests/one.json", &failing.to_string());
    assert!(
        differences(&shell.run(&["test", "mine", "--json"]).expect(1))[0]
            .starts_with("error: expected \"another\", got Error: undefined is")
    );
    shell.write("mine/hook.js", &hook);
    // An update writes the answers as they were.
    test(ask(&["/a"]), json!([of("/a")]), json!({})).expect(0);
    shell.run(&["test", "mine", "--update"]).expect(0);
    let updated: Value = serde_json::from_str(&shell.read("mine/tests/one.json")).unwrap();
    assert_eq!((&updated["http"], &updated["expect"]["decision"]), (&json!([of("/a")]), &json!("allow")));
    shell.write("mine/tests/one.json", "{\"context\": {},\n\"http\": [\n{\"respond\": {\"status\": 99}}]}");
    let ran = shell.run(&["test", "mine"]).expect(1);
    assert!(ran.out.contains("one   DIFFERS") && ran.out.contains("`status` is 99, and must be 200 to 599 at line 3"), "{}", ran.out);
    shell.write("mine/tests/one.json", r#"{"context": {}, "in_order": true}"#);
    assert!(shell.run(&["test", "mine"]).expect(1).out.contains("`in_order` is the order of `http`"));
}

/// What comes without `http` is the network's.
#[test]
fn a_test_without_answers_calls_whom_the_project_allows() {
    let upstream = Upstream::start();
    let shell = project(&ASKS.replace("https://api.example", &format!("http://127.0.0.1:{}", upstream.port)));
    let context = json!({"user": {"user_identifier": r#"{"ask": ["/a"]}"#, "policy_id": 1}, "device": {}});
    shell.write("mine/tests/one.json", &json!({"context": context, "expect": {"decision": "allow"}}).to_string());
    shell.run(&["test", "mine"]).expect(0);
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn a_log_shows_whom_its_executions_called() {
    let upstream = Upstream::start();
    let server = Server::start();
    let source = format!(
        "exports.handler = async () => {{
            await (await fetch('http://127.0.0.1:{}/path?secret=1', {{ method: 'POST', body: 'hello' }})).text();
            await fetch('http://10.0.0.1/').catch(() => {{}});
            return {{ success: true }};
        }};",
        upstream.port
    );
    let hook = Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("allowed_hosts", json!(["127.0.0.1"]));
    let id = server.admin().deploy(&hook);
    assert_eq!(server.admin().trigger(&context(1))["outcome"], "completed");
    let entry = server.admin().executions(&id).remove(0);
    let called = entry["calls"].as_array().unwrap();
    assert_eq!((&called[0]["method"], &called[0]["status"], &called[0]["sent"]), (&json!("POST"), &json!(200), &json!(5)), "{entry}");
    assert_eq!((&called[1]["origin"], &called[1]["error"]), (&json!("http://10.0.0.1:80"), &json!("ERR_ACCESS_DENIED")), "{entry}");
    let page = Shell::admin(&server).run(&["logs", &id]).expect(0).out;
    let ours = format!("  call POST http://127.0.0.1:{}: 200, 5 bytes out, ", upstream.port);
    assert!(page.contains(&ours) && page.contains("  call GET http://10.0.0.1:80: ERR_ACCESS_DENIED, "), "{page}");
    assert!(!page.contains("secret") && !entry.to_string().contains("path"), "{page}");
}
