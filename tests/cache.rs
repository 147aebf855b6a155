//! What functions keep: `require('hookbox').cache`, and answers of servers that let them be kept. On the real server, with JavaScript hooks.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Api, Hook, Server, ServerBuilder, Shell, context, eventually};

/// Does what the user's name says, and tells what came of it.
const DOES: &str = r"
const { cache } = require('hookbox');
const shown = (value) => value === undefined ? 'nothing' : value instanceof Uint8Array ? { bytes: [...value] } : value;
exports.handler = async (context) => {
  const told = [];
  for (const [what, ...rest] of JSON.parse(context.user.user_identifier)) {
    try {
      if (what === 'fetch') told.push(await (await fetch(...rest)).text());
      else if (what === 'lone') told.push(await cache.get('\ud800'));
      else if (what === 'bytes') told.push(shown(await cache.set(rest[0], Buffer.from(rest[1]))));
      else told.push(shown(await cache[what](...rest)));
    } catch (error) {
      told.push(`${error.code}: ${error.message}`);
    }
  }
  throw new Error('told ' + JSON.stringify(told));
};
";

fn hook() -> Hook {
    Hook::new(DOES.as_bytes()).with("runtime", "nodejs24.x").disabled()
}

/// What a hook tells of these steps.
#[track_caller]
fn does(api: &Api, id: &str, steps: &Value) -> Value {
    let mut context = context(1);
    context["user"]["user_identifier"] = json!(steps.to_string());
    let answer = api.fire(id, &context);
    let message = answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let told = message.split_once("told ").unwrap_or_else(|| panic!("{answer}")).1;
    serde_json::from_str(told).unwrap()
}

/// Whether bytes occur in a file of the folder.
fn found_in(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| match path.is_dir() {
        true => found_in(&path, bytes),
        false => std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes),
    })
}

/// The values that a folder keeps, in which nothing is wrong.
#[track_caller]
fn kept_in(data: &Path) -> Value {
    let checked = Shell::new().run(&["verify", "--json", "--data", data.to_str().unwrap()]).expect(0).out;
    serde_json::from_str::<Value>(&checked).unwrap()["cached_values"].clone()
}

#[test]
fn values_come_back_as_they_were_and_end_with_their_time() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&hook());
    let steps = json!([
        ["get", "a"],
        ["set", "a", "a text", {"ttl": 60}],
        ["set", "b", {"x": [1, null]}],
        ["bytes", "c", [0, 255]],
        ["set", "short", 1, {"ttl": 0.3}],
        ["get", "a"],
        ["set", "a", "another"],
        ["get", "a"],
        ["delete", "b"],
        ["get", "b"],
        ["lone"],
    ]);
    let told = does(admin, &id, &steps);
    let told = told.as_array().unwrap();
    let (lone, told) = told.split_last().unwrap();
    assert_eq!(*told, ["nothing", "nothing", "nothing", "nothing", "nothing", "a text", "nothing", "another", "nothing", "nothing"]);
    let lone = lone.as_str().unwrap();
    assert!(lone.starts_with("ERR_INVALID_ARG_VALUE: The argument 'key' must be a well-formed string."), "{lone}");
    assert_eq!(does(admin, &id, &json!([["get", "a"], ["get", "c"]])), json!(["another", {"bytes": [0, 255]}]));
    eventually("the end of a value", || (does(admin, &id, &json!([["get", "short"]])) == json!(["nothing"])).then_some(()));
}

#[test]
fn hooks_and_accounts_see_their_own_and_hooks_share_what_they_say() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let (one, two) = (admin.deploy(&hook()), admin.deploy(&hook()));
    let (_, other) = admin.account(&json!({"name": "another"}));
    let foreign = other.deploy(&hook());
    does(admin, &one, &json!([["set", "k", "mine"], ["set", "s", "ours", {"shared": true}]]));
    let both = json!([["get", "k"], ["get", "s", {"shared": true}], ["get", "s"], ["get", "k", {"shared": true}]]);
    assert_eq!(does(admin, &one, &both), json!(["mine", "ours", "nothing", "nothing"]));
    assert_eq!(does(admin, &two, &both), json!(["nothing", "ours", "nothing", "nothing"]));
    assert_eq!(does(&other, &foreign, &both), json!(["nothing", "nothing", "nothing", "nothing"]));
    does(admin, &two, &json!([["delete", "s", {"shared": true}], ["delete", "k"]]));
    assert_eq!(does(admin, &one, &both), json!(["mine", "nothing", "nothing", "nothing"]));
    // A new version has what the one before it kept; a new hook has nothing.
    admin.update_hook(&one, &json!({"timeout": 9}));
    assert_eq!(does(admin, &one, &both)[0], "mine");
    admin.delete(&format!("/api/2/hooks/{one}")).expect(202);
    assert_eq!(does(admin, &admin.deploy(&hook()), &both)[0], "nothing");
    let builder = server.stop();
    assert_eq!(kept_in(&builder.data()), 0);
}

