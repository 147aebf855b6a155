//! `hookbox run --profile`: where the fuel of a function goes, in a file that speedscope opens.

use serde_json::{Value, json};

use crate::harness::Shell;

const HOOK: &str = "function hash(text) {
  let sum = 0;
  for (let round = 0; round < 100; round++) for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  return sum;
}
exports.handler = async function decide({ user }) {
  const first = hash(user.user_identifier);
  await null;
  console.log('%o', { first, user });
  return { success: first === hash(user.user_identifier), user };
};
";

const CONTEXT: &str = r#"{"user":{"user_identifier":"ada.lovelace@example.com","policy_id":7},"device":{}}"#;

fn shell() -> Shell {
    let shell = Shell::new();
    shell.write("hook.js", HOOK);
    shell.write("login.json", CONTEXT);
    shell
}

fn file(shell: &Shell, name: &str) -> Value {
    let file: Value = serde_json::from_str(&shell.read(name)).unwrap();
    check_format(&file);
    file
}

/// What the format's schema asks for, and what a sampled profile means.
fn check_format(file: &Value) {
    assert_eq!(file["$schema"], "https://www.speedscope.app/file-format-schema.json");
    assert!(file["exporter"].as_str().unwrap().starts_with("hookbox "));
    let frames = file["shared"]["frames"].as_array().unwrap();
    for frame in frames {
        assert!(!frame["name"].as_str().unwrap().is_empty());
        for key in frame.as_object().unwrap().keys() {
            assert!(["name", "file", "line", "col"].contains(&key.as_str()), "{frame}");
        }
    }
    let profiles = file["profiles"].as_array().unwrap();
    assert!(!profiles.is_empty());
    for profile in profiles {
        assert_eq!((&profile["type"], &profile["unit"], &profile["startValue"]), (&json!("sampled"), &json!("none"), &json!(0)));
        let (samples, weights) = (profile["samples"].as_array().unwrap(), profile["weights"].as_array().unwrap());
        assert_eq!(samples.len(), weights.len());
        assert_eq!(profile["endValue"].as_u64().unwrap(), weights.iter().map(|weight| weight.as_u64().unwrap()).sum::<u64>());
        for place in samples.iter().flat_map(|stack| stack.as_array().unwrap()) {
            assert!((place.as_u64().unwrap() as usize) < frames.len());
        }
    }
}

/// The part of the first profile's fuel that was burnt with these functions under way, the innermost last.
fn share(file: &Value, stack: &[&str]) -> f64 {
    let profile = &file["profiles"][0];
    let name = |place: &Value| file["shared"]["frames"][place.as_u64().unwrap() as usize]["name"].as_str().unwrap();
    let samples = profile["samples"].as_array().unwrap().iter().zip(profile["weights"].as_array().unwrap());
    let of_stack = samples.filter(|(sample, _)| sample.as_array().unwrap().iter().map(name).eq(stack.iter().copied()));
    of_stack.map(|(_, weight)| weight.as_f64().unwrap()).sum::<f64>() / profile["endValue"].as_f64().unwrap()
}

#[test]
fn the_hot_function_of_a_hook_is_found_and_found_again() {
    let shell = shell();
    let ran = shell.run(&["run", "hook.js", "-c", "login.json", "--profile", "one.json"]).expect(0);
    let profile = file(&shell, "one.json");
    assert!(share(&profile, &["decide", "hash"]) > 0.5, "{}", ran.out);
    assert!(share(&profile, &["decide", "console.log"]) > 0.0, "{}", ran.out);
    assert_eq!((&profile["name"], &profile["profiles"][0]["name"]), (&json!("hook.js"), &json!("login.json")));
    let hash = profile["shared"]["frames"].as_array().unwrap().iter().find(|frame| frame["name"] == "hash");
    assert_eq!(hash, Some(&json!({"name": "hash", "file": "hook.js", "line": 1, "col": 1})));
    let first = ran.out.lines().skip_while(|line| !line.starts_with("SELF")).nth(1).unwrap();
    assert!(first.contains(" hash ") && first.ends_with("hook.js:1:1"), "{}", ran.out);
    assert!(ran.out.contains("decision  allow") && ran.out.contains("profile   1000 samples"), "{}", ran.out);
    assert!(ran.err.contains("wrote one.json") && ran.err.contains("speedscope"), "{}", ran.err);

    shell.run(&["run", "hook.js", "-c", "login.json", "--profile", "two.json"]).expect(0);
    assert!(shell.read("one.json") == shell.read("two.json"), "a profile is the same, byte for byte");
}

