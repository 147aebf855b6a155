//! The context of one event: what the caller sent, and which parts of it a function may see.

mod options;
mod sample;
mod shape;
mod version;

use std::borrow::Cow;
use std::fmt;

use hookbox_hooks::{ServiceError, read_roles};
use hookbox_host_api::{Secret, json, surrogates};
use serde_json::value::RawValue;

use super::kind::Kind;
use shape::{Key, Value};

pub(super) use options::Options;
pub(super) use sample::sample_contexts;
pub(super) use shape::View;
pub(super) use version::RangeError;

/// A context that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct ContextError {
    /// The field that breaks the rule, if there is a single one: `user.policy_id`.
    pub field: Option<String>,
    /// The rule.
    pub message: String,
}

/// What is wrong with a context. Its path starts at the object that is being read.
enum Fault {
    Unreadable(String),
    Missing(String, &'static str),
    WrongType(String, &'static str),
}

impl Fault {
    fn unreadable(message: impl fmt::Display) -> Self {
        Self::Unreadable(message.to_string())
    }

    /// The same fault, with a path that starts at the object around.
    fn below(self, name: &str) -> Self {
        let path = |path: String| if path.is_empty() { name.to_owned() } else { format!("{name}.{path}") };
        match self {
            Self::Unreadable(message) => Self::Unreadable(message),
            Self::Missing(at, key) => Self::Missing(path(at), key),
            Self::WrongType(at, wanted) => Self::WrongType(path(at), wanted),
        }
    }
}

impl From<ServiceError> for ContextError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Invalid { field, message } => Self { field, message },
            other => Self { field: None, message: other.to_string() },
        }
    }
}

impl From<ContextError> for ServiceError {
    fn from(error: ContextError) -> Self {
        Self::Invalid { field: error.field, message: error.message }
    }
}

impl From<Fault> for ContextError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unreadable(message) => Self { field: None, message: format!("the context is not usable JSON: {message}") },
            Fault::Missing(at, key) if at.is_empty() => {
                Self { field: Some(key.to_owned()), message: format!("instance requires property \"{key}\"") }
            }
            Fault::Missing(at, key) => {
                Self { field: Some(format!("{at}.{key}")), message: format!("instance.{at} requires property \"{key}\"") }
            }
            Fault::WrongType(at, wanted) => Self { message: format!("instance.{at} is not of a type(s) {wanted}"), field: Some(at) },
        }
    }
}

/// One parsed context, borrowed from the request's body.
#[derive(Debug)]
pub(super) struct Context<'a> {
    kind: Kind,
    text: &'a str,
    fields: Vec<Field<'a>>,
    roles: Option<Vec<String>>,
}

/// One key of an object and its value.
struct Field<'a> {
    name: Cow<'a, str>,
    /// `None` for a key that the object's shape does not have.
    key: Option<&'static Key>,
    raw: &'a RawValue,
    inside: Inside<'a>,
}

/// What is known of a value beyond its text.
enum Inside<'a> {
    Nothing,
    Object(&'static [Key], Vec<Field<'a>>),
    Objects(&'static [Key], Vec<Vec<Field<'a>>>),
}

/// Contexts hold values that must not be logged, so `Debug` leaves the text out.
impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The caller's key for the user's roles, which conditions check. No function sees it.
const ROLES: &str = "roles";

impl<'a> Context<'a> {
    /// Reads `body` as the context of an event of this type. It must be one JSON object in UTF-8 without duplicate keys, so that the host
    /// and the function cannot read it differently. It must hold the keys that every function of the type relies on.
    pub(super) fn parse(kind: Kind, body: &'a [u8]) -> Result<Self, ContextError> {
        let text =
            std::str::from_utf8(body).map_err(|_| ContextError { field: None, message: "the context is not valid UTF-8".to_owned() })?;
        let fields = parse(kind.context_keys(), text)?;
        let roles = fields.iter().find(|field| field.name == ROLES).map(|field| read_roles(field.raw)).transpose()?;
        Ok(Self { kind, text, fields, roles })
    }

    /// The raw value of a top-level key.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.fields.iter().find(|field| field.name == key).map(|field| field.raw)
    }

    /// The roles of the user, if the caller sent them.
    pub(super) fn roles(&self) -> Option<&[String]> {
        self.roles.as_deref()
    }

    /// The caller's id under `key` (`request_id`, `correlation_id`), if it is usable: 1 to 128 of `A-Z a-z 0-9 . _ : -`.
    pub(super) fn id(&self, key: &str) -> Option<&'a str> {
        let id: &str = serde_json::from_str(self.get(key)?.get()).ok()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        ((1..=128).contains(&id.len()) && id.bytes().all(fits)).then_some(id)
    }

    /// The context as a function with this view sees it. The caller's bytes are borrowed unchanged if nothing has to be hidden or filled
    /// in.
    pub(super) fn visible(&self, view: View) -> Cow<'a, str> {
        let keys = self.kind.context_keys();
        if untouched(keys, &self.fields, view) {
            return Cow::Borrowed(self.text);
        }
        let mut out = String::with_capacity(self.text.len() + 64);
        write(keys, &self.fields, view, &mut out);
        Cow::Owned(out)
    }

    /// Values in this context that must never be logged.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let keys = self.kind.secrets().iter();
        keys.filter_map(|key| surrogates::read::<String>(self.get(key)?.get()).ok()).map(Secret::new).collect()
    }
}

