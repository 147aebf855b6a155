//! Secrets stay out of all that leaves a server: functions print values in many ordinary ways, and no fragment of eight characters of one
//! is found in logs, streams, answers, status messages, terminals, the server's own log, its files or its backup.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use crate::harness::{Api, Hook, Reply, ServerBuilder, Shell, context};

/// What every execution prints: whoever finds nothing of a secret must find this.
const MARKER: &str = "a way to print begins";

/// Ways in which functions print a value `v`, each a statement.
const WAYS: [&str; 46] = [
    "console.log(v)",
    "console.log({ v })",
    "console.log([v])",
    "console.log({ a: { b: { v } } })",
    "console.dir({ v }, { depth: 5 })",
    "console.error(Object.assign(new Error('failed'), { v }))",
    "console.log(process.env)",
    "console.log(JSON.stringify(process.env))",
    "console.log(JSON.stringify({ v }))",
    "console.log(JSON.stringify({ v }, null, 2))",
    "console.log(JSON.stringify(JSON.stringify({ v })))",
    "console.log({ body: JSON.stringify({ v }) })",
    "console.table([{ v }])",
    "console.log('%s', v)",
    "console.log('%o', { v })",
    "console.log('%O', { v })",
    "console.log('%j', { v })",
    "console.log('the key is', v)",
    "console.log(`Bearer ${v}`)",
    "console.log({ headers: { authorization: `Bearer ${v}` } })",
    "console.warn(util.inspect(v))",
    "console.log(util.inspect({ v }, { compact: false }))",
    "console.log(util.inspect({ v }, { breakLength: 20 }))",
    "console.log(util.inspect({ v }, { breakLength: Infinity }))",
    "console.log(new Map([['k', v]]))",
    "console.log(new Set([v]))",
    "console.log(new (class Key { constructor() { this.v = v; } })())",
    "console.log(Object.entries({ v }))",
    "console.log(Symbol(v))",
    "console.log(v.split('\\n'))",
    "console.log(v.trim() + v)",
    "console.log(Buffer.from(v))",
    "console.log({ v: Buffer.from(v) })",
    "console.log(Buffer.from(v).toString('base64'))",
    "console.log(Buffer.from(v).toString('base64url'))",
    "console.log(Buffer.from(`user:${v}`).toString('base64'))",
    "console.log(Buffer.from(v).toString('base64').replace(/.{76}/g, '$&\\n'))",
    "console.log(Buffer.from(v).toString('base64').match(/.{1,64}/g))",
    "console.log(Buffer.from(v).toString('hex'))",
    "console.log(encodeURIComponent(v))",
    "console.log(new URLSearchParams({ v }).toString())",
    "console.trace(v)",
    "console.log(new Error(v))",
    "try { assert.deepStrictEqual({ v }, { v: 'other' }); } catch (error) { console.log(error); }",
    "try { assert.strictEqual(v, 'other'); } catch (error) { console.log(error.message); }",
    "throw new Error(util.inspect({ v }))",
];

/// Ways in which functions make an error that may quote a value `v`, in part or whole, and do not catch it.
const ERRORS: [&str; 30] = [
    "throw v",
    "throw { v }",
    "throw new Error(v, { cause: { v } })",
    "await Promise.reject(new Error(`no ${v}`))",
    "JSON.parse(v); throw new Error('it is JSON')",
    "JSON.parse(`{\"key\": ${v}}`); throw new Error('it is JSON')",
    "JSON.parse(`[1, ${v}`)",
    "Buffer.alloc(v)",
    "Buffer.from('a', v); crypto.createHash(v)",
    "crypto.createHmac('sha256', 'k').update('a').digest().readUInt8(v)",
    "crypto.createPrivateKey(v); throw new Error('it is a key')",
    "crypto.createCipheriv(v, v, v)",
    "new URL(v)",
    "BigInt(v)",
    "new RegExp(`(${v}`)",
    "require(v)",
    "new TextDecoder(v)",
    "setTimeout(v, 1)",
    "util.promisify(v)",
    "new Intl.NumberFormat(v); new Date(v).toISOString()",
    "'a'.normalize(v)",
    "null[v]",
    "Object.freeze({ [v]: 1 })[v] = 2; Object.defineProperty(Object.freeze({}), v, { value: 1 })",
    "structuredClone({ [v]: () => v })",
    "assert.ok(v === 'other', v)",
    "assert.match(v, /^other$/)",
    "assert.equal(v, 'other')",
    "assert.rejects(v)",
    "assert.deepEqual([v, v], [v, 'other'])",
    "assert.throws(() => { throw new Error(v); }, /other/)",
];

