//! From a request to files, over HTTP.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{Installed, Packages};
use crate::error::Error;
use crate::limits::Limits;
use crate::lock::Lock;
use crate::progress::{Progress, silent};
use crate::registry::Registry;
use crate::request::Request;
use crate::settings::Settings;
use crate::store::Store;
use crate::testing::{Part, Reply, Server, client, request, tarball};
use crate::tree::Tree;

struct World {
    server: Server,
    folder: tempfile::TempDir,
}

fn world() -> World {
    World { server: Server::start(), folder: tempfile::tempdir().unwrap() }
}

impl World {
    fn publish(&self, title: &str, manifest: Value, files: &[(&str, &[u8])]) {
        let (name, version) = title.rsplit_once('@').unwrap();
        let mut text = manifest.clone();
        (text["name"], text["version"]) = (json!(name), json!(version));
        let (text, paths) = (text.to_string(), files.iter().map(|(path, _)| format!("package/{path}")).collect::<Vec<_>>());
        let mut parts = vec![Part::File("package/package.json", text.as_bytes())];
        parts.extend(paths.iter().zip(files).map(|(path, (_, bytes))| Part::File(path, bytes)));
        self.server.publish(name, version, manifest, tarball(&parts));
    }

    fn settings(&self) -> Settings {
        Settings { limits: Limits { pause: Duration::from_millis(1), ..Limits::default() }, ..Settings::default() }
    }

    fn packages_with(&self, settings: Settings) -> Packages {
        let store = Arc::new(Store::open(&self.folder.path().join("store")).unwrap());
        Packages::new(client(&self.server, &settings.limits), store, settings)
    }

    fn packages(&self) -> Packages {
        self.packages_with(self.settings())
    }

    fn install_with(&self, settings: Settings, asked: &[(&str, &str)]) -> Result<Installed, Error> {
        let packages = self.packages_with(settings);
        packages.install(&packages.resolve(&request(asked), None, SystemTime::now(), &silent)?.lock, &silent)
    }

    fn install(&self, asked: &[(&str, &str)]) -> Result<Installed, Error> {
        self.install_with(self.settings(), asked)
    }

    fn tarballs_fetched(&self) -> usize {
        self.server.asked().iter().filter(|asked| asked.path.ends_with(".tgz")).count()
    }
}

fn read(installed: &Installed, path: &str) -> String {
    let tree = Tree::new(installed.tree.clone(), []).unwrap();
    String::from_utf8(tree.read(path).unwrap().to_vec()).unwrap()
}

#[test]
fn packages_are_resolved_fetched_and_kept() {
    let world = world();
    world.publish("a@1.0.0", json!({"dependencies": {"@s/b": "^1"}}), &[("index.js", b"a")]);
    world.publish("@s/b@1.2.0", json!({}), &[("lib/b.js", b"b")]);
    let installed = world.install(&[("a", "*")]).unwrap();
    assert_eq!((read(&installed, "/node_modules/a/index.js"), read(&installed, "/node_modules/@s/b/lib/b.js")), ("a".into(), "b".into()));
    assert!(installed.notes.is_empty() && world.tarballs_fetched() == 2);
    // What is there is not fetched again, whoever asks.
    let again = world.install(&[("@s/b", "*"), ("a", "^1")]).unwrap();
    assert_eq!((again.lock.packages().len(), world.tarballs_fetched()), (2, 2));
    let json = installed.lock.to_json();
    assert!(!json.contains("127.0.0.1"), "the registry is not in the lock: {json}");
    assert_eq!(Lock::parse(&json, &Limits::default()).unwrap(), installed.lock);
}

#[test]
fn the_same_request_with_its_lock_asks_nobody() {
    let world = world();
    world.publish("a@1.0.0", json!({}), &[]);
    let packages = world.packages();
    let lock = packages.resolve(&request(&[("a", "^1")]), None, SystemTime::now(), &silent).unwrap().lock;
    let installed = packages.install(&lock, &silent).unwrap();
    let before = world.server.asked().len();
    world.publish("a@1.1.0", json!({}), &[]);
    let again = packages.resolve(&request(&[("a", "^1")]), Some(&installed.lock), SystemTime::now(), &silent).unwrap().lock;
    assert_eq!((again.digest(), world.server.asked().len()), (lock.digest(), before));
    let tree = packages.install(&again, &silent).unwrap().tree;
    assert!(Arc::ptr_eq(&tree, &installed.tree), "hooks with the same lock share a tree");
    let newer = packages.resolve(&request(&[("a", "^1")]), None, SystemTime::now(), &silent).unwrap().lock;
    assert_ne!(newer.digest(), lock.digest());
}

#[test]
fn nothing_that_is_asked_for_is_nothing() {
    let world = world();
    let installed = world.install(&[]).unwrap();
    assert!(installed.lock.packages().is_empty() && world.server.asked().is_empty());
}

