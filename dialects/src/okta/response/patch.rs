//! Patch operations and the pointers in them (RFC 6902, RFC 6901), with the rules that Okta has beside these. Operations are carried out on
//! a copy of what they are for, so that what Okta would refuse is found here.

use serde_json::{Map, Value};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::okta) enum Verb {
    Add,
    Replace,
    Remove,
}

/// One operation.
#[derive(Clone, Debug)]
pub(in crate::okta) struct Operation {
    pub(in crate::okta) verb: Verb,
    /// The keys of the path.
    pub(in crate::okta) path: Vec<String>,
    /// Null for a removal.
    pub(in crate::okta) value: Value,
}

impl Operation {
    /// Reads an operation. The error is what is wrong with it.
    pub(in crate::okta) fn read(value: &Value) -> Result<Self, String> {
        let Value::Object(fields) = value else { return Err("an operation is not an object".to_owned()) };
        if let Some(key) = fields.keys().find(|key| !["op", "path", "value"].contains(&key.as_str())) {
            return Err(format!("an operation has the key `{key}`; it may have `op`, `path` and `value`"));
        }
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let verb = match text("op") {
            Some("add") => Verb::Add,
            Some("replace") => Verb::Replace,
            Some("remove") => Verb::Remove,
            _ => return Err("the `op` of an operation is not add, replace or remove".to_owned()),
        };
        let path = text("path").ok_or("an operation has no `path`")?;
        let value = fields.get("value").cloned();
        let path = pointer(path)?;
        match (verb, value) {
            (Verb::Remove, None | Some(Value::Null)) => Ok(Self { verb, path, value: Value::Null }),
            (Verb::Remove, Some(_)) => Err("a removal has a `value`, and may have null only".to_owned()),
            (_, None) => Err("an operation has no `value`".to_owned()),
            (_, Some(value)) => Ok(Self { verb, path, value }),
        }
    }

    /// The path as it is written.
    pub(in crate::okta) fn pointer(&self) -> String {
        self.path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
    }

    /// Carries the operation out. The error is why it cannot be.
    pub(super) fn apply(&self, target: &mut Value) -> Result<(), String> {
        let (last, parents) = self.path.split_last().ok_or("the path is empty")?;
        let mut parent = target;
        for key in parents {
            parent = child(parent, key).ok_or_else(|| format!("there is no `{}` to change", self.pointer()))?;
        }
        match parent {
            Value::Object(fields) => self.apply_to_object(fields, last),
            Value::Array(items) => self.apply_to_array(items, last),
            _ => Err(format!("what is above `{}` is neither an object nor an array", self.pointer())),
        }
    }

    fn apply_to_object(&self, fields: &mut Map<String, Value>, key: &str) -> Result<(), String> {
        if self.verb != Verb::Add && !fields.contains_key(key) {
            return Err(format!("there is no `{}` to change", self.pointer()));
        }
        match self.verb {
            Verb::Add | Verb::Replace => fields.insert(key.to_owned(), self.value.clone()),
            Verb::Remove => fields.remove(key),
        };
        Ok(())
    }

    fn apply_to_array(&self, items: &mut Vec<Value>, key: &str) -> Result<(), String> {
        let place = if key == "-" && self.verb == Verb::Add { Some(items.len()) } else { index(key) };
        let most = if self.verb == Verb::Add { items.len() } else { items.len().saturating_sub(1) };
        let place = place.filter(|place| *place <= most && (self.verb == Verb::Add || !items.is_empty()));
        let place = place.ok_or_else(|| format!("`{}` is not a place in the array, which has {} items", self.pointer(), items.len()))?;
        match (self.verb, items.get_mut(place)) {
            (Verb::Add, _) => items.insert(place, self.value.clone()),
            (Verb::Replace, Some(item)) => *item = self.value.clone(),
            (Verb::Replace, None) => {}
            (Verb::Remove, _) => drop(items.remove(place)),
        }
        Ok(())
    }
}

