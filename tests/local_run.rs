//! `hookbox run`, as an author calls it on a JavaScript file.

use std::path::Path;
use std::process::{Command, Output};

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