/// And some more of what they print.
const OTHERS: [&str; 14] = [
    "console.assert(false, v)",
    "console.count(v)",
    "console.time(v), console.timeEnd(v)",
    "console.group(v), console.log(v), console.groupEnd()",
    "process.emitWarning(v)",
    "process.stdout.write(`${v}\\n`)",
    "for (const part of v.match(/[^]{1,5}/g)) process.stderr.write(part)",
    "console.log(JSON.stringify(Buffer.from(v)))",
    "console.log(escape(v), encodeURI(v))",
    "console.log(btoa(unescape(encodeURIComponent(v))))",
    "console.log(`${v}, `.repeat(300))",
    "console.log({ list: Array(200).fill(v) })",
    "console.log('%s and %s', v, { v })",
    "console.log(util.format('%j', process.env), util.inspect(process.env, { compact: 1, sorted: true }))",
];

/// A secret: the value of an env var, and the texts in it that nobody may see.
struct Secret {
    value: String,
    texts: Vec<String>,
}

fn secrets() -> Vec<Secret> {
    let line = |line| STANDARD.encode(format!("{line:02}{}", "key material of ours, ".repeat(3))).split_off(28) + "\n";
    let body: String = (0..12).map(line).collect();
    let key = format!("-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n");
    let account = json!({"type": "member", "key_id": "zx1b2c3d4e5f6071", "private_key": key, "mail": "hooks@acme.example"});
    let in_account = || vec![body.clone(), "zx1b2c3d4e5f6071".into(), "hooks@acme.example".into()];
    let whole = |value: &str| Secret { value: value.into(), texts: vec![value.into()] };
    vec![
        Secret { value: key.clone(), texts: vec![body.clone()] },
        Secret { value: account.to_string(), texts: in_account() },
        Secret { value: serde_json::to_string_pretty(&account).unwrap(), texts: in_account() },
        whole("Server=db.acme.example;Pwd=\"corr'ect\\horse\";Timeout=5"),
        whole("Pa'ss\"w``ord99"),
        whole("tab\there\"is99"),
        whole("sk_live_51HqLyjWDarjtT1zdp7dcQxGz0"),
        whole("4242-quokka-wombat-91375-possums"),
        whole("true-north-strong-and-free-9137"),
        whole(&format!("eyJhbGciOiJIUzI1NiJ9.{}.dozjgNryP4J3jVmNHl0w5N", URL_SAFE.encode("claims of somebody 12345 ".repeat(30)))),
        whole("pässwörd-mit-umlauten-äöü"),
    ]
}

/// All that must be found nowhere.
#[derive(Default)]
struct Fragments {
    plain: HashSet<[u8; 8]>,
    /// Longer ones, since files have much in base64 and any eight characters may occur in it.
    encoded: HashSet<[u8; 12]>,
}

impl Fragments {
    fn of(secrets: &[Secret]) -> Self {
        let mut all = Self::default();
        for text in secrets.iter().flat_map(|secret| &secret.texts) {
            for line in text.split(['\n', '\t']) {
                all.plain.extend(line.as_bytes().windows(8).map(|part| <[u8; 8]>::try_from(part).unwrap()));
            }
            let bytes = text.as_bytes();
            let mut encoded: Vec<String> =
                (0..3).flat_map(|skip| [STANDARD.encode(&bytes[skip..]), URL_SAFE.encode(&bytes[skip..])]).collect();
            // The last group may be shared with what follows.
            encoded.iter_mut().for_each(|text| text.truncate(text.len().saturating_sub(4)));
            encoded.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
            encoded.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().to_uppercase());
            encoded.push(bytes.iter().map(|byte| byte.to_string()).collect::<Vec<_>>().join(","));
            for text in encoded {
                all.encoded.extend(text.as_bytes().windows(12).map(|part| <[u8; 12]>::try_from(part).unwrap()));
            }
        }
        all
    }

    /// The first fragment in the bytes, with what is around it.
    fn find(&self, bytes: &[u8]) -> Option<String> {
        let plain = bytes.array_windows().position(|part| self.plain.contains(part));
        let at = plain.or_else(|| bytes.array_windows().position(|part| self.encoded.contains(part)))?;
        let around = &bytes[at.saturating_sub(120)..(at + 120).min(bytes.len())];
        Some(format!("at {at}: {}", String::from_utf8_lossy(around)))
    }
}

