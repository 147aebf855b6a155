//! Apps that listen, without a framework: where Okta's request goes in them, what they hear of it, what their answers mean; and the files that
//! they are made of.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Effect, Okta, SECRET, deploy, logged, sample, verified};
use crate::harness::{Api, Server, Shell};

/// An app that answers with what it hears.
const MIRROR: &str = "
const http = require('http');
const server = http.createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    console.log('headers', req.headers);
    const { method, url, httpVersion } = req;
    res.setHeader('content-type', 'application/json');
    const heard = { method, url, httpVersion, host: req.headers.host, accept: req.headers.accept, length: req.headers['content-length'] - Buffer.byteLength(body),
        id: JSON.parse(body).eventId, raw: req.rawHeaders.length, remote: req.socket.remoteAddress };
    res.end(JSON.stringify({ debugContext: heard }));
});
server.listen(process.env.PORT || 3000, () => console.log('listening on', server.address().port));
";

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// The body that Okta got, which has to be JSON.
fn body(okta: &Okta, event: &Value) -> Value {
    let (status, body) = okta.exchange("POST", &event.to_string()).unwrap();
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

/// An event of its own.
fn event(name: &str, id: &str) -> Value {
    let mut event = sample(name);
    event["eventId"] = id.into();
    event
}

/// The newest execution of a hook.
fn newest(api: &Api, id: &str) -> Value {
    api.executions(id).remove(0)
}

#[test]
fn an_app_hears_of_the_request_as_okta_sent_it() {
    let server = Server::start();
    let id = deploy(server.admin(), "okta-token", MIRROR, json!({"app_path": "/set?x=1"}));
    let okta = Okta::new(server.address(), "okta-token", &id);
    let heard = |okta: &Okta, id: &str| body(okta, &event("token", id))["debugContext"].clone();
    let expected = json!({"method": "POST", "url": "/tokens/a%20b?c=d", "httpVersion": "1.1", "host": "hooks.example", "accept": "application/json",
        "length": 0, "id": "1", "raw": 14, "remote": "127.0.0.1"});
    let mut found = heard(&okta.at("/tokens/a%20b?c=d"), "1");
    let raw = found["raw"].take();
    assert!(raw.as_u64().unwrap() >= 10, "{raw}");
    found["raw"] = 14.into();
    assert_eq!(found, expected);
    // Without a path behind the id, it is the one that is set.
    for (path, url) in [("", "/set?x=1"), ("/", "/set?x=1"), ("?y=2", "/set?x=1&y=2"), ("/deep//er/", "/deep//er/")] {
        assert_eq!(heard(&okta.at(path), &format!("at {path}"))["url"], url, "{path:?}");
    }
    let log = logged(&server, &id);
    assert!(log.contains("listening on 3000") && log.contains("x-secret") && !log.contains(SECRET), "{log}");
    // From its author, without a request of Okta's.
    let fire = |more: Value| {
        let mut fired = json!({"context": event("token", "2")});
        fired.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.admin().post(&format!("/v1/hooks/{id}/fire"), &fired).expect(200)["result"]["debugContext"].clone()
    };
    assert_eq!(fire(json!({}))["url"], "/set?x=1");
    let asked = fire(json!({"request": {"path": "/other", "headers": {"Accept": "text/plain"}}}));
    assert_eq!((&asked["url"], &asked["accept"], &asked["length"]), (&json!("/other"), &json!("text/plain"), &json!(0)));
    let nobody = okta.at("/tokens").sending("X-Secret", "wrong").exchange("POST", &event("token", "3").to_string()).unwrap();
    assert_eq!(nobody.0, 401);
}

#[test]
fn an_app_s_answer_is_judged_as_okta_reads_it() {
    let server = Server::start();
    let source = "require('http').createServer(async (req, res) => {
        let body = '';
        for await (const chunk of req) body += chunk;
        const { status, answer, headers } = JSON.parse(body).data.test;
        res.writeHead(status, headers);
        if (answer !== null) res.write(answer.slice(0, 5));
        res.end(answer?.slice(5));
    }).listen(8080);";
    let api = server.admin();
    let id = deploy(api, "okta-password-import", source, json!({}));
    let okta = Okta::new(server.address(), "okta-password-import", &id);
    let verified_text = json!({"commands": [{"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}}]}).to_string();
    let unverified = || Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"credential": "UNVERIFIED"}})]);
    let cases = [
        (200, Some(verified_text.as_str()), verified(), None),
        (201, Some(verified_text.as_str()), verified(), None),
        (204, None, Effect::Default, None),
        (200, None, Effect::Default, None),
        (204, Some(verified_text.as_str()), Effect::Default, None),
        (200, Some("OK"), unverified(), Some("the body of the answer 200 is not JSON")),
        (200, Some("{\"commands\":[]"), unverified(), Some("is not JSON")),
        (200, Some("{\"result\":1}"), unverified(), Some("the response has the key `result`")),
        (302, None, unverified(), Some("Okta follows no redirect")),
        (401, Some("no"), unverified(), Some("the app's own check refuses what Okta sends. Its body: no")),
        (404, None, unverified(), Some("it has no such route")),
        (500, Some(verified_text.as_str()), unverified(), Some("the app answered 500. Its body: {\"commands\"")),
    ];
    for (number, (status, answer, effect, reason)) in cases.into_iter().enumerate() {
        let mut event = event("password-import", &format!("{number}"));
        event["data"]["test"] = json!({"status": status, "answer": answer, "headers": {"x-a": "b"}});
        assert_eq!(okta.bring(&event), effect, "{status} {answer:?}");
        let execution = newest(api, &id);
        match reason {
            None => assert_eq!(execution["outcome"], "completed", "{execution}"),
            Some(reason) => {
                assert_eq!(execution["outcome"], "invalid_response", "{execution}");
                assert!(execution["error"]["message"].as_str().unwrap().contains(reason), "{execution}");
            }
        }
    }
}

