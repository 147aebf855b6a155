//! What runs on an author's machine is what runs at the login: the same hook and context give the same answer by `run` as by `fire`.

use serde_json::{Value, json};

use crate::cli_author::decides_as_here;
use crate::harness::{Request, Server, Shell, eventually};

/// The engine is compiled on machines that do much else.
const PATIENT: &str = "[compile]\ntimeout = \"300s\"";

fn with_server() -> (Server, Shell) {
    let server = Server::with(PATIENT);
    server.admin().allow_many_hooks();
    let shell = Shell::admin(&server);
    (server, shell)
}

/// A project of one function with these settings.
fn project(shell: &Shell, settings: &Value, source: &str) {
    let mut manifest = json!({"type": "pre-authentication", "main": "hook.js"});
    manifest.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    shell.write("mine/hook.json", &manifest.to_string());
    shell.write("mine/hook.js", source);
}

/// Runs the project here and fires it on a server, on the same context.
fn both(shell: &Shell, context: &Value, more: &[&str]) -> [Value; 2] {
    shell.write("context.json", &context.to_string());
    let answer = |args: &[&str]| serde_json::from_str::<Value>(&shell.run(args).out).unwrap();
    let here = answer(&[&["run", "mine", "-c", "context.json", "--json"], more].concat());
    let deployed = shell.run(&["deploy", "mine", "--wait", "--json", "--hook", "new"]).json();
    let id = deployed["id"].as_str().unwrap();
    let roles: Vec<&str> = more.iter().skip_while(|arg| **arg != "--roles").take(2).copied().collect();
    let there = answer(&[&["fire", id, "-c", "context.json", "--json"], &*roles].concat());
    shell.run(&["hooks", "delete", id, "--yes"]).expect(0);
    [here, there]
}

fn login() -> Value {
    json!({
        "user": {"user_identifier": "ada", "policy_id": 7, "risk": 1},
        "device": {},
        "risk": {"score": 95, "reasons": []},
        "location": {"ip": "192.0.2.1", "country_code": "NZ"},
    })
}

#[test]
fn a_run_here_is_an_execution_there() {
    let (_server, shell) = with_server();
    let deny_risk = "exports.handler = async (c) => ({ success: !(c.risk?.score > 90), user: { policy_id: 9 } })";
    let shown = "exports.handler = async (c) => ({ success: true, user: { policy_id: Object.keys(c).length } })";
    let cases: [(&str, Value, &str, &[&str]); 10] = [
        ("without its option there is no risk", json!({}), deny_risk, &[]),
        ("with it there is", json!({"options": {"risk_enabled": true}}), deny_risk, &[]),
        ("below settings, too", json!({"settings": {"options": {"risk_enabled": true, "location_enabled": true}}}), shown, &[]),
        ("an older context", json!({"context_version": "1.0.0"}), shown, &[]),
        (
            "a role that is lacking",
            json!({"conditions": [{"source": "roles", "operator": "~", "value": "12"}]}),
            "exports.handler = () => null",
            &[],
        ),
        (
            "a role that is there",
            json!({"conditions": [{"source": "roles", "operator": "~", "value": "12"}]}),
            "exports.handler = () => null",
            &["--roles", "3,12"],
        ),
        ("a failure that is let through", json!({"on_error": "allow"}), "exports.handler = () => { throw new Error('no') }", &[]),
        ("what is no response", json!({}), "exports.handler = () => ({ success: 'yes' })", &[]),
        ("too little fuel", json!({"limits": {"fuel": 2_000_000}, "retries": 1}), "exports.handler = () => { for (;;); }", &[]),
        ("too little time", json!({"timeout": 1}), "exports.handler = () => new Promise((done) => setTimeout(done, 3000))", &[]),
    ];
    for (what, settings, source, run) in cases {
        project(&shell, &settings, source);
        let [here, there] = both(&shell, &login(), run);
        for same in ["outcome", "decision", "result", "error"] {
            assert_eq!(here[same], there[same], "{what}: {same}");
        }
        assert_eq!(here["usage"]["attempts"], there["usage"]["attempts"], "{what}");
    }
}

/// The parts of a context are hidden as they are at a login, so that a function that looks for them does not pass for one that finds them.
#[test]
fn what_a_hook_may_not_see_is_not_there() {
    let shell = Shell::new();
    shell.write("context.json", &login().to_string());
    let run = |settings: Value| {
        project(&shell, &settings, "exports.handler = async (c) => ({ success: !(c.risk?.score > 90), user: c.user })");
        serde_json::from_str::<Value>(&shell.run(&["run", "mine", "-c", "context.json", "--json"]).out).unwrap()
    };
    assert_eq!(run(json!({}))["decision"], "allow");
    assert_eq!(run(json!({"options": {"risk_enabled": true}}))["decision"], "deny");
}

