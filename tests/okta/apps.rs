//! Express apps of both major versions run as they are: those of Okta's guide and of one of its partners, end to end with their packages from a
//! registry; and what express and its middlewares rely on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Effect, Okta, deploy, logged, sample, verified};
use crate::harness::{Answered, Api, Server, ServerBuilder, Upstream, npm};

/// What okta sends to the apps, which check it themselves.
const BASIC: &str = "admin:supersecret";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/okta/apps")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(folder().join(path)).unwrap()
}

/// A server with the registry of the apps' packages.
fn start() -> Server {
    let registry = npm::tarballs(&folder().join("package-lock.json"));
    let config = format!("[packages]\nfolder = {:?}\n[compile]\ntimeout = \"300s\"", registry.display().to_string());
    ServerBuilder::new().config(&config).start()
}

/// A hook made of an app.
fn app(api: &Api, hook_type: &str, source: &str, express: u8, more: Value) -> String {
    let mut hook = json!({"main": "server.js", "packages": {"express": format!("^{express}.0.0")}});
    hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    deploy(api, hook_type, source, hook)
}

/// The event of a password import, for a user and a password.
fn import(id: &str, username: &str, password: &str) -> Value {
    let mut event = sample("password-import");
    event["eventId"] = id.into();
    event["data"]["context"]["credential"] = json!({"username": username, "password": password});
    event
}

fn unverified() -> Effect {
    Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"credential": "UNVERIFIED"}})])
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

/// Why the newest execution did not complete.
fn reason(api: &Api, id: &str) -> String {
    let execution = api.executions(id).remove(0);
    execution["error"]["message"].as_str().unwrap_or_else(|| panic!("{execution}")).to_owned()
}

fn passwords_are_imported(server: &Server, express: u8) {
    let api = server.admin();
    let dotenv = if express == 4 { "^16.0.0" } else { "^17.0.0" };
    let packages =
        json!({"express": format!("^{express}.0.0"), "express-basic-auth": "^1.2.1", "express-validator": "^7.0.1", "dotenv": dotenv});
    // The settings are in a file for one, and env vars of the hook for the other.
    let mut more = json!({
        "packages": packages,
        "files": {"users.js": text("import/users.js"), ".env": "BASIC_AUTH_USER=admin\nBASIC_AUTH_PASSWORD=supersecret\n"},
        "authentication": {"type": "basic", "user": "admin", "password": "supersecret"},
    });
    if express == 5 {
        more["files"].as_object_mut().unwrap().remove(".env");
        api.create_env("BASIC_AUTH_USER", "admin");
        api.create_env("BASIC_AUTH_PASSWORD", "supersecret");
        more["env_vars"] = json!(["BASIC_AUTH_USER", "BASIC_AUTH_PASSWORD"]);
    }
    let id = app(api, "okta-password-import", &text("import/server.js"), express, more);
    // dotenv 17 prints a hint that it draws, which leaves its traces: such a top level is evaluated again each time.
    let found = api.get(&format!("/v1/hooks/{id}")).expect(200);
    let expected = if express == 4 { (json!("frozen_with_env"), Value::Null) } else { (json!("evaluated"), json!("random bytes")) };
    assert_eq!((found["top_level"].clone(), found["top_level_reason"].clone()), expected);
    let okta = Okta::new(server.address(), "okta-password-import", &id).sending("Authorization", &basic(BASIC));
    let door = okta.at("/passwordImport");
    assert_eq!(door.bring(&import("1", "michelle@example.com", "wrong-Pa55word")), Effect::Default);
    assert_eq!(door.bring(&import("2", "michelle@example.com", "Pa55word!")), verified());
    assert_eq!(door.bring(&import("3", "nobody@example.com", "Pa55word!")), Effect::Default);
    assert_eq!(door.bring(&import("4", "nobody", "Pa55word!")), unverified());
    assert!(reason(api, &id).contains("the app answered 400"), "{}", reason(api, &id));
    assert_eq!(okta.bring(&import("5", "michelle@example.com", "Pa55word!")), unverified());
    assert!(reason(api, &id).contains("404: it has no such route"), "{}", reason(api, &id));
    assert_eq!(okta.at("/redirect").bring(&import("6", "a@example.com", "x")), unverified());
    // Several routes, and what they are told.
    let (status, body) = okta.at("/orders/7?a=b&a=c").exchange("POST", &import("7", "a@example.com", "x").to_string()).unwrap();
    let told = json!({"debugContext": {"id": "7", "query": {"a": ["b", "c"]}, "ip": "127.0.0.1", "protocol": "http", "path": "/orders/7"}});
    assert_eq!((status, serde_json::from_slice::<Value>(&body).unwrap()), (200, told));
    // The door first: whoever it refuses is nobody to the app.
    let runs = api.executions(&id).len();
    assert_eq!(
        okta.sending("Authorization", &basic("admin:wrong")).exchange("POST", &import("8", "a@example.com", "x").to_string()).unwrap().0,
        401
    );
    assert_eq!(api.executions(&id).len(), runs);
    let log = logged(server, &id);
    assert!(log.contains("Listening on port 8082") && log.contains("Verified.") && log.contains("Refused."), "{log}");
    for secret in ["Pa55word", "supersecret", &STANDARD.encode(BASIC)] {
        assert!(!log.contains(secret), "{secret}: {log}");
        assert!(!server.log().contains(secret), "{secret}");
    }
    // The app's own check goes on where the door asks for something else.
    let header = json!({"authentication": {"type": "header", "name": "X-Secret", "secret": super::SECRET, "previous_valid_for": 0}});
    api.put(&format!("/v1/hooks/{id}"), &header).expect(200);
    super::settle(api, &id);
    let okta = Okta::new(server.address(), "okta-password-import", &id).at("/passwordImport");
    assert_eq!(okta.bring(&import("9", "michelle@example.com", "Pa55word!")), unverified());
    assert!(reason(api, &id).contains("401: the app's own check refuses"), "{}", reason(api, &id));
    // An event that comes again to another path is another one.
    let mut both = okta.clone();
    both.headers.push(("Authorization".into(), basic(BASIC)));
    assert_eq!(both.bring(&import("10", "michelle@example.com", "Pa55word!")), verified());
    let runs = api.executions(&id).len();
    assert_eq!(both.bring(&import("10", "michelle@example.com", "Pa55word!")), verified());
    assert_eq!(api.executions(&id).len(), runs);
    both.at("/").bring(&import("10", "michelle@example.com", "Pa55word!"));
    assert_eq!(api.executions(&id).len(), runs + 1);
}

