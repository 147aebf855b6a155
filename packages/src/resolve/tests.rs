//! Trees, as npm lays them out.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Setting, resolve};
use crate::error::Error;
use crate::limits::Limits;
use crate::lock::Lock;
use crate::platform::Platform;
use crate::progress::silent;
use crate::request::Request;
use crate::testing::{Memory, request};

struct World<'a> {
    memory: Memory,
    limits: Limits,
    builtins: &'a [&'a str],
    previous: Option<Lock>,
}

fn world(packages: &[(&str, Value)]) -> World<'static> {
    World { memory: Memory::of(packages), limits: Limits::default(), builtins: &[], previous: None }
}

impl World<'_> {
    fn resolve(&self, request: &Request) -> Result<(Lock, BTreeSet<String>), Error> {
        let mut notes = BTreeSet::new();
        let setting = Setting {
            limits: &self.limits,
            platform: &Platform::default(),
            builtins: &self.builtins.iter().map(ToString::to_string).collect(),
            before: None,
            previous: self.previous.as_ref(),
            listener: &silent,
        };
        resolve(request, &self.memory, &setting, &mut notes).map(|lock| (lock, notes))
    }

    /// The tree as `a@1.0.0` and `a > b@1.0.0`.
    fn tree(&self, packages: &[(&str, &str)]) -> Vec<String> {
        let (lock, _) = self.resolve(&request(packages)).unwrap();
        let one = |(path, entry): (&String, &crate::Entry)| {
            let place = path.trim_start_matches("node_modules/").replace("/node_modules/", " > ");
            format!("{place}@{}", entry.version)
        };
        lock.packages().iter().map(one).collect()
    }

    fn error(&self, packages: &[(&str, &str)]) -> String {
        self.resolve(&request(packages)).unwrap_err().to_string()
    }
}

fn needs(dependencies: Value) -> Value {
    json!({"dependencies": dependencies})
}

#[test]
fn packages_lie_as_high_as_nothing_conflicts() {
    let world = world(&[
        ("a@1.0.0", needs(json!({"c": "^1"}))),
        ("b@1.0.0", needs(json!({"c": "^2", "d": "1"}))),
        ("c@1.0.0", json!({})),
        ("c@1.5.0", json!({})),
        ("c@2.0.0", json!({})),
        ("d@1.0.0", needs(json!({"c": "^2"}))),
    ]);
    assert_eq!(world.tree(&[("a", "*"), ("b", "*")]), ["a@1.0.0", "b@1.0.0", "b > c@2.0.0", "c@1.5.0", "d@1.0.0", "d > c@2.0.0"]);
    assert_eq!(world.tree(&[("b", "*")]), ["b@1.0.0", "c@2.0.0", "d@1.0.0"]);
}

#[test]
fn what_the_request_asks_for_itself_is_at_the_top() {
    let world = world(&[("a@1.0.0", needs(json!({"z": "^1"}))), ("z@1.0.0", json!({})), ("z@2.0.0", json!({}))]);
    assert_eq!(world.tree(&[("a", "*"), ("z", "^2")]), ["a@1.0.0", "a > z@1.0.0", "z@2.0.0"]);
}

#[test]
fn circles_come_to_rest() {
    let world = world(&[("a@1.0.0", needs(json!({"b": "*"}))), ("b@1.0.0", needs(json!({"a": "*", "b": "*"})))]);
    assert_eq!(world.tree(&[("a", "*")]), ["a@1.0.0", "b@1.0.0"]);
}

