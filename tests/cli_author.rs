//! What an author does from a terminal: make a project, run and test it here, deploy it, compare it with what is deployed.

use serde_json::{Value, json};

use crate::harness::{Ran, Server, Shell, eventually};

/// A shell in which a project was made, and its name.
fn project(lang: &str, hook_type: &str) -> Shell {
    let shell = Shell::new();
    let made = shell.run(&["new", "mine", "--lang", lang, "--type", hook_type]).expect(0);
    assert!(made.out.contains("mine/hook.json") && made.err.contains("cd mine && hookbox run && hookbox test"), "{}{}", made.out, made.err);
    shell
}

fn edit(shell: &Shell, file: &str, from: &str, to: &str) {
    let text = shell.read(file);
    assert!(text.contains(from), "{text}");
    shell.write(file, &text.replace(from, to));
}

/// Every project that needs no cargo. Those in Rust are built with the examples.
#[test]
fn a_new_project_runs_and_passes_its_tests_at_once() {
    for lang in ["js", "c"] {
        for hook_type in ["pre-authentication", "user-migration"] {
            let shell = project(lang, hook_type);
            let ran = shell.run(&["run", "mine"]).expect(0);
            assert!(ran.out.contains("decision  allow") && ran.out.contains("% of 3000000000"), "{}", ran.out);
            let tested = shell.run(&["test", "mine"]).expect(0);
            assert!(tested.err.contains("2 of 2 tests passed"), "{}{}", tested.out, tested.err);
        }
    }
    let shell = project("js", "pre-authentication");
    assert!(shell.run(&["new", "mine", "--lang", "c"]).expect(2).err.contains("is there already"));
    shell.run(&["new", "Not/a/name", "--lang", "c"]).expect(2);
    shell.run(&["new", "rusty", "--lang", "rust"]).expect(0);
    assert!(shell.read("rusty/Cargo.toml").contains("name = \"rusty\""));
}

