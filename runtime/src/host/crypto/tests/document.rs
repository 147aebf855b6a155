//! `js-engine/CRYPTO.md` is the contract for people: what is in the definition, and around it what all operations have in common.

use std::fmt::Write;

use super::*;

const CONTRACT: &str = include_str!("../../../../../host-api/crypto/contract.json");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../js-engine/CRYPTO.md");

const HEAD: &str = "# Cryptography between the engine and its host

JavaScript marshals, the host computes. This page is made from `host-api/crypto/contract.json`, as are the host's request types
(`runtime/build.rs`) and the engine's module `hookbox:crypto` (`js-engine/node/contract.mjs`): a test compares it, and
`HOOKBOX_WRITE_CRYPTO_MD=1 cargo nextest run -p hookbox-runtime crypto::tests::document` writes it.

A request is passed to the import `compute(0, ptr, len)`, and its answer fetched with `take`.

    request = u32 little-endian: length of the header
              header: JSON, {\"op\": ..., fields, \"parts\": [length of each part, ...]}
              the parts, one behind the other

Fields that end in `?` may be left out or null. An answer is bytes, or fields and parts framed as a request is. An error is
`{\"kind\": ..., \"message\": ...}`; where it has no message, the kind's is meant. A host refuses what does not parse, what does not add
up and what is over its limits, and knows no field that is not in this table.

Keys are canonical DER everywhere but in `key_read`: PKCS #8 if private, SubjectPublicKeyInfo if public. Nothing is held between two
requests: the state of a cipher is the guest's, so that what a top level began goes on in every execution.
";

fn field(field: &Value) -> String {
    let text = |at: usize| field[at].as_str().unwrap_or_default();
    let (kind, optional) = text(1).strip_suffix('?').map_or((text(1), ""), |kind| (kind, "?"));
    let note = if text(2).is_empty() { String::new() } else { format!(" ({})", text(2)) };
    format!("`{}{optional}`: {kind}{note}", text(0))
}

fn listed(fields: &Value) -> String {
    fields.as_array().into_iter().flatten().map(field).collect::<Vec<_>>().join("; ")
}

fn sorted(value: &Value) -> std::collections::BTreeMap<&str, &Value> {
    value.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value)).collect()
}

fn rendered() -> String {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    let mut out = format!("{HEAD}\n## Operations\n\n| op | does | fields | parts | answer |\n|---|---|---|---|---|\n");
    for operation in contract["operations"].as_array().unwrap() {
        let parts: Vec<&str> = operation["parts"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let text = |name: &str| operation[name].as_str().unwrap();
        let gives = if operation["gives"].is_array() { format!("; {}", listed(&operation["gives"])) } else { String::new() };
        let random = if operation["random"] == true { " (random)" } else { "" };
        let (name, does, answer) = (text("name"), text("does"), text("answer"));
        writeln!(out, "| `{name}` | {does}{random} | {} | {} | {answer}{gives} |", listed(&operation["fields"]), parts.join(", ")).unwrap();
    }
    out.push_str("\n## Values\n\n");
    for (name, values) in sorted(&contract["values"]) {
        let values: Vec<String> = values.as_array().unwrap().iter().map(|value| format!("`{}`", value.as_str().unwrap())).collect();
        writeln!(out, "* {name}: {}", values.join(", ")).unwrap();
    }
    out.push_str("\n## Errors\n\n| kind | class | code | message |\n|---|---|---|---|\n");
    for (kind, error) in sorted(&contract["errors"]) {
        let text = |at: usize| error[at].as_str().unwrap_or_default();
        writeln!(out, "| `{kind}` | {} | {} | {} |", text(0), text(1), text(2)).unwrap();
    }
    out
}

#[test]
fn the_page_says_what_the_contract_says() {
    let rendered = rendered();
    if std::env::var_os("HOOKBOX_WRITE_CRYPTO_MD").is_some() {
        std::fs::write(DOCUMENT, &rendered).unwrap();
    }
    assert_eq!(std::fs::read_to_string(DOCUMENT).unwrap(), rendered, "js-engine/CRYPTO.md is not what the contract makes");
}
