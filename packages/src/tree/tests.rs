//! Files as a hook sees them, and modules as Node finds them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{FileError, Format, Kind, Node, PackageTree, Resolver, Tree};
use crate::integrity::Integrity;
use crate::limits::Limits;
use crate::lock::{Entry, Lock};
use crate::store::{Budget, Store};
use crate::testing::{Part, tarball};

type Files<'a> = &'a [(&'a str, &'a str)];

struct World {
    _folder: tempfile::TempDir,
    resolver: Resolver,
}

/// Packages at their places with their files, and the author's own files.
fn world(packages: &[(&str, Files<'_>)], own: Files<'_>) -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (mut entries, mut packs) = (BTreeMap::new(), BTreeMap::new());
    for (path, files) in packages {
        let paths: Vec<String> = files.iter().map(|(path, _)| format!("package/{path}")).collect();
        let parts: Vec<Part<'_>> = paths.iter().zip(*files).map(|(path, (_, text))| Part::File(path, text.as_bytes())).collect();
        let bytes = tarball(&parts);
        let pack = store.add(&Integrity::of(&bytes), path, &mut &bytes[..], &Budget::new(&Limits::default())).unwrap();
        packs.insert(format!("node_modules/{path}"), pack);
    }
    let builtin: Entry = serde_json::from_value(json!({"name": "bcrypt", "builtin": true})).unwrap();
    entries.insert("node_modules/bcrypt".to_owned(), builtin);
    let lock = Lock::new(BTreeMap::new(), BTreeMap::new(), entries);
    let own = own.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let tree = Tree::new(Arc::new(PackageTree::new(&lock, packs)), own).unwrap();
    World { _folder: folder, resolver: Resolver::new(tree) }
}

impl World {
    fn find(&self, kind: Kind, importer: &str, specifier: &str) -> String {
        match self.resolver.resolve(importer, specifier, kind) {
            Ok(found) => format!("{} {:?}{}", found.path, found.format, if found.declared { "" } else { "?" }),
            Err(error) => format!("{}: {error}", error.code),
        }
    }

    fn require(&self, specifier: &str) -> String {
        self.find(Kind::Require, "/index.js", specifier)
    }

    fn import(&self, specifier: &str) -> String {
        self.find(Kind::Import, "/index.js", specifier)
    }
}

fn text(value: Value) -> String {
    value.to_string()
}

#[test]
fn files_folders_and_mains_are_found() {
    let world = world(
        &[
            ("a", &[("package.json", r#"{"main": "lib/main"}"#), ("lib/main.js", ""), ("lib/data.json", "{}"), ("lib/x.node", "")]),
            ("a/node_modules/b", &[("index.json", "{}")]),
        ],
        &[("index.js", ""), ("lib/index.js", ""), ("lib/two.cjs", ""), ("util.js", "")],
    );
    assert_eq!(world.require("a"), "/node_modules/a/lib/main.js CommonJs?");
    assert_eq!(world.require("a/lib/data"), "/node_modules/a/lib/data.json Json");
    assert_eq!(world.require("a/lib/x"), "/node_modules/a/lib/x.node Addon");
    assert_eq!(world.require("./lib"), "/lib/index.js CommonJs?");
    assert_eq!(world.require("./lib/two.cjs"), "/lib/two.cjs CommonJs");
    assert_eq!(world.require("/util"), "/util.js CommonJs?");
    assert_eq!(world.require("b"), "MODULE_NOT_FOUND: Cannot find module 'b'");
    assert_eq!(world.find(Kind::Require, "/node_modules/a/lib/main.js", "b"), "/node_modules/a/node_modules/b/index.json Json");
    assert_eq!(world.find(Kind::Require, "/node_modules/a/lib/main.js", "../.."), "MODULE_NOT_FOUND: Cannot find module '../..'");
}

#[test]
fn nothing_is_found_outside_of_the_tree() {
    let world = world(&[], &[("index.js", "")]);
    for specifier in ["/etc/passwd", "../../../../etc/passwd", "../../proc/self/environ"] {
        assert_eq!(world.require(specifier), format!("MODULE_NOT_FOUND: Cannot find module '{specifier}'"));
        assert!(world.import(specifier).starts_with("ERR_MODULE_NOT_FOUND"));
    }
    assert_eq!(world.import("file:///etc/passwd"), "ERR_MODULE_NOT_FOUND: Cannot find module '/etc/passwd' imported from /index.js");
}

#[test]
fn conditions_are_those_of_node() {
    let exports = text(json!({"type": "module", "exports": {
        ".": {"browser": "./browser.js", "worker": "./worker.js", "import": "./esm.js", "require": "./cjs.cjs"},
        "./sync": {"module-sync": "./esm.js", "default": "./cjs.cjs"},
        "./addon": {"node-addons": "./x.node", "default": "./esm.js"},
        "./deno": {"deno": "./deno.js", "default": "./cjs.cjs"},
        "./sub/*": "./lib/*.js",
        "./hidden/*": null}}));
    let files =
        [("package.json", exports.as_str()), ("esm.js", ""), ("cjs.cjs", ""), ("browser.js", ""), ("lib/one.js", ""), ("secret.js", "")];
    let world = world(&[("a", &files)], &[("index.js", "")]);
    assert_eq!(
        (world.require("a"), world.import("a")),
        ("/node_modules/a/cjs.cjs CommonJs".into(), "/node_modules/a/esm.js Module".into())
    );
    assert_eq!(world.require("a/sync"), "/node_modules/a/esm.js Module");
    assert_eq!(world.require("a/addon"), "/node_modules/a/esm.js Module");
    assert_eq!(world.require("a/deno"), "/node_modules/a/cjs.cjs CommonJs");
    assert_eq!(world.require("a/sub/one"), "/node_modules/a/lib/one.js Module");
    let message = "Package subpath './secret.js' is not defined by \"exports\" in /node_modules/a/package.json";
    assert_eq!(world.require("a/secret.js"), format!("ERR_PACKAGE_PATH_NOT_EXPORTED: {message}"));
    assert_eq!(world.import("a/secret.js"), format!("ERR_PACKAGE_PATH_NOT_EXPORTED: {message} imported from /index.js"));
    assert!(world.require("a/hidden/x").starts_with("ERR_PACKAGE_PATH_NOT_EXPORTED"));
    // A path goes by no exports.
    assert_eq!(world.require("./node_modules/a/secret.js"), "/node_modules/a/secret.js Module");
}

#[test]
fn packages_may_name_themselves_and_their_imports() {
    let manifest =
        text(json!({"name": "a", "exports": {"./self": "./self.js", "./bad": "../out.js"}, "imports": {"#own": "./own.js", "#dep": "b"}}));
    let only_import = text(json!({"exports": {"import": "./x.mjs"}}));
    let world = world(
        &[
            ("a", &[("package.json", &manifest), ("self.js", ""), ("own.js", "")]),
            ("b", &[("index.js", "")]),
            ("c", &[("package.json", &only_import), ("x.mjs", "")]),
        ],
        &[],
    );
    let from = |specifier| world.find(Kind::Require, "/node_modules/a/self.js", specifier);
    assert_eq!(from("a/self"), "/node_modules/a/self.js CommonJs?");
    assert_eq!(from("#own"), "/node_modules/a/own.js CommonJs?");
    assert_eq!(from("#dep"), "/node_modules/b/index.js CommonJs?");
    assert!(from("#other").starts_with("ERR_PACKAGE_IMPORT_NOT_DEFINED: Package import specifier \"#other\""), "{}", from("#other"));
    assert!(from("a/bad").starts_with("ERR_INVALID_PACKAGE_TARGET"), "{}", from("a/bad"));
    assert_eq!(world.require("c"), "ERR_PACKAGE_PATH_NOT_EXPORTED: No \"exports\" main defined in /node_modules/c/package.json");
    assert_eq!(world.import("c"), "/node_modules/c/x.mjs Module");
}

#[test]
fn import_looks_no_further_than_the_first_package() {
    let exports = text(json!({"name": "b", "exports": {"./v4": "./v4.js", ".": "./v4.js"}}));
    let inner = [("index.js", ""), ("v4.js", "")];
    let world =
        world(&[("a", &[("index.js", "")]), ("a/node_modules/b", &inner), ("b", &[("package.json", &exports), ("v4.js", "")])], &[]);
    let from_a = |kind, specifier| world.find(kind, "/node_modules/a/index.js", specifier);
    assert_eq!(from_a(Kind::Import, "b"), "/node_modules/a/node_modules/b/index.js CommonJs?");
    assert!(from_a(Kind::Import, "b/v4").starts_with("ERR_MODULE_NOT_FOUND"), "{}", from_a(Kind::Import, "b/v4"));
    assert_eq!(from_a(Kind::Require, "b/v4"), "/node_modules/a/node_modules/b/v4.js CommonJs?");
    assert_eq!(world.find(Kind::Import, "/node_modules/b/v4.js", "b/v4"), "/node_modules/b/v4.js CommonJs?");
    assert!(from_a(Kind::Import, "b/").starts_with("ERR_UNSUPPORTED_DIR_IMPORT"), "{}", from_a(Kind::Import, "b/"));
}

#[test]
fn import_wants_whole_names() {
    let world = world(&[("a", &[("index.js", "")])], &[("index.js", ""), ("lib/index.js", ""), ("x.txt", ""), ("sp ace.mjs", "")]);
    assert_eq!(world.import("a"), "/node_modules/a/index.js CommonJs?");
    assert_eq!(world.import("./lib/index.js"), "/lib/index.js CommonJs?");
    let folder = "Directory import '/lib' is not supported resolving ES modules imported from /index.js";
    assert_eq!(world.import("./lib"), format!("ERR_UNSUPPORTED_DIR_IMPORT: {folder}"));
    assert_eq!(world.import("./lib/index"), "ERR_MODULE_NOT_FOUND: Cannot find module '/lib/index' imported from /index.js");
    assert_eq!(world.import("@s/none/x"), "ERR_MODULE_NOT_FOUND: Cannot find package '@s/none' imported from /index.js");
    assert_eq!(world.import("./x.txt"), "ERR_UNKNOWN_FILE_EXTENSION: Unknown file extension \".txt\" for /x.txt");
    assert_eq!(world.require("./x.txt"), "/x.txt CommonJs");
    assert_eq!(world.import("file:///lib/index.js"), "/lib/index.js CommonJs?");
    assert_eq!(world.import("file:///sp%20ace.mjs"), "/sp ace.mjs Module");
    assert!(world.import("https://h.example/x.js").starts_with("ERR_UNSUPPORTED_ESM_URL_SCHEME"));
}

#[test]
fn built_in_names_come_first() {
    let world = world(&[("punycode", &[("index.js", "")]), ("bcrypt", &[("index.js", "")])], &[]);
    assert_eq!((world.require("fs"), world.import("node:fs/promises")), ("fs Builtin".into(), "fs/promises Builtin".into()));
    assert_eq!(
        (world.require("punycode"), world.require("punycode/")),
        ("punycode Builtin".into(), "/node_modules/punycode/index.js CommonJs?".into())
    );
    assert_eq!(world.require("bcrypt"), "bcrypt Builtin");
    assert_eq!(world.require("node:nope"), "ERR_UNKNOWN_BUILTIN_MODULE: No such built-in module: node:nope");
    assert!(world.require("").starts_with("ERR_INVALID_ARG_VALUE"));
}

#[test]
fn the_nearest_package_json_says_what_a_file_is() {
    let own = [
        ("package.json", r#"{"type": "module"}"#),
        ("index.js", ""),
        ("old/package.json", r#"{"type": "commonjs"}"#),
        ("old/x.js", ""),
        ("old/deep/y.js", ""),
    ];
    let world = world(&[("a", &[("index.js", "")]), ("broken", &[("package.json", "{"), ("index.js", "")])], &own);
    assert_eq!(world.require("./index.js"), "/index.js Module");
    assert_eq!(world.require("./old/deep/y.js"), "/old/deep/y.js CommonJs");
    assert_eq!(world.require("a"), "/node_modules/a/index.js CommonJs?", "the author's type is not the package's");
    assert_eq!(world.require("broken"), "ERR_INVALID_PACKAGE_CONFIG: Invalid package config /node_modules/broken/package.json.");
}

#[test]
fn the_disk_is_what_it_seems() {
    let world = world(
        &[("a", &[("lib/x.js", "x")]), ("@s/b", &[("y", "yy")]), ("a/node_modules/c", &[("z", "")])],
        &[("index.js", "own"), ("lib/more.js", "")],
    );
    let tree = world.resolver.tree();
    let list = |path: &str| tree.list(path).map(|all| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert_eq!(list("/").unwrap(), ["index.js", "lib", "node_modules"]);
    assert_eq!(list("/node_modules").unwrap(), ["@s", "a"]);
    assert_eq!(list("/node_modules/@s").unwrap(), ["b"]);
    assert_eq!(list("/node_modules/a/").unwrap(), ["lib", "node_modules"]);
    assert_eq!(list("/node_modules/a/lib/../lib").unwrap(), ["x.js"]);
    assert!(matches!(list("/index.js"), Err(FileError::NoFolder)) && matches!(list("/none"), Err(FileError::Absent)));
    assert_eq!(
        (tree.stat("/node_modules/@s/b/y"), tree.stat("/node_modules/@s"), tree.stat("/nope")),
        (Some(Node::File(2)), Some(Node::Folder), None)
    );
    assert_eq!(&*tree.read("/../index.js").unwrap(), b"own");
    assert!(matches!(tree.read("/lib"), Err(FileError::Folder)) && matches!(tree.read("/node_modules/a/x"), Err(FileError::Absent)));
    assert_eq!(tree.digest("/node_modules/a/lib/x.js").unwrap(), *<sha2::Sha256 as sha2::Digest>::digest(b"x"));
    let files: Vec<String> = tree.files().collect();
    assert_eq!(
        files,
        ["/index.js", "/lib/more.js", "/node_modules/@s/b/y", "/node_modules/a/lib/x.js", "/node_modules/a/node_modules/c/z"]
    );
}

#[test]
fn an_authors_files_stay_in_their_folder() {
    let refuse =
        |paths: &[&str]| Tree::new(Arc::default(), paths.iter().map(|path| ((*path).to_owned(), Vec::new()))).unwrap_err().to_string();
    for path in ["../x.js", "a/../../x", "", "/", "a//b", "a\0b", "./../x"] {
        assert!(refuse(&[path]).contains("is no path of a file"), "{path}");
    }
    assert!(refuse(&["node_modules/a/index.js"]).contains("in node_modules") && refuse(&["a", "a/b"]).contains("a file and a folder"));
    assert!(Tree::new(Arc::default(), ["./a.js".to_owned(), "/b.js".to_owned()].map(|path| (path, Vec::new()))).is_ok());
}

#[test]
fn what_can_be_reached_is_found_with_its_format() {
    let manifest = text(json!({"type": "module", "exports": "./index.js"}));
    let world = world(
        &[
            (
                "a",
                &[
                    ("index.js", "require('./lazy'); try { require('gone') } catch {}"),
                    ("lazy.js", "module.exports = require('../b/data.json')"),
                    ("unused.js", ""),
                ],
            ),
            (
                "b",
                &[("package.json", &manifest), ("index.js", "import './part.js'; import 'node:fs'"), ("part.js", ""), ("data.json", "{}")],
            ),
        ],
        &[("index.js", "const a = require('a'), b = import('b'); require('bcrypt')"), ("other.js", "")],
    );
    let reached: Vec<String> =
        world.resolver.reachable(["/index.js"]).into_iter().map(|one| format!("{} {:?}", one.path, one.format)).collect();
    let expected = [
        "/index.js CommonJs",
        "/node_modules/a/index.js CommonJs",
        "/node_modules/a/lazy.js CommonJs",
        "/node_modules/b/data.json Json",
        "/node_modules/b/index.js Module",
        "/node_modules/b/part.js Module",
    ];
    assert_eq!(reached, expected);
    assert_eq!(world.resolver.reachable(["/none.js"]), []);
    assert_eq!(world.resolver.formatted("/x.mjs", Kind::Require).unwrap().format, Format::Module);
}
