//! Responses of each type: what is right, and what is wrong with the others.

use serde_json::json;

use super::*;
use crate::okta::samples::sample;

fn judged(kind: Kind, event: &Value, response: &Value) -> Result<Verdict, String> {
    let raw = RawValue::from_string(response.to_string()).unwrap();
    judge(kind, raw, &event.to_string().into()).map_err(|error| error.0)
}

fn decided(kind: Kind, response: Value) -> Result<Decision, String> {
    judged(kind, &sample(kind), &response).map(|verdict| verdict.decision)
}

fn command(name: &str, value: Value) -> Value {
    json!({"commands": [{"type": name, "value": value}]})
}

/// That each response is refused, with these words in the reason.
#[track_caller]
fn refused(kind: Kind, cases: impl IntoIterator<Item = (Value, &'static str)>) {
    for (response, says) in cases {
        let error = decided(kind, response.clone()).unwrap_err();
        assert!(error.contains(says), "{kind:?} {response}: {error}");
    }
}

#[test]
fn the_envelope_is_strict() {
    for kind in Kind::ALL {
        refused(
            kind,
            [
                (json!(5), "the response is a number"),
                (json!([]), "the response is an array"),
                (json!({"comands": []}), "the key `comands`"),
                (json!({"commands": {}}), "`commands` is an object and not an array"),
                (json!({"commands": [5]}), "`commands[0]` is a number"),
                (json!({"commands": [{"value": 1}]}), "`commands[0]` has no `type`"),
                (json!({"commands": [{"type": "x", "values": 1}]}), "the key `values`"),
                (json!({"commands": [{"type": "com.okta.nothing", "value": 1}]}), "\"com.okta.nothing\", and"),
                (json!({"debugContext": 5}), "`debugContext` is not an object"),
                (json!({"error": "no"}), "`error` is a string and not an object"),
                (json!({"error": [{"errorSummary": "no"}]}), "one example of Okta's specification has an array"),
                (json!({"error": {"summary": "no"}}), "`error` has the key `summary`"),
                (json!({"error": {"errorSummary": 5}}), "`error.errorSummary` is a number"),
                (json!({"error": {"errorCauses": {}}}), "`error.errorCauses` is an object"),
                (json!({"error": {"errorCauses": [{"reason": 5}]}}), "`reason` of `error.errorCauses[0]` is a number"),
                (json!({"error": {"errorCauses": [{"why": ""}]}}), "`error.errorCauses[0]` has the key `why`"),
            ],
        );
        let denied = judged(kind, &sample(kind), &json!({"error": {"errorSummary": "no", "errorCauses": [{"reason": "x"}]}})).unwrap();
        assert_eq!((denied.decision, denied.message.as_deref()), (Decision::Deny, Some("no")), "{kind:?}");
    }
}

#[test]
fn an_answer_has_at_most_what_okta_reads() {
    let padded = |bytes: usize| {
        let rest = json!({"debugContext": {"pad": ""}}).to_string().len();
        json!({"debugContext": {"pad": "x".repeat(bytes - rest)}})
    };
    assert_eq!(decided(Kind::Token, padded(LONGEST)), Ok(Decision::NoChange));
    refused(Kind::Token, [(padded(LONGEST + 1), "the response has 262145 bytes, and Okta reads 262144 at most")]);
}

#[test]
fn silence_is_an_answer_where_okta_takes_it_for_one() {
    for kind in Kind::ALL {
        for silence in [json!(null), json!({}), json!({"commands": []})] {
            let verdict = judged(kind, &sample(kind), &silence);
            match kind {
                Kind::Telephony => assert!(verdict.unwrap_err().contains("Okta takes no silence for an answer")),
                Kind::PasswordImport => assert_eq!(verdict.unwrap().decision, Decision::Deny),
                Kind::Registration | Kind::Token | Kind::Saml | Kind::UserImport | Kind::Event => {
                    let verdict = verdict.unwrap();
                    assert_eq!((verdict.decision, verdict.body.is_some()), (Decision::NoChange, false), "{kind:?}");
                }
            }
        }
    }
    let told = judged(Kind::Token, &sample(Kind::Token), &json!({"debugContext": {"a": 1}})).unwrap();
    assert!(told.body.is_some(), "Okta logs it");
}

#[test]
fn names_that_are_misprinted_are_told() {
    refused(
        Kind::Registration,
        [
            (command("com.action.update", json!({"registration": "DENY"})), "a misprint of Okta's specification"),
            (
                command("com.okta.user.progressive.profile.update'", json!({"a": 1})),
                "the command is \"com.okta.user.progressive.profile.update\"",
            ),
            (command("com.okta.action.update", json!({"action": "DENY"})), "the key is `registration`"),
        ],
    );
    refused(
        Kind::Token,
        [(command("com.action.update", json!({})), "this type has \"com.okta.identity.patch\", \"com.okta.access.patch\"")],
    );
}

#[test]
fn a_password_is_verified_or_not() {
    let update = |value: Value| command("com.okta.action.update", value);
    assert_eq!(decided(Kind::PasswordImport, update(json!({"credential": "VERIFIED"}))), Ok(Decision::Allow));
    assert_eq!(decided(Kind::PasswordImport, update(json!({"credential": "UNVERIFIED"}))), Ok(Decision::Deny));
    let mut both = update(json!({"credential": "VERIFIED"}));
    both["commands"].as_array_mut().unwrap().push(json!({"type": "com.okta.action.update", "value": {"credential": "UNVERIFIED"}}));
    assert_eq!(decided(Kind::PasswordImport, both), Ok(Decision::Deny), "the last one holds");
    let mut failed = update(json!({"credential": "VERIFIED"}));
    failed["error"] = json!({});
    let failed = judged(Kind::PasswordImport, &sample(Kind::PasswordImport), &failed).unwrap();
    assert_eq!((failed.decision, failed.commands.len()), (Decision::Deny, 0), "an error wins");
    refused(
        Kind::PasswordImport,
        [
            (update(json!({"credential": "verified"})), "needs a value of {\"credential\": \"VERIFIED\" | \"UNVERIFIED\"}"),
            (update(json!({"credential": true})), "needs a value of"),
            (update(json!({})), "needs a value of"),
            (update(json!({"credential": "VERIFIED", "more": 1})), "the key `more`"),
            (update(json!("VERIFIED")), "has a string as its value"),
            (command("com.okta.telephony.action", json!([])), "this type has \"com.okta.action.update\""),
        ],
    );
}

#[test]
fn a_message_is_sent_or_not() {
    let action = |value: Value| command("com.okta.telephony.action", value);
    for (status, decision) in [("SUCCESSFUL", Decision::Allow), ("PENDING", Decision::Allow), ("FAILED", Decision::Deny)] {
        let value = json!([{"status": status, "provider": "8x8", "transactionId": "1", "transactionMetadata": "{}"}]);
        assert_eq!(decided(Kind::Telephony, action(value)), Ok(decision));
    }
    assert_eq!(decided(Kind::Telephony, json!({"error": {"errorSummary": "no"}})), Ok(Decision::Deny));
    refused(
        Kind::Telephony,
        [
            (action(json!({"status": "SUCCESSFUL"})), "has an object as its value and not an array"),
            (action(json!([])), "has an empty value"),
            (action(json!([{}])), "needs a `status` of SUCCESSFUL, PENDING, FAILED"),
            (action(json!([{"status": "OK"}])), "needs a `status`"),
            (action(json!([{"status": "FAILED", "transactionMetadata": {"a": 1}}])), "of which JSON.stringify(...) makes one"),
            (action(json!([{"status": "FAILED", "transaction": "1"}])), "the key `transaction`"),
            (
                json!({"commands": [{"type": "com.okta.telephony.action", "value": []}, {"type": "com.okta.telephony.action", "value": []}]}),
                "one command",
            ),
        ],
    );
}

#[test]
fn a_registration_is_allowed_changed_or_denied() {
    let action = |value: &str| command("com.okta.action.update", json!({"registration": value}));
    assert_eq!(decided(Kind::Registration, action("ALLOW")), Ok(Decision::Allow));
    assert_eq!(decided(Kind::Registration, action("DENY")), Ok(Decision::Deny));
    assert_eq!(decided(Kind::Registration, json!({"error": {}})), Ok(Decision::Deny), "an empty error denies");
    let (profile, progressive) = ("com.okta.user.profile.update", "com.okta.user.progressive.profile.update");
    assert_eq!(decided(Kind::Registration, command(profile, json!({"title": "x"}))), Ok(Decision::Allow));
    refused(
        Kind::Registration,
        [
            (command(progressive, json!({"title": "x"})), "is for progressive.profile, and this is self.service.registration"),
            (command(profile, json!({"password": "x"})), "sets `password`, which no command can set"),
            (command(profile, json!({})), "sets no attribute"),
            (command(profile, json!([])), "has an array as its value"),
        ],
    );
    let mut event = sample(Kind::Registration);
    event["requestType"] = json!("progressive.profile");
    assert!(judged(Kind::Registration, &event, &command(progressive, json!({"title": "x"}))).is_ok());
    let other = judged(Kind::Registration, &event, &command(profile, json!({"title": "x"}))).map(|_| ()).unwrap_err();
    assert!(other.contains("the command is \"com.okta.user.progressive.profile.update\""), "{other}");
}

/// A patch of one operation.
fn patch(name: &str, operation: Value) -> Value {
    command(name, json!([operation]))
}

#[test]
fn tokens_are_patched_as_okta_does() {
    let (identity, access) = ("com.okta.identity.patch", "com.okta.access.patch");
    for (name, operation) in [
        (identity, json!({"op": "add", "path": "/claims/extra", "value": {"a": [1]}})),
        (identity, json!({"op": "add", "path": "/claims/email", "value": "x"})),
        (identity, json!({"op": "add", "path": "/claims/https:~1~1a.example~1b", "value": 1})),
        (identity, json!({"op": "replace", "path": "/claims/email", "value": "x"})),
        (identity, json!({"op": "remove", "path": "/claims/email"})),
        (identity, json!({"op": "remove", "path": "/claims/email", "value": null})),
        (access, json!({"op": "add", "path": "/claims/groups/-", "value": "x"})),
        (access, json!({"op": "add", "path": "/claims/groups/1", "value": "x"})),
        (access, json!({"op": "replace", "path": "/claims/sub", "value": "x"})),
        (access, json!({"op": "replace", "path": "/claims/aud", "value": "x"})),
        (access, json!({"op": "replace", "path": "/token/lifetime/expiration", "value": 300})),
        (access, json!({"op": "replace", "path": "/token/lifetime/expiration", "value": 86_400})),
    ] {
        assert_eq!(decided(Kind::Token, patch(name, operation.clone())), Ok(Decision::Allow), "{operation}");
    }
    refused(
        Kind::Token,
        [
            (patch(access, json!({"op": "replace", "path": "/token/lifetime/expiration", "value": 299})), "300 to 86400 seconds"),
            (patch(access, json!({"op": "replace", "path": "/token/lifetime/expiration", "value": 86_401})), "300 to 86400 seconds"),
            (patch(access, json!({"op": "replace", "path": "/token/lifetime/expiration", "value": "300"})), "300 to 86400 seconds"),
            (patch(access, json!({"op": "remove", "path": "/token/lifetime/expiration"})), "cannot be removed"),
            (patch(access, json!({"op": "replace", "path": "/claims/nothing", "value": 1})), "there is no `/claims/nothing`"),
            (patch(access, json!({"op": "remove", "path": "/claims/nothing"})), "there is no `/claims/nothing`"),
            (patch(access, json!({"op": "remove", "path": "/claims/groups", "value": 1})), "may have null only"),
            (patch(access, json!({"op": "add", "path": "/claims/groups/2", "value": "x"})), "is not a place in the array"),
            (patch(access, json!({"op": "add", "path": "/claims/nothing/a", "value": 1})), "there is no `/claims/nothing/a`"),
            (
                patch(access, json!({"op": "replace", "path": "/claims/iss", "value": "x"})),
                "`iss` is a claim of an access token that Okta alone sets",
            ),
            (patch(access, json!({"op": "remove", "path": "/claims/ver"})), "Okta alone sets"),
            (patch(identity, json!({"op": "replace", "path": "/claims/sub", "value": "x"})), "`sub` is a claim of an ID token"),
            (patch(identity, json!({"op": "replace", "path": "/claims/aud", "value": "x"})), "`aud` is a claim of an ID token"),
            (patch(identity, json!({"op": "add", "path": "/scopes/x", "value": 1})), "is neither a claim"),
            (patch(identity, json!({"op": "add", "path": "/claims", "value": {}})), "is neither a claim"),
            (command(identity, json!({"op": "add"})), "has an object as its value and not an array"),
        ],
    );
    let second = json!([{"op": "add", "path": "/claims/a", "value": {}}, {"op": "add", "path": "/claims/a/b", "value": 1}]);
    assert_eq!(decided(Kind::Token, command(access, second)), Ok(Decision::Allow), "operations see what those before have done");
    let mut event = sample(Kind::Token);
    event["data"].as_object_mut().unwrap().remove("access");
    let error = judged(Kind::Token, &event, &patch(access, json!({"op": "add", "path": "/claims/a", "value": 1}))).map(|_| ()).unwrap_err();
    assert!(error.contains("changes a token that was not asked for: the event has no data.access"), "{error}");
}

#[test]
fn assertions_are_patched_as_okta_does() {
    let claim = json!({"attributes": {"NameFormat": "x"}, "attributeValues": [{"attributes": {"xsi:type": "xs:string"}, "value": "y"}]});
    let name = "com.okta.assertion.patch";
    for operation in [
        json!({"op": "replace", "path": "/claims/roles/attributeValues/1/value", "value": "x"}),
        json!({"op": "add", "path": "/claims/https:~1~1a.example~1b", "value": claim}),
        json!({"op": "add", "path": "/authentication/sessionLifetime", "value": 600}),
        json!({"op": "replace", "path": "/subject/nameId", "value": "x"}),
        json!({"op": "replace", "path": "/conditions/audienceRestriction", "value": ["x"]}),
    ] {
        assert_eq!(decided(Kind::Saml, patch(name, operation.clone())), Ok(Decision::Allow), "{operation}");
    }
    refused(
        Kind::Saml,
        [
            (patch(name, json!({"op": "remove", "path": "/claims/roles"})), "`add` and `replace` only"),
            (patch(name, json!({"op": "replace", "path": "/claims/nothing", "value": claim})), "there is no `/claims/nothing`"),
            (patch(name, json!({"op": "replace", "path": "/claims/roles/attributeValues/2/value", "value": 1})), "there is no"),
            (patch(name, json!({"op": "replace", "path": "/lifetime/expiration", "value": 1})), "is in none of /subject"),
            (patch(name, json!({"op": "add", "path": "/claims/x", "value": "y"})), "a new claim is an object with `attributeValues`"),
            (patch(name, json!({"op": "add", "path": "/subject/x", "value": "y"})), "is neither a claim"),
            (patch(name, json!({"op": "add", "path": "/authentication/sessionLifetime", "value": 0})), "whole number of seconds"),
        ],
    );
}

#[test]
fn an_import_is_linked_in_two_commands() {
    let link = json!({"type": "com.okta.action.update", "value": {"result": "LINK_USER"}});
    let user = json!({"type": "com.okta.user.update", "value": {"id": "00u1"}});
    assert_eq!(decided(Kind::UserImport, json!({"commands": [link, user]})), Ok(Decision::Allow));
    assert_eq!(decided(Kind::UserImport, json!({"commands": [user, link]})), Ok(Decision::Allow));
    for name in ["com.okta.user.profile.update", "com.okta.appUser.profile.update"] {
        assert_eq!(decided(Kind::UserImport, command(name, json!({"login": "x"}))), Ok(Decision::Allow));
    }
    assert_eq!(decided(Kind::UserImport, command("com.okta.action.update", json!({"result": "CREATE_USER"}))), Ok(Decision::Allow));
    refused(
        Kind::UserImport,
        [
            (json!({"commands": [link]}), "no command says to whom"),
            (json!({"commands": [user]}), "no command says {\"result\": \"LINK_USER\"}"),
            (command("com.okta.user.update", json!({"id": ""})), "needs the `id`"),
            (command("com.okta.user.update", json!({"id": "x", "login": "y"})), "the key `login`"),
            (command("com.okta.action.update", json!({"result": "DROP"})), "needs a value of"),
        ],
    );
    let mut event = sample(Kind::UserImport);
    event["data"]["user"]["id"] = json!("00u2");
    event["data"]["action"]["result"] = json!("LINK_USER");
    for commands in [json!({"commands": [user]}), json!({"commands": [link]})] {
        assert!(judged(Kind::UserImport, &event, &commands).is_ok(), "Okta has found whom to link to: {commands}");
    }
}

#[test]
fn events_are_answered_with_nothing() {
    let refused = decided(Kind::Event, command("com.okta.action.update", json!({}))).unwrap_err();
    assert!(refused.contains("an answer to events has no commands"), "{refused}");
}
