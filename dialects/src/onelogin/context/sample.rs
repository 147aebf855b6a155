//! Samples of each hook type's contexts, with empty values: an engine that has read them once reads real contexts faster.

use super::options::Options;
use super::shape::{Key, Value};
use super::{Context, View};
use crate::onelogin::kind::Kind;

/// One context for each set of keys that a function of this type may see. All values are empty.
pub(in crate::onelogin) fn sample_contexts(kind: Kind) -> Vec<String> {
    let whole = object(kind.context_keys());
    let Ok(context) = Context::parse(kind, whole.as_bytes()) else { return Vec::new() };
    let mut samples = Vec::new();
    for version in kind.context_versions() {
        for options in every_options() {
            let sample = context.visible(View { version: *version, options }).into_owned();
            if !samples.contains(&sample) {
                samples.push(sample);
            }
        }
    }
    samples
}

fn every_options() -> impl Iterator<Item = Options> {
    (0..8).map(|bits: u8| Options { risk_enabled: bits & 1 != 0, location_enabled: bits & 2 != 0, mfa_device_info_enabled: bits & 4 != 0 })
}

fn object(keys: &[Key]) -> String {
    let members: Vec<String> = keys.iter().map(|key| format!("\"{}\":{}", key.name, value(key.value))).collect();
    format!("{{{}}}", members.join(","))
}

fn value(value: Value) -> String {
    match value {
        Value::Any => "null".to_owned(),
        Value::Text => "\"\"".to_owned(),
        Value::Number => "0".to_owned(),
        Value::Object(keys) => object(keys),
        Value::Objects(keys) => format!("[{}]", object(keys)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_for_each_set_of_keys() {
        let samples = sample_contexts(Kind::PreAuthentication);
        // Second factors belong to the second version: four sets of the first, eight of the second.
        assert_eq!(samples.len(), 12);
        assert!(samples.iter().any(|sample| sample.contains("mfa_devices") && !sample.contains("risk")));
        let least = r#"{"user":{"user_identifier":"","policy_id":0},"device":{"user_agent":null,"is_mobile":null},"#;
        assert!(samples[0].starts_with(least), "{}", samples[0]);
        assert_eq!(sample_contexts(Kind::UserMigration).len(), 1);
    }
}
