//! Every type: what functions answer, what Okta makes of it, and what is refused on the way.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::played::PATIENCE;
use super::{ECHO, Effect, Okta, answered, deploy, sample, set_up};
use crate::harness::{Answered, Server, Upstream};

fn command(kind: &str, value: Value) -> Value {
    json!({"commands": [{"type": kind, "value": value}]})
}

/// Brings events on which the function answers each of these, and checks what Okta made of them.
#[track_caller]
fn check(okta: &Okta, sample: &str, cases: Vec<(Value, Effect)>) {
    for (number, (answer, effect)) in cases.into_iter().enumerate() {
        let event = answered(sample, &format!("{sample}-{number}"), &answer);
        assert_eq!(okta.bring(&event), effect, "{answer}");
    }
}

/// The commands of an answer, all carried out.
fn carried_out(answer: &Value) -> Effect {
    Effect::Commands(answer["commands"].as_array().unwrap().clone())
}

/// The same answer, and that it is carried out.
fn works(answer: Value) -> (Value, Effect) {
    let effect = carried_out(&answer);
    (answer, effect)
}

/// Why the newest execution did not complete.
fn reason(server: &Server, id: &str) -> String {
    let execution = server.admin().executions(id).remove(0);
    assert_eq!(execution["outcome"], "invalid_response", "{execution}");
    execution["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_password_is_imported_or_not() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-password-import", ECHO);
    let update = |value: &str| command("com.okta.action.update", json!({"credential": value}));
    let unverified = carried_out(&update("UNVERIFIED"));
    check(
        &okta,
        "password-import",
        vec![
            works(update("VERIFIED")),
            works(update("UNVERIFIED")),
            (json!(null), Effect::Default),
            (json!({"error": {"errorSummary": "down"}}), Effect::Refused("down".into())),
            (update("verified"), unverified),
        ],
    );
    assert!(reason(&server, &id).contains("needs a value of"), "{}", reason(&server, &id));
    let mut event = sample("password-import");
    event["data"]["context"].as_object_mut().unwrap().remove("credential");
    assert_eq!(okta.exchange("POST", &event.to_string()).unwrap().0, 400);
    assert_eq!(okta.bring(&event), Effect::Stopped);
}

#[test]
fn a_message_is_sent_by_the_hook_or_by_okta() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-telephony", ECHO);
    let action = |value: Value| command("com.okta.telephony.action", value);
    let fails_over = Effect::Refused("The message was not sent".into());
    check(
        &okta,
        "telephony",
        vec![
            works(action(json!([{"status": "SUCCESSFUL", "provider": "8x8", "transactionId": "1"}]))),
            works(action(json!([{"status": "FAILED"}]))),
            (json!({"error": {"errorSummary": "no credit"}}), Effect::Refused("no credit".into())),
            (action(json!({"status": "SUCCESSFUL"})), fails_over.clone()),
            (json!(null), fails_over),
        ],
    );
    assert!(reason(&server, &id).contains("Okta takes no silence for an answer"));
}

#[test]
fn a_registration_is_allowed_denied_or_changed() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-registration", ECHO);
    let action = |value: &str| command("com.okta.action.update", json!({"registration": value}));
    let causes = json!({"error": {"errorSummary": "no", "errorCauses": [{
        "errorSummary": "taken", "reason": "TAKEN", "locationType": "body", "location": "data.userProfile.login", "domain": "end-user",
    }]}});
    check(
        &okta,
        "registration",
        vec![
            works(action("ALLOW")),
            works(action("DENY")),
            works(command("com.okta.user.profile.update", json!({"title": "x"}))),
            (causes, Effect::Refused("no".into())),
            (json!({}), Effect::Default),
            (command("com.okta.user.progressive.profile.update", json!({"title": "x"})), carried_out(&action("DENY"))),
            (command("com.action.update", json!({"registration": "ALLOW"})), carried_out(&action("DENY"))),
        ],
    );
    assert!(reason(&server, &id).contains("a misprint of Okta's specification"));
    let update = command("com.okta.user.progressive.profile.update", json!({"employeeNumber": "1"}));
    let mut progressive = answered("registration", "progressive", &update);
    progressive["requestType"] = "progressive.profile".into();
    assert_eq!(okta.bring(&progressive), carried_out(&update));
}

#[test]
fn tokens_are_patched() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-token", ECHO);
    let patch = |operation: Value| command("com.okta.access.patch", json!([operation]));
    let lifetime = |seconds: u64| patch(json!({"op": "replace", "path": "/token/lifetime/expiration", "value": seconds}));
    check(
        &okta,
        "token",
        vec![
            works(patch(json!({"op": "add", "path": "/claims/team", "value": "x"}))),
            works(patch(json!({"op": "replace", "path": "/claims/groups", "value": ["x"]}))),
            works(patch(json!({"op": "remove", "path": "/claims/groups"}))),
            works(patch(json!({"op": "add", "path": "/claims/groups/-", "value": "x"}))),
            works(lifetime(86_400)),
            (lifetime(299), Effect::Default),
        ],
    );
    assert!(reason(&server, &id).contains("300 to 86400 seconds"));
    // Whoever would rather have no token than one without the claims says so.
    let strict = deploy(server.admin(), "okta-token", ECHO, json!({"on_error": "deny"}));
    let strict = Okta::new(server.address(), "okta-token", &strict);
    assert_eq!(strict.bring(&answered("token", "strict", &lifetime(299))), Effect::Refused("The hook failed".into()));
}

