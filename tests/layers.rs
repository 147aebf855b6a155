//! Who may depend on whom. The table of the design is this file; an edge that is not in it fails here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::source_graph::SourceGraph;

/// Each crate of the workspace, with the others that it may use.
const EDGES: [(&str, &[&str]); 10] = [
    ("hookbox-host-api", &[]),
    ("hookbox-egress", &["hookbox-host-api"]),
    // Fetches for the operator and not for hooks, so that it has nothing to do with what hooks may reach.
    ("hookbox-packages", &["hookbox-host-api"]),
    ("hookbox-runtime", &["hookbox-egress", "hookbox-host-api"]),
    ("hookbox-hooks", &["hookbox-egress", "hookbox-host-api", "hookbox-packages", "hookbox-runtime"]),
    ("hookbox-dialects", &["hookbox-host-api", "hookbox-hooks"]),
    ("hookbox-cli", &["hookbox-dialects", "hookbox-host-api", "hookbox-hooks"]),
    ("hookbox-guest-sdk", &["hookbox-guest-sdk-macros"]),
    ("hookbox-guest-sdk-macros", &[]),
    // Measures the sandbox beside bare wasmtime, and the server beside bare hyper.
    ("hookbox-bench", &["hookbox-dialects", "hookbox-host-api", "hookbox-hooks", "hookbox-runtime"]),
];

/// Crates from outside that only some may name.
const RESERVED: [(&str, &[&str]); 13] = [
    ("wasmtime", &["hookbox-runtime", "hookbox-bench"]),
    ("wasmtime-wasi", &["hookbox-runtime"]),
    ("wasmtime-wasi-http", &["hookbox-runtime"]),
    ("sled", &["hookbox-hooks"]),
    ("redb", &["hookbox-hooks"]),
    ("hyper", &["hookbox-hooks", "hookbox-egress", "hookbox-bench"]),
    ("hyper-util", &["hookbox-hooks", "hookbox-egress", "hookbox-bench"]),
    ("h2", &["hookbox-hooks"]),
    ("chacha20poly1305", &["hookbox-hooks"]),
    ("clap", &["hookbox-cli", "hookbox-bench"]),
    ("oxc_resolver", &["hookbox-packages"]),
    ("nodejs-semver", &["hookbox-packages"]),
    ("tar", &["hookbox-packages"]),
];

/// Paths in the sources, and the only files that may hold them.
const PATHS: [(&str, &[&str]); 6] = [
    ("sled::", &["hooks/src/store/sled.rs"]),
    ("redb::", &["hooks/src/store/redb/", "hooks/src/store/redb.rs"]),
    ("hyper::server", &["hooks/src/http/server.rs"]),
    ("hyper_util::server", &["hooks/src/http/server.rs"]),
    ("wasmtime::", &["runtime/src/"]),
    (
        "StatusCode::",
        &[
            "hooks/src/api/",
            "hooks/src/http/",
            "hooks/src/testing/",
            "egress/src/",
            "packages/src/registry/http.rs",
            "dialects/src/",
            "cli/src/client.rs",
        ],
    ),
];

/// Vendors, and the only places that may say their names or those of their hook types and paths. Everything else is the same for all.
const VENDORS: [(&str, &[&str]); 7] = [
    ("onelogin", &["dialects/src/lib.rs", "dialects/src/onelogin/"]),
    ("pre-authentication", &["dialects/src/onelogin/"]),
    ("user-migration", &["dialects/src/onelogin/"]),
    ("/api/2", &["dialects/src/onelogin/"]),
    ("okta", &["dialects/src/lib.rs", "dialects/src/okta/"]),
    ("auth0", &[]),
    ("onegini", &[]),
];

/// Where that holds.
const NEUTRAL: [&str; 7] = ["host-api/src", "host-api/wit", "egress/src", "runtime/src", "hooks/src", "dialects/src", "js-engine/src"];

/// The modules of `hooks`, from the bottom up: each may use those before it.
const ORDER: [&str; 36] = [
    "clock",
    "uuid_pool",
    "ids",
    "limits",
    "message",
    "networks",
    "outside",
    "sources",
    "packages",
    "background",
    "backup",
    "store",
    "error",
    "fields",
    "hook_type",
    "metrics",
    "vault",
    "cache",
    "repeats",
    "issuers",
    "logs",
    "resources",
    "sandbox",
    "directory",
    "state",
    "admission",
    "dispatch",
    "auth",
    "service",
    "config",
    "api",
    "dialect",
    "http",
    "local",
    "offline",
    "testing",
];