#[test]
fn a_tarball_that_changed_is_not_taken() {
    let world = world();
    world.publish("a@1.0.0", json!({}), &[]);
    world.server.reply("/a/-/a-1.0.0.tgz", [Reply::ok(tarball(&[Part::File("package/index.js", b"evil")]))]);
    let error = world.install(&[("a", "*")]).unwrap_err();
    assert!(error.to_string().starts_with("a@1.0.0: its tarball is not the one that was locked") && !error.is_of_the_host());
}

#[test]
fn hostile_tarballs_are_refused_by_name() {
    let world = world();
    world.server.publish("a", "1.0.0", json!({}), tarball(&[Part::File("package/../../evil", b"x")]));
    let error = world.install(&[("a", "*")]).unwrap_err().to_string();
    assert_eq!(error, "a@1.0.0: its tarball has the path \"package/../../evil\", which leads out of the package");
    assert!(!world.folder.path().join("evil").exists());
    world.server.publish("b", "1.0.0", json!({}), tarball(&[Part::Zeros("package/zeros", 200 << 20)]));
    let error = world.install(&[("b", "*")]).unwrap_err().to_string();
    assert_eq!(error, "unpacked packages, at b@1.0.0: the limit is 128 MiB (unpacked)");
}

#[test]
fn limits_are_for_the_whole_tree_present_packages_included() {
    let world = world();
    world.publish("a@1.0.0", json!({}), &[("x", &[0; 600])]);
    world.publish("b@1.0.0", json!({}), &[("x", &[1; 600])]);
    let settings = || Settings { limits: Limits { unpacked: 1000, ..world.settings().limits }, ..Settings::default() };
    assert!(world.install_with(settings(), &[("a", "*")]).is_ok() && world.install_with(settings(), &[("b", "*")]).is_ok());
    let error = world.install_with(settings(), &[("a", "*"), ("b", "*")]).unwrap_err().to_string();
    assert!(error.ends_with("the limit is 1000 B (unpacked)"), "{error}");
}

#[test]
fn native_add_ons_are_refused_where_they_are_asked_for_and_marked_elsewhere() {
    let world = world();
    world.publish("native@1.0.0", json!({}), &[("build/x.node", b"\x7fELF")]);
    world.publish("user@1.0.0", json!({"dependencies": {"native": "*"}, "optionalDependencies": {"pg-native": "*"}}), &[]);
    world.publish("pg-native@1.0.0", json!({"dependencies": {"bindings": "1"}}), &[]);
    world.publish("bindings@1.0.0", json!({}), &[]);
    let error = world.install(&[("native", "*")]).unwrap_err().to_string();
    assert!(error.starts_with("native@1.0.0: it is a native add-on (it has build/x.node)"), "{error}");
    let error = world.install(&[("pg-native", "*")]).unwrap_err().to_string();
    assert!(error.ends_with("instead, use pg, which needs no native part"), "{error}");
    let installed = world.install(&[("user", "*")]).unwrap();
    let native: Vec<&str> = installed.lock.packages().values().filter(|entry| entry.native).map(|entry| entry.name.as_str()).collect();
    assert_eq!(native, ["native", "pg-native"]);
    assert!(installed.notes.iter().any(|note| note.starts_with("native@1.0.0 is a native add-on")), "{:?}", installed.notes);
}

#[test]
fn names_of_the_host_need_no_registry_and_other_names_for_the_same_do() {
    let world = world();
    world.publish("a@1.0.0", json!({"dependencies": {"bcrypt": "*"}}), &[]);
    let builtins: BTreeSet<String> = ["bcrypt".to_owned()].into();
    let installed = world.install_with(Settings { builtins, ..world.settings() }, &[("a", "*"), ("bcrypt", "^5")]).unwrap();
    assert!(installed.lock.packages()["node_modules/bcrypt"].builtin && installed.tree.is_builtin("bcrypt"));
    assert_eq!(world.server.times("/bcrypt"), 0);
}

#[test]
fn scripts_are_noted_and_never_run() {
    let world = world();
    let marker = world.folder.path().join("ran");
    world.publish("a@1.0.0", json!({"scripts": {"postinstall": format!("touch {}", marker.display())}}), &[]);
    let installed = world.install(&[("a", "*")]).unwrap();
    assert_eq!(installed.notes, ["a@1.0.0 has scripts for its installation, which are never run"]);
    assert!(installed.lock.packages()["node_modules/a"].scripts && !marker.exists());
}

#[test]
fn an_optional_package_without_its_tarball_is_left_out() {
    let world = world();
    world.publish("a@1.0.0", json!({"optionalDependencies": {"b": "*"}}), &[]);
    world.publish("b@1.0.0", json!({}), &[]);
    world.server.reply("/b/-/b-1.0.0.tgz", [Reply::status(404)]);
    let installed = world.install(&[("a", "*")]).unwrap();
    assert!(installed.notes[0].starts_with("b@1.0.0 is optional and left out"), "{:?}", installed.notes);
    world.server.reply("/b/-/b-1.0.0.tgz", [Reply::status(503)]);
    assert!(world.install(&[("a", "*")]).unwrap_err().is_of_the_host());
}