#[test]
fn assertions_are_patched() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-saml-assertion", ECHO);
    let patch = |operation: Value| command("com.okta.assertion.patch", json!([operation]));
    let claim = json!({"attributes": {"NameFormat": "x"}, "attributeValues": [{"attributes": {"xsi:type": "xs:string"}, "value": "y"}]});
    check(
        &okta,
        "saml-assertion",
        vec![
            works(patch(json!({"op": "replace", "path": "/claims/roles/attributeValues/1/value", "value": "x"}))),
            works(patch(json!({"op": "add", "path": "/claims/https:~1~1a.example~1b", "value": claim}))),
            (patch(json!({"op": "remove", "path": "/claims/roles"})), Effect::Default),
        ],
    );
    assert!(reason(&server, &id).contains("`add` and `replace` only"));
}

#[test]
fn users_are_imported_and_linked() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-user-import", ECHO);
    let link = json!({"type": "com.okta.action.update", "value": {"result": "LINK_USER"}});
    let user = json!({"type": "com.okta.user.update", "value": {"id": "00u1"}});
    check(
        &okta,
        "user-import",
        vec![
            works(json!({"commands": [link, user]})),
            works(command("com.okta.appUser.profile.update", json!({"title": "x"}))),
            (json!({"commands": [link]}), Effect::Default),
        ],
    );
    assert!(reason(&server, &id).contains("no command says to whom"));
}

#[test]
fn events_are_delivered_after_the_hook_was_verified() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-event", "exports.handler = async ({ data }) => { console.log(data.events[0].eventType); };");
    assert_eq!(okta.verify("a-challenge"), Some(json!({"verification": "a-challenge"})));
    assert_eq!(okta.sending("X-Secret", "wrong").verify("a-challenge"), None);
    assert!(server.admin().executions(&id).is_empty());
    assert_eq!(okta.bring(&sample("event")), Effect::Default);
    let execution = server.admin().executions(&id).remove(0);
    assert!(execution["events"][0].as_str().unwrap().ends_with("user.lifecycle.create"), "{execution}");
    let (okta, id) = set_up(&server, "okta-event", "exports.handler = async () => { throw new Error('later'); };");
    assert_eq!(okta.bring(&sample("event")), Effect::WentOn);
    assert_eq!(server.admin().executions(&id).len(), 2, "Okta delivered them once more");
}

#[test]
fn a_function_that_takes_too_long_is_answered_for_in_time() {
    let server = Server::start();
    let unverified = carried_out(&command("com.okta.action.update", json!({"credential": "UNVERIFIED"})));
    let denied = carried_out(&command("com.okta.action.update", json!({"registration": "DENY"})));
    for (hook_type, name, effect) in [
        ("okta-password-import", "password-import", unverified),
        ("okta-registration", "registration", denied),
        ("okta-telephony", "telephony", Effect::Refused("The message was not sent".into())),
        ("okta-token", "token", Effect::Default),
        ("okta-saml-assertion", "saml-assertion", Effect::Default),
        ("okta-user-import", "user-import", Effect::Default),
    ] {
        let (okta, id) = set_up(&server, hook_type, "exports.handler = () => new Promise((done) => setTimeout(done, 3100));");
        let started = Instant::now();
        assert_eq!(okta.bring(&sample(name)), effect, "{hook_type}");
        assert!(started.elapsed() < PATIENCE, "{hook_type}: {:?}", started.elapsed());
        assert_eq!(server.admin().executions(&id)[0]["outcome"], "timeout");
    }
}

#[test]
fn a_body_that_okta_would_not_read_is_not_sent() {
    let server = Server::start();
    let source = "exports.handler = async () => ({ debugContext: { pad: 'x'.repeat(256 * 1024) } });";
    let (okta, id) = set_up(&server, "okta-registration", source);
    let denied = carried_out(&command("com.okta.action.update", json!({"registration": "DENY"})));
    assert_eq!(okta.bring(&sample("registration")), denied);
    let execution = server.admin().executions(&id).remove(0);
    assert_ne!(execution["outcome"], "completed", "{execution}");
}

#[test]
fn the_played_okta_is_as_impatient_as_the_real_one() {
    let slow = Upstream::start(|_| {
        std::thread::sleep(Duration::from_millis(3100));
        Answered::ok("{}")
    });
    for (hook_type, name, effect, calls) in
        [("okta-password-import", "password-import", Effect::Stopped, 2), ("okta-token", "token", Effect::WentOn, 1)]
    {
        assert_eq!(Okta::new(slow.address, hook_type, "x").bring(&sample(name)), effect);
        let ids: Vec<Value> = slow.take().iter().map(|one| serde_json::from_str::<Value>(&one.body).unwrap()["eventId"].clone()).collect();
        assert_eq!(ids, vec![sample(name)["eventId"].clone(); calls], "{hook_type}");
    }
    let moved = Upstream::start(|_| Answered { status: 302, headers: vec![("location", "https://a.example".into())], body: Vec::new() });
    assert_eq!(Okta::new(moved.address, "okta-token", "x").bring(&sample("token")), Effect::WentOn);
    assert_eq!(moved.take().len(), 1);
}