#[test]
fn peers_are_installed_where_their_users_see_them() {
    let world = world(&[
        ("host@1.0.0", json!({})),
        ("host@2.0.0", json!({})),
        ("plugin@1.0.0", json!({"peerDependencies": {"host": "^1", "extra": "*"}, "peerDependenciesMeta": {"extra": {"optional": true}}})),
        ("user@1.0.0", needs(json!({"plugin": "*"}))),
    ]);
    assert_eq!(world.tree(&[("plugin", "*")]), ["host@1.0.0", "plugin@1.0.0"]);
    assert_eq!(world.tree(&[("plugin", "*"), ("host", "<2")]), ["host@1.0.0", "plugin@1.0.0"]);
    let error = world.error(&[("plugin", "*"), ("host", "^2")]);
    assert!(error.contains("plugin@1.0.0") && error.contains("the peer host@^1"), "{error}");
    // Deeper in the tree both have their own.
    assert_eq!(world.tree(&[("user", "*"), ("host", "^2")]), ["host@2.0.0", "user@1.0.0", "user > host@1.0.0", "user > plugin@1.0.0"]);
}

#[test]
fn a_peer_drives_out_what_others_can_have_further_down() {
    let world = world(&[
        ("driver@1.0.0", json!({"peerDependencies": {"meta": "^5"}, "peerDependenciesMeta": {"meta": {"optional": true}}})),
        ("auth@1.0.0", needs(json!({"meta": "^8"}))),
        ("meta@5.0.0", json!({})),
        ("meta@8.0.0", json!({})),
    ]);
    assert_eq!(world.tree(&[("driver", "*")]), ["driver@1.0.0"]);
    assert_eq!(world.tree(&[("driver", "*"), ("auth", "*")]), ["auth@1.0.0", "auth > meta@8.0.0", "driver@1.0.0", "meta@5.0.0"]);
}

#[test]
fn optional_packages_that_cannot_be_had_are_left_out() {
    let world = world(&[
        ("a@1.0.0", json!({"optionalDependencies": {"gone": "*", "needs-gone": "*", "elsewhere": "*", "git": "x/y"}})),
        ("needs-gone@1.0.0", needs(json!({"gone": "*", "only-for-it": "*"}))),
        ("only-for-it@1.0.0", json!({})),
        ("elsewhere@1.0.0", json!({"os": ["darwin"], "dependencies": {"only-there": "*"}})),
        ("only-there@1.0.0", json!({})),
    ]);
    let (lock, notes) = world.resolve(&request(&[("a", "*")])).unwrap();
    let inactive: Vec<_> = lock.packages().iter().map(|(path, entry)| (path.as_str(), entry.optional, entry.inactive)).collect();
    let expected = [("node_modules/a", false, false), ("node_modules/elsewhere", true, true), ("node_modules/only-there", true, true)];
    assert_eq!(inactive, expected);
    assert!(notes.contains("gone@* is optional and left out: r.example does not have it"), "{notes:?}");
    assert!(notes.iter().any(|note| note.starts_with("git@") && note.contains("git repository")), "{notes:?}");
}

#[test]
fn required_packages_that_cannot_be_had_are_named_with_who_needs_them() {
    let world = world(&[
        ("a@1.0.0", needs(json!({"gone": "^1"}))),
        ("b@1.0.0", needs(json!({"x": "git+ssh://h/x"}))),
        ("mac@1.0.0", json!({"os": ["darwin"]})),
    ]);
    assert_eq!(world.error(&[("gone", "^1")]), "gone@^1: r.example does not have it");
    assert_eq!(world.error(&[("a", "*")]), "gone@^1: r.example does not have it (needed by a@1.0.0)");
    assert_eq!(world.error(&[("a", "^7")]), "a@^7: no version fits; the latest is 1.0.0");
    assert!(world.error(&[("b", "*")]).starts_with("x@*: \"git+ssh://h/x\" is a git repository"));
    assert_eq!(world.error(&[("mac", "*")]), "mac@1.0.0: it is for os darwin, and hooks run on linux");
}

#[test]
fn a_registry_that_fails_decides_nothing() {
    let world = world(&[("a@1.0.0", json!({"optionalDependencies": {"broken-registry": "*"}}))]);
    assert_eq!(world.error(&[("a", "*")]), "broken-registry: r.example answers 503");
}

#[test]
fn types_and_bundled_packages_are_not_looked_for() {
    let manifest = json!({"dependencies": {"inside": "*", "@types/node": "*"}, "bundleDependencies": ["inside"]});
    assert_eq!(world(&[("a@1.0.0", manifest)]).tree(&[("a", "*"), ("@types/a", "*")]), ["a@1.0.0"]);
}

