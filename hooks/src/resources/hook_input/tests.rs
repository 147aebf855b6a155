//! One row for each rule of a hook's body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::limits::ServiceLimits;
use crate::resources::hook::Kind;
use crate::testing::registry;

fn rules() -> InputRules {
    let limits = ServiceLimits { function_bytes: 64, source_bytes: 64, env_vars: 3, ..ServiceLimits::default() };
    InputRules { limits, types: registry().types().to_vec(), lenient: true }
}

fn parse(body: &[u8], rules: &InputRules) -> Result<HookInput, ServiceError> {
    HookInput::parse(body, rules, &registry())
}

fn wasm(length: usize) -> String {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    bytes.resize(length, 7);
    STANDARD.encode(bytes)
}

fn hook() -> Value {
    json!({"type": "sign-in", "runtime": "wasm", "function": wasm(20)})
}

/// The spec of the smallest hook's body, with `changes` laid over it. A null in `changes` removes the key.
fn create(changes: Value) -> Result<(HookType, Spec), (String, String)> {
    let mut body = hook();
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    let made = parse(body.to_string().as_bytes(), &rules()).and_then(|input| input.create(&AccountSettings::default()));
    made.map_err(|error| match error {
        ServiceError::Invalid { field, message } => (field.unwrap_or_default(), message),
        other => panic!("{other:?}"),
    })
}

const RUNTIMES: &str =
    "instance.runtime is not one of enum values: wasm,nodejs12.x,nodejs14.x,nodejs16.x,nodejs18.x,nodejs20.x,nodejs22.x,nodejs24.x";