#[test]
fn an_app_that_does_not_answer_fails() {
    let server = Server::start();
    let api = server.admin();
    for (handler, outcome, says) in [
        ("() => {}", "failed", "the app has not answered the request and never will"),
        ("() => { setInterval(() => {}, 100); }", "timeout", ""),
        ("() => { throw new Error('broken'); }", "failed", "broken"),
        ("async () => { throw new Error('rejected'); }", "failed", "rejected"),
        ("(req, res) => { res.write('x'); req.destroy(); }", "failed", "the connection was closed before the answer was complete"),
    ] {
        let id = deploy(api, "okta-token", &format!("require('http').createServer({handler}).listen(0)"), json!({"timeout": 1}));
        let started = Instant::now();
        assert_eq!(Okta::new(server.address(), "okta-token", &id).bring(&sample("token")), Effect::Default, "{handler}");
        assert!(started.elapsed() < Duration::from_secs(3), "{handler}");
        let execution = newest(api, &id);
        assert_eq!(execution["outcome"], outcome, "{handler}: {execution}");
        assert!(execution["error"]["message"].as_str().unwrap().contains(says), "{handler}: {execution}");
    }
}

#[test]
fn servers_are_found_however_they_begin() {
    let server = Server::start();
    let api = server.admin();
    let listener = "(req, res) => { res.setHeader('content-type', 'application/json'); res.end('{\"debugContext\":{\"is\":true}}'); }";
    for source in [
        format!("require('node:http').createServer({listener}).listen('8080', '127.0.0.1', 511, () => {{}})"),
        format!("const s = require('http').createServer(); s.on('request', {listener}); s.listen({{ port: 0, host: 'localhost' }})"),
        format!("const s = new (require('http').Server)({listener}); s.listen(() => {{ if (!s.listening) throw new Error('deaf'); }})"),
        format!("require('https').createServer({{}}, {listener}).listen(443)"),
        format!("module.exports = require('http').createServer({listener})"),
        format!("exports.app = require('http').createServer({listener})"),
        format!("import http from 'node:http'; export default http.createServer({listener});"),
        format!("import {{ createServer }} from 'http'; await null; createServer({listener}).listen(3000);"),
        format!("setTimeout(() => require('http').createServer({listener}).listen(3000), 20)"),
        "exports.handler = async () => ({ debugContext: { is: true } }); require('http').createServer(() => {}).listen(1)".to_owned(),
    ] {
        let id = deploy(api, "okta-token", &source, json!({}));
        let answer = body(&Okta::new(server.address(), "okta-token", &id), &sample("token"));
        assert_eq!(answer, json!({"debugContext": {"is": true}}), "{source}");
    }
    for (source, says) in [
        (
            "require('http').createServer(() => {})",
            "the function exports no handler; add: exports.handler = async (context) => { ... }, or let an app listen",
        ),
        ("const s = require('http').createServer().listen(1); s.listen(2)", "Listen method has been called more than once"),
        ("require('http').createServer().listen(65536)", "should be >= 0 and < 65536"),
        ("require('net').createServer().listen(1)", "listening for connections"),
    ] {
        let made = api.post("/v1/hooks", &json!({"type": "okta-token", "runtime": "nodejs24.x", "function": base64(source)})).expect(201);
        let settled = settled(api, made["id"].as_str().unwrap());
        assert!(settled["status_message"].as_str().unwrap_or_default().contains(says), "{source}: {settled}");
    }
    // Other vendors' hooks are functions.
    let source = base64(&format!("require('http').createServer({listener}).listen(1)"));
    let made = api.post("/v1/hooks", &json!({"type": "pre-authentication", "runtime": "nodejs24.x", "function": source})).expect(201);
    assert_eq!(settled(api, made["id"].as_str().unwrap())["status"], "create-failed");
}