/// What leaks, and where.
struct Leaks {
    fragments: Fragments,
    found: Vec<String>,
}

impl Leaks {
    fn look(&mut self, place: &str, bytes: &[u8]) {
        self.found.extend(self.fragments.find(bytes).map(|found| format!("{place} {found}")));
    }

    /// The same where what functions have printed must be.
    fn look_in_log(&mut self, place: &str, bytes: &[u8]) {
        assert!(bytes.windows(MARKER.len()).any(|part| part == MARKER.as_bytes()), "{place} has nothing of the logs");
        self.look(place, bytes);
    }

    fn look_in_folder(&mut self, folder: &Path) -> usize {
        let mut files = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files += self.look_in_folder(&path);
            } else {
                self.look(&path.display().to_string(), &fs::read(&path).unwrap());
                files += 1;
            }
        }
        files
    }
}

fn ways() -> Vec<&'static str> {
    [WAYS.as_slice(), &ERRORS, &OTHERS].concat()
}

/// A hook whose context says in which way it prints the env var. Its top level reads the value, so that it is in a memory that is kept.
fn printing(name: &str) -> Hook {
    let ways: String = ways().iter().map(|way| format!("async () => {{ {way}; }},\n")).collect();
    let source = format!(
        "const util = require('util'), assert = require('assert'), crypto = require('crypto');
        const v = process.env.{name};
        const ways = [{ways}];
        exports.handler = async (context) => {{ console.log('{MARKER}'); await ways[context.user.policy_id](); return null; }};"
    );
    Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("env_vars", json!([name])).with("expose_errors", true)
}

/// Runs the hook in all ways, for a caller who may read and for one who may only fire events.
fn print_in_all_ways(admin: &Api, provider: &Api, id: &str, leaks: &mut Leaks) {
    for (at, way) in ways().into_iter().enumerate() {
        let fired = admin.fire(id, &context(at as u64));
        let answer = provider.trigger(&context(at as u64));
        assert_eq!((&fired["outcome"], &answer["hook_id"]), (&answer["outcome"], &json!(id)));
        assert_eq!(fired["outcome"] == "failed", way.starts_with("throw") || ERRORS.contains(&way), "{way}: {fired}");
        leaks.look(&format!("the answer to who reads, of {way}"), fired.to_string().as_bytes());
        leaks.look(&format!("the answer to who fires, of {way}"), answer.to_string().as_bytes());
        let entry = admin.get(&format!("/v1/hooks/{id}/executions?limit=1")).expect(200).to_string();
        leaks.look_in_log(&format!("the log of {way}"), entry.as_bytes());
        assert!(entry.contains("***") || !WAYS.contains(&way), "{way}: {entry}");
    }
}

/// All pages of a hook's log, in both forms.
fn pages(admin: &Api, id: &str) -> [Vec<u8>; 2] {
    let walk = |path: &str, next: fn(&Reply) -> Option<String>| {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let reply = admin.get(&format!("{path}?limit=50{cursor}"));
            reply.expect(200);
            all.extend_from_slice(&reply.body);
            let Some(next) = next(&reply) else { return all };
            cursor = format!("&cursor={next}");
        }
    };
    [
        walk(&format!("/v1/hooks/{id}/executions"), |reply| reply.value()["next_cursor"].as_str().map(str::to_owned)),
        walk(&format!("/api/2/hooks/{id}/logs"), |reply| reply.header("after-cursor").map(str::to_owned)),
    ]
}