#[test]
fn every_rule_names_its_field() {
    let rows = [
        (json!({"type": null}), "type", "instance requires property \"type\""),
        (json!({"function": null}), "function", "instance requires property \"function\""),
        (json!({"runtime": null}), "runtime", "instance requires property \"runtime\""),
        (json!({"type": "login"}), "type", "instance.type is not one of enum values: sign-in,sign-up"),
        (json!({"type": 1}), "type", "instance.type is not of a type(s) string"),
        (json!({"disabled": "no"}), "disabled", "instance.disabled is not of a type(s) boolean"),
        (json!({"timeout": 0}), "timeout", "instance.timeout must be greater than or equal to 1"),
        (json!({"timeout": 11}), "timeout", "instance.timeout must be less than or equal to 10"),
        (json!({"timeout": 1.5}), "timeout", "instance.timeout is not of a type(s) integer"),
        (json!({"timeout": "1"}), "timeout", "instance.timeout is not of a type(s) integer"),
        (json!({"retries": 5}), "retries", "instance.retries must be less than or equal to 4"),
        (json!({"packages": {"lodash": "4"}}), "packages", "instance.packages is for JavaScript: a WebAssembly function requires none"),
        (json!({"packages": {"lodash": 4}}), "packages.lodash", "instance.packages.lodash is not of a type(s) string"),
        (json!({"packages": {"../lodash": "4"}}), "packages", "instance.packages has a name that no package can have"),
        (json!({"packages": []}), "packages", "instance.packages is not of a type(s) object"),
        (json!({"conditions": [5]}), "conditions[0]", "instance.conditions[0] is not of a type(s) object"),
        (json!({"conditions": [{}]}), "conditions[0].source", "instance.conditions[0] requires property \"source\""),
        (
            json!({"conditions": [{"source": "groups", "operator": "~", "value": "1"}]}),
            "conditions[0].source",
            "instance.conditions[0].source is not one of enum values: roles",
        ),
        (
            json!({"conditions": [{"source": "roles", "operator": "=", "value": "1"}]}),
            "conditions[0].operator",
            "instance.conditions[0].operator is not one of enum values: ~,!~",
        ),
        (
            json!({"conditions": [{"source": "roles", "operator": "~", "value": 1}]}),
            "conditions[0].value",
            "instance.conditions[0].value is not of a type(s) string",
        ),
        (json!({"conditions": {}}), "conditions", "instance.conditions is not of a type(s) array"),
        (json!({"risk": 1}), "risk", "instance.risk is not of a type(s) boolean"),
        (json!({"settings": {"risk": 1}}), "settings.risk", "instance.settings.risk is not of a type(s) boolean"),
        (json!({"settings": {"x": 1}}), "settings.x", "instance.settings is not allowed to have the additional property \"x\""),
        (json!({"settings": []}), "settings", "instance.settings is not of a type(s) object"),
        (json!({"limits": {"fuel": 9_999}}), "limits.fuel", "instance.limits.fuel must be greater than or equal to 10000"),
        (json!({"limits": {"fuel": 100_000_000_001u64}}), "limits.fuel", "instance.limits.fuel must be less than or equal to 100000000000"),
        (json!({"limits": {"memory_mib": 0}}), "limits.memory_mib", "instance.limits.memory_mib must be greater than or equal to 1"),
        (json!({"limits": {"memory_mib": 129}}), "limits.memory_mib", "instance.limits.memory_mib must be less than or equal to 128"),
        (json!({"limits": {"cpu": 1}}), "limits.cpu", "instance.limits is not allowed to have the additional property \"cpu\""),
        (json!({"expose_errors": "yes"}), "expose_errors", "instance.expose_errors is not of a type(s) boolean"),
        (json!({"http_cache": "yes"}), "http_cache", "instance.http_cache is not of a type(s) boolean"),
        (json!({"on_error": "maybe"}), "on_error", "instance.on_error is not one of enum values: allow,deny"),
        (json!({"env_vars": "KEY"}), "env_vars", "instance.env_vars is not of a type(s) array"),
        (json!({"env_vars": [{"id": "KEY"}]}), "env_vars[0]", "instance.env_vars[0] is not of a type(s) string"),
        (json!({"env_vars": ["AA", "1A"]}), "env_vars[1]", "instance.env_vars[1] does not match pattern \"^[a-zA-Z_][a-zA-Z0-9_]*$\""),
        (json!({"env_vars": ["AA", "AA"]}), "env_vars", "instance.env_vars contains duplicate item"),
        (json!({"env_vars": ["AA", "BB", "CC", "DD"]}), "env_vars", "instance.env_vars does not meet maximum length of 3"),
        (json!({"function": 5}), "function", "instance.function is not of a type(s) string"),
        (json!({"function": "exports.handler = 1"}), "function", "instance.function is not base64 encoded"),
        (json!({"function": wasm(20).trim_end_matches('=')}), "function", "instance.function is not base64 encoded"),
        (json!({"function": format!("{}\n", wasm(20))}), "function", "instance.function is not base64 encoded"),
        (json!({"function": wasm(65)}), "function", "instance.function does not meet maximum length of 64 bytes, decoded"),
        (json!({"function": wasm(5000)}), "function", "instance.function does not meet maximum length of 64 bytes, decoded"),
        (json!({"function": ""}), "function", "instance.function is not WebAssembly: it does not begin with its magic bytes and version"),
        (
            json!({"function": STANDARD.encode("exports.handler = 1")}),
            "function",
            "instance.function is not WebAssembly: it does not begin with its magic bytes and version",
        ),
        (json!({"runtime": "nodejs24.x"}), "runtime", "instance.runtime does not match the function, which is WebAssembly"),
        (
            json!({"runtime": "nodejs12.x", "function": STANDARD.encode(b"\0asm\x02\0\0\0")}),
            "runtime",
            "instance.runtime does not match the function, which is WebAssembly",
        ),
        (
            json!({"runtime": "nodejs24.x", "function": STANDARD.encode(b"exports.handler = '\xe9'")}),
            "function",
            "instance.function is not UTF-8 text, as JavaScript is",
        ),
        (json!({"runtime": "python"}), "runtime", RUNTIMES),
        (json!({"runtime": "nodejs13.x"}), "runtime", RUNTIMES),
        (json!({"runtime": "nodejs"}), "runtime", RUNTIMES),
        (json!({"runtime": 24}), "runtime", "instance.runtime is not of a type(s) string"),
        (json!({"name": "mine"}), "name", "instance is not allowed to have the additional property \"name\""),
    ];
    for (changes, field, message) in rows {
        assert_eq!(create(changes.clone()), Err((field.to_owned(), message.to_owned())), "{changes}");
    }
}

