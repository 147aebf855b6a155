//! Writes the Rust types of the contract between JavaScript and the host's cryptography: an enum per list of values, a struct per
//! operation, the enum of all operations, and the kinds of error.

use std::fmt::Write;

use serde_json::Value;

/// The text of a module.
pub(crate) fn types(contract: &Value) -> String {
    let mut out = String::new();
    for (name, values) in entries(&contract["values"]) {
        let names: Vec<&str> = list(values).filter_map(Value::as_str).collect();
        names_enum(&mut out, &camel(name), &names);
    }
    let errors: Vec<&str> = entries(&contract["errors"]).map(|(name, _)| name.as_str()).collect();
    names_enum(&mut out, "ErrorKind", &errors);
    for operation in list(&contract["operations"]) {
        let does = format!("{}: {}.", text(&operation["name"]), text(&operation["does"]));
        fields_struct(&mut out, &camel(text(&operation["name"])), &does, &operation["fields"], "serde::Deserialize");
        if operation["gives"].is_array() {
            let name = format!("{}Answer", camel(text(&operation["name"])));
            fields_struct(&mut out, &name, "What it gives beside the parts.", &operation["gives"], "serde::Serialize");
        }
    }
    operations_enum(&mut out, contract);
    out
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `aes-128-cbc` as `Aes128Cbc`, and `sha512-256` as `Sha512_256`.
fn camel(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(['-', '_']) {
        let digits = |at: Option<char>| at.is_some_and(|it| it.is_ascii_digit());
        if digits(out.chars().last()) && digits(word.chars().next()) {
            out.push('_');
        }
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn names_enum(out: &mut String, name: &str, values: &[&str]) {
    let mut variants = String::new();
    let mut arms = String::new();
    for value in values {
        let variant = camel(value);
        let _ = writeln!(variants, "    #[serde(rename = {value:?})]\n    {variant},");
        let _ = writeln!(arms, "            Self::{variant} => {value:?},");
    }
    let derives = "Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize";
    let _ = writeln!(out, "#[derive({derives})]\npub(in crate::host::crypto) enum {name} {{\n{variants}}}");
    let _ = writeln!(out, "impl {name} {{\n    #[allow(dead_code, reason = \"not all lists are read back\")]");
    let _ = writeln!(
        out,
        "    pub(in crate::host::crypto) const fn name(self) -> &'static str {{\n        match self {{\n{arms}        }}\n    }}\n}}"
    );
}

/// The Rust type of a field, and whether it may be left out.
fn field_type(written: &str) -> (String, bool) {
    let (name, optional) = written.strip_suffix('?').map_or((written, false), |name| (name, true));
    let name = match name {
        "bool" | "u32" | "i32" | "u64" => name.to_owned(),
        "text" => "String".to_owned(),
        list => camel(list),
    };
    if optional { (format!("Option<{name}>"), true) } else { (name, false) }
}

fn fields_struct(out: &mut String, name: &str, does: &str, fields: &Value, derives: &str) {
    let strict = if derives.ends_with("Deserialize") { "#[serde(deny_unknown_fields)]\n" } else { "" };
    let _ = writeln!(out, "/// {does}\n#[derive(Debug, {derives})]\n{strict}pub(in crate::host::crypto) struct {name} {{");
    for field in list(fields) {
        let (kind, optional) = field_type(text(&field[1]));
        let absent = match (optional, strict.is_empty()) {
            (true, true) => "    #[serde(skip_serializing_if = \"Option::is_none\")]\n",
            (true, false) => "    #[serde(default)]\n",
            (false, _) => "",
        };
        let _ = writeln!(out, "{absent}    pub(in crate::host::crypto) {}: {kind},", text(&field[0]));
    }
    out.push_str("}\n");
}

fn operations_enum(out: &mut String, contract: &Value) {
    let (mut variants, mut parts, mut random) = (String::new(), String::new(), String::new());
    for operation in list(&contract["operations"]) {
        let name = text(&operation["name"]);
        let variant = camel(name);
        let _ = writeln!(variants, "    #[serde(rename = {name:?})]\n    {variant}({variant}),");
        let _ = writeln!(parts, "            Self::{variant}(_) => {},", list(&operation["parts"]).count());
        if operation["random"] == true {
            let _ = write!(random, "{}Self::{variant}(_)", if random.is_empty() { "" } else { " | " });
        }
    }
    let _ = writeln!(
        out,
        "/// What is to be computed.\n#[derive(Debug, serde::Deserialize)]\n#[serde(tag = \"op\")]\npub(in crate::host::crypto) enum Operation {{\n{variants}}}"
    );
    let _ = writeln!(
        out,
        "impl Operation {{\n    /// How many parts it has.\n    pub(in crate::host::crypto) const fn parts(&self) -> usize {{\n        match self {{\n{parts}        }}\n    }}\n\n    /// Whether the contract says that its answer is another one each time.\n    pub(in crate::host::crypto) const fn random(&self) -> bool {{\n        matches!(self, {random})\n    }}\n}}"
    );
}
