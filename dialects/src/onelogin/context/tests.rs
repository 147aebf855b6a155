//! What callers may send and what functions see.

use proptest::prelude::*;

use super::version::ContextVersion;
use super::*;

const ALL: Options = Options { risk_enabled: true, location_enabled: true, mfa_device_info_enabled: true };
const NONE: Options = Options { risk_enabled: false, location_enabled: false, mfa_device_info_enabled: false };

fn pre(text: &str) -> Result<Context<'_>, ContextError> {
    Context::parse(Kind::PreAuthentication, text.as_bytes())
}

fn seen(text: &str, version: ContextVersion, options: Options) -> String {
    pre(text).unwrap().visible(View { version, options }).into_owned()
}

const FULL: &str = r#"{"user": {"user_identifier":"jim","policy_id":1.50,"id":7,"last_login_success":null},"device":{"user_agent":"M","is_mobile":false},
 "location":{"ip":"::1"},"risk":{"score":3},"mfa_devices":[{"device_id":1}],"app":{"id":2},"request_id":"r"}"#;

#[test]
fn the_newest_version_with_every_option_is_passed_on_byte_for_byte() {
    let context = pre(FULL).unwrap();
    let view = View { version: ContextVersion::V1_1_0, options: ALL };
    assert!(matches!(context.visible(view), Cow::Borrowed(same) if same == FULL));
}

