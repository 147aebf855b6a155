//! Reads a request's body strictly: one JSON object without duplicate or unknown keys, and errors that name the field and the rule. The
//! wording is that of the validator that clients in the field know, the npm package `jsonschema`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::error::ServiceError;

/// The fields of one JSON object, each taken out once. A null counts as an absent field.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// Where the object stands in the body: empty for the body itself, else a path that ends in a dot.
    at: String,
    values: Map<String, Value>,
}

impl Fields {
    /// Reads a whole body.
    pub fn parse(body: &[u8]) -> Result<Self, ServiceError> {
        let Strict(value) = serde_json::from_slice(body).map_err(|error| match error.classify() {
            Category::Data => ServiceError::invalid_body(format!("The body is not usable: {error}")),
            Category::Syntax | Category::Eof | Category::Io => ServiceError::BadRequest(format!("The body is not valid JSON: {error}")),
        })?;
        match value {
            Value::Object(values) => Ok(Self { at: String::new(), values }),
            _ => Err(ServiceError::invalid_body("instance is not of a type(s) object")),
        }
    }

    /// Refuses every key but these.
    pub fn only(self, known: &[&str]) -> Result<Self, ServiceError> {
        match self.values.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(additional(&self.at, key)),
            None => Ok(self),
        }
    }

    /// Moves these keys into a separate object at the same place.
    pub fn split(&mut self, names: &[&str]) -> Self {
        let moved = names.iter().filter_map(|name| self.values.remove_entry(*name));
        Self { at: self.at.clone(), values: moved.collect() }
    }

    /// Whether a key has a value that is neither null nor an empty text, list or object.
    pub fn says_something(&self) -> bool {
        self.values.values().any(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        })
    }

    /// The path of a field, as errors name it.
    pub fn path(&self, name: &str) -> String {
        format!("{}{name}", self.at)
    }

    /// The error for a field that breaks a rule.
    pub fn wrong(&self, name: &str, rule: impl fmt::Display) -> ServiceError {
        let path = self.path(name);
        let message = format!("instance.{path} {rule}");
        ServiceError::invalid(path, message)
    }

    /// The error for a required field that is absent.
    pub fn missing(&self, name: &str) -> ServiceError {
        let instance = format!("instance.{}", self.at);
        ServiceError::invalid(self.path(name), format!("{} requires property \"{name}\"", instance.trim_end_matches('.')))
    }

    /// Refuses an object in which the key is absent or null.
    pub fn require(&self, name: &str, kind: &str) -> Result<(), ServiceError> {
        match self.values.get(name) {
            None => Err(self.missing(name)),
            Some(Value::Null) => Err(self.wrong(name, format_args!("is not of a type(s) {kind}"))),
            Some(_) => Ok(()),
        }
    }

    /// Whether the key is present, even with null.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Takes a field of any type.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.values.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text.
    pub fn string(&mut self, name: &str) -> Result<Option<String>, ServiceError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "is not of a type(s) string")),
        }
    }

    /// Takes a boolean.
    pub fn boolean(&mut self, name: &str) -> Result<Option<bool>, ServiceError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(_) => Err(self.wrong(name, "is not of a type(s) boolean")),
        }
    }

    /// Takes a whole number in a range.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, ServiceError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let (least, most) = (range.start(), range.end());
        match whole(&value) {
            None => Err(self.wrong(name, "is not of a type(s) integer")),
            Some(Whole::Below) => Err(self.wrong(name, format_args!("must be greater than or equal to {least}"))),
            Some(Whole::Number(number)) if number < *least => {
                Err(self.wrong(name, format_args!("must be greater than or equal to {least}")))
            }
            Some(Whole::Number(number)) if number <= *most => Ok(Some(number)),
            Some(Whole::Number(_) | Whole::Above) => Err(self.wrong(name, format_args!("must be less than or equal to {most}"))),
        }
    }

    /// Takes a whole number of at least `least`. A number too large for the type becomes the largest one.
    ///
    /// # Errors
    /// The value is not a whole number, or is less than `least`.
    pub fn whole(&mut self, name: &str, least: u64) -> Result<Option<u64>, ServiceError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match whole(&value) {
            None => Err(self.wrong(name, "is not of a type(s) integer")),
            Some(Whole::Number(number)) if number >= least => Ok(Some(number)),
            Some(Whole::Below | Whole::Number(_)) => Err(self.wrong(name, format_args!("must be greater than or equal to {least}"))),
            Some(Whole::Above) => Ok(Some(u64::MAX)),
        }
    }

    /// Takes an object.
    pub fn object(&mut self, name: &str) -> Result<Option<Fields>, ServiceError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(values)) => Ok(Some(Fields { at: format!("{}{name}.", self.at), values })),
            Some(_) => Err(self.wrong(name, "is not of a type(s) object")),
        }
    }

    /// Takes a list of objects.
    pub fn objects(&mut self, name: &str) -> Result<Option<Vec<Fields>>, ServiceError> {
        let values = match self.take(name) {
            None => return Ok(None),
            Some(Value::Array(values)) => values,
            Some(_) => return Err(self.wrong(name, "is not of a type(s) array")),
        };
        let object = |(index, value): (usize, Value)| match value {
            Value::Object(values) => Ok(Fields { at: format!("{}{name}[{index}].", self.at), values }),
            _ => Err(self.wrong(&format!("{name}[{index}]"), "is not of a type(s) object")),
        };
        values.into_iter().enumerate().map(object).collect::<Result<_, _>>().map(Some)
    }

    /// Takes a list of texts.
    pub fn strings(&mut self, name: &str) -> Result<Option<Vec<String>>, ServiceError> {
        let values = match self.take(name) {
            None => return Ok(None),
            Some(Value::Array(values)) => values,
            Some(_) => return Err(self.wrong(name, "is not of a type(s) array")),
        };
        let text = |(index, value): (usize, Value)| match value {
            Value::String(text) => Ok(text),
            _ => Err(self.wrong(&format!("{name}[{index}]"), "is not of a type(s) string")),
        };
        values.into_iter().enumerate().map(text).collect::<Result<_, _>>().map(Some)
    }
}