#[test]
fn the_ends_of_every_range_are_in_it() {
    for (changes, check) in [
        (json!({"timeout": 1}), (|spec| spec.timeout == 1) as fn(&Spec) -> bool),
        (json!({"timeout": 10}), |spec| spec.timeout == 10),
        (json!({"limits": {"fuel": 10_000, "memory_mib": 1}}), |spec| spec.fuel == 10_000 && spec.memory_mib == 1),
        (json!({"limits": {"fuel": 100_000_000_000u64, "memory_mib": 128}}), |spec| spec.fuel == 100_000_000_000 && spec.memory_mib == 128),
        (json!({"limits": {"memory_mib": 16}}), |spec| spec.fuel == DEFAULT_FUEL && spec.memory_mib == 16),
        (json!({"env_vars": ["AA", "BB", "CC"]}), |spec| spec.env_vars.len() == 3),
        (json!({"function": wasm(64)}), |spec| spec.function.size == 64),
        (json!({"function": wasm(8)}), |spec| spec.function.kind == Kind::Command),
        (json!({"function": STANDARD.encode(b"\0asm\x0d\0\x01\0")}), |spec| spec.function.kind == Kind::Component),
        (json!({"expose_errors": true}), |spec| spec.expose_errors),
        (json!({"http_cache": true}), |spec| spec.http_cache),
        (json!({"on_error": "allow"}), |spec| spec.on_error == Decision::Allow),
        (json!({"risk": true}), |spec| spec.settings["risk"] == true),
        (json!({"settings": {"risk": true}}), |spec| spec.settings["risk"] == true),
        (json!({"retries": 4}), |spec| spec.retries == 4),
        (json!({"env_vars": [{"name": "AA", "value": "x"}, "BB"]}), |spec| spec.env_vars.len() == 2),
        (json!({"conditions": [{"source": "roles", "operator": "!~", "value": "1"}]}), |spec| spec.conditions.len() == 1),
    ] {
        let (_, spec) = create(changes.clone()).unwrap();
        assert!(check(&spec), "{changes}: {spec:?}");
    }
}

/// What an update makes of `before`.
fn update(before: &(HookType, Spec), body: Value) -> Result<Spec, (String, String)> {
    let updated = parse(body.to_string().as_bytes(), &rules()).and_then(|input| input.apply(before.0, &before.1, &Settings::new()));
    updated.map_err(|error| match error {
        ServiceError::Invalid { field, message } => (field.unwrap_or_default(), message),
        other => panic!("{other:?}"),
    })
}

fn javascript(source: &str) -> Value {
    json!({"runtime": "nodejs20.x", "function": STANDARD.encode(source)})
}

#[test]
fn every_version_of_node_takes_javascript() {
    for major in [12, 14, 16, 18, 20, 22, 24] {
        let name = format!("nodejs{major}.x");
        let (_, spec) = create(json!({"runtime": name, "function": STANDARD.encode("exports.handler = 1 // é")})).unwrap();
        assert_eq!((spec.runtime.as_str(), spec.function.kind, spec.function.size), (name.as_str(), Kind::Javascript, 25));
        let Runtime::Node(version) = spec.runtime else { panic!("{name}") };
        assert_eq!(version.major(), major);
    }
    let (_, empty) = create(javascript("")).unwrap();
    assert_eq!(empty.function.kind, Kind::Javascript, "what an empty source lacks is told when it is prepared");
}

#[test]
fn a_source_may_come_as_it_is_and_declare_packages() {
    let mut body = javascript("");
    body["function"] = "exports.handler = async () => null;".into();
    body["packages"] = json!({"axios": "0.21.1", "@scope/a.b": "^1"});
    let (_, spec) = create(body).unwrap();
    assert_eq!((spec.function.kind, spec.function.size, spec.packages.len()), (Kind::Javascript, 35, 2));
}

#[test]
fn a_strict_reading_takes_base64_and_names_only() {
    let strict = InputRules { lenient: false, ..rules() };
    for (changes, says) in [
        (json!({"function": "exports.handler = 1"}), "instance.function is not base64 encoded"),
        (json!({"env_vars": [{"name": "AA"}]}), "instance.env_vars[0] is not of a type(s) string"),
    ] {
        let mut body = hook();
        changes.as_object().unwrap().iter().for_each(|(key, value)| body[key] = value.clone());
        assert_eq!(parse(body.to_string().as_bytes(), &strict).unwrap_err().to_string(), says);
    }
}

#[test]
fn a_source_has_as_many_bytes_as_the_server_says() {
    let (_, spec) = create(javascript(&"é".repeat(32))).unwrap();
    assert_eq!(spec.function.size, 64);
    let rules = InputRules { limits: ServiceLimits { function_bytes: 1000, ..rules().limits }, ..rules() };
    let mut body = hook();
    javascript(&"é".repeat(33)).as_object().unwrap().iter().for_each(|(key, value)| body[key] = value.clone());
    let error = parse(body.to_string().as_bytes(), &rules).and_then(|input| input.create(&AccountSettings::default())).unwrap_err();
    assert_eq!(error.to_string(), "instance.function does not meet maximum length of 64 bytes of JavaScript, decoded");
}