#[test]
fn an_option_that_is_off_leaves_no_key() {
    let device = r#""device":{"user_agent":"M","is_mobile":false}"#;
    let user = r#""user":{"user_identifier":"jim","policy_id":1.50,"id":7,"last_login_success":null}"#;
    assert_eq!(seen(FULL, ContextVersion::V1_1_0, NONE), format!(r#"{{{user},{device},"app":{{"id":2}},"request_id":"r"}}"#));
    let risk = Options { risk_enabled: true, ..NONE };
    assert_eq!(
        seen(FULL, ContextVersion::V1_1_0, risk),
        format!(r#"{{{user},{device},"risk":{{"score":3}},"app":{{"id":2}},"request_id":"r"}}"#)
    );
}

#[test]
fn the_first_version_has_less() {
    assert_eq!(
        seen(FULL, ContextVersion::V1_0_0, ALL),
        r#"{"user":{"user_identifier":"jim","policy_id":1.50},"device":{"user_agent":"M","is_mobile":false},"location":{"ip":"::1"},"risk":{"score":3},"request_id":"r"}"#
    );
}

#[test]
fn what_the_caller_leaves_open_is_filled_in() {
    let old = r#"{"user":{"user_identifier":"jim","policy_id":1},"device":{}}"#;
    let wanted = r#"{"user":{"user_identifier":"jim","policy_id":1,"last_login_success":null},"device":{},"app":{}}"#;
    assert_eq!(seen(old, ContextVersion::V1_1_0, NONE), wanted);
    assert_eq!(seen(old, ContextVersion::V1_0_0, NONE), old);
    let null = r#"{"user":{"user_identifier":"jim","policy_id":1,"last_login_success":null},"device":{},"app":null}"#;
    assert_eq!(seen(null, ContextVersion::V1_1_0, NONE), wanted);
}

#[test]
fn unknown_keys_are_dropped_at_every_level() {
    let text = r#"{"roles":[1],"x":{"y":1},"user":{"user_identifier":"j","policy_id":1,"admin":true},"device":{"is_mobile":true,"os":"X"},"mfa_devices":[{"a":1},{"default":true}],"r\u0069sk":null}"#;
    assert_eq!(
        seen(text, ContextVersion::V1_1_0, ALL),
        r#"{"user":{"user_identifier":"j","policy_id":1,"last_login_success":null},"device":{"is_mobile":true},"mfa_devices":[{},{"default":true}],"risk":null,"app":{}}"#
    );
}

#[test]
fn what_every_function_counts_on_must_be_there() {
    let user = r#""user":{"user_identifier":"j","policy_id":1}"#;
    for (text, field, message) in [
        ("{}".to_owned(), "user", "instance requires property \"user\""),
        (format!("{{{user}}}"), "device", "instance requires property \"device\""),
        (format!(r#"{{{user},"device":null}}"#), "device", "instance requires property \"device\""),
        (
            r#"{"user":{"policy_id":1},"device":{}}"#.to_owned(),
            "user.user_identifier",
            "instance.user requires property \"user_identifier\"",
        ),
        (
            r#"{"user":{"user_identifier":"j","policy_id":null},"device":{}}"#.to_owned(),
            "user.policy_id",
            "instance.user requires property \"policy_id\"",
        ),
        (
            r#"{"user":{"user_identifier":"j","policy_id":"1"},"device":{}}"#.to_owned(),
            "user.policy_id",
            "instance.user.policy_id is not of a type(s) number",
        ),
        (r#"{"user":5,"device":{}}"#.to_owned(), "user", "instance.user is not of a type(s) object"),
        (format!(r#"{{{user},"device":{{}},"mfa_devices":[5]}}"#), "mfa_devices[0]", "instance.mfa_devices[0] is not of a type(s) object"),
        (format!(r#"{{{user},"device":{{}},"roles":5}}"#), "roles", "instance.roles is not of a type(s) array"),
        (format!(r#"{{{user},"device":{{}},"roles":[[]]}}"#), "roles[0]", "instance.roles[0] is not of a type(s) string,integer"),
    ] {
        let error = pre(&text).unwrap_err();
        assert_eq!((error.field.as_deref(), error.message.as_str()), (Some(field), message), "{text}");
    }
    let error = Context::parse(Kind::UserMigration, br#"{"user_identifier":"a"}"#).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("password"));
}

#[test]
fn roles_are_texts_or_numbers() {
    let text = r#"{"user":{"user_identifier":"j","policy_id":1},"device":{},"roles":[12, "3\u0034", "a"]}"#;
    assert_eq!(pre(text).unwrap().roles().unwrap(), ["12", "34", "a"]);
    assert_eq!(pre(FULL).unwrap().roles(), None);
}

#[test]
fn takes_only_ids_that_are_safe_to_carry() {
    let with = |ids: &str| format!(r#"{{"user":{{"user_identifier":"j","policy_id":1}},"device":{{}},{ids}}}"#);
    let text = with(r#""request_id":"a.b_c:d-9","correlation_id":"a b","n":5,"e":"""#);
    let context = pre(&text).unwrap();
    assert_eq!(context.id("request_id"), Some("a.b_c:d-9"));
    for key in ["correlation_id", "n", "e", "absent"] {
        assert_eq!(context.id(key), None, "{key}");
    }
    let long = with(&format!(r#""request_id":"{}""#, "a".repeat(129)));
    assert_eq!(pre(&long).unwrap().id("request_id"), None);
}

#[test]
fn refuses_bytes_that_are_not_a_context() {
    for body in [&b"\xff\xfe"[..], b"null", b"{\"a\":1,\"a\":2}", b""] {
        assert!(Context::parse(Kind::PreAuthentication, body).is_err());
    }
    for twice in [r#""user":{"policy_id":1,"policy_id":2}"#, r#""x":[{"a":1,"a":1}]"#, r#""mfa_devices":[{"default":1,"default":1}]"#] {
        assert!(pre(&format!("{{{twice}}}")).unwrap_err().message.contains("duplicate key"), "{twice}");
    }
}

#[test]
fn knows_the_password_of_a_migration_as_a_secret() {
    let body = br#"{"user_identifier":"a","password":"p\"w"}"#;
    let context = Context::parse(Kind::UserMigration, body).unwrap();
    assert_eq!(context.secrets().iter().map(Secret::expose).collect::<Vec<_>>(), ["p\"w"]);
    assert!(!format!("{:?}", context.fields).contains("p\\\"w"));
}

proptest! {
    #[test]
    fn what_a_function_sees_is_json_without_what_is_hidden(risk in any::<bool>(), old in any::<bool>(), extra in "[a-z]{1,8}", app in any::<bool>()) {
        let mut sent: serde_json::Value = serde_json::from_str(FULL).unwrap();
        let unknown = format!("x-{extra}");
        sent[&unknown] = 1.into();
        if !app {
            sent.as_object_mut().unwrap().remove("app");
        }
        let version = if old { ContextVersion::V1_0_0 } else { ContextVersion::V1_1_0 };
        let shown: serde_json::Value = serde_json::from_str(&seen(&sent.to_string(), version, Options { risk_enabled: risk, ..NONE })).unwrap();
        prop_assert_eq!(shown.get("risk").is_some(), risk);
        prop_assert_eq!(shown.get("app").is_some(), !old);
        prop_assert!(shown.get("location").is_none() && shown.get(&unknown).is_none());
        prop_assert_eq!(&shown["user"]["policy_id"], &sent["user"]["policy_id"]);
    }
}
