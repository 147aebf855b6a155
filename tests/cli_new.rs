//! A project in Rust from `hookbox new`, as its author goes on with it and deploys it. Those in other languages, which take no cargo, are in
//! `cli_author`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli_author::decides_as_here;
use crate::harness::{Ran, Server, Shell};

/// What cargo and rustup are found by.
const PASSED_ON: [&str; 6] = ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "HOOKBOX_GUEST_TOOLCHAIN", "HOOKBOX_GUEST_CC"];

/// Somebody in a folder that is the same in each run of the tests: cargo tells crates by their path, and compiles only what is new.
struct Author {
    shell: Shell,
    folder: PathBuf,
}

impl Author {
    fn new(server: &Server) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-rust");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { shell: Shell::admin(server), folder }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.shell.command(args);
        command.current_dir(&self.folder);
        // Where the examples were compiled, so that everything is there and nothing is asked of a network.
        command.env("CARGO_TARGET_DIR", root().join("target/guest-build")).env("CARGO_NET_OFFLINE", "true");
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        Ran::of(&command.output().unwrap())
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap()
    }

    fn json(&self, file: &str) -> Value {
        serde_json::from_str(&self.read(file)).unwrap()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn a_new_project_in_rust_is_built_run_tested_deployed_and_profiled() {
    let server = Server::start();
    let author = Author::new(&server);
    for hook_type in ["pre-authentication", "user-migration"] {
        author.run(&["new", hook_type, "--lang", "rust", "--type", hook_type]).expect(0);
        // The versions that the examples have.
        std::fs::copy(root().join("examples/Cargo.lock"), author.folder.join(hook_type).join("Cargo.lock")).unwrap();
        let built = author.run(&["build", hook_type, "--json"]).json();
        assert_eq!(built["kind"], "component");
        assert!(Path::new(built["path"].as_str().unwrap()).ends_with(format!("hookbox/{hook_type}.wasm")), "{built}");
        let ran = author.run(&["run", hook_type]).expect(0);
        assert!(ran.out.contains("decision  allow"), "{}", ran.out);
        let tested = author.run(&["test", hook_type]).expect(0);
        assert!(tested.err.contains("2 of 2 tests passed"), "{}{}", tested.out, tested.err);
        decides_as_here(&server, &|args| author.run(args), &|file| author.read(file), hook_type);
    }
    // What the page for authors shows decides as what they begin with does.
    let page = std::fs::read_to_string(root().join("docs/writing-hooks.md")).unwrap();
    let shown = page.split_once("```rust\n").unwrap().1.split_once("```").unwrap().0;
    std::fs::write(author.folder.join("pre-authentication/src/lib.rs"), shown).unwrap();
    decides_as_here(&server, &|args| author.run(args), &|file| author.read(file), "pre-authentication");
    let ran = author.run(&["run", "pre-authentication", "--profile", "out.json"]).expect(0);
    let profile = author.json("out.json");
    let names: Vec<&str> = profile["shared"]["frames"].as_array().unwrap().iter().map(|frame| frame["name"].as_str().unwrap()).collect();
    // How a compiler spells a name is its own affair; that it is spelled out is ours.
    assert!(names.iter().any(|name| name.contains("serde_json::")), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("_ZN") || name.starts_with("_R")), "{names:?}");
    assert!(ran.out.contains("profile   1000 samples"), "{}", ran.out);
}