fn settled(api: &Api, id: &str) -> Value {
    crate::harness::eventually("admission", || {
        let hook = api.get(&format!("/v1/hooks/{id}")).expect(200);
        let status = hook["status"].as_str().unwrap();
        (status == "ready" || status.ends_with("-failed")).then(|| hook.clone())
    })
}

const WITH_FILES: &str = "
const http = require('http');
const users = require('./lib/users');
const { greeting } = require('./texts.json');
const fs = require('fs');
http.createServer(async (req, res) => {
    const { late } = await import('./lib/late.mjs');
    const word = fs.readFileSync(`${__dirname}/data/word.txt`, 'utf8');
    if (req.url === '/throw') users.fail();
    res.end(JSON.stringify({ debugContext: { greeting, word, late, user: users.first, file: __filename, bytes: fs.readFileSync('data/bytes').length } }));
}).listen(3000);
";

#[test]
fn a_function_is_made_of_files() {
    let server = Server::start();
    let api = server.admin();
    let files = json!({
        "lib/users.js": "exports.first = require('../texts.json').first;\nexports.fail = () => {\n    throw new Error('of users');\n};",
        "lib/late.mjs": "import words from './words.js'; export const late = words.join();",
        "lib/words.js": "export default ['a', 'b'];",
        "texts.json": "{\"greeting\": \"hello\", \"first\": \"ada\"}",
        "data/word.txt": "read",
        "data/bytes": {"base64": "AP8="},
    });
    let id = deploy(api, "okta-token", WITH_FILES, json!({"main": "server.js", "files": files}));
    let okta = Okta::new(server.address(), "okta-token", &id);
    let expected = json!({"greeting": "hello", "word": "read", "late": "a,b", "user": "ada", "file": "/server.js", "bytes": 2});
    assert_eq!(body(&okta, &event("token", "1"))["debugContext"], expected);
    assert_eq!(okta.at("/throw").bring(&event("token", "2")), Effect::Default);
    let error = newest(api, &id)["error"].clone();
    assert_eq!(error["message"], "Error: of users", "{error}");
    assert_eq!(error["place"], "lib/users.js:3:11", "{error}");
    assert!(error["stack"].as_str().unwrap().contains("(server.js:9:"), "{error}");
    let shown = api.get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&shown["files"], &shown["main"], &shown["function"]), (&files, &json!("server.js"), &json!(base64(WITH_FILES))));
    assert_eq!(shown["top_level"], "frozen");
    assert!(api.get("/v1/hooks").expect(200)["items"][0].get("files").is_none());
    // They are there after a restart, also where nothing is kept of what was made of them.
    let data = server.data();
    let server = server.stop();
    std::fs::remove_dir_all(data.join("cache")).unwrap();
    let server = server.start();
    let okta = Okta::new(server.address(), "okta-token", &id);
    assert_eq!(body(&okta, &event("token", "3"))["debugContext"], expected);
    // They go with the function: one that comes alone is alone.
    let api = server.admin();
    let alone = base64("exports.handler = async () => ({ debugContext: { file: __filename } });");
    api.put(&format!("/v1/hooks/{id}"), &json!({"function": alone})).expect(200);
    super::settle(api, &id);
    assert_eq!(body(&okta, &event("token", "4"))["debugContext"], json!({"file": "/hook.js"}));
    assert!(api.get(&format!("/v1/hooks/{id}")).expect(200).get("files").is_none());
}