#[test]
fn a_hook_whose_conditions_do_not_hold_is_skipped() {
    let shell = Shell::new();
    shell.write("context.json", &login().to_string());
    project(&shell, &json!({"conditions": [{"source": "roles", "operator": "~", "value": "12"}]}), "exports.handler = () => null");
    let ran = shell.run(&["run", "mine", "-c", "context.json"]).expect(0);
    for says in ["outcome   skipped", "decision  allow, as without a hook", "--roles"] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    assert!(shell.run(&["run", "mine", "-c", "context.json", "--roles", "12"]).expect(10).out.contains("outcome   completed"));
    let test = |roles: Value, expect: Value| {
        shell.write("mine/tests/one.json", &json!({"context": login(), "roles": roles, "expect": expect}).to_string());
        shell.run(&["test", "mine"])
    };
    test(json!(["12"]), json!({"decision": "deny"})).expect(0);
    test(json!([]), json!({"outcome": "skipped", "decision": "allow"})).expect(0);
    assert!(test(json!([]), json!({"decision": "deny"})).expect(1).out.contains("expected completed, got skipped"));
}

#[test]
fn a_function_sees_the_env_vars_that_its_hook_is_linked_to() {
    let shell = Shell::new();
    shell.write("context.json", &login().to_string());
    let source = "exports.handler = ({ user }) => { console.log(typeof process.env.API_KEY, typeof process.env.OTHER); return { success: true, user } }";
    project(&shell, &json!({"env_vars": ["API_KEY"]}), source);
    let ran = shell.run(&["run", "mine", "-c", "context.json", "--env", "API_KEY=12345678", "--env", "OTHER=12345678"]).expect(0);
    assert!(ran.out.contains("string undefined") && ran.err.contains("OTHER is not among the hook's env_vars"), "{}{}", ran.out, ran.err);
    let ran = shell.run(&["run", "mine", "-c", "context.json"]).expect(0);
    let missing = "API_KEY is among the hook's env_vars and has no value here, as it has on a server: give it";
    assert!(ran.out.contains("undefined undefined") && ran.err.contains(missing), "{}{}", ran.out, ran.err);
    shell.write("mine/tests/one.json", &json!({"context": login(), "expect": {"decision": "allow"}}).to_string());
    assert!(shell.run(&["test", "mine"]).expect(0).err.contains(missing));
    shell.write(".env", "API_KEY=12345678\n");
    for given in [["--env-file", ".env"], ["--env", "API_KEY=12345678"]] {
        let ran = shell.run(&[&["test", "mine"], &given[..]].concat()).expect(0);
        assert!(!ran.err.contains(missing), "{}", ran.err);
    }
    assert!(shell.run(&["run", "mine", "-c", "context.json", "--env", "API_KEY="]).expect(1).err.contains("API_KEY cannot be used"));
    // A file alone is linked to what it is given.
    let ran = shell.run(&["run", "mine/hook.js", "-c", "context.json", "--env", "OTHER=12345678"]).expect(0);
    assert!(ran.out.contains("undefined string"), "{}", ran.out);
}

