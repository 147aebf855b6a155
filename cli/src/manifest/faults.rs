//! What is wrong with a manifest, each thing with its place.

use std::fmt;
use std::path::Path;

use hookbox_hooks::ServiceError;
use hookbox_hooks::hook_type::HookType;
use serde_json::{Map, Value};

use super::names::keepable;
use super::places::{self, Place, Step, steps};
use super::schema;
use super::words::{nearest, rule};

/// What was found so far in the text of a file.
pub(super) struct Faults<'t> {
    path: &'t Path,
    text: &'t str,
    found: Vec<(Place, String)>,
}

impl<'t> Faults<'t> {
    pub(super) fn new(path: &'t Path, text: &'t str) -> Self {
        Self { path, text, found: Vec::new() }
    }

    pub(super) fn are_none(&self) -> bool {
        self.found.is_empty()
    }

    fn push(&mut self, place: Place, message: String) {
        self.found.push((place, message));
    }

    /// Something about the whole file.
    pub(super) fn whole<T>(&mut self, message: &str) -> Option<T> {
        self.push(places::of_value(self.text, &[]), message.to_owned());
        None
    }

    /// What a reader of JSON says, at the end of which stands where it is.
    pub(super) fn reader<T>(&mut self, said: &str) -> Option<T> {
        let (message, place) = said.rsplit_once(" at line ").unwrap_or((said, "1 column 1"));
        let numbers = place.split_once(" column ").map(|(line, column)| (line.parse().ok(), column.parse().ok()));
        let (line, column) = numbers.map_or((1, 1), |(line, column)| (line.unwrap_or(1), column.unwrap_or(1).max(1)));
        let message = message.rsplit_once(": ").map_or(message, |(_, last)| last);
        self.push(Place { line, column }, message.to_owned());
        None
    }

    /// A value that cannot be used.
    pub(super) fn value<T>(&mut self, path: &str, message: &str) -> Option<T> {
        self.push(places::of_value(self.text, &steps(path)), message.to_owned());
        None
    }

    /// What the server's rules say.
    pub(super) fn refused(&mut self, error: ServiceError, told: &Map<String, Value>) {
        match error {
            ServiceError::Invalid { field: Some(field), message } => {
                let steps = steps(&field);
                let given = at(told, &steps).and_then(Value::as_str);
                self.push(places::of_value(self.text, &steps), rule(&field, &message, given));
            }
            other => self.push(places::of_value(self.text, &[]), other.to_string()),
        }
    }

    /// A name among those that are kept.
    pub(super) fn kept(&mut self, index: usize, name: &str, told: &Map<String, Value>, hook_type: HookType) {
        let place = places::of_value(self.text, &[Step::Key("keep".to_owned()), Step::Index(index)]);
        let nested = told.get("settings").and_then(|settings| settings.get(name));
        if !keepable(&[hook_type]).any(|one| one == name) {
            let hint = nearest(name, keepable(&[hook_type])).map(|one| format!("; did you mean {one:?}?")).unwrap_or_default();
            let names = keepable(&[hook_type]).collect::<Vec<_>>().join(", ");
            self.push(place, format!("{name:?} is no setting that can be kept: there are {names}{hint}"));
        } else if told.get(name).or(nested).is_some_and(|value| !value.is_null()) {
            self.push(place, format!("`{name}` is kept, and has a value in this file"));
        }
    }

    /// Names that the schema of the type does not have.
    pub(super) fn unknown_names(&mut self, told: &Map<String, Value>, hook_type: HookType) {
        match schema::of_type(hook_type) {
            Ok(schema) => self.unknown_at(&Value::Object(told.clone()), &schema, &mut Vec::new(), hook_type),
            Err(error) => {
                self.whole::<()>(&error.to_string());
            }
        }
    }

    fn unknown_at(&mut self, value: &Value, schema: &Value, path: &mut Vec<Step>, hook_type: HookType) {
        match value {
            Value::Object(fields) => {
                let Some(known) = schema.get("properties").and_then(Value::as_object) else { return };
                for (name, value) in fields {
                    path.push(Step::Key(name.clone()));
                    match known.get(name) {
                        Some(schema) => self.unknown_at(value, schema, path, hook_type),
                        None => self.push(places::of_key(self.text, path), unknown(name, known, path.len(), hook_type)),
                    }
                    path.pop();
                }
            }
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Index(index));
                    self.unknown_at(item, schema, path, hook_type);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

/// What is said of a name that means nothing.
fn unknown(name: &str, known: &Map<String, Value>, depth: usize, hook_type: HookType) -> String {
    if depth == 1 && name == "function" {
        return "`function` does not belong into a manifest: `main` names the file".to_owned();
    }
    let names = known.keys().map(String::as_str);
    let hint = nearest(name, names.clone()).map(|one| format!("; did you mean {one:?}?")).unwrap_or_default();
    match names.collect::<Vec<_>>().join(", ") {
        names if names.is_empty() => format!("{name:?} means nothing here: there is nothing to set for {hook_type}"),
        names => format!("{name:?} means nothing here: there are {names}{hint}"),
    }
}

fn at<'v>(told: &'v Map<String, Value>, steps: &[Step]) -> Option<&'v Value> {
    let (first, rest) = steps.split_first()?;
    let Step::Key(name) = first else { return None };
    rest.iter().try_fold(told.get(name)?, |value, step| match step {
        Step::Key(name) => value.get(name),
        Step::Index(index) => value.get(index),
    })
}

/// A line for each, in the order of the file.
impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found: Vec<_> = self.found.iter().collect();
        found.sort_by_key(|(place, _)| (place.line, place.column));
        for (index, (place, message)) in found.into_iter().enumerate() {
            let between = if index == 0 { "" } else { "\n" };
            write!(f, "{between}{}:{place}: {message}", self.path.display())?;
        }
        Ok(())
    }
}