fn messages_are_sent(server: &Server, express: u8) {
    let api = server.admin();
    let provider = Upstream::start(|asked| match asked.body.contains("+15550100") {
        true => Answered {
            headers: vec![("content-type", "application/json".into())],
            ..Answered::ok(r#"{"umid":"f68ac2f8","status":{"code":"QUEUED"}}"#)
        },
        false => Answered {
            status: 400,
            headers: vec![("content-type", "application/json".into())],
            body: br#"{"code":1002,"message":"Invalid number"}"#.to_vec(),
        },
    });
    let config = format!(
        "module.exports = {{ url: '{}', apiKey: 'the-key-of-8x8', sender: 'Us', authKey: 'the-key-of-okta' }};",
        provider.url("/messages")
    );
    let parser = if express == 4 { "^1.20.2" } else { "^2.0.0" };
    let more = json!({
        "packages": {"express": format!("^{express}.0.0"), "body-parser": parser, "axios": "^1.7.3"},
        "files": {"config.js": config},
        "authentication": {"type": "header", "name": "Authorization", "secret": "the-key-of-okta"},
        "allowed_hosts": [provider.address.to_string()],
        "app_path": "/telephony-hook",
    });
    let id = app(api, "okta-telephony", &text("message/server.js"), express, more);
    let okta = Okta::new(server.address(), "okta-telephony", &id).sending("Authorization", "the-key-of-okta");
    let Effect::Commands(commands) = okta.bring(&sample("telephony")) else { panic!("not sent: {}", reason(api, &id)) };
    let action = &commands[0]["value"][0];
    assert_eq!(
        (&action["status"], &action["provider"], &action["transactionId"]),
        (&json!("SUCCESSFUL"), &json!("8x8"), &json!("f68ac2f8"))
    );
    let asked = provider.take().remove(0);
    assert_eq!(asked.header("authorization"), Some("Bearer the-key-of-8x8"));
    assert!(asked.body.contains("Your code is 11111"), "{}", asked.body);
    // An error of the app's is a failure to Okta, which sends the message itself.
    let mut unknown = sample("telephony");
    unknown["data"]["messageProfile"]["phoneNumber"] = "+10000".into();
    assert_eq!(okta.bring(&unknown), Effect::Refused("The message was not sent".into()));
    assert!(
        reason(api, &id).contains("the app answered 500") && reason(api, &id).contains("Code 1002: Invalid number"),
        "{}",
        reason(api, &id)
    );
    let log = logged(server, &id);
    assert!(log.contains("Received:") && log.contains("Not sent:") && !log.contains("11111") && !log.contains("the-key-of-okta"), "{log}");
}

fn middlewares_run_in_order(server: &Server, express: u8) {
    let api = server.admin();
    let source = "
        const express = require('express');
        const app = express();
        const steps = [];
        app.use((req, res, next) => { steps.length = 0; steps.push('first'); res.on('finish', () => console.log('finished', steps.join())); next(); });
        app.use(express.json({ limit: '2kb' }), express.urlencoded({ extended: true }));
        const router = express.Router();
        router.use((req, res, next) => { steps.push('router'); setTimeout(next, 5); });
        router.post('/ok', (req, res, next) => { steps.push('one'); next(); }, async (req, res) => { steps.push('two'); await null; res.set('x-own', 'é').json({ debugContext: { steps } }); });
        router.post('/sync', () => { throw new Error('thrown'); });
        router.post('/next', (req, res, next) => next(new Error('handed on')));
        router.post('/async', async () => { await null; throw new Error('rejected'); });
        router.post('/own', (req, res, next) => next(Object.assign(new Error('own'), { own: true })));
        router.post('/send', (req, res) => res.status(200).send({ debugContext: { sent: req.is('json'), id: req.body.eventId } }));
        router.post('/never', () => {});
        router.post('/twice', (req, res) => { res.json({}); try { res.json({}); } catch (error) { console.log(error.code); } });
        router.post('/late', (req, res) => { setInterval(() => {}, 50); });
        app.use('/api', router);
        app.use((error, req, res, next) => { if (error.own) res.status(200).json({ error: { errorSummary: error.message } }); else next(error); });
        app.listen(process.env.PORT || 3000);";
    let id = app(api, "okta-registration", source, express, json!({"app_path": "/api/ok"}));
    let okta = Okta::new(server.address(), "okta-registration", &id);
    let denied = || Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"registration": "DENY"}})]);
    let event = |path: &str| {
        let mut event = sample("registration");
        event["eventId"] = format!("at-{}", path.trim_start_matches('/').replace('/', "-")).into();
        event
    };
    let body = |path: &str| {
        let (status, body) = okta.at(path).exchange("POST", &event(path).to_string()).unwrap();
        assert_eq!(status, 200, "{}", reason(api, &id));
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    assert_eq!(body(""), json!({"debugContext": {"steps": ["first", "router", "one", "two"]}}));
    assert!(logged(server, &id).contains("finished first,router,one,two"));
    assert_eq!(body("/api/send"), json!({"debugContext": {"sent": "json", "id": "at-api-send"}}));
    assert_eq!(okta.at("/api/own").bring(&event("/api/own")), Effect::Refused("own".into()));
    for (path, says) in [("/api/sync", "thrown"), ("/api/next", "handed on"), ("/nowhere", "404: it has no such route")] {
        assert_eq!(okta.at(path).bring(&event(path)), denied(), "{path}");
        assert!(reason(api, &id).contains(says), "{path}: {}", reason(api, &id));
    }
    // Express 5 makes an answer of it; with 4 it is an unhandled rejection, which ends a process of Node.
    assert_eq!(okta.at("/api/async").bring(&event("/api/async")), denied());
    let execution = api.executions(&id).remove(0);
    assert_eq!(execution["outcome"], if express == 4 { "failed" } else { "invalid_response" }, "{execution}");
    assert!(reason(api, &id).contains("rejected"), "{execution}");
    assert_eq!(okta.at("/api/never").bring(&event("/api/never")), denied());
    assert!(reason(api, &id).contains("the app has not answered the request"), "{}", reason(api, &id));
    let started = Instant::now();
    assert_eq!(okta.at("/api/late").bring(&event("/api/late")), denied());
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(api.executions(&id)[0]["outcome"], "timeout");
    assert_eq!(okta.at("/api/twice").bring(&event("/api/twice")), Effect::Default);
    assert!(logged(server, &id).contains("ERR_HTTP_HEADERS_SENT"));
    let mut long = event("/api/long");
    long["data"]["pad"] = "x".repeat(3000).into();
    assert_eq!(okta.bring(&long), denied());
    assert!(reason(api, &id).contains("the app answered 413"), "{}", reason(api, &id));
}

