//! What the commands print for people of what a real server answers, to the letter but for ids, times and durations. What a text of
//! somebody else's can do to a page is here, too: nothing.

use std::io::{BufRead as _, BufReader};
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, component, doing};
use crate::harness::{Hook, Ran, Server, ServerBuilder, Shell, context};

/// The engine is compiled on machines that do much else.
const PATIENT: &str = "[compile]\ntimeout = \"300s\"";

const HANDLER: &str = "exports.handler = async (context) => {
  const { user } = context;
  if (user.user_identifier === 'boom') throw new Error('boom \\x1b[0m');
  if (user.user_identifier === 'no') return { success: false };
  return { success: true, user: { policy_id: 7, user_identifier: user.user_identifier + '\\x9b' } };
};
";

/// A page without what is another each time, and with two spaces where there are more.
fn fixed(page: &str) -> String {
    let line = |line: &str| {
        let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
        let mut parts: Vec<String> = line.trim_start_matches(' ').split("  ").filter(|part| !part.is_empty()).map(fixed_part).collect();
        parts.retain(|part| !part.is_empty());
        format!("{indent}{}\n", parts.join("  "))
    };
    page.lines().map(line).collect()
}

fn fixed_part(part: &str) -> String {
    let words = part.trim().split(' ').map(|word| word.split('\t').map(fixed_word).collect::<Vec<_>>().join("\t"));
    let mut words: Vec<String> = words.collect();
    for at in 1..words.len() {
        if words[at].trim_end_matches(',') == "fuel" {
            words[at - 1] = "FUEL".into();
        }
        // How large the engine is differs between builds of it.
        if words[at].trim_end_matches(',') == "KiB" {
            words[at - 1] = "MEMORY".into();
            if words.get(at + 2).is_some_and(|word| word == "%") {
                words[at + 1] = "(SHARE".into();
            }
        }
        if ["us", "ms"].contains(&words[at].as_str()) {
            (words[at - 1], words[at]) = ("DURATION".into(), String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn fixed_word(word: &str) -> &str {
    let is_id = word.len() == 36 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_time = word.len() == 24 && word.ends_with('Z') && word.as_bytes()[10] == b'T';
    if is_id {
        "ID"
    } else if is_time {
        "TIME"
    } else {
        word
    }
}

/// A context of somebody.
fn login_of(name: &str) -> Value {
    let mut sent = context(1);
    sent["user"]["user_identifier"] = json!(name);
    sent
}

#[test]
fn hooks_as_a_list_and_a_page() {
    let server = Server::with(PATIENT);
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.create_env("A_KEY", "a value");
    let id = admin.deploy(
        &Hook::new(HANDLER.as_bytes())
            .with("runtime", "nodejs24.x")
            .with("env_vars", json!(["A_KEY"]))
            .with("options", json!({"risk_enabled": true}))
            .with("conditions", json!([{"source": "roles", "operator": "~", "value": "12"}])),
    );
    admin.deploy(&Hook::wat(&allowing(1)).disabled());
    let broken = Hook::new(b"exports.handler = async () => {\n  const a = ;\n}").json()["function"].clone();
    admin.update_hook(&id, &json!({"function": broken, "timeout": 3}));
    let shell = Shell::admin(&server);
    let listed = shell.run(&["hooks", "list"]).expect(0).out;
    assert_eq!(
        fixed(&listed),
        "ID  TYPE  STATE  STATUS  VERSION  RUNTIME  UPDATED\n\
        ID  pre-authentication  enabled  update-failed  2  nodejs24.x  TIME\n\
        ID  pre-authentication  disabled  ready  1  wasm  TIME\n"
    );
    let page = shell.run(&["hooks", "get", &id]).expect(0).out;
    assert_eq!(
        fixed(&page),
        "id  ID\n\
        type  pre-authentication\n\
        disabled  false\n\
        status  update-failed\n\
        version  2\n\
        serving_version  1\n\
        runtime  nodejs24.x\n\
        kind  javascript\n\
        function_bytes  47\n\
        timeout  3\n\
        retries  0\n\
        on_error  deny\n\
        expose_errors  false\n\
        http_cache  false\n\
        top_level  frozen\n\
        created_at  TIME\n\
        updated_at  TIME\n\
        limits  fuel=3000000000, memory_mib=64\n\
        env_vars  A_KEY\n\
        conditions  roles ~ 12\n\
        options  location_enabled=false, mfa_device_info_enabled=false, risk_enabled=true\n\
        exception: SyntaxError: Unexpected token ';' (hook.js:2:13)\n"
    );
}

#[test]
fn a_type_means_the_enabled_hook_or_the_only_one() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let shell = Shell::admin(&server);
    let get = |code| shell.run(&["hooks", "get", "pre-authentication", "--json"]).expect(code);
    let id = |ran: Ran| ran.json()["id"].as_str().unwrap().to_owned();
    get(4);
    let first = admin.deploy(&Hook::wat(&allowing(1)).disabled());
    assert_eq!(id(get(0)), first);
    let second = admin.deploy(&Hook::wat(&allowing(2)).disabled());
    let said = get(2).err;
    assert!(said.contains(&first) && said.contains(&second), "{said}");
    let third = admin.deploy(&Hook::wat(&allowing(3)));
    assert_eq!(id(get(0)), third);
}

#[test]
fn what_an_account_becomes() {
    let server = Server::with(PATIENT);
    let shell = Shell::admin(&server);
    server.admin().create_env("OLD_KEY", "a value");
    shell.run(&["new", "login", "--lang", "js"]).expect(0);
    shell.run(&["new", "migrate", "--lang", "js", "--type", "user-migration"]).expect(0);
    shell.run(&["deploy", "login", "--wait"]).expect(0);
    let manifest =
        shell.read("login/hook.json").replace("\"env_vars\": []", "\"env_vars\": [\"A_KEY\"]").replace("\"timeout\": 1", "\"timeout\": 3");
    shell.write("login/hook.json", &manifest);
    shell.write("env", "A_KEY=a value\n");
    shell.write("account.json", r#"{"hooks": ["login", "migrate"]}"#);
    let applied = shell.run(&["apply", "account.json", "--env-file", "env", "--dry-run"]).expect(0).out;
    assert_eq!(
        fixed(&applied),
        "ACTION  KIND  NAME  ID  CHANGES\n\
        update  hook  pre-authentication  ID  env_vars, timeout\n\
        create  hook  user-migration\n\
        create  env var  A_KEY\n\
        delete  env var  OLD_KEY\n"
    );
}

#[test]
fn an_answer_and_its_exit_code() {
    let server = Server::with(PATIENT);
    let admin = server.admin();
    let id = admin.deploy(&Hook::new(HANDLER.as_bytes()).with("runtime", "nodejs24.x"));
    let shell = Shell::admin(&server);
    let fire = |name: &str, code| fixed(&shell.pipe(&login_of(name).to_string(), &["fire", &id, "--context", "-"]).expect(code).out);
    assert_eq!(
        fire("ada", 0),
        "outcome  completed\n\
        decision  allow\n\
        result  {\"success\":true,\"user\":{\"policy_id\":7,\"user_identifier\":\"ada\\u{9b}\"}}\n\
        usage  FUEL fuel, MEMORY KiB, DURATION\n"
    );
    assert_eq!(
        fire("no", 10),
        "outcome  completed\n\
        decision  deny\n\
        result  {\"success\":false}\n\
        usage  FUEL fuel, MEMORY KiB, DURATION\n"
    );
    assert_eq!(
        fire("boom", 1),
        "outcome  failed\n\
        decision  deny\n\
        error  exception: Error: boom \\u{1b}[0m (hook.js:3:46)\n\
        \x20   at exports.handler (hook.js:3:46)\n\
        usage  FUEL fuel, MEMORY KiB, DURATION\n"
    );
    // An allow that is none of the function's own.
    admin.update_hook(&id, &json!({"on_error": "allow"}));
    assert!(fire("boom", 1).contains("decision  allow"));
    // And one of an event that runs nothing.
    admin.update_hook(&id, &json!({"conditions": [{"source": "roles", "operator": "~", "value": "12"}]}));
    let page = fire("ada", 0);
    assert!(page.contains("outcome  skipped") && page.contains("decision  allow"), "{page}");
}

#[test]
fn executions_as_a_table() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    admin.fire(&id, &context(1));
    let spinning = Hook::wat(&doing("(loop (br 0))")).json()["function"].clone();
    admin.update_hook(&id, &json!({"function": spinning, "limits": {"fuel": 10_000}}));
    admin.fire(&id, &context(2));
    let shown = Shell::admin(&server).run(&["hooks", "executions", &id]).expect(0).out;
    assert_eq!(
        fixed(&shown),
        "TIME  OUTCOME  DECISION  DURATION  FUEL  MEMORY  VERSION  REQUEST\n\
        TIME  out_of_fuel  deny  DURATION  10000  MEMORY KiB  2  request-2\n\
        TIME  completed  allow  DURATION  284  MEMORY KiB  1  request-1\n"
    );
}

/// Somebody's name with a line in it that looks like an event, and like the heading of an entry.
const FORGED: &str = "login of bob\n2026-11-27T00:00:00.000Z\tdecafbad-0000-4000-8000-000000000000\tERROR\tforged\u{1b}[2K\r\n\
    2026-11-27T00:00:00.000Z  completed  allow  1 us  7 fuel  request forged\n";

/// A server with one execution, whose log has that as its one event; the hook's id.
fn forged(server: ServerBuilder) -> (Server, String) {
    let server = server.start();
    let log = format!("(call $log (i32.const 2) (i32.const 4096) (i32.const {}))", FORGED.len());
    let id = server.admin().deploy(&Hook::wat(&component(&log, FORGED.as_bytes(), Ok(br#"{"user":{"policy_id":1}}"#))));
    server.admin().fire(&id, &context(5));
    (server, id)
}

/// The one event of the one entry, which every route has to have.
fn only_event(entry: &Value) -> &str {
    let [event] = &entry["events"].as_array().unwrap()[..] else { panic!("{entry}") };
    event.as_str().unwrap()
}

const PAGE: &str = "TIME  completed  allow  DURATION  FUEL fuel  request request-5\n\
    \x20 TIME\tID\tINFO\tlogin of bob\n\
    \x20   | TIME\tID\tERROR\tforged\\x1b[2K\n\
    \x20   | TIME  completed  allow  DURATION  FUEL fuel  request forged\n\
    \x20   |\n";

#[test]
fn a_message_of_several_lines_is_one_event_of_a_stream() {
    let (server, id) = forged(ServerBuilder::new());
    let wanted = only_event(&server.admin().executions(&id)[0]).to_owned();
    assert!(wanted.contains("login of bob\n2026-11-27T00:00:00.000Z\t") && wanted.contains("\\x1b[2K"), "{wanted}");

    let stream = server.admin().request("GET", &format!("/v1/hooks/{id}/executions/stream?limit=10")).begin().unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap).filter(|line| line.starts_with('{'));
    let past: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!(only_event(&past), wanted);
    server.admin().fire(&id, &context(6));
    let next: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!(next["request_id"], "request-6");
    assert!(only_event(&next).ends_with(wanted.split_once("login of").unwrap().1), "{next}");
}

#[test]
fn a_message_of_several_lines_is_followed_as_one_event() {
    let (server, id) = forged(ServerBuilder::new());
    let wanted = only_event(&server.admin().executions(&id)[0]).to_owned();
    let shell = Shell::admin(&server);
    let mut child = shell.command(&["logs", &id, "--follow", "--json"]).spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    assert_eq!(only_event(&serde_json::from_str(&line).unwrap()), wanted);
    child.kill().unwrap();
    child.wait().unwrap();

    let mut child = shell.command(&["logs", &id, "--follow"]).spawn().unwrap();
    let followed: Vec<String> = BufReader::new(child.stdout.take().unwrap()).lines().take(5).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fixed(&followed.join("\n")), PAGE);
    assert_eq!(fixed(&shell.run(&["logs", &id]).expect(0).out), PAGE);
}

#[test]
fn a_message_of_several_lines_is_one_event_on_a_terminal() {
    let (server, id) = forged(ServerBuilder::new());
    let shell = Shell::admin(&server);
    // `script` gives the command a terminal.
    let plain = shell.command(&["logs", &id]);
    let mut command = Command::new("script");
    let line = [plain.get_program()].into_iter().chain(plain.get_args()).map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join(" ");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(shell.folder()).env_clear().env("TERM", "xterm");
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let (heading, below) = shown.split_once('\n').unwrap();
    assert!(heading.contains("\u{1b}[32mcompleted\u{1b}[0m") && !below.contains('\u{1b}'), "{shown:?}");
    let plain = ["\u{1b}[0m", "\u{1b}[2m", "\u{1b}[32m", "\r"].iter().fold(shown, |text, code| text.replace(code, ""));
    assert_eq!(fixed(&plain), PAGE);
}

#[test]
fn a_message_of_several_lines_comes_back_from_a_backup_as_one_event() {
    let (server, id) = forged(ServerBuilder::new());
    let shell = Shell::admin(&server);
    shell.run(&["backup", "copy"]).expect(0);
    let next = ServerBuilder::new();
    std::fs::create_dir(next.data()).unwrap();
    std::fs::copy(server.data().join("master.key"), next.data().join("master.key")).unwrap();
    shell.run(&["restore", "copy", "--data", next.data().to_str().unwrap()]).expect(0);
    let next = next.start();
    assert_eq!(next.admin().executions(&id), server.admin().executions(&id));
    only_event(&next.admin().executions(&id)[0]);
    let page = |server: &Server| Shell::admin(server).run(&["logs", &id]).expect(0).out;
    assert_eq!(page(&next), page(&server));
}

#[test]
fn a_stack_writes_no_line_of_the_page() {
    let shell = Shell::new();
    shell.write(
        "hook.js",
        "exports.handler = async () => { const e = new Error('x'); e.stack = 'Error: x\\nusage     0 fuel\\nlog\\n  TIME\\tid\\tINFO\\tforged'; throw e; };",
    );
    shell.write("login.json", &context(1).to_string());
    let ran = shell.run(&["run", "hook.js", "--context", "login.json"]).expect(1);
    assert_eq!(
        fixed(&ran.out),
        "outcome  failed\n\
        decision  deny, by the hook's on_error\n\
        error  exception: Error: x\n\
        effect  the login is denied\n\
        usage  FUEL fuel (0.0 % of 3000000000), MEMORY KiB (SHARE % of 64 MiB), DURATION (of 1 s)\n\
        log\n\
        \x20 TIME\tlocal\tERROR\texception: Error: x\n"
    );
}
