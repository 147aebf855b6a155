//! `hookbox apply`: an account that is what the files say, told before, done as a whole, and the same when done again.

use serde_json::{Value, json};

use crate::harness::{Server, Shell};

/// A server and a folder with a hook of each type, one of them linked to an env var.
fn account() -> (Server, Shell) {
    let server = Server::start();
    let shell = Shell::admin(&server);
    shell.run(&["new", "login", "--lang", "js"]).expect(0);
    shell.run(&["new", "migrate", "--lang", "js", "--type", "user-migration"]).expect(0);
    for name in ["login", "migrate"] {
        std::fs::create_dir_all(shell.folder().join("hooks")).unwrap();
        std::fs::rename(shell.folder().join(name), shell.folder().join("hooks").join(name)).unwrap();
    }
    edit(&shell, "hooks/login/hook.json", "\"env_vars\": []", "\"env_vars\": [\"API_KEY\"]");
    shell.write("env", "API_KEY=the first value\n");
    (server, shell)
}

fn edit(shell: &Shell, file: &str, from: &str, to: &str) {
    let text = shell.read(file);
    assert!(text.contains(from), "{text}");
    shell.write(file, &text.replace(from, to));
}

fn actions(applied: &Value) -> Vec<(String, String)> {
    let of = |list: &str, name: &str| {
        let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        applied[list].as_array().unwrap().iter().map(|one| (text(one, name), text(one, "action"))).collect::<Vec<_>>()
    };
    [of("hooks", "type"), of("env_vars", "name")].concat()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, action)| ((*name).to_owned(), (*action).to_owned())).collect()
}