/// The roots of the crates whose files must not use each other in circles.
const CRATES: [&str; 11] = [
    "host-api/src/lib.rs",
    "egress/src/lib.rs",
    "packages/src/lib.rs",
    "runtime/src/lib.rs",
    "hooks/src/lib.rs",
    "dialects/src/lib.rs",
    "cli/src/main.rs",
    "guest-sdk/src/lib.rs",
    "guest-sdk/macros/src/lib.rs",
    "bench/src/main.rs",
    "js-engine/src/lib.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Each crate of the workspace with the crates that it names, tests' aside.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let names = dependencies.filter(|one| one["kind"] != "dev").map(|one| one["name"].as_str().unwrap().to_owned());
        (package["name"].as_str().unwrap().to_owned(), names.collect())
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

#[test]
fn crates_depend_on_each_other_as_designed() {
    let named = named();
    let allowed: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let crates: Vec<&str> = named.keys().map(String::as_str).collect();
    assert_eq!(crates, allowed.keys().copied().collect::<Vec<_>>(), "a crate more or less: decide what it may use");
    for (name, uses) in &named {
        for used in uses.iter().filter(|used| allowed.contains_key(used.as_str())) {
            assert!(allowed[name.as_str()].contains(&used.as_str()), "{name} may not depend on {used}");
        }
    }
}

#[test]
fn engines_and_servers_are_named_by_their_owners_only() {
    let named = named();
    for (reserved, owners) in RESERVED {
        let users: Vec<&String> = named.iter().filter(|(_, uses)| uses.contains(reserved)).map(|(name, _)| name).collect();
        for user in &users {
            assert!(owners.contains(&user.as_str()), "{user} may not depend on {reserved}");
        }
        assert!(!users.is_empty(), "nobody uses {reserved} any more: take it off this table");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether a source has the path from its root on, and not as a part of `super::sled::` or `MySled::`, nor in a comment.
fn has_path(text: &str, path: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || c == '_';
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.match_indices(path).map(|(at, _)| &line[..at])).any(|before| match before.strip_suffix("::") {
        Some(parent) => !parent.ends_with(name),
        None => !before.ends_with(name),
    })
}

#[test]
fn each_engine_and_server_is_named_in_one_place() {
    let root = root();
    let mut files = Vec::new();
    for part in [
        "host-api/src",
        "egress/src",
        "packages/src",
        "runtime/src",
        "hooks/src",
        "dialects/src",
        "cli/src",
        "guest-sdk/src",
        "guest-sdk/macros/src",
    ] {
        sources(&root.join(part), &mut files);
    }
    assert!(files.len() > 50, "{} files", files.len());
    for (path, owners) in PATHS {
        let mut holders = 0;
        for file in &files {
            let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
            if has_path(&std::fs::read_to_string(file).unwrap(), path) {
                assert!(owners.iter().any(|owner| name.starts_with(owner)), "{name} says {path}");
                holders += 1;
            }
        }
        assert!(holders > 0 || path.starts_with("hyper::"), "nobody says {path} any more: take it off this table");
    }
}

fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { texts(&path, found) } else { found.push(path) }
    }
}