/// The keys of a pointer.
fn pointer(path: &str) -> Result<Vec<String>, String> {
    let Some(rest) = path.strip_prefix('/') else { return Err(format!("the path \"{path}\" does not begin with /")) };
    rest.split('/').map(|key| unescaped(key).ok_or_else(|| format!("the path \"{path}\" has a ~ that is not ~0 or ~1"))).collect()
}

fn unescaped(key: &str) -> Option<String> {
    let mut parts = key.split('~');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push(match part.chars().next()? {
            '0' => '~',
            '1' => '/',
            _ => return None,
        });
        text.push_str(part.get(1..).unwrap_or_default());
    }
    Some(text)
}

fn child<'a>(parent: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match parent {
        Value::Object(fields) => fields.get_mut(key),
        Value::Array(items) => items.get_mut(index(key)?),
        _ => None,
    }
}

/// A place in an array, without zeros before it.
fn index(key: &str) -> Option<usize> {
    let place: usize = key.parse().ok()?;
    (place.to_string() == key).then_some(place)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn apply(operation: Value) -> Result<Value, String> {
        let mut target = json!({"a": {"b": [1, 2]}, "c/d": 3, "e~f": 4});
        Operation::read(&operation)?.apply(&mut target).map(|()| target)
    }

    #[test]
    fn operations_follow_pointers() {
        for (operation, pointer, value) in [
            (json!({"op": "add", "path": "/x", "value": 1}), "/x", json!(1)),
            (json!({"op": "add", "path": "/a", "value": 1}), "/a", json!(1)),
            (json!({"op": "add", "path": "/a/b/-", "value": 3}), "/a/b", json!([1, 2, 3])),
            (json!({"op": "add", "path": "/a/b/2", "value": 3}), "/a/b", json!([1, 2, 3])),
            (json!({"op": "add", "path": "/a/b/0", "value": 3}), "/a/b", json!([3, 1, 2])),
            (json!({"op": "replace", "path": "/a/b/1", "value": 3}), "/a/b", json!([1, 3])),
            (json!({"op": "remove", "path": "/a/b/0"}), "/a/b", json!([2])),
            (json!({"op": "remove", "path": "/a/b/0", "value": null}), "/a/b", json!([2])),
            (json!({"op": "replace", "path": "/c~1d", "value": 5}), "/c~1d", json!(5)),
            (json!({"op": "replace", "path": "/e~0f", "value": 5}), "/e~0f", json!(5)),
        ] {
            assert_eq!(apply(operation.clone()).unwrap().pointer(pointer), Some(&value), "{operation}");
        }
    }

    #[test]
    fn what_cannot_be_carried_out_is_told() {
        for (operation, says) in [
            (json!({"op": "replace", "path": "/x", "value": 1}), "there is no `/x`"),
            (json!({"op": "remove", "path": "/x"}), "there is no `/x`"),
            (json!({"op": "add", "path": "/x/y", "value": 1}), "there is no `/x/y`"),
            (json!({"op": "add", "path": "/a/b/3", "value": 1}), "not a place"),
            (json!({"op": "add", "path": "/a/b/01", "value": 1}), "not a place"),
            (json!({"op": "replace", "path": "/a/b/-", "value": 1}), "not a place"),
            (json!({"op": "replace", "path": "/a/b/2", "value": 1}), "not a place"),
            (json!({"op": "add", "path": "/a/b/0/c", "value": 1}), "neither an object nor an array"),
            (json!({"op": "remove", "path": "/a", "value": 1}), "may have null only"),
            (json!({"op": "add", "path": "/x"}), "no `value`"),
            (json!({"op": "add", "path": "x", "value": 1}), "does not begin with /"),
            (json!({"op": "add", "path": "/x~2", "value": 1}), "not ~0 or ~1"),
            (json!({"op": "add", "path": "/x~", "value": 1}), "not ~0 or ~1"),
            (json!({"op": "move", "path": "/x", "value": 1}), "not add, replace or remove"),
            (json!({"op": "add", "value": 1}), "no `path`"),
            (json!({"op": "add", "path": "/x", "value": 1, "from": "/a"}), "the key `from`"),
            (json!([]), "not an object"),
        ] {
            let error = apply(operation.clone()).unwrap_err();
            assert!(error.contains(says), "{operation}: {error}");
        }
    }
}