#[test]
fn aliases_and_tags_are_followed() {
    let world = world(&[("real@1.0.0", json!({})), ("real@2.0.0", json!({})), ("a@1.0.0", needs(json!({"other": "npm:real@^1"})))]);
    assert_eq!(world.tree(&[("real", "latest"), ("a", "*")]), ["a@1.0.0", "other@1.0.0", "real@2.0.0"]);
    let (lock, _) = world.resolve(&request(&[("a", "*")])).unwrap();
    assert_eq!(lock.packages()["node_modules/other"].name.as_str(), "real");
}

#[test]
fn names_that_the_host_answers_for_need_no_registry() {
    let world = World { builtins: &["bcrypt"], ..world(&[("a@1.0.0", needs(json!({"bcrypt": "^99"})))]) };
    let (lock, _) = world.resolve(&request(&[("a", "*"), ("bcrypt", "^5")])).unwrap();
    let entry = &lock.packages()["node_modules/bcrypt"];
    assert!(entry.builtin && entry.integrity.is_none() && lock.packages().len() == 2);
}

#[test]
fn overrides_are_for_all_but_the_request() {
    let world = world(&[("a@1.0.0", needs(json!({"c": "^1"}))), ("c@1.0.0", json!({})), ("c@2.0.0", json!({}))]);
    let json = r#"{"dependencies": {"a": "*"}, "overrides": {"c": "2.0.0"}}"#;
    let (lock, _) = world.resolve(&Request::of_package_json(json, None, &Limits::default()).unwrap()).unwrap();
    assert_eq!(lock.packages()["node_modules/c"].version, "2.0.0");
}

#[test]
fn a_previous_lock_keeps_versions_that_fit() {
    let mut world = world(&[("a@1.0.0", json!({})), ("b@1.0.0", json!({}))]);
    let (old, _) = world.resolve(&request(&[("a", "^1")])).unwrap();
    world.memory = Memory::of(&[("a@1.0.0", json!({})), ("a@1.1.0", json!({})), ("a@2.0.0", json!({})), ("b@1.0.0", json!({}))]);
    assert_eq!(world.tree(&[("a", "^1"), ("b", "*")]), ["a@1.1.0", "b@1.0.0"]);
    world.previous = Some(old);
    assert_eq!(world.tree(&[("a", "^1"), ("b", "*")]), ["a@1.0.0", "b@1.0.0"]);
    assert_eq!(world.tree(&[("a", "^2")]), ["a@2.0.0"]);
}

#[test]
fn the_same_request_gives_the_same_lock() {
    let world = world(&[
        ("a@1.0.0", needs(json!({"c": "^1", "d": "*"}))),
        ("b@1.0.0", needs(json!({"c": "^2", "d": "*"}))),
        ("c@1.0.0", json!({})),
        ("c@2.0.0", json!({})),
        ("d@1.0.0", needs(json!({"c": "^2"}))),
    ]);
    let locks: BTreeSet<String> = (0..20).map(|_| world.resolve(&request(&[("a", "*"), ("b", "*")])).unwrap().0.to_json()).collect();
    assert_eq!(locks.len(), 1);
}

#[test]
fn a_tree_without_end_is_stopped() {
    // Each level wants another version of the next, so that nothing can be shared.
    let packages: Vec<(String, Value)> = (0..200).map(|n| (format!("p{n}@1.0.0"), needs(json!({format!("p{}", n + 1): "*"})))).collect();
    let packages: Vec<(&str, Value)> = packages.iter().map(|(title, manifest)| (title.as_str(), manifest.clone())).collect();
    let mut world = world(&packages);
    world.limits.tree = 20;
    assert_eq!(world.error(&[("p0", "*")]), "packages in the tree: the limit is 20 (tree)");
    world.limits = Limits { steps: 10, ..Limits::default() };
    assert_eq!(world.error(&[("p0", "*")]), "the tree of packages does not settle: the limit is 10 (steps)");
}
