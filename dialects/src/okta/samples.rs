//! A sample event of each type. New projects begin with it, and the engine learns the shapes of events from it.

use serde_json::Value;

use super::kind::Kind;

/// The text of a type's sample.
pub(super) fn text(kind: Kind) -> &'static str {
    match kind {
        Kind::PasswordImport => include_str!("templates/password-import/event.json"),
        Kind::Telephony => include_str!("templates/telephony/event.json"),
        Kind::Registration => include_str!("templates/registration/event.json"),
        Kind::Token => include_str!("templates/token/event.json"),
        Kind::Saml => include_str!("templates/saml-assertion/event.json"),
        Kind::UserImport => include_str!("templates/user-import/event.json"),
        Kind::Event => include_str!("templates/event/event.json"),
    }
}

/// The sample with empty values, in the form that the engine learns.
pub(super) fn shapes(kind: Kind) -> Vec<String> {
    let sample = serde_json::from_str::<Value>(text(kind)).ok();
    sample.map(|sample| emptied(sample).to_string()).into_iter().collect()
}

fn emptied(value: Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => false.into(),
        Value::Number(_) => 0.into(),
        Value::String(_) => "".into(),
        Value::Array(items) => items.into_iter().map(emptied).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, emptied(value))).collect(),
    }
}

#[cfg(test)]
pub(super) fn sample(kind: Kind) -> Value {
    serde_json::from_str(text(kind)).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_say_nothing() {
        for kind in Kind::ALL {
            let shapes = shapes(kind);
            assert_eq!(shapes.len(), 1);
            assert!(shapes[0].contains("\"eventId\":\"\"") && !shapes[0].contains("com.okta"), "{}", shapes[0]);
        }
    }
}