fn apps_begin_as_they_like(server: &Server, express: u8) {
    let api = server.admin();
    let route = "app.post('/', (req, res) => res.json({ debugContext: { is: true } }));";
    for source in [
        format!("const app = require('express')(); {route} module.exports = app;"),
        format!("const app = require('express')(); {route} if (require.main === module) app.listen(3000); module.exports = {{ app }};"),
        format!("const app = require('express')(); {route} require('http').createServer(app).listen({{ port: 0 }});"),
        format!(
            "import express from 'express'; const app = express(); {route} app.listen(3000, '0.0.0.0', (error) => {{ if (error) throw error; }});"
        ),
        format!(
            "const app = require('express')(); {route} const start = async () => {{ await new Promise((done) => setTimeout(done, 10)); app.listen(3000); }}; start();"
        ),
    ] {
        let id = app(api, "okta-token", &source, express, json!({}));
        let (status, body) = Okta::new(server.address(), "okta-token", &id).exchange("POST", &sample("token").to_string()).unwrap();
        assert_eq!((status, body), (200, br#"{"debugContext":{"is":true}}"#.to_vec()), "{source}");
    }
}

fn all(express: u8) {
    let server = start();
    passwords_are_imported(&server, express);
    messages_are_sent(&server, express);
    middlewares_run_in_order(&server, express);
    apps_begin_as_they_like(&server, express);
}

#[test]
fn express_4_runs_as_it_is() {
    all(4);
}

#[test]
fn express_5_runs_as_it_is() {
    all(5);
}