#[test]
fn run_tells_a_denial_from_a_failure_and_shows_nothing_to_be_obeyed() {
    let shell = project("js", "pre-authentication");
    shell.write("blocked.json", r#"{"user": {"user_identifier": "blocked@x", "policy_id": 1}, "device": {}}"#);
    let ran = shell.run(&["run", "mine", "--context", "blocked.json"]).expect(10);
    assert!(ran.out.contains("decision  deny"), "{}", ran.out);
    assert_eq!(
        serde_json::from_str::<Value>(&shell.run(&["run", "mine", "-c", "blocked.json", "--json"]).expect(10).out).unwrap()["decision"],
        "deny"
    );
    edit(&shell, "mine/hook.json", "\"env_vars\": []", "\"env_vars\": [\"WHAT\"]");
    edit(&shell, "mine/hook.js", "console.log(", "throw new Error(process.env.WHAT + '\\x1b[2J' + ");
    let ran = shell.run(&["run", "mine", "--env", "WHAT=hunter2hunter2"]).expect(1);
    assert!(ran.out.contains("***\\u{1b}[2J") && ran.out.contains("     9 | ") && !ran.out.contains("hunter2"), "{}", ran.out);
    shell.write("env", "# values\nWHAT=\"hunter3hunter3\"\n");
    assert!(!shell.run(&["run", "mine", "--env-file", "env"]).expect(1).out.contains("hunter3"));
    assert!(shell.run(&["run", "mine/hook.js"]).expect(2).err.contains("--context"));
    assert!(shell.run(&["run", "."]).expect(2).err.contains("hookbox new NAME"));
}

#[test]
fn a_change_of_a_file_runs_it_again() {
    let shell = project("js", "pre-authentication");
    let out = shell.folder().join("out");
    let mut child = shell.command(&["run", "mine", "--watch"]).stdout(std::fs::File::create(&out).unwrap()).spawn().unwrap();
    let seen = |text: &str| std::fs::read_to_string(&out).unwrap().contains(text).then_some(());
    eventually("the first run", || seen("decision  allow"));
    edit(&shell, "mine/hook.js", "'allowed'", "'changed'");
    eventually("the second run", || seen("changed"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn tests_tell_what_differs_and_can_be_updated() {
    let shell = project("js", "pre-authentication");
    shell.write(
        "mine/tests/more.json",
        &json!({
            "context": {"user": {"user_identifier": "a", "policy_id": 1}, "device": {}},
            "env": {"UNUSED": "value"},
            "expect": {"decision": "deny", "result": {"success": true, "user": {"policy_id": 2}}},
            "max_fuel": 5
        })
        .to_string(),
    );
    let ran = shell.run(&["test", "mine"]).expect(1);
    for says in [
        "more    DIFFERS",
        "decision: expected deny, got allow",
        "-    \"policy_id\": 2",
        "+    \"policy_id\": 1",
        "above the ceiling of 5",
    ] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    assert!(ran.err.contains("2 of 3 tests passed"));
    shell.run(&["test", "mine", "--only", "allows"]).expect(0);
    assert_eq!(shell.run(&["test", "mine", "--only", "denies", "--json"]).json()[0]["ok"], true);
    shell.run(&["test", "mine", "--update"]).expect(0);
    shell.run(&["test", "mine"]).expect(0);
    let updated: Value = serde_json::from_str(&shell.read("mine/tests/more.json")).unwrap();
    assert_eq!((&updated["expect"]["decision"], &updated["expect"]["result"]["user"]["policy_id"]), (&json!("allow"), &json!(1)));
    // An expected failure is a test, too.
    shell.write(
        "mine/tests/more.json",
        &json!({"context": {"user": {"user_identifier": 1, "policy_id": 1}, "device": {}}, "expect": {"outcome": "failed"}}).to_string(),
    );
    edit(&shell, "mine/hook.js", "const { user } = context;", "const { user } = context; if (user.user_identifier === 'a') throw 1;");
    shell.write(
        "mine/tests/more.json",
        &json!({"context": {"user": {"user_identifier": "a", "policy_id": 1}, "device": {}}, "expect": {"outcome": "failed"}}).to_string(),
    );
    shell.run(&["test", "mine"]).expect(0);
    // One that cannot be read stops no other.
    shell.write("mine/tests/more.json", r#"{"context": {}, "expects": {}}"#);
    let ran = shell.run(&["test", "mine"]).expect(1);
    assert!(ran.out.contains("more    DIFFERS") && ran.out.contains("unknown field `expects`"), "{}", ran.out);
    assert!(ran.err.contains("2 of 3 tests passed"), "{}", ran.err);
}

/// The engine is compiled on machines that do much else.
const PATIENT: &str = "[compile]\ntimeout = \"300s\"";

/// A project that was made, and a server to deploy it to.
fn with_server() -> (Server, Shell) {
    let server = Server::with(PATIENT);
    let shell = Shell::admin(&server);
    shell.run(&["new", "mine", "--lang", "js"]).expect(0);
    (server, shell)
}

#[test]
fn a_project_is_deployed_changed_and_compared() {
    let (server, shell) = with_server();
    edit(&shell, "mine/hook.json", "\"env_vars\": []", "\"env_vars\": [\"API_KEY\"]");
    shell.write("env", "API_KEY=the-value\nOTHER=x\n");
    let ran = shell.run(&["deploy", "mine"]).expect(1);
    assert!(ran.err.contains("422") && ran.err.contains("API_KEY"), "{}", ran.err);
    let ran = shell.run(&["deploy", "mine", "--env-file", "env", "--wait"]).expect(0);
    assert!(
        ran.out.contains("version 1  ready") && ran.err.contains("made API_KEY") && ran.err.contains("OTHER is in env"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(!ran.err.contains("the-value"));
    let ran = shell.run(&["deploy", "mine", "--wait"]).expect(0);
    assert!(ran.out.contains("version 1  ready") && ran.err.contains("nothing has changed"), "{}{}", ran.out, ran.err);
    assert!(shell.run(&["diff", "pre-authentication", "mine"]).expect(0).err.contains("a deployment would change nothing"));

    edit(&shell, "mine/hook.js", "'allowed'", "'let in'");
    edit(&shell, "mine/hook.json", "\"timeout\": 1", "\"timeout\": 3");
    let ran = shell.run(&["diff", "pre-authentication", "mine"]).expect(1);
    for says in ["-  \"timeout\": 1", "+  \"timeout\": 3", "-  console.log('allowed'", "+  console.log('let in'"] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    let hook = shell.run(&["deploy", "mine", "--wait", "--json"]).json();
    assert_eq!((&hook["version"], &hook["serving_version"], &hook["timeout"]), (&json!(2), &json!(2), &json!(3)));
    assert_eq!(server.admin().get("/v1/hooks").expect(200)["items"].as_array().unwrap().len(), 1);
    shell.run(&["fire", "pre-authentication", "-c", "mine/samples/event.json"]).expect(0);
}

#[test]
fn a_deployment_that_fails_shows_the_line() {
    let (server, shell) = with_server();
    shell.run(&["deploy", "mine", "--wait"]).expect(0);
    shell.write("mine/hook.js", "exports.handler = async () => {\n  const a = ;\n}\n");
    let ran = shell.run(&["deploy", "mine", "--wait"]).expect(1);
    assert!(
        ran.err.contains("version 2")
            && ran.err.contains("SyntaxError")
            && ran.err.contains("     2 |   const a = ;\n       |             ^"),
        "{}",
        ran.err
    );
    let hook = server.admin().get("/v1/hooks").expect(200)["items"][0].clone();
    assert_eq!(hook["status"], "update-failed");
    let id = hook["id"].as_str().unwrap();
    assert_eq!(server.admin().get(&format!("/v1/hooks/{id}")).expect(200)["serving_version"], 1);
}

#[test]
fn a_hook_is_pulled_into_a_project_that_is_the_same() {
    let (_server, shell) = with_server();
    shell.run(&["deploy", "mine", "--wait"]).expect(0);
    let ran = shell.run(&["pull", "pre-authentication", "copy"]).expect(0);
    assert_eq!(ran.out, "copy/hook.json\ncopy/hook.js\n");
    assert_eq!(shell.read("copy/hook.js"), shell.read("mine/hook.js"));
    shell.run(&["diff", "pre-authentication", "copy"]).expect(0);
    assert!(shell.run(&["pull", "pre-authentication", "copy"]).expect(2).err.contains("--force"));
    shell.run(&["pull", "pre-authentication", "copy", "--force"]).expect(0);
    let ran = shell.run(&["deploy", "copy", "--wait"]).expect(0);
    assert!(ran.err.contains("nothing has changed"), "{}", ran.err);
}

#[test]
fn one_of_several_hooks_is_deployed_by_its_id() {
    let (server, shell) = with_server();
    server.admin().allow_many_hooks();
    edit(&shell, "mine/hook.json", "\"type\"", "\"disabled\": true, \"type\"");
    let first = shell.run(&["deploy", "mine", "--wait", "--json"]).json()["id"].as_str().unwrap().to_owned();
    let second = shell.run(&["deploy", "mine", "--wait", "--json", "--hook", "new"]).json()["id"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let ran = shell.run(&["deploy", "mine"]).expect(2);
    assert!(ran.err.contains(&first) && ran.err.contains(&second), "{}", ran.err);
    edit(&shell, "mine/hook.js", "'allowed'", "'second'");
    assert_eq!(shell.run(&["deploy", "mine", "--wait", "--json", "--hook", &second]).json()["version"], 2);
    assert_eq!(shell.run(&["hooks", "get", &first, "--json"]).json()["version"], 1);
}

/// A function of so many characters.
fn of_length(characters: usize) -> String {
    let handler = "exports.handler = async (context) => ({ success: true, user: context.user }); // é";
    format!("{handler}{}", "é".repeat(characters - handler.chars().count()))
}

#[test]
fn a_function_that_is_long_for_onelogin_is_warned_of_and_refused_where_it_goes_there() {
    let (server, shell) = with_server();
    std::fs::remove_file(shell.folder().join("mine/tests/denies.json")).unwrap();
    let commands = [&["run", "mine"][..], &["test", "mine"], &["build", "mine"]];
    // Without a server, with one of Hookbox, and with OneLogin's.
    let nobody = Shell::new().env("HOOKBOX_URL", "");
    let onelogin = Shell::new().env("HOOKBOX_URL", "https://api.us.onelogin.com/");
    for folder in [&nobody, &onelogin].map(|shell| shell.folder().join("mine")) {
        copy(&shell.folder().join("mine"), &folder);
    }
    let warning = "warning: the function has 20001 characters; OneLogin, and strict accounts of Hookbox, take 20000";
    for (characters, warned) in [(20_000, false), (20_001, true)] {
        for one in [&shell, &nobody, &onelogin] {
            one.write("mine/hook.js", &of_length(characters));
            for args in commands {
                if warned && std::ptr::eq(one, &raw const onelogin) {
                    let ran = one.run(args).expect(2);
                    let says = "the function has 20001 characters, and https://api.us.onelogin.com/ takes 20000";
                    assert!(ran.err.contains(says) && ran.out.is_empty(), "{args:?}: {}{}", ran.out, ran.err);
                } else {
                    let ran = one.run(args).expect(0);
                    assert_eq!(ran.err.contains(warning), warned, "{args:?}: {}", ran.err);
                }
            }
        }
    }
    // What a server takes is known here as well.
    shell.write("mine/hook.js", &format!("{}{}", of_length(1000), "x".repeat(1 << 20)));
    for args in commands {
        assert!(shell.run(args).expect(2).err.contains("takes 1048576 bytes of JavaScript"), "{args:?}");
    }
    assert!(shell.run(&["deploy", "mine"]).expect(2).err.contains("takes 1048576 bytes of JavaScript"));
    shell.write("mine/hook.js", &of_length(20_001));
    shell.run(&["deploy", "mine", "--wait"]).expect(0);
    server.admin().put("/v1/accounts/1", &json!({"strict": true})).expect(200);
    shell.write("mine/hook.js", &format!("{} ", of_length(20_001)));
    let ran = shell.run(&["deploy", "mine", "--wait"]).expect(1);
    assert!(ran.err.contains("422") && ran.err.contains("does not meet maximum length of 20000 characters"), "{}", ran.err);
    shell.write("mine/hook.js", &of_length(20_000));
    shell.run(&["deploy", "mine", "--wait"]).expect(0);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

/// What `hookbox new` writes is what `hookbox run` and `hookbox test` run here; this is the server that it is for.
#[test]
fn a_new_project_decides_on_a_server_as_it_does_here() {
    let server = Server::with(PATIENT);
    server.admin().allow_many_hooks();
    let shell = Shell::admin(&server);
    for hook_type in ["pre-authentication", "user-migration"] {
        for lang in ["js", "c"] {
            let name = format!("{lang}-{hook_type}");
            shell.run(&["new", &name, "--lang", lang, "--type", hook_type]).expect(0);
            decides_as_here(&server, &|args| shell.run(args), &|file| shell.read(file), &name);
        }
    }
}

/// Deploys a project, and fires it on its sample and on the contexts of its tests.
pub(crate) fn decides_as_here(server: &Server, run: &dyn Fn(&[&str]) -> Ran, read: &dyn Fn(&str) -> String, name: &str) {
    let id = run(&["deploy", name, "--hook", "new", "--wait", "--json"]).json()["id"].as_str().unwrap().to_owned();
    let here = run(&["run", name, "--json"]).json();
    let fired = run(&["fire", &id, "--context", &format!("{name}/samples/event.json"), "--json"]).json();
    for same in ["outcome", "decision", "result"] {
        assert_eq!(fired[same], here[same], "{name}: {same}");
    }
    // A context that arrives as it stands in the file takes the fuel that it takes here, so that the ceilings of tests hold there; the names
    // that a function is called with there are longer by some characters.
    let body = format!("{{\"context\":{}}}", read(&format!("{name}/samples/event.json")));
    let fired = server.admin().request("POST", &format!("/v1/hooks/{id}/fire")).body(body).send().expect(200);
    let [there, here] = [&fired, &here].map(|ran| ran["usage"]["fuel"].as_u64().unwrap());
    assert!(there.abs_diff(here) * 100 < here, "{name}: {there} fuel there, {here} here");
    for test in ["allows", "denies"] {
        let fixture: Value = serde_json::from_str(&read(&format!("{name}/tests/{test}.json"))).unwrap();
        let context = match &fixture["context"] {
            Value::String(file) => serde_json::from_str(&read(&format!("{name}/tests/{file}"))).unwrap(),
            context => context.clone(),
        };
        let answer = server.admin().fire(&id, &context);
        assert_eq!(answer["decision"], fixture["expect"]["decision"], "{name}: {test}: {answer}");
        if !fixture["expect"]["result"].is_null() {
            assert_eq!(answer["result"], fixture["expect"]["result"], "{name}: {test}");
        }
    }
    server.admin().delete(&format!("/api/2/hooks/{id}")).expect(202);
}

#[test]
fn what_only_the_vendor_knows_is_below_settings_or_beside_the_other_keys() {
    let (server, shell) = with_server();
    let mut nested: Value = serde_json::from_str(&shell.read("mine/hook.json")).unwrap();
    assert_eq!(nested["settings"]["options"]["risk_enabled"], false);
    nested["settings"] = json!({"options": {"risk_enabled": true}, "context_version": ">= 1.0.0"});
    shell.write("mine/hook.json", &nested.to_string());
    let hook = shell.run(&["deploy", "mine", "--wait", "--json"]).json();
    assert_eq!(hook["settings"]["options"], json!({"risk_enabled": true, "location_enabled": false, "mfa_device_info_enabled": false}));
    assert_eq!(hook["settings"]["context_version"], ">= 1.0.0");

    let mut flat = nested.clone();
    let settings = flat.as_object_mut().unwrap().remove("settings").unwrap();
    flat.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    assert_eq!(flat["options"]["risk_enabled"], true);
    shell.write("mine/hook.json", &flat.to_string());
    assert!(shell.run(&["diff", "pre-authentication", "mine"]).expect(0).err.contains("a deployment would change nothing"));
    assert!(shell.run(&["deploy", "mine", "--wait"]).expect(0).err.contains("nothing has changed"));
    let page = shell.run(&["hooks", "get", "pre-authentication"]).expect(0).out;
    assert!(page.contains("context_version   >= 1.0.0") && page.contains("risk_enabled=true"), "{page}");

    shell.run(&["pull", "pre-authentication", "copy"]).expect(0);
    let pulled: Value = serde_json::from_str(&shell.read("copy/hook.json")).unwrap();
    assert_eq!((&pulled["settings"], pulled.get("options")), (&hook["settings"], None));
    shell.run(&["diff", "pre-authentication", "copy"]).expect(0);
    flat["options"]["risk_enabled"] = false.into();
    shell.write("mine/hook.json", &flat.to_string());
    let ran = shell.run(&["diff", "pre-authentication", "mine"]).expect(1);
    assert!(ran.out.contains("-    \"risk_enabled\": true") && ran.out.contains("+    \"risk_enabled\": false"), "{}", ran.out);

    flat["timout"] = 3.into();
    shell.write("mine/hook.json", &flat.to_string());
    let ran = shell.run(&["deploy", "mine"]).expect(2);
    assert!(ran.err.contains("mine/hook.json:1:") && ran.err.contains("timout"), "{}", ran.err);
    assert_eq!(server.admin().get("/v1/hooks").expect(200)["items"][0]["version"], 1);
}
