//! A strict reading of JSON text: one pass that refuses what two readers could understand differently.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::surrogates;

/// The keys and unparsed values of the object in `text`. Refuses a duplicate key.
pub fn fields(text: &str) -> Result<Vec<(Cow<'_, str>, &RawValue)>, serde_json::Error> {
    serde_json::from_str(text).map(|Fields(fields)| fields).or_else(|error| match surrogates::distinct(text) {
        Some(copy) => fields_like(text, &copy),
        None => Err(error),
    })
}

/// Like [`fields`], for a text that is checked in a copy of the same length.
fn fields_like<'a>(text: &'a str, copy: &str) -> Result<Vec<(Cow<'a, str>, &'a RawValue)>, serde_json::Error> {
    let Fields(fields) = serde_json::from_str(copy)?;
    let original = |(key, value): (Cow<'_, str>, &RawValue)| {
        let start = value.get().as_ptr() as usize - copy.as_ptr() as usize;
        let value = serde_json::from_str(text.get(start..start + value.get().len()).unwrap_or_default())?;
        Ok((Cow::Owned(key.into_owned()), value))
    };
    fields.into_iter().map(original).collect()
}

/// Refuses a duplicate key in an object, at any depth.
pub fn check(value: &RawValue) -> Result<(), serde_json::Error> {
    let walked = serde_json::from_str::<Walk>(value.get()).or_else(|error| match surrogates::distinct(value.get()) {
        Some(copy) => serde_json::from_str::<Walk>(&copy),
        None => Err(error),
    });
    walked.map(|Walk| ())
}

/// A string that borrows where the text has no escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// The keys of one object so far: a list for the few keys that most objects have, and a set beyond.
#[derive(Default)]
struct Seen<'de> {
    few: Vec<Cow<'de, str>>,
    many: HashSet<Cow<'de, str>>,
}

impl<'de> Seen<'de> {
    const FEW: usize = 24;

    fn add<E: Error>(&mut self, key: Cow<'de, str>) -> Result<(), E> {
        if self.few.contains(&key) || self.many.contains(&key) {
            return Err(E::custom(format_args!("duplicate key {key:?}")));
        }
        if self.few.len() < Self::FEW {
            self.few.push(key);
        } else {
            self.many.insert(key);
        }
        Ok(())
    }
}

struct Fields<'de>(Vec<(Cow<'de, str>, &'de RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let (mut seen, mut fields) = (Seen::default(), Vec::new());
                while let Some(Key(key)) = map.next_key()? {
                    seen.add(key.clone())?;
                    fields.push((key, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// Any value, which is read only to check it.
struct Walk;

impl<'de> DeserializeSeed<'de> for Walk {
    type Value = Walk;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Walk, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Deserialize<'de> for Walk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Walk, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = Walk;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<Walk, E> {
        Ok(Walk)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Walk, E> {
        Ok(Walk)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Walk, E> {
        Ok(Walk)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Walk, E> {
        Ok(Walk)
    }
    fn visit_str<E>(self, _: &str) -> Result<Walk, E> {
        Ok(Walk)
    }
    fn visit_unit<E>(self) -> Result<Walk, E> {
        Ok(Walk)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Walk, A::Error> {
        while seq.next_element_seed(Walk)?.is_some() {}
        Ok(Walk)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Walk, A::Error> {
        let mut seen = Seen::default();
        while let Some(Key(key)) = map.next_key()? {
            seen.add(key)?;
            map.next_value_seed(Walk)?;
        }
        Ok(Walk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Result<(), serde_json::Error> {
        fields(text)?.into_iter().try_for_each(|(_, value)| check(value))
    }

    fn error(text: &str) -> String {
        object(text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn refuses_a_key_that_stands_twice_at_any_depth() {
        assert!(error(r#"{"a":1,"a":2}"#).contains("duplicate key \"a\""));
        assert!(error(r#"{"a":{"b":[{"c":1,"c":1}]}}"#).contains("duplicate key \"c\""));
        assert!(error(r#"{"user":1,"\u0075ser":2}"#).contains("duplicate key \"user\""));
        let many: Vec<String> = (0..60).map(|n| format!("\"k{n}\":1")).collect();
        assert!(object(&format!("{{{}}}", many.join(","))).is_ok());
        assert!(error(&format!("{{{},\"k59\":1}}", many.join(","))).contains("k59"));
    }

    #[test]
    fn takes_halves_of_surrogate_pairs_as_javascript_does() {
        let text = r#"{"a":"\ud800","\udc00":{"\ud801":["\ud802"],"\ud803":1}}"#;
        assert!(object(text).is_ok());
        let fields = fields(text).unwrap();
        assert_eq!(fields.first().map(|(key, value)| (&**key, value.get())), Some(("a", r#""\ud800""#)));
        assert_eq!(fields.get(1).map(|(_, value)| value.get()), Some(r#"{"\ud801":["\ud802"],"\ud803":1}"#));
        assert!(error(r#"{"x":{"\ud800":1,"\ud800":2}}"#).contains("duplicate key"));
    }

    #[test]
    fn refuses_what_is_not_one_object() {
        for text in ["", "null", "[]", "1", "{\"a\":}", "{} {}", "{\"a\":1e999}"] {
            assert!(object(text).is_err(), "{text}");
        }
        assert!(object(&"{\"a\":".repeat(200)).is_err());
    }
}