/// The error for an unknown key.
pub(crate) fn additional(at: &str, key: &str) -> ServiceError {
    let instance = format!("instance.{at}");
    let key_shown: String = key.chars().take(100).collect();
    let message = format!("{} is not allowed to have the additional property \"{key_shown}\"", instance.trim_end_matches('.'));
    ServiceError::invalid(format!("{at}{key_shown}"), message)
}

enum Whole {
    Number(u64),
    Below,
    Above,
}

/// A JSON number without a fraction: `5` and `5.0` are the same number.
fn whole(value: &Value) -> Option<Whole> {
    let Value::Number(number) = value else { return None };
    if let Some(number) = number.as_u64() {
        return Some(Whole::Number(number));
    }
    match number.as_f64()? {
        float if float.fract() != 0.0 => None,
        0.0 => Some(Whole::Number(0)),
        float if float < 0.0 => Some(Whole::Below),
        float if float > 9_007_199_254_740_992.0 => Some(Whole::Above),
        // Whole, not negative and below 2^53: its text without a fraction is the number.
        float => format!("{float:.0}").parse().ok().map(Whole::Number),
    }
}

/// A JSON value in which no object has a key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let Strict(value) = map.next_value()?;
            if values.contains_key(&key) {
                let shown: String = key.chars().take(100).collect();
                return Err(A::Error::custom(format_args!("duplicate key {shown:?}")));
            }
            values.insert(key, value);
        }
        Ok(Value::Object(values.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(error: ServiceError) -> String {
        match error {
            ServiceError::Invalid { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    fn integer(value: &str) -> Result<Option<u64>, String> {
        let mut fields = Fields::parse(format!("{{\"timeout\":{value}}}").as_bytes()).unwrap();
        fields.integer("timeout", 1..=10).map_err(message)
    }

    #[test]
    fn whole_numbers_are_checked_as_clients_expect() {
        assert_eq!(integer("5"), Ok(Some(5)));
        assert_eq!(integer("5.0"), Ok(Some(5)));
        assert_eq!(integer("null"), Ok(None));
        for value in ["\"5\"", "5.5", "true", "[]"] {
            assert_eq!(integer(value), Err("instance.timeout is not of a type(s) integer".into()), "{value}");
        }
        for value in ["0", "-1", "-1e300", "-0.0"] {
            assert_eq!(integer(value), Err("instance.timeout must be greater than or equal to 1".into()), "{value}");
        }
        for value in ["11", "1e300", "18446744073709551616"] {
            assert_eq!(integer(value), Err("instance.timeout must be less than or equal to 10".into()), "{value}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_a_bad_request() {
        for body in [&b""[..], b"{", b"nonsense", b"{\"a\":1} x", b"\"\xff\""] {
            assert!(matches!(Fields::parse(body), Err(ServiceError::BadRequest(_))), "{body:?}");
        }
        assert!(matches!(Fields::parse("[".repeat(100_000).as_bytes()), Err(ServiceError::BadRequest(_))));
    }

    #[test]
    fn json_that_is_no_plain_object_is_invalid() {
        for (body, says) in [
            ("[]", "type(s) object"),
            ("null", "type(s) object"),
            (r#"{"a":1,"a":1}"#, "duplicate key \"a\""),
            (r#"{"a":[{"b":1,"\u0062":1}]}"#, "duplicate key \"b\""),
        ] {
            let said = message(Fields::parse(body.as_bytes()).unwrap_err());
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn unknown_keys_are_named() {
        let fields = Fields::parse(br#"{"value":"x","id":"1"}"#).unwrap();
        assert_eq!(message(fields.only(&["value"]).unwrap_err()), "instance is not allowed to have the additional property \"id\"");
        let mut fields = Fields::parse(br#"{"limits":{"cpu":1}}"#).unwrap();
        let limits = fields.object("limits").unwrap().unwrap();
        assert_eq!(limits.path("cpu"), "limits.cpu");
        assert_eq!(message(limits.only(&[]).unwrap_err()), "instance.limits is not allowed to have the additional property \"cpu\"");
    }

    #[test]
    fn types_are_named() {
        let mut fields = Fields::parse(br#"{"a":1,"b":1,"c":1,"d":[1],"e":{}}"#).unwrap();
        assert_eq!(message(fields.string("a").unwrap_err()), "instance.a is not of a type(s) string");
        assert_eq!(message(fields.boolean("b").unwrap_err()), "instance.b is not of a type(s) boolean");
        assert_eq!(message(fields.object("c").unwrap_err()), "instance.c is not of a type(s) object");
        assert_eq!(message(fields.strings("d").unwrap_err()), "instance.d[0] is not of a type(s) string");
        assert_eq!(message(fields.strings("e").unwrap_err()), "instance.e is not of a type(s) array");
        assert_eq!(message(fields.missing("runtime")), "instance requires property \"runtime\"");
    }
}