fn parse<'a>(keys: &'static [Key], text: &'a str) -> Result<Vec<Field<'a>>, Fault> {
    let fields = json::fields(text).map_err(Fault::unreadable)?;
    let fields = fields.into_iter().map(|(name, raw)| {
        let key = keys.iter().find(|key| key.name == name);
        let inside = inside(key, raw)?;
        Ok(Field { name, key, raw, inside })
    });
    let fields = fields.collect::<Result<Vec<Field<'a>>, Fault>>()?;
    let given = |key: &Key| fields.iter().any(|field| field.name == key.name && field.raw.get() != "null");
    match keys.iter().find(|key| key.required && !given(key)) {
        Some(key) => Err(Fault::Missing(String::new(), key.name)),
        None => Ok(fields),
    }
}

fn inside<'a>(key: Option<&'static Key>, raw: &'a RawValue) -> Result<Inside<'a>, Fault> {
    let unshaped = || json::check(raw).map(|()| Inside::Nothing).map_err(Fault::unreadable);
    let Some(key) = key.filter(|_| raw.get() != "null") else { return unshaped() };
    if !key.value.allows(raw.get()) {
        return Err(Fault::WrongType(key.name.to_owned(), key.value.name()));
    }
    match key.value {
        Value::Any | Value::Text | Value::Number => unshaped(),
        Value::Object(keys) => Ok(Inside::Object(keys, parse(keys, raw.get()).map_err(|fault| fault.below(key.name))?)),
        Value::Objects(keys) => objects(key.name, keys, raw),
    }
}

fn objects<'a>(name: &str, keys: &'static [Key], raw: &'a RawValue) -> Result<Inside<'a>, Fault> {
    let values: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(Fault::unreadable)?;
    let object = |(index, value): (usize, &'a RawValue)| {
        let object = match value.get().starts_with('{') {
            true => parse(keys, value.get()),
            false => Err(Fault::WrongType(String::new(), "object")),
        };
        object.map_err(|fault| fault.below(&format!("{name}[{index}]")))
    };
    Ok(Inside::Objects(keys, values.into_iter().enumerate().map(object).collect::<Result<_, _>>()?))
}

/// The default for a value that the caller left out or sent as null.
fn fill(field: &Field<'_>) -> Option<&'static str> {
    field.key.and_then(|key| key.fill).filter(|fill| field.raw.get() == "null" && *fill != "null")
}

fn absent<'k>(keys: &'k [Key], fields: &[Field<'_>], view: View) -> impl Iterator<Item = (&'static str, &'static str)> + use<'k> {
    let have: Vec<&'static str> = fields.iter().filter_map(|field| field.key).map(|key| key.name).collect();
    let open = move |key: &&Key| key.shows(view) && !have.contains(&key.name);
    keys.iter().filter(|key| key.fill.is_some()).filter(open).filter_map(|key| Some((key.name, key.fill?)))
}

fn untouched(keys: &[Key], fields: &[Field<'_>], view: View) -> bool {
    let kept = |field: &Field<'_>| {
        field.key.is_some_and(|key| key.shows(view))
            && fill(field).is_none()
            && match &field.inside {
                Inside::Nothing => true,
                Inside::Object(keys, fields) => untouched(keys, fields, view),
                Inside::Objects(keys, objects) => objects.iter().all(|fields| untouched(keys, fields, view)),
            }
    };
    fields.iter().all(kept) && absent(keys, fields, view).next().is_none()
}

fn write(keys: &[Key], fields: &[Field<'_>], view: View, out: &mut String) {
    let mut open = '{';
    let mut begin = |name: &str, out: &mut String| {
        out.push(std::mem::replace(&mut open, ','));
        // The names of the table need no escaping.
        out.extend(["\"", name, "\":"]);
    };
    for (field, key) in fields.iter().filter_map(|field| Some((field, field.key.filter(|key| key.shows(view))?))) {
        begin(key.name, out);
        match &field.inside {
            Inside::Nothing => out.push_str(fill(field).unwrap_or(field.raw.get())),
            Inside::Object(keys, fields) => write(keys, fields, view, out),
            Inside::Objects(keys, objects) => write_list(keys, objects, view, out),
        }
    }
    for (name, fill) in absent(keys, fields, view) {
        begin(name, out);
        out.push_str(fill);
    }
    out.push_str(if open == '{' { "{}" } else { "}" });
}

fn write_list(keys: &[Key], objects: &[Vec<Field<'_>>], view: View, out: &mut String) {
    out.push('[');
    for (index, fields) in objects.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(keys, fields, view, out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests;