/// What a client that follows the log is sent: so many entries.
fn streamed(shell: &Shell, id: &str, entries: usize) -> String {
    let limit = entries.to_string();
    let mut follower = shell.command(&["logs", id, "--follow", "--json", "--since", "1h", "-n", &limit]).spawn().unwrap();
    let lines = BufReader::new(follower.stdout.take().unwrap()).lines().take(entries).map(Result::unwrap);
    let lines = lines.collect::<Vec<_>>().join("\n");
    follower.kill().unwrap();
    follower.wait().unwrap();
    lines
}

/// What a person sees on a terminal.
fn on_a_terminal(shell: &Shell, id: &str) -> Vec<u8> {
    let command = shell.command(&[]);
    let line = format!("{} logs {id} --since 1h", command.get_program().to_str().unwrap());
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env_clear().current_dir(shell.folder());
    terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let shown = terminal.stdin(Stdio::null()).output().unwrap();
    assert!(shown.status.success() && shown.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&shown.stdout));
    shown.stdout
}

#[test]
fn no_fragment_of_a_secret_leaves_the_server() {
    let secrets = secrets();
    let server = ServerBuilder::new().config("log.level = \"trace\"").start();
    let (admin, shell) = (server.admin(), Shell::admin(&server));
    admin.allow_many_hooks();
    let provider = admin.credential(1, &["fire"]);
    let mut leaks = Leaks { fragments: Fragments::of(&secrets), found: Vec::new() };
    let entries = 2 * ways().len();
    for (number, secret) in secrets.iter().enumerate() {
        let name = format!("VALUE_{number}");
        admin.create_env(&name, &secret.value);
        let id = admin.deploy(&printing(&name));
        print_in_all_ways(admin, &provider, &id, &mut leaks);
        for (form, pages) in ["/v1", "/api/2"].into_iter().zip(pages(admin, &id)) {
            leaks.look_in_log(&format!("the pages of {form}"), &pages);
        }
        leaks.look_in_log("the stream", streamed(&shell, &id, entries).as_bytes());
        leaks.look_in_log("hookbox logs", shell.run(&["logs", &id, "--since", "1h"]).expect(0).out.as_bytes());
        leaks.look_in_log("a terminal", &on_a_terminal(&shell, &id));
        admin.put(&format!("/v1/hooks/{id}"), &json!({"disabled": true})).expect(200);
        let failing = format!("const v = process.env.{name}; throw new Error(require('util').inspect({{ v }}) + v);");
        let failing = Hook::new(failing.as_bytes()).with("runtime", "nodejs22.x").with("env_vars", json!([name])).disabled();
        let refused = admin.admit(&failing);
        assert_eq!((&refused["status"], refused["status_message"].as_str().unwrap().contains("***")), (&json!("create-failed"), true));
        leaks.look("a status message", refused["status_message"].to_string().as_bytes());
    }
    shell.run(&["backup", "copy"]).expect(0);
    leaks.look_in_log("the backup", &fs::read(shell.folder().join("copy")).unwrap());
    leaks.look("the server's log", server.log().as_bytes());
    let stopped = server.stop();
    let data = stopped.data();
    assert!(leaks.look_in_folder(&data) > 5);
    leaks.look_in_log("the store", &fs::read(data.join("store.redb")).unwrap());
    assert!(leaks.found.is_empty(), "{} leaks:\n{}", leaks.found.len(), leaks.found.join("\n\n"));
}

#[test]
fn what_is_looked_for_would_be_found() {
    let secrets = secrets();
    let fragments = Fragments::of(&secrets);
    for secret in &secrets {
        let line = secret.texts[0].split(['\n', '\t']).find(|line| line.len() > 8).unwrap();
        let part: String = line.chars().take(8).collect();
        for shown in [&secret.value, &STANDARD.encode(&secret.value), &part] {
            assert!(fragments.find(format!("log: {shown}.").as_bytes()).is_some(), "{shown}");
        }
    }
    assert_eq!(fragments.find(Value::from(MARKER).to_string().as_bytes()), None);
}