#[test]
fn programs_are_told_as_well() {
    let shell = shell();
    let told = shell.run(&["run", "hook.js", "-c", "login.json", "--profile", "out.json", "--json"]).json();
    assert_eq!(
        (&told["decision"], &told["profile"]["file"], &told["profile"]["samples"]),
        (&json!("allow"), &json!("out.json"), &json!(1000))
    );
    let hot = &told["profile"]["functions"][0];
    assert_eq!((&hot["name"], &hot["file"], &hot["line"]), (&json!("hash"), &json!("hook.js"), &json!(1)));
    assert!(hot["self_fuel"].as_u64() <= hot["total_fuel"].as_u64() && told["profile"]["fuel"] == told["usage"]["fuel"], "{told}");
    assert_eq!(file(&shell, "out.json")["profiles"].as_array().unwrap().len(), 1);
    let ran = shell.run(&["run", "hook.js", "-c", "login.json", "--profile", "out.json", "--watch"]).expect(2);
    assert!(ran.err.contains("--watch"), "{}", ran.err);
    assert!(shell.run(&["run", "hook.js", "-c", "login.json", "--profile", "no/such/folder.json"]).expect(1).err.contains("cannot write"));
}

#[test]
fn a_function_that_fails_has_a_profile_and_no_secret_is_in_it() {
    let shell = shell();
    shell.write("hook.js", "exports.handler = () => { const f = { [process.env.TOKEN]: () => { for (;;); } }; f[process.env.TOKEN](); };");
    let args = ["run", "hook.js", "-c", "login.json", "--env", "TOKEN=a-secret-token", "--fuel", "3000000", "--profile", "out.json"];
    let ran = shell.run(&args).expect(1);
    assert!(ran.out.contains("outcome   out_of_fuel"), "{}", ran.out);
    let profile = file(&shell, "out.json");
    assert_eq!(profile["profiles"][0]["endValue"], 3_000_000);
    assert!(share(&profile, &["(anonymous)", "***"]) > 0.9, "{}", ran.out);
    assert!(!shell.read("out.json").contains("a-secret") && !ran.out.contains("a-secret"), "{}", ran.out);
}

#[test]
fn functions_of_webassembly_have_their_names_and_each_context_a_profile() {
    let shell = shell();
    shell.run(&["new", "mine", "--lang", "c"]).expect(0);
    let source = shell.read("mine/hook.c");
    let hot = "static volatile unsigned sum;
__attribute__((noinline)) static void hot(unsigned rounds) { while (rounds--) sum += rounds; }
__attribute__((noinline)) static void through(void) { hot(300000); hot(100000); }
";
    let (before, after) = source.split_once("int main(void) {").unwrap();
    shell.write("mine/hook.c", &format!("{before}{hot}int main(void) {{ through(); hot(100000);{after}"));
    shell.write("mine/samples/event2.json", CONTEXT);
    let manifest: Value = serde_json::from_str(&shell.read("mine/hook.json")).unwrap();
    let mut manifest = manifest.as_object().unwrap().clone();
    manifest.insert("samples".into(), json!(["samples/event.json", "samples/event2.json"]));
    shell.write("mine/hook.json", &Value::from(manifest).to_string());
    let ran = shell.run(&["run", "mine", "--profile", "out.json"]).expect(0);
    let profile = file(&shell, "out.json");
    let names: Vec<&Value> = profile["profiles"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["mine/samples/event.json", "mine/samples/event2.json"]);
    let outermost = profile["profiles"][0]["samples"][500].as_array().unwrap();
    let name = |place: &Value| profile["shared"]["frames"][place.as_u64().unwrap() as usize]["name"].as_str().unwrap();
    let stack: Vec<&str> = outermost.iter().map(name).collect();
    let [above @ .., "through", "hot"] = &stack[..] else { panic!("{stack:?} {}{}", ran.out, ran.err) };
    let (through, direct) = (share(&profile, &stack), share(&profile, &[above, &["hot"]].concat()));
    assert!(through > 0.75 && (3.5..4.5).contains(&(through / direct)), "{through} {direct}: {}", ran.out);
    assert!(!shell.folder().join("mine/build").exists(), "what is uploaded is not made by a profile");
}