#[test]
fn a_bound_that_is_crossed_is_an_error_that_names_it() {
    let bounds = "[cache]\nentries = 2\nkey_bytes = 8\nvalue_bytes = 1000\naccount_bytes = 2500\nmax_ttl = '1m'\ndefault_ttl = '1s'";
    let server = Server::with(bounds);
    let admin = server.admin();
    let id = admin.deploy(&hook());
    let told = does(
        admin,
        &id,
        &json!([
            ["set", "123456789", 1],
            ["set", "long", "x".repeat(1000)],
            ["set", "a", 1, {"ttl": 61}],
            ["set", "a", "x".repeat(900), {"ttl": 60}],
            ["set", "b", "x".repeat(10)],
            ["set", "c", 1],
            ["set", "s", "x".repeat(990), {"shared": true}],
            ["get", "a"],
        ]),
    );
    let named = ["cache.key_bytes", "cache.value_bytes", "cache.max_ttl", "", "", "cache.entries", "cache.account_bytes", ""];
    for (told, setting) in told.as_array().unwrap().iter().zip(named) {
        let told = told.as_str().unwrap();
        match setting {
            "" => assert!(!told.starts_with("ERR"), "{told}"),
            setting => assert!(told.starts_with("ERR_HOOK_LIMIT: ") && told.contains(&format!("({setting})")), "{told}"),
        }
    }
    eventually("room for another value", || (does(admin, &id, &json!([["set", "c", 1]])) == json!(["nothing"])).then_some(()));
}

#[test]
fn a_top_level_neither_reads_nor_keeps() {
    let server = Server::start();
    let source = "import { cache } from 'hookbox';\nawait cache.get('k');\nexport const handler = async () => null;\n";
    let made = server.admin().admit(&Hook::new(source.as_bytes()).with("runtime", "nodejs24.x"));
    assert_eq!(made["status"], "create-failed");
    let message = made["status_message"].as_str().unwrap();
    assert!(message.contains("top level") && message.contains("cache"), "{message}");
}

#[test]
fn a_restart_keeps_what_is_sealed_and_backups_and_new_keys_leave_it_out() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&hook());
    let value = "a value that is nobody's business";
    does(admin, &id, &json!([["set", "ada@example.com", value], ["set", "b", value, {"shared": true}]]));
    let builder = server.stop();
    assert_eq!(kept_in(&builder.data()), 2);
    for hidden in [value, "ada@example.com"] {
        assert!(!found_in(&builder.data(), hidden.as_bytes()), "{hidden}");
    }
    let server = builder.start();
    let both = json!([["get", "ada@example.com"], ["get", "b", {"shared": true}], ["set", "c", "x"]]);
    assert_eq!(does(server.admin(), &id, &both), json!([value, value, "nothing"]));
    // Written within a short while, so that also a kill takes nothing back.
    std::thread::sleep(Duration::from_secs(2));
    let shell = Shell::admin(&server);
    shell.run(&["backup", "copy"]).expect(0);
    let builder = server.kill();
    assert_eq!(kept_in(&builder.data()), 3);
    let (restored, copy) = (shell.folder().join("restored"), shell.folder().join("copy"));
    std::fs::create_dir(&restored).unwrap();
    std::fs::copy(builder.data().join("master.key"), restored.join("master.key")).unwrap();
    Shell::new().run(&["restore", copy.to_str().unwrap(), "--data", restored.to_str().unwrap()]).expect(0);
    assert_eq!(kept_in(&restored), 0);
    Shell::new().run(&["keys", "rotate", "--data", builder.data().to_str().unwrap()]).expect(0);
    assert_eq!(kept_in(&builder.data()), 0);
    let server = builder.start();
    assert_eq!(does(server.admin(), &id, &both), json!(["nothing", "nothing", "nothing"]));
}

/// A server of keys, which counts who asks for what.
struct Keys {
    address: SocketAddr,
    asked: Arc<Mutex<HashMap<String, Vec<bool>>>>,
}

impl Keys {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let keys = Self { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let asked = Arc::clone(&keys.asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let asked = Arc::clone(&asked);
                std::thread::spawn(move || answer(stream, &asked));
            }
        });
        keys
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// For each request whether it named a tag.
    fn asked(&self, path: &str) -> Vec<bool> {
        self.asked.lock().unwrap().get(path).cloned().unwrap_or_default()
    }
}