#[test]
fn an_update_keeps_runtime_and_function_of_one_kind() {
    let (wasm_hook, node_hook) = (create(json!({})).unwrap(), create(javascript("exports.handler = 1")).unwrap());
    let other = update(&node_hook, json!({"runtime": "nodejs24.x"})).unwrap();
    assert_eq!((other.runtime.as_str(), &other.function), ("nodejs24.x", &node_hook.1.function));
    assert_eq!(update(&node_hook, json!({"timeout": 2})).unwrap().runtime, node_hook.1.runtime);
    let refused = |field: &str, rule: &str| Err((field.to_owned(), format!("instance.{field} {rule}")));
    assert_eq!(update(&node_hook, json!({"runtime": "wasm"})), refused("runtime", "does not match the function, which is JavaScript"));
    assert_eq!(
        update(&wasm_hook, json!({"runtime": "nodejs24.x"})),
        refused("runtime", "does not match the function, which is WebAssembly")
    );
    assert_eq!(
        update(&node_hook, json!({"function": wasm(20)})),
        refused("function", "does not match the hook's runtime, which is nodejs20.x: it is WebAssembly")
    );
    assert_eq!(
        update(&wasm_hook, json!({"function": STANDARD.encode("exports.handler = 1")})),
        refused("function", "is not WebAssembly: it does not begin with its magic bytes and version")
    );
    assert_eq!(update(&wasm_hook, javascript("exports.handler = 1")).unwrap().function.kind, Kind::Javascript, "both together may change");
}

#[test]
fn defaults_nulls_and_read_only_keys_say_nothing() {
    let plain = create(json!({})).unwrap();
    let nulls = json!({"timeout": null, "retries": null, "disabled": null, "env_vars": null, "packages": null,
        "settings": null, "risk": null, "conditions": null, "limits": null, "on_error": null, "expose_errors": null});
    assert_eq!(create(nulls).unwrap(), plain);
    let defaults = json!({"timeout": 1, "retries": 0, "disabled": false, "env_vars": [], "packages": {}, "settings": {}, "conditions": [], "limits": {}});
    assert_eq!(create(defaults).unwrap(), plain);
    let read_only = json!({"id": "x", "status": 5, "status_message": "x", "kind": 1, "serving_version": [], "version": -1, "created_at": "x", "updated_at": []});
    assert_eq!(create(read_only).unwrap(), plain);
    let spec = plain.1;
    assert_eq!((spec.timeout, spec.fuel, spec.memory_mib, spec.on_error), (1, 3_000_000_000, 64, Decision::Deny));
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let error = parse(br#"{"timeout":1,"timeout":2}"#, &rules()).unwrap_err();
    assert!(error.to_string().contains("duplicate key \"timeout\""), "{error}");
}

proptest! {
    /// An update sets the fields that it names and keeps the others.
    #[test]
    fn an_update_is_a_merge(timeout in proptest::option::of(1u8..=10), fuel in proptest::option::of(10_000u64..1_000_000), risk in proptest::option::of(any::<bool>()), allow in proptest::option::of(any::<bool>())) {
        let (hook_type, before) = create(json!({"timeout": 4, "limits": {"memory_mib": 9}, "secret": "s"})).unwrap();
        let on_error = allow.map(|allow| if allow { "allow" } else { "deny" });
        let body = json!({"timeout": timeout, "limits": {"fuel": fuel}, "settings": {"risk": risk}, "on_error": on_error});
        let after = parse(body.to_string().as_bytes(), &rules()).unwrap().apply(hook_type, &before, &Settings::new()).unwrap();
        let mut settings = before.settings.clone();
        settings.extend(risk.map(|risk| ("risk".to_owned(), risk.into())));
        let expected = Spec {
            timeout: timeout.unwrap_or(4),
            fuel: fuel.unwrap_or(DEFAULT_FUEL),
            settings,
            on_error: if allow == Some(true) { Decision::Allow } else { Decision::Deny },
            ..before
        };
        prop_assert_eq!(after, expected);
    }

    #[test]
    fn any_body_is_read_or_refused(body in ".{0,60}") {
        let _ = parse(body.as_bytes(), &rules());
    }
}
