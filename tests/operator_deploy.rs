//! What is in `deploy/`: the unit is one that systemd takes, and both it and the image run the server with settings that it has.

use std::path::{Path, PathBuf};
use std::process::Command;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// systemd's own check, where there is a systemd.
#[test]
fn the_unit_is_sound() {
    let unit = std::fs::read_to_string(deploy().join("hookbox.service")).unwrap();
    let installed = "ExecStart=/usr/local/bin/hookbox serve";
    assert!(unit.contains(installed));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hookbox.service");
    // The program must exist to be checked.
    std::fs::write(&path, unit.replace(installed, &format!("ExecStart={} serve", env!("CARGO_BIN_EXE_hookbox")))).unwrap();
    match Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => println!("there is no systemd-analyze here"),
        output => {
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{said}");
        }
    }
}

#[test]
fn only_settings_are_set() {
    for file in ["hookbox.service", "Dockerfile"] {
        let text = std::fs::read_to_string(deploy().join(file)).unwrap();
        let words = text.split(|c: char| c.is_whitespace() || c == '=').filter(|word| word.starts_with("HOOKBOX_"));
        let values: Vec<(&str, &str)> = words.map(|name| (name, value_of(&text, name))).collect();
        assert!(!values.is_empty(), "{file}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
        // What is no setting is a warning; what has a wrong value would be an error.
        let output = command.arg("config").env_clear().envs(values).current_dir(deploy()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{file}: {said}");
    }
}

fn value_of<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("{name}=")).expect("a value");
    rest.split_whitespace().next().unwrap()
}