#[test]
fn files_that_cannot_be_are_refused() {
    let server = Server::start();
    let api = server.admin();
    let function = base64("require('./a')");
    let hook = |more: Value| {
        let mut hook = json!({"type": "okta-token", "runtime": "nodejs24.x", "function": function});
        hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        api.post("/v1/hooks", &hook)
    };
    for (more, says) in [
        (json!({"files": {"../a.js": ""}}), "is not a path from the function's folder on"),
        (json!({"files": {"/a.js": ""}}), "is not a path from the function's folder on"),
        (json!({"files": {"node_modules/a/index.js": ""}}), "is in node_modules"),
        (json!({"files": {"hook.js": ""}}), "is the path of the function itself"),
        (json!({"main": "a.js", "files": {"a.js": ""}}), "is the path of the function itself"),
        (json!({"main": "../a.js"}), "instance.main is not a path"),
        (json!({"files": {"a": "", "a/b": ""}}), "is a file and a folder"),
        (json!({"files": {"a.js": {"base64": "?"}}}), "is neither text nor"),
        (json!({"files": {"a.js": 1}}), "is neither text nor"),
        (json!({"files": ["a.js"]}), "is not of a type(s) object"),
        (json!({"files": {"a.txt": "x".repeat(1 << 20)}}), "bytes of JavaScript, decoded with its `files`"),
        (json!({"runtime": "wasm", "function": base64("\0asm\u{1}\0\0\0"), "files": {"a": ""}}), "is for JavaScript"),
        (json!({"function": null, "files": {"a.js": ""}}), "goes with a `function`"),
    ] {
        let reply = hook(more.clone());
        assert_eq!(reply.status, 422, "{more}: {}", reply.text());
        assert!(reply.text().contains(says), "{more}: {}", reply.text());
    }
    for (files, says) in [
        (json!({"a.js": "let x = ;\n"}), "SyntaxError"),
        (json!({"a.js": "\n\nthrow new Error('while loading')"}), "while loading (a.js:3:"),
        (json!({"b.js": ""}), "Cannot find module './a'"),
        (json!({"a.js": "require('./c')"}), "Require stack:\n- /a.js\n- /hook.js"),
    ] {
        let made = hook(json!({"files": files})).expect(201);
        let settled = settled(api, made["id"].as_str().unwrap());
        assert!(settled["status_message"].as_str().unwrap_or_default().contains(says), "{files}: {settled}");
    }
}

#[test]
fn a_project_with_files_is_run_tested_and_deployed() {
    let server = Server::start();
    let shell = Shell::admin(&server);
    shell.write(
        "app/hook.json",
        r#"{"type": "okta-password-import", "runtime": "nodejs24.x", "main": "server.js", "samples": ["event.json"], "files": ["data"],
            "app_path": "/import", "request": {"path": "/import", "headers": {"authorization": "own-secret"}}}"#,
    );
    shell.write("app/event.json", &sample("password-import").to_string());
    shell.write("app/.env", "NOT=uploaded");
    shell.write("app/users.js", "module.exports = [{ password: 'Abcd1234' }];");
    shell.write("app/late.js", "exports.lateBurner = () => { let sum = 0; for (let i = 0; i < 200000; i++) sum += i; return sum; };");
    shell.write("app/data/word.txt", "read");
    shell.write(
        "app/server.js",
        "const users = require('./users'); const fs = require('fs');
        require('http').createServer(async (req, res) => {
            let body = '';
            for await (const chunk of req) body += chunk;
            console.log(req.url, fs.existsSync('.env'), fs.readFileSync('data/word.txt', 'utf8'), req.headers.authorization);
            require('./late').lateBurner();
            if (req.headers.authorization !== 'own-secret') { res.writeHead(401).end(); return; }
            const { password } = JSON.parse(body).data.context.credential;
            const credential = users.some((user) => user.password === password) ? 'VERIFIED' : 'UNVERIFIED';
            res.end(JSON.stringify({ commands: [{ type: 'com.okta.action.update', value: { credential } }] }));
        }).listen(3000);",
    );
    let ran = shell.run(&["run", "app"]).expect(0);
    assert!(ran.out.contains("the password is imported") && ran.out.contains("/import false read ***"), "{}", ran.out);
    // What a profile repeats finds the files too.
    let profiled = shell.run(&["run", "app", "--profile", "profile.json"]).expect(0);
    assert!(profiled.out.contains("/late.js:1:"), "{}", profiled.out);
    let id = shell.run(&["deploy", "app", "--wait", "--json"]).json()["id"].as_str().unwrap().to_owned();
    let shown = server.admin().get(&format!("/v1/hooks/{id}")).expect(200);
    let files: Vec<&String> = shown["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["data/word.txt", "late.js", "users.js"]);
    shell.run(&["diff", &id, "app"]).expect(0);
    shell.run(&["pull", &id, "copy"]).expect(0);
    assert_eq!(shell.read("copy/users.js"), shell.read("app/users.js"));
    shell.write("app/users.js", "module.exports = [];");
    let differs = shell.run(&["diff", &id, "app"]).expect(1);
    assert!(differs.out.contains("--- users.js (deployed)\n+++ users.js"), "{}", differs.out);
    let authentication = json!({"authentication": {"type": "header", "name": "Authorization", "secret": "own-secret"}});
    server.admin().put(&format!("/v1/hooks/{id}"), &authentication).expect(200);
    super::settle(server.admin(), &id);
    let okta = Okta::new(server.address(), "okta-password-import", &id).sending("Authorization", "own-secret");
    assert_eq!(okta.bring(&sample("password-import")), verified());
}