#[test]
fn a_manifest_is_checked_by_every_command_that_reads_it() {
    let (_server, shell) = with_server();
    shell.write("context.json", &login().to_string());
    shell.write("mine/tests/one.json", &json!({"context": login()}).to_string());
    shell.write("mine/hook.js", "exports.handler = () => null");
    for (line, says) in [
        (r#""timeot": 3"#, r#"mine/hook.json:4:3: "timeot" means nothing here: there are type, main, files, runtime"#),
        (r#""timeot": 3"#, r#"did you mean "timeout"?"#),
        (r#""timeout": 30"#, "mine/hook.json:4:14: `timeout` must be less than or equal to 10"),
        (r#""timeout": "1""#, "mine/hook.json:4:14: `timeout` has to be a whole number"),
        (r#""limits": {"memory_mib": 5000}"#, "mine/hook.json:4:28: `limits.memory_mib` must be less than or equal to 4096"),
        (r#""limits": {"cpu": 1}"#, r#"mine/hook.json:4:14: "cpu" means nothing here: there are fuel, memory_mib"#),
        (r#""runtime": "nodejs""#, r#"mine/hook.json:4:14: `runtime` is one of wasm, nodejs12.x"#),
        (r#""on_error": "permit""#, "mine/hook.json:4:15: `on_error` is one of"),
        (r#""options": {"risk": true}"#, r#"did you mean "risk_enabled"?"#),
        (r#""settings": {"options": {"risk": true}}"#, "mine/hook.json:4:28: "),
        (r#""env_vars": {}"#, "mine/hook.json:4:15: `env_vars` has to be an array"),
        (
            r#""conditions": [{"source": "role", "operator": "~", "value": "1"}]"#,
            "`conditions[0].source` is one of roles; did you mean \"roles\"?",
        ),
        (r#""allowed_hosts": ["http://"]"#, "mine/hook.json:4:21: `allowed_hosts[0]` is no host"),
        (r#""keep": ["timout"]"#, "did you mean \"timeout\"?"),
        (r#""timeout": 1, "keep": ["timeout"]"#, "`timeout` is kept, and has a value in this file"),
        (r#""timeout": 1, "timeout": 2"#, "duplicate key \"timeout\""),
        (r#""timeout": 1,"#, "mine/hook.json:5:1: this is no JSON"),
        (r#""function": "AAAA""#, "`main` names the file"),
    ] {
        shell.write("mine/hook.json", &format!("{{\n  \"type\": \"pre-authentication\",\n  \"main\": \"hook.js\",\n  {line}\n}}\n"));
        for args in [
            &["run", "mine", "-c", "context.json"][..],
            &["test", "mine"],
            &["build", "mine"],
            &["deploy", "mine"],
            &["apply", "mine", "-n"],
        ] {
            let ran = shell.run(args).expect(2);
            assert!(ran.err.contains(says), "{args:?}: {line}\n{}", ran.err);
        }
    }
    shell.write("mine/hook.json", r#"{"type": "pre-authentification", "main": "hook.js"}"#);
    let ran = shell.run(&["run", "mine"]).expect(2);
    assert!(ran.err.contains("mine/hook.json:1:10: `type` is one of") && ran.err.contains("\"pre-authentication\"?"), "{}", ran.err);
    // What a server can be set to allow is no fault here.
    shell.write("mine/hook.json", r#"{"type": "pre-authentication", "main": "hook.js", "limits": {"memory_mib": 200}}"#);
    let ran = shell.run(&["run", "mine", "-c", "context.json"]).expect(10);
    assert!(ran.err.contains("must be less than or equal to 128, unless the server is set otherwise"), "{}", ran.err);
}

#[test]
fn a_deployment_makes_the_hook_what_the_file_says() {
    let (server, shell) = with_server();
    shell.run(&["new", "mine", "--lang", "js"]).expect(0);
    let role = json!([{"source": "roles", "operator": "~", "value": "12"}]);
    let edit = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut manifest: Value = serde_json::from_str(&shell.read("mine/hook.json")).unwrap();
        change(manifest.as_object_mut().unwrap());
        shell.write("mine/hook.json", &manifest.to_string());
    };
    edit(&|manifest| {
        manifest.insert("conditions".into(), role.clone());
        manifest.insert("settings".into(), json!({"options": {"risk_enabled": true}, "context_version": "1.0.0"}));
        manifest.insert("retries".into(), 2.into());
    });
    let hook = shell.run(&["deploy", "mine", "--wait", "--json"]).json();
    let (id, version) = (hook["id"].as_str().unwrap(), |hook: &Value| hook["version"].clone());
    assert_eq!((&hook["conditions"], &hook["retries"], &hook["settings"]["context_version"]), (&role, &json!(2), &json!("1.0.0")));
    // What is kept is told, and what is not there any more goes to its default.
    edit(&|manifest| {
        manifest.remove("conditions");
        manifest.insert("keep".into(), json!(["conditions"]));
        manifest.remove("settings");
        manifest.remove("retries");
    });
    let ran = shell.run(&["diff", id, "mine"]).expect(1);
    for says in [
        "-  \"retries\": 2",
        "+  \"retries\": 0",
        "-  \"context_version\": \"1.0.0\"",
        "-    \"risk_enabled\": true",
        "kept  conditions: [{",
    ] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    let ran = shell.run(&["deploy", "mine", "--wait"]).expect(0);
    assert!(ran.err.contains("retries: 2 -> 0") && ran.err.contains("context_version: \"1.0.0\" -> its default"), "{}", ran.err);
    let hook = server.admin().get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&hook["conditions"], &hook["retries"], version(&hook)), (&role, &json!(0), json!(2)));
    assert_eq!(hook["settings"]["context_version"], Value::Null);
    assert_eq!(hook["settings"]["options"]["risk_enabled"], false);
    let ran = shell.run(&["diff", id, "mine"]).expect(0);
    assert!(ran.out.contains("kept  conditions") && ran.err.contains("a deployment would change nothing"), "{}{}", ran.out, ran.err);
    // The switch is not part of a version.
    shell.run(&["hooks", "disable", id]).expect(0);
    let ran = shell.run(&["deploy", "mine", "--wait"]).expect(0);
    assert!(ran.err.contains("nothing has changed") && ran.err.contains("the hook is disabled"), "{}", ran.err);
    edit(&|manifest| drop(manifest.remove("keep")));
    let ran = shell.run(&["deploy", "mine", "--wait"]).expect(0);
    assert!(ran.err.contains("conditions: [{") && ran.err.contains("-> []"), "{}", ran.err);
    let hook = server.admin().get(&format!("/v1/hooks/{id}")).expect(200);
    assert_eq!((&hook["conditions"], &hook["disabled"]), (&json!([]), &json!(true)));
}

#[test]
fn another_project_s_hook_is_replaced_only_on_request() {
    let (server, shell) = with_server();
    for name in ["one", "two"] {
        shell.run(&["new", name, "--lang", "js"]).expect(0);
    }
    let id = shell.run(&["deploy", "one", "--wait", "--json"]).json()["id"].as_str().unwrap().to_owned();
    shell.write("two/hook.js", "exports.handler = () => null");
    let ran = shell.run(&["deploy", "two"]).expect(2);
    assert!(
        ran.err.contains("was not deployed from this project") && ran.err.contains("--yes") && ran.err.contains("function: "),
        "{}",
        ran.err
    );
    assert_eq!(server.admin().get(&format!("/v1/hooks/{id}")).expect(200)["version"], 1);
    shell.run(&["deploy", "two", "--yes", "--wait"]).expect(0);
    assert_eq!(server.admin().get(&format!("/v1/hooks/{id}")).expect(200)["version"], 2);
    // It is its own now, and still the other's.
    shell.write("two/hook.js", "exports.handler = () => (null)");
    shell.run(&["deploy", "two", "--wait"]).expect(0);
    shell.run(&["deploy", "one", "--wait"]).expect(0);
    // A hook that was pulled is the project's.
    shell.run(&["pull", &id, "three"]).expect(0);
    shell.write("three/hook.js", "exports.handler = () => null");
    shell.run(&["deploy", "three", "--wait"]).expect(0);
}

#[test]
fn the_schema_is_what_a_new_project_names() {
    let shell = Shell::new();
    for hook_type in ["pre-authentication", "okta-token"] {
        shell.run(&["new", hook_type, "--lang", "js", "--type", hook_type]).expect(0);
        let manifest: Value = serde_json::from_str(&shell.read(&format!("{hook_type}/hook.json"))).unwrap();
        let named = manifest["$schema"].as_str().unwrap();
        let schema = shell.read(&format!("{hook_type}/{}", named.strip_prefix("./").unwrap()));
        assert_eq!(schema, shell.run(&["schema"]).expect(0).out);
        // Every setting is there, or is said to be kept; but for the switch, and for what is for apps that listen.
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let kept: Vec<&str> = manifest["keep"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let empty = serde_json::Map::new();
        let settings = manifest.get("settings").map_or(&empty, |settings| settings.as_object().unwrap());
        let branch = schema["allOf"].as_array().unwrap().iter().find(|one| one["if"]["properties"]["type"]["const"] == hook_type).unwrap();
        for name in branch["then"]["properties"]["settings"]["properties"].as_object().unwrap().keys() {
            assert!(settings.contains_key(name) || kept.contains(&name.as_str()), "{hook_type}: {name}");
        }
        let of_dialects =
            |name: &&String| ["options", "context_version", "app_path", "authentication", "inline_hook"].contains(&name.as_str());
        for name in schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !["disabled", "request", "settings"].contains(&name.as_str()) && !of_dialects(name))
        {
            assert!(manifest.get(name).is_some(), "{hook_type}: {name}");
        }
    }
}

#[test]
fn a_project_in_typescript_is_run_tested_built_and_deployed() {
    let (server, shell) = with_server();
    for hook_type in ["pre-authentication", "user-migration"] {
        let name = format!("ts-{hook_type}");
        shell.run(&["new", &name, "--lang", "ts", "--type", hook_type]).expect(0);
        decides_as_here(&server, &|args| shell.run(args), &|file| shell.read(file), &name);
        assert!(shell.run(&["test", &name]).expect(0).err.contains("2 of 2 tests passed"));
        let built = shell.run(&["build", &name, "--out", "built.js"]).expect(0);
        assert!(built.out.contains("built.js (JavaScript, "), "{}", built.out);
        let (source, built) = (shell.read(&format!("{name}/hook.ts")), shell.read("built.js"));
        assert_eq!((source.len(), source.lines().count()), (built.len(), built.lines().count()));
    }
    // Places are those of the author's file, here and in what a server says of it.
    let source = "type Context = { user: { policy_id: number } };\n\nexport const handler = async (context: Context) => {\n  const user: any = null; throw new Error(`no ${(context as Context).user.policy_id}`);\n};\n";
    shell.write("ts-pre-authentication/hook.ts", source);
    let ran = shell.run(&["run", "ts-pre-authentication"]).expect(1);
    for says in ["Error: no 1234 (hook.ts:4:33)", "     4 |   const user: any = null; throw", "at handler (hook.ts:4:33)"] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    let id = shell.run(&["deploy", "ts-pre-authentication", "--wait", "--json"]).json()["id"].as_str().unwrap().to_owned();
    let fired = shell.run(&["fire", &id, "-c", "ts-pre-authentication/samples/event.json", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&fired.out).unwrap()["error"]["place"], "hook.js:4:33");
    shell.write("ts-pre-authentication/hook.ts", "enum Level { Low }\nexport const handler = () => null;\n");
    for args in [
        &["run", "ts-pre-authentication"][..],
        &["test", "ts-pre-authentication"],
        &["build", "ts-pre-authentication"],
        &["deploy", "ts-pre-authentication"],
    ] {
        let ran = shell.run(args).expect(2);
        assert!(
            ran.err.contains("hook.ts:1:1: an enum is more than types") && ran.err.contains("     1 | enum Level"),
            "{args:?}: {}",
            ran.err
        );
    }
    // A version that the server refuses is shown in the author's file.
    shell.write(
        "ts-pre-authentication/hook.ts",
        "const limit: number = 1;\nif (limit) throw new Error('at the top');\nexport const handler = () => null;\n",
    );
    let ran = shell.run(&["deploy", "ts-pre-authentication", "--wait"]).expect(1);
    assert!(ran.err.contains("hook.ts:2:") && ran.err.contains("     2 | if (limit) throw"), "{}", ran.err);
}

/// The pieces that a program writes, as they come.
fn told(child: &mut std::process::Child) -> std::sync::Arc<std::sync::Mutex<String>> {
    let text = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let streams: [Box<dyn std::io::Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
    for mut stream in streams {
        let text = text.clone();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut piece) {
                text.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
            }
        });
    }
    text
}

#[test]
fn a_server_of_one_s_own_follows_the_project() {
    use std::io::Write as _;

    let shell = Shell::new();
    shell.run(&["new", "mine", "--lang", "js"]).expect(0);
    let mut child = shell.command(&["dev", "mine", "--listen", "127.0.0.1:0"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let (text, mut keys) = (told(&mut child), child.stdin.take().unwrap());
    let seen = |says: &str| text.lock().unwrap().contains(says).then_some(());
    let mut press = |key: &str| keys.write_all(key.as_bytes()).unwrap();
    eventually("the first version", || seen("version 1 serves"));
    eventually("its address", || seen("/v1/triggers/pre-authentication"));
    press("r");
    eventually("the answer on the sample", || seen("event.json  completed  allow"));
    eventually("its log", || seen("INFO\tallowed"));
    shell.write("mine/hook.js", "exports.handler = async () => {\n  const a = ;\n};\n");
    eventually("a refusal with its line", || seen("     2 |   const a = ;"));
    press("r");
    eventually("the version before goes on", || (text.lock().unwrap().matches("event.json  completed  allow").count() == 2).then_some(()));
    shell.write("mine/hook.js", "exports.handler = async () => null;\n");
    eventually("the next version", || seen("version 3 serves"));
    press("r");
    eventually("another answer", || seen("event.json  completed  deny"));
    press("t");
    eventually("the tests", || seen("1 of 2 tests passed"));
    // Another program fires it with what is shown.
    let shown = text.lock().unwrap().clone();
    let (token, url) = (between(&shown, "Bearer ", "'"), between(&shown, "a server on ", ","));
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    let fired = Request::new(address, "POST", "/v1/triggers/pre-authentication").header("authorization", &format!("Bearer {token}"));
    let answer = fired.body(shell.read("mine/samples/event.json")).send().expect(200);
    assert_eq!(answer["decision"], "deny", "{answer}");
    press("q");
    assert!(child.wait().unwrap().success(), "{}", text.lock().unwrap());
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}
