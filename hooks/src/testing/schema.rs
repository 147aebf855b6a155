//! Checks answers against the OpenAPI file: the status is one that the operation has, and the body has the shape that goes with it.
//! It knows the few keywords that our own file uses, and fails on any other.

use http::Method;
use serde_json::Value;

use super::answered::Answered;
use crate::dialect::Dialect;
use crate::http::gateway::router;
use crate::http::openapi;
use crate::http::router::Match;

/// The OpenAPI file of a server, to check its answers against.
pub struct Checker {
    dialects: Vec<&'static dyn Dialect>,
    file: Value,
}

impl Checker {
    pub fn new(dialects: &[&'static dyn Dialect]) -> Self {
        Self { dialects: dialects.to_vec(), file: openapi::tree(dialects).unwrap() }
    }

    /// The operation of the request, if there is one, after a check that the answer is as documented.
    pub fn check(&self, method: &Method, path: &str, answered: &Answered) -> Option<String> {
        let router = router(&self.dialects).unwrap();
        let Match::Found(row, _) = router.find(method, path) else { return None };
        let (id, file) = (row.endpoint.id, &self.file);
        let operation = &file["paths"][row.endpoint.path.replace("{*", "{")][method.as_str().to_lowercase()];
        let response = &operation["responses"][answered.status.as_str()];
        assert!(response.is_object(), "{id} has no documented {}", answered.status);
        if let Some(schema) = response.pointer("/content/application~1x-ndjson/schema") {
            assert_eq!(answered.header("content-type"), Some("application/x-ndjson"));
            for line in answered.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                fits(file, schema, &serde_json::from_slice(line).unwrap()).unwrap();
            }
            return Some(id.to_owned());
        }
        if response.pointer("/content/application~1octet-stream").is_some() {
            assert_eq!(answered.header("content-type"), Some("application/octet-stream"));
            return Some(id.to_owned());
        }
        match response.pointer("/content/application~1json/schema") {
            None => {
                assert!(answered.body.is_empty() && answered.header("content-type").is_none(), "{id} answers a body");
            }
            Some(schema) => {
                assert_eq!(answered.header("content-type"), Some("application/json"));
                if let Err(problem) = fits(file, schema, &answered.json()) {
                    panic!("{id} {}: {problem}\n{}", answered.status, answered.json());
                }
            }
        }
        Some(id.to_owned())
    }
}

fn fits(file: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().unwrap() {
        keyword_fits(file, schema, keyword, rule, value).map_err(|problem| format!("{keyword}: {problem}"))?;
    }
    Ok(())
}

fn keyword_fits(file: &Value, schema: &Value, keyword: &str, rule: &Value, value: &Value) -> Result<(), String> {
    let number = || rule.as_f64().unwrap();
    let need = |holds: bool| if holds { Ok(()) } else { Err(format!("{value} does not fit {rule}")) };
    match keyword {
        "$ref" => fits(file, file.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(), value),
        "type" => need(rule.as_array().unwrap_or(&vec![rule.clone()]).iter().any(|name| is(name.as_str().unwrap(), value))),
        "const" => need(rule == value),
        "enum" => need(rule.as_array().unwrap().contains(value)),
        "minimum" => need(value.as_f64().is_none_or(|found| found >= number())),
        "maximum" => need(value.as_f64().is_none_or(|found| found <= number())),
        "minLength" => need(value.as_str().is_none_or(|found| found.chars().count() as f64 >= number())),
        "maxLength" => need(value.as_str().is_none_or(|found| found.chars().count() as f64 <= number())),
        "minItems" => need(value.as_array().is_none_or(|found| found.len() as f64 >= number())),
        "maxItems" => need(value.as_array().is_none_or(|found| found.len() as f64 <= number())),
        "items" => value.as_array().into_iter().flatten().try_for_each(|item| fits(file, rule, item)),
        "required" => need(rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())),
        "properties" => {
            let found = |(name, schema): (&String, &Value)| {
                value.get(name).map_or(Ok(()), |one| fits(file, schema, one).map_err(|e| format!("{name}: {e}")))
            };
            rule.as_object().unwrap().iter().try_for_each(found)
        }
        "additionalProperties" => additional(file, schema, rule, value),
        "allOf" => rule.as_array().unwrap().iter().try_for_each(|one| fits(file, one, value)),
        "oneOf" => need(rule.as_array().unwrap().iter().filter(|one| fits(file, one, value).is_ok()).count() == 1),
        "description" | "format" | "pattern" | "example" | "default" | "contentEncoding" | "propertyNames" => Ok(()),
        other => Err(format!("the check does not know {other}")),
    }
}

fn additional(file: &Value, schema: &Value, rule: &Value, value: &Value) -> Result<(), String> {
    let known = |name: &str| schema["properties"].get(name).is_some();
    for (name, found) in value.as_object().into_iter().flatten().filter(|(name, _)| !known(name)) {
        match rule {
            Value::Bool(false) => return Err(format!("{name} is not documented")),
            schema => fits(file, schema, found)?,
        }
    }
    Ok(())
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("the check does not know the type {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_check_finds_what_does_not_fit() {
        let checker = Checker::new(&[&super::super::Sample]);
        let file = &checker.file;
        let schema = &file["components"]["schemas"]["Account"];
        let settings = json!({
            "hooks_per_type": 1, "on_no_hook": {"sign-up": "deny"}, "allowed_hosts": [], "hosts_ceiling": null, "egress_ca": [],
            "client_certificates": []
        });
        let fine = json!({"id": 2, "name": null, "settings": settings, "created_at": "", "updated_at": ""});
        assert_eq!(fits(file, schema, &fine), Ok(()));
        for (pointer, wrong) in
            [("/id", "2".into()), ("/id", 0.into()), ("/settings/hooks_per_type", 100_001.into()), ("/settings/on_no_hook", "maybe".into())]
        {
            let mut value = fine.clone();
            *value.pointer_mut(pointer).unwrap() = wrong;
            assert!(fits(file, schema, &value).is_err(), "{value}");
        }
        let mut more = fine.clone();
        more["secret"] = 1.into();
        assert!(fits(file, schema, &more).unwrap_err().contains("secret"));
    }
}
