//! `hookbox run`, as an author calls it on a JavaScript file.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::harness::{Answered, Upstream};

fn run(folder: &Path, source: &str) -> Output {
    std::fs::write(folder.join("hook.js"), source).unwrap();
    std::fs::write(folder.join("context.json"), r#"{"user":{"user_identifier":"ada","policy_id":7},"device":{}}"#).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
    command.args(["run", "hook.js", "--context", "context.json", "--env", "TOKEN=a-secret-token"]);
    command.current_dir(folder).env_clear().env("XDG_CACHE_HOME", folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_file_is_run_and_its_failures_are_shown_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), "exports.handler = async (context) => { console.log(process.env.TOKEN); return context }");
    let shown = text(&ran.stdout);
    assert!(ran.status.success(), "{shown}{}", text(&ran.stderr));
    assert!(shown.contains("decision  allow") && shown.contains("INFO\t***") && !shown.contains("a-secret"), "{shown}");

    let ran = run(folder.path(), "exports.handler = async () => {\n\tconst code = 1; throw new TypeError(process.env.TOKEN)\n}");
    let shown = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{shown}");
    assert!(shown.contains("error     exception: TypeError: *** (hook.js:2:"), "{shown}");
    let line = shown.lines().position(|line| line == "     2 |  const code = 1; throw new TypeError(process.env.TOKEN)").unwrap();
    let marked = shown.lines().nth(line + 1).unwrap();
    assert!(marked.ends_with('^') && marked.len() > "       |  const code = 1;".len(), "{shown}");
    assert!(shown.lines().nth(line + 2).unwrap().starts_with("    at "), "{shown}");

    let ran = run(folder.path(), "exports.handler = async () => {\n  const a = ;\n}");
    let shown = text(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{shown}");
    assert!(shown.contains("SyntaxError") && shown.contains("     2 |   const a = ;\n       |             ^\n"), "{shown}");
}

/// A registry with one package, `greet` 1.0.1, over HTTP.
fn registry(folder: &Path) -> Upstream {
    let package = folder.join("package");
    std::fs::create_dir(&package).unwrap();
    std::fs::write(package.join("package.json"), r#"{"name": "greet", "version": "1.0.1"}"#).unwrap();
    std::fs::write(package.join("index.js"), "module.exports = (name) => `hello ${name}`;").unwrap();
    let tarball = folder.join("greet.tgz");
    assert!(Command::new("tar").arg("-czf").arg(&tarball).arg("-C").arg(folder).arg("package").status().unwrap().success());
    let digest = text(&Command::new("sha1sum").arg(&tarball).output().unwrap().stdout)[..40].to_owned();
    let bytes = std::fs::read(tarball).unwrap();
    Upstream::start(move |asked| {
        if asked.line.contains(".tgz") {
            return Answered::ok(bytes.clone());
        }
        let host = asked.header("host").unwrap();
        let dist = json!({"tarball": format!("http://{host}/greet/-/greet-1.0.1.tgz"), "shasum": digest});
        let versions = json!({"1.0.1": {"name": "greet", "version": "1.0.1", "dist": dist}});
        Answered::ok(json!({"name": "greet", "dist-tags": {"latest": "1.0.1"}, "versions": versions}).to_string())
    })
}

#[test]
fn a_project_s_package_json_says_which_packages() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path());
    let project = folder.path().join("project");
    std::fs::create_dir(&project).unwrap();
    let write = |name: &str, text: &str| std::fs::write(project.join(name), text).unwrap();
    write("hook.json", r#"{"type": "pre-authentication", "runtime": "nodejs22.x", "main": "hook.js", "packages": {}}"#);
    write("package.json", r#"{"dependencies": {"greet": "^1.0.0"}, "devDependencies": {"absent": "1"}}"#);
    write(
        "hook.js",
        "const greet = require('greet'); exports.handler = async ({ user }) => { console.log(greet(user.user_identifier)); return { success: true, user } }",
    );
    write("context.json", r#"{"user":{"user_identifier":"ada","policy_id":7},"device":{}}"#);
    let run = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
        command.args(["run", ".", "--context", "context.json"]).current_dir(&project).env_clear();
        command.env("XDG_CACHE_HOME", folder.path()).env("HOME", folder.path()).env("npm_config_registry", url).output().unwrap()
    };
    let ran = run(&registry.url("/"));
    let shown = text(&ran.stdout);
    assert!(ran.status.success() && shown.contains("INFO\thello ada"), "{shown}{}", text(&ran.stderr));
    write("package.json", r#"{"dependencies": {"greet": "^2.0.0"}}"#);
    let ran = run(&registry.url("/"));
    let shown = text(&ran.stderr);
    assert!(!ran.status.success() && shown.contains("greet"), "{shown}");
    // Nobody listens there: that is not the author's fault, and is said.
    let ran = run("http://127.0.0.1:9/");
    let shown = text(&ran.stderr);
    assert!(!ran.status.success() && shown.contains("greet"), "{shown}");
}

#[test]
fn packages_are_listed_fetched_and_held_against_advisories_without_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(folder.path());
    let project = folder.path().join("project");
    std::fs::create_dir(&project).unwrap();
    let write = |name: &str, text: &str| std::fs::write(project.join(name), text).unwrap();
    write("hook.json", r#"{"type": "pre-authentication", "runtime": "nodejs22.x", "main": "hook.js"}"#);
    write("hook.js", "exports.handler = async () => null");
    let packages = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
        command.arg("packages").args(args).current_dir(&project).env_clear();
        command
            .env("XDG_CACHE_HOME", folder.path())
            .env("HOME", folder.path())
            .env("npm_config_registry", registry.url("/"))
            .output()
            .unwrap()
    };
    let none = packages(&["list"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("names no packages"), "{}", text(&none.stderr));

    write("package.json", r#"{"dependencies": {"greet": "^1.0.0"}}"#);
    let listed = packages(&["list"]);
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let line: Vec<_> = text(&listed.stdout).lines().nth(1).unwrap().split_whitespace().map(str::to_owned).collect();
    assert_eq!(line, ["node_modules/greet", "greet", "1.0.1", "direct"]);

    for fetched in [1, 0] {
        let vendored = packages(&["vendor", "--to", "tarballs", "--json"]);
        assert!(vendored.status.success(), "{}", text(&vendored.stderr));
        let said: serde_json::Value = serde_json::from_slice(&vendored.stdout).unwrap();
        assert_eq!(said, json!({"folder": "tarballs", "packages": 1, "fetched": fetched}));
    }
    assert!(project.join("tarballs/greet-1.0.1.tgz").is_file());

    let advisory = |fixed: &str| {
        let events = json!([{"introduced": "0"}, {"fixed": fixed}]);
        let affected = json!([{"package": {"ecosystem": "npm", "name": "greet"}, "ranges": [{"type": "SEMVER", "events": events}]}]);
        json!({"id": "GHSA-1", "summary": "It greets anybody", "affected": affected}).to_string()
    };
    write("osv.json", &advisory("1.0.1"));
    let sound = packages(&["audit", "--advisories", "osv.json"]);
    assert_eq!((sound.status.code(), text(&sound.stdout)), (Some(0), String::new()), "{}", text(&sound.stderr));
    write("osv.json", &advisory("1.0.2"));
    let faulty = packages(&["audit", "--advisories", "osv.json"]);
    assert_eq!(faulty.status.code(), Some(1));
    let shown = text(&faulty.stdout);
    assert!(["greet", "1.0.1", "GHSA-1", "1.0.2", "It greets anybody"].iter().all(|part| shown.contains(part)), "{shown}");
}