fn answer(mut stream: TcpStream, asked: &Mutex<HashMap<String, Vec<bool>>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(first)) = lines.next() {
        let path = first.split(' ').nth(1).unwrap().to_owned();
        let mut tagged = false;
        for line in lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()) {
            tagged |= line.to_ascii_lowercase().starts_with("if-none-match: \"v1\"");
        }
        asked.lock().unwrap().entry(path.clone()).or_default().push(tagged);
        let rules = match path.as_str() {
            "/jwks.json" => "cache-control: public, max-age=600\r\n",
            "/tagged" => "cache-control: no-cache\r\netag: \"v1\"\r\n",
            _ => "cache-control: no-store\r\n",
        };
        let (status, body) = if tagged { ("304 Not Modified", "") } else { ("200 OK", "{\"keys\":[]}") };
        let length = if tagged { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        if write!(stream, "HTTP/1.1 {status}\r\n{rules}{length}\r\n{body}").is_err() {
            return;
        }
    }
}

#[test]
fn keys_with_an_age_are_asked_for_once_over_many_logins_and_restarts() {
    let keys = Keys::start();
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let calling = hook().with("allowed_hosts", json!(["127.0.0.1"]));
    let (cached, plain) = (admin.deploy(&calling.clone().with("http_cache", true)), admin.deploy(&calling));
    let steps = json!([["fetch", keys.url("/jwks.json")], ["fetch", keys.url("/tagged")], ["fetch", keys.url("/secret")]]);
    for _ in 0..5 {
        assert_eq!(does(admin, &cached, &steps), json!(["{\"keys\":[]}", "{\"keys\":[]}", "{\"keys\":[]}"]));
    }
    assert_eq!(keys.asked("/jwks.json"), [false]);
    assert_eq!(keys.asked("/tagged"), [false, true, true, true, true]);
    assert_eq!(keys.asked("/secret"), [false; 5]);
    let last = eventually("the log of the executions", || {
        let logged = admin.executions(&cached);
        (logged.len() == 5).then(|| logged[0].clone())
    });
    let shown: Vec<Value> = last["calls"].as_array().unwrap().iter().map(|call| call["cached"].clone()).collect();
    assert_eq!((shown, &last["calls"][0]["status"]), (vec![json!(true), json!(true), Value::Null], &json!(200)));
    // Nothing is kept for a hook that does not ask for it, nor given to another.
    for _ in 0..2 {
        does(admin, &plain, &steps);
    }
    assert_eq!(keys.asked("/jwks.json").len(), 3);
    let server = server.stop().start();
    let admin = server.admin();
    admin.update_hook(&cached, &json!({"timeout": 9}));
    does(admin, &cached, &steps);
    assert_eq!(keys.asked("/jwks.json").len(), 3, "also another version has it");
    // Whom the hook may not call any more, it is not told anything of.
    admin.update_hook(&cached, &json!({"allowed_hosts": ["api.example"]}));
    let refused = does(admin, &cached, &steps);
    assert!(refused[0].as_str().unwrap().starts_with("ERR_ACCESS_DENIED") || !refused[0].as_str().unwrap().contains("keys"), "{refused}");
    admin.update_hook(&cached, &json!({"allowed_hosts": ["127.0.0.1"], "http_cache": false}));
    does(admin, &cached, &steps);
    assert_eq!(keys.asked("/jwks.json").len(), 4);
}

#[test]
fn a_run_on_the_authors_machine_has_a_cache_of_its_own() {
    let shell = Shell::new();
    shell.write("hook.js", DOES);
    let mut context = context(1);
    context["user"]["user_identifier"] = json!(json!([["set", "k", [1]], ["get", "k"], ["set", "k", 1, {"ttl": 86400}]]).to_string());
    shell.write("context.json", &context.to_string());
    for _ in 0..2 {
        let ran = shell.run(&["run", "hook.js", "--context", "context.json", "--json"]);
        assert!(ran.out.contains(r#"told [\"nothing\",[1],\"nothing\"]"#), "{ran:?}");
    }
}

/// Whoever sets many values is told to wait, and logins go on.
#[test]
fn a_flood_of_values_is_bounded() {
    let server = ServerBuilder::new().config("[cache]\nentries = 100000\naccount_bytes = 1000000").start();
    let admin = server.admin();
    let source = r"
        const { cache } = require('hookbox');
        exports.handler = async (context) => {
          const codes = {};
          for (let round = 0; round < 400; round++) {
            try { await cache.set(`k${round}`, 'x'.repeat(10000)); } catch (error) { codes[error.code] = (codes[error.code] ?? 0) + 1; }
          }
          throw new Error('told ' + JSON.stringify(codes));
        };";
    let id = admin.deploy(&Hook::new(source.as_bytes()).with("runtime", "nodejs24.x").disabled());
    let told = does(admin, &id, &json!([]));
    let refused = told["ERR_HOOK_LIMIT"].as_u64().unwrap_or_default();
    assert!((300..=310).contains(&refused), "{told}");
}
