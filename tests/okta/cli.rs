//! A project of each type from a terminal: made, run, tested, deployed.

use serde_json::json;

use super::{SECRET, sample, settle};
use crate::harness::{Server, Shell};
use crate::okta::{Effect, Okta};

/// Type, exit code and effect of a run on the sample, and how many tests there are.
const PROJECTS: [(&str, i32, &str, u8); 7] = [
    ("okta-password-import", 0, "the password is imported, and the user is signed in", 2),
    ("okta-telephony", 10, "Okta's own provider sends the message, and the error is shown: No provider is set up", 2),
    ("okta-registration", 0, "attribute title of the user becomes \"Employee\"", 3),
    ("okta-token", 0, "the ID token: claim https://example.com/department is added: \"Engines\"", 1),
    ("okta-saml-assertion", 0, "the assertion: /claims/roles/attributeValues/1/value becomes \"editor\"", 1),
    ("okta-user-import", 0, "the user is linked to 00uAda", 1),
    ("okta-event", 0, "the events count as delivered", 1),
];

#[test]
fn a_new_project_of_each_type_runs_and_passes_its_tests() {
    for (hook_type, code, effect, tests) in PROJECTS {
        let shell = Shell::new();
        shell.run(&["new", "mine", "--lang", "js", "--type", hook_type]).expect(0);
        let ran = shell.run(&["run", "mine"]).expect(code);
        assert!(ran.out.contains(effect), "{hook_type}: {}", ran.out);
        assert!(!ran.out.contains("Abcd1234"), "{}", ran.out);
        let tested = shell.run(&["test", "mine"]).expect(0);
        assert!(tested.err.contains(&format!("{tests} of {tests} tests passed")), "{hook_type}: {}{}", tested.out, tested.err);
    }
    let shell = Shell::new();
    let refused = shell.run(&["new", "mine", "--lang", "rust", "--type", "okta-token"]).expect(2);
    assert!(refused.err.contains("there is no template of okta-token in this language: `--lang js` has one"), "{}", refused.err);
}

#[test]
fn a_project_is_deployed_and_its_door_opened() {
    let server = Server::start();
    let shell = Shell::admin(&server);
    shell.run(&["new", "import", "--lang", "js", "--type", "okta-password-import"]).expect(0);
    let deployed = shell.run(&["deploy", "import", "--wait", "--json"]).json();
    let id = deployed["id"].as_str().unwrap_or_else(|| panic!("{deployed}")).to_owned();
    let secret = json!({"authentication": {"type": "header", "name": "X-Secret", "secret": SECRET}});
    server.admin().put(&format!("/v1/hooks/{id}"), &secret).expect(200);
    settle(server.admin(), &id);
    let okta = Okta::new(server.address(), "okta-password-import", &id);
    let imported = Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}})]);
    assert_eq!(okta.bring(&sample("password-import")), imported);
    // The secret stays when the function changes.
    let source = shell.read("import/hook.js").replace("'Abcd1234'", "'changed-1234'");
    shell.write("import/hook.js", &source);
    shell.run(&["deploy", "import", "--wait"]).expect(0);
    let mut event = sample("password-import");
    event["eventId"] = "after".into();
    let refused = Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"credential": "UNVERIFIED"}})]);
    assert_eq!(okta.bring(&event), refused);
}