#[test]
fn a_vendor_is_named_in_its_own_folder_only() {
    let root = root();
    let mut files = Vec::new();
    NEUTRAL.iter().for_each(|part| texts(&root.join(part), &mut files));
    assert!(files.len() > 300, "{} files", files.len());
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).to_lowercase();
        for (vendor, owners) in VENDORS {
            let may = owners.iter().any(|owner| name.starts_with(owner));
            assert!(may || !text.contains(vendor), "{name} names {vendor}");
            assert!(may || !name.contains(vendor), "{name} is named by {vendor}");
        }
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let circles = |krate: &&str| {
        let circles = SourceGraph::read(&root().join(krate)).circles();
        circles.into_iter().map(|circle| format!("{krate}: {circle}")).collect::<Vec<String>>()
    };
    let found: Vec<String> = CRATES.iter().flat_map(circles).collect();
    assert!(found.is_empty(), "{} circles\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_modules_of_hooks_use_each_other_downwards_only() {
    let graph = SourceGraph::read(&root().join("hooks/src/lib.rs"));
    let used: BTreeSet<&str> = graph.edges().flat_map(|(from, to, _)| [module(from), module(to)]).filter(|name| *name != "lib").collect();
    assert_eq!(used, ORDER.into_iter().collect(), "a module more or less: decide what it may use");
    let place = |name| ORDER.iter().position(|module| *module == name);
    let mut upward = BTreeMap::new();
    for (from, to, path) in graph.edges().filter(|(from, ..)| module(from) != "lib") {
        if place(module(from)) < place(module(to)) {
            upward.entry((module(from), module(to))).or_insert_with(|| format!("{} uses {path} of {}", from.display(), to.display()));
        }
    }
    let upward: Vec<&String> = upward.values().collect();
    assert!(upward.is_empty(), "these uses lead upwards: {upward:#?}");
}

/// The top-level module that a file belongs to.
fn module(file: &Path) -> &str {
    let first = file.iter().next().and_then(|name| name.to_str()).unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The uses that are found in a crate of these files.
fn uses_in(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let graph = SourceGraph::read(&folder.path().join("lib.rs"));
    graph.edges().map(|(from, to, path)| format!("{} -> {}: {path}", from.display(), to.display())).collect()
}

#[test]
fn a_use_leads_through_reexports_to_the_file_that_defines_the_item() {
    let uses = uses_in(&[
        ("lib.rs", "mod a;\nmod b;\npub use a::Thing;\n"),
        ("a/mod.rs", "mod thing;\nmod other;\npub use thing::*;\npub(crate) use self::other::make as build;\n"),
        ("a/thing.rs", "pub struct Thing;\n"),
        ("a/other.rs", "use super::Thing;\npub fn make() -> Thing { Thing }\n"),
        ("b.rs", "use crate::a;\npub fn f() -> crate::Thing { a::build() }\n"),
    ]);
    assert_eq!(uses, ["a/other.rs -> a/thing.rs: Thing", "b.rs -> a/other.rs: a::build", "b.rs -> a/thing.rs: crate::Thing"]);
}

#[test]
fn code_for_tests_comments_variables_and_fields_are_no_uses() {
    let uses = uses_in(&[
        (
            "lib.rs",
            "mod a;\nmod b;\npub use a::name;\n#[cfg(test)]\nuse b::Only;\nfn f() { let name = 1; g(name); }\nfn g(x: i32) { drop(x) }\n",
        ),
        ("a.rs", "pub fn name() {}\n"),
        (
            "b.rs",
            "/// See [`crate::a::name`].\npub struct Only { name: i32 }\n#[cfg(all(test, unix))]\nmod tests { fn t() { crate::a::name() } }\n",
        ),
    ]);
    assert_eq!(uses, [""; 0]);
}

#[test]
fn paths_in_macros_and_in_functions_are_uses() {
    let uses = uses_in(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
        ("a.rs", "pub fn name() {}\npub enum Kind { One }\n"),
        ("b.rs", "fn f() { println!(\"{:?}\", crate::a::name()); }\n"),
        ("c.rs", "fn f() { use crate::a::Kind::One; }\n#[derive(D)]\nstruct S { #[serde(with = \"crate::b::f\")] x: i32 }\n"),
    ]);
    assert_eq!(uses, ["b.rs -> a.rs: crate::a::name", "c.rs -> a.rs: crate::a::Kind::One", "c.rs -> b.rs: crate::b::f"]);
}

#[test]
fn a_circle_is_told_with_the_uses_that_close_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lib.rs"), "mod a;\nmod b;\n").unwrap();
    std::fs::write(folder.path().join("a.rs"), "use crate::b::B;\npub struct A(B);\n").unwrap();
    std::fs::write(folder.path().join("b.rs"), "pub struct B(Option<Box<super::a::A>>);\n").unwrap();
    let circles = SourceGraph::read(&folder.path().join("lib.rs")).circles();
    assert_eq!(circles, ["2 files in a circle\n  a.rs -> b.rs: B, crate::b::B\n  b.rs -> a.rs: super::a::A\n"]);
}