#[test]
fn young_releases_wait() {
    let world = world();
    world.publish("a@1.0.0", json!({}), &[]);
    world.publish("a@1.1.0", json!({}), &[]);
    let yesterday = jiff::Timestamp::now().checked_sub(Duration::from_secs(86_400)).unwrap();
    world.server.change("a", |document| document["time"]["1.1.0"] = json!(yesterday.to_string()));
    let version = |days: u64| {
        let settings = Settings { minimum_age: Some(Duration::from_secs(days * 86_400)), ..world.settings() };
        let lock = world.packages_with(settings).resolve(&request(&[("a", "*")]), None, SystemTime::now(), &silent).unwrap().lock;
        lock.packages()["node_modules/a"].version.clone()
    };
    assert_eq!((version(0), version(7)), ("1.1.0".to_owned(), "1.0.0".to_owned()));
    assert!(world.server.asked().iter().all(|asked| asked.accept == "application/json"), "only full documents have times");
}

#[test]
fn a_folder_that_was_filled_serves_without_a_network() {
    let world = world();
    world.publish("a@1.0.0", json!({"dependencies": {"@s/b": "^1"}}), &[("index.js", b"a")]);
    world.publish("@s/b@1.2.0", json!({}), &[]);
    let packages = world.packages();
    let lock = packages.resolve(&request(&[("a", "*")]), None, SystemTime::now(), &silent).unwrap().lock;
    let folder = world.folder.path().join("vendor");
    assert_eq!((packages.vendor(&lock, &folder, &silent).unwrap(), packages.vendor(&lock, &folder, &silent).unwrap()), (2, 0));
    let store = Arc::new(Store::open(&world.folder.path().join("other")).unwrap());
    let offline = Packages::new(Registry::folder(&folder, &Limits::default()).unwrap(), store, Settings::default());
    let asked = world.server.asked().len();
    let resolved = offline.resolve(&request(&[("a", "*")]), None, SystemTime::now(), &silent).unwrap().lock;
    assert_eq!(resolved.digest(), lock.digest());
    // The lock that was made with the network is as good.
    assert_eq!(read(&offline.install(&lock, &silent).unwrap(), "/node_modules/a/index.js"), "a");
    assert_eq!(world.server.asked().len(), asked);
}

#[test]
fn npms_own_lock_is_taken_as_it_is() {
    let world = world();
    world.publish("a@1.0.0", json!({}), &[("index.js", b"old")]);
    let integrity = {
        let lock = world.packages().resolve(&request(&[("a", "*")]), None, SystemTime::now(), &silent).unwrap().lock;
        lock.packages()["node_modules/a"].integrity.clone().unwrap()
    };
    world.publish("a@1.1.0", json!({}), &[]);
    let npm_lock = json!({"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1"}},
        "node_modules/a": {"version": "1.0.0", "resolved": format!("{}a/-/a-1.0.0.tgz", world.server.url()), "integrity": integrity}}});
    let text = r#"{"dependencies": {"a": "^1"}}"#;
    let request = Request::of_package_json(text, Some(&npm_lock.to_string()), &Limits::default()).unwrap();
    let packages = world.packages();
    let lock = packages.resolve(&request, None, SystemTime::now(), &silent).unwrap().lock;
    assert_eq!(read(&packages.install(&lock, &silent).unwrap(), "/node_modules/a/index.js"), "old");
}

#[test]
fn those_who_wait_are_told() {
    let world = world();
    world.publish("a@1.0.0", json!({"dependencies": {"b": "*"}}), &[]);
    world.publish("b@1.0.0", json!({}), &[]);
    let (told, bytes) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let listener = |progress: Progress| {
        told.lock().unwrap().push(match progress {
            Progress::Resolved { done, of } => format!("resolved {done}/{of}"),
            Progress::Fetched { done, of, bytes: count } => {
                bytes.fetch_max(usize::try_from(count).unwrap(), Ordering::Relaxed);
                format!("fetched {done}/{of}")
            }
        });
    };
    let packages = world.packages();
    let lock = packages.resolve(&request(&[("a", "*")]), None, SystemTime::now(), &listener).unwrap().lock;
    packages.install(&lock, &listener).unwrap();
    let told = told.into_inner().unwrap();
    assert_eq!((told.first().unwrap().as_str(), told.contains(&"fetched 0/2".to_owned())), ("resolved 1/2", true), "{told:?}");
    assert_eq!(told.iter().filter(|text| *text == "fetched 2/2").count(), 1, "{told:?}");
    assert!(bytes.into_inner() > 100);
}