#[test]
fn an_account_becomes_what_the_files_say_and_stays_so() {
    let (server, shell) = account();
    server.admin().create_env("OLD_KEY", "goes away");
    let told = shell.run(&["apply", "hooks", "--env-file", "env", "--dry-run", "--json"]).json();
    let all = [("pre-authentication", "create"), ("user-migration", "create"), ("API_KEY", "create"), ("OLD_KEY", "delete")];
    assert_eq!(actions(&told), owned(&all));
    assert_eq!(told["hooks"][0]["id"], Value::Null);
    assert_eq!(shell.run(&["hooks", "list", "--json"]).json(), json!([]));
    assert_eq!(shell.run(&["env", "list", "--json"]).json()[0]["name"], "OLD_KEY");

    let done = shell.run(&["apply", "hooks", "--env-file", "env"]).expect(0);
    assert!(
        done.out.contains("create  hook") && done.out.contains("delete  env var") && !done.out.contains("the first value"),
        "{}",
        done.out
    );
    let names = |shell: &Shell| {
        shell.run(&["env", "list", "--json"]).json().as_array().unwrap().iter().map(|env| env["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&shell), ["API_KEY"]);
    let ids = ["pre-authentication", "user-migration"]
        .map(|hook_type| shell.run(&["hooks", "get", hook_type, "--json"]).json()["id"].as_str().unwrap().to_owned());
    for id in &ids {
        assert_eq!(server.admin().settled(id)["status"], "ready");
    }
    // Again, with the value and without.
    for args in [&["apply", "hooks", "--env-file", "env"][..], &["apply", "hooks"], &["apply", "hooks", "--dry-run"]] {
        assert!(shell.run(args).expect(0).err.contains("nothing differs"));
    }
    let same = shell.run(&["hooks", "list", "--json"]).json();
    assert!(same.as_array().unwrap().iter().all(|hook| hook["version"] == 1), "{same}");

    // What a file no longer says takes its default, and what has no file goes.
    edit(&shell, "hooks/login/hook.json", "\"timeout\": 1", "\"timeout\": 7");
    shell.run(&["hooks", "disable", &ids[0]]).expect(0);
    shell.write("account.json", r#"{"hooks": ["hooks/login"], "env_vars": ["OTHER_KEY"]}"#);
    shell.write("env", "API_KEY=the second value\nOTHER_KEY=another\n");
    let told = shell.run(&["apply", "account.json", "--env-file", "env", "--dry-run", "--json"]).json();
    let wanted = [("pre-authentication", "update"), ("user-migration", "delete"), ("API_KEY", "update"), ("OTHER_KEY", "create")];
    assert_eq!(actions(&told), owned(&wanted));
    assert_eq!(told["hooks"][0]["fields"], json!(["disabled", "timeout"]));
    let done = shell.run(&["apply", "account.json", "--env-file", "env", "--json"]).json();
    assert_eq!(actions(&done), owned(&wanted));
    let hook = server.admin().settled(&ids[0]);
    assert_eq!((&hook["disabled"], &hook["timeout"], &hook["version"]), (&json!(false), &json!(7), &json!(2)));
    shell.run(&["hooks", "get", "user-migration"]).expect(4);
}

#[test]
fn nothing_is_done_where_anything_is_wrong() {
    let (server, shell) = account();
    let refused = |args: &[&str], code: i32, says: &str| {
        let ran = shell.run(args).expect(code);
        assert!(ran.err.contains(says) && ran.out.is_empty(), "{}{}", ran.out, ran.err);
        assert_eq!(server.admin().get("/v1/hooks").expect(200)["items"], json!([]));
        assert_eq!(server.admin().get("/api/2/hooks/envs").expect(200), json!([]));
    };
    refused(&["apply", "hooks"], 1, "there is no environment variable \"API_KEY\" yet");
    refused(&["apply", "."], 2, "there is no project in .");
    // The last hook is one too many, after everything else went well.
    shell.run(&["new", "third", "--lang", "js"]).expect(0);
    shell.write("account.json", r#"{"hooks": ["hooks/login", "hooks/migrate", "third"]}"#);
    refused(&["apply", "account.json", "--env-file", "env"], 1, "409");
    edit(&shell, "hooks/migrate/hook.json", "\"timeout\": 1", "\"timeout\": 0");
    refused(&["apply", "hooks", "--env-file", "env"], 2, "hooks/migrate/hook.json:");
}

#[test]
fn the_order_of_hooks_does_not_matter_and_they_can_change_places() {
    let (server, shell) = account();
    server.admin().allow_many_hooks();
    edit(&shell, "hooks/login/hook.json", "\"env_vars\": [\"API_KEY\"]", "\"env_vars\": []");
    shell.run(&["new", "other", "--lang", "js"]).expect(0);
    edit(&shell, "other/hook.json", "\"type\"", "\"disabled\": true, \"type\"");
    edit(&shell, "other/hook.js", "'allowed'", "'other'");
    shell.write("account.json", r#"{"hooks": ["hooks/login", "other"]}"#);
    let first = shell.run(&["apply", "account.json", "--json"]).json();
    let ids: Vec<String> = first["hooks"].as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap().to_owned()).collect();
    ids.iter().for_each(|id| drop(server.admin().settled(id)));
    shell.write("account.json", r#"{"hooks": ["other", "hooks/login"]}"#);
    assert!(shell.run(&["apply", "account.json"]).expect(0).err.contains("nothing differs"));

    // Each takes the other's function and settings, with only one enabled at any time.
    let (login, other) = (shell.read("hooks/login/hook.js"), shell.read("other/hook.js"));
    shell.write("hooks/login/hook.js", &other.replace("'other'", "'swapped'"));
    shell.write("other/hook.js", &login);
    let applied = shell.run(&["apply", "account.json", "--json"]).json();
    assert!(applied["hooks"].as_array().unwrap().iter().all(|hook| hook["action"] == "update"), "{applied}");
    ids.iter().for_each(|id| assert_eq!(server.admin().settled(id)["status"], "ready"));
    assert!(shell.run(&["apply", "account.json"]).expect(0).err.contains("nothing differs"));
    let enabled = server.admin().get("/v1/hooks?disabled=false").expect(200);
    assert_eq!(enabled["items"].as_array().unwrap().len(), 1);
    shell.run(&["fire", "pre-authentication", "-c", "other/samples/event.json"]).expect(0);
    assert!(shell.run(&["logs", "pre-authentication"]).expect(0).out.contains("swapped"));
}
