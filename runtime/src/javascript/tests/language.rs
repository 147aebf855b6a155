//! The features of the language that people use, each in a fresh sandbox. The list is the engine's own, which also runs on Node's
//! WebAssembly; a case that is known to fail says what happens instead, and has to be taken off when it works.

use serde::Deserialize;
use serde_json::Value;

use super::*;

const LIST: &str = include_str!("../../../../js-engine/tests/language.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    group: String,
    #[serde(default)]
    expression: String,
    body: Option<String>,
    value: Value,
    fails: Option<Value>,
}

/// What comes out: a result's JSON, or the failure as a text.
async fn outcome(case: &Case) -> Value {
    let body = case.body.clone().unwrap_or_else(|| format!("return ({})", case.expression));
    let source = format!("exports.handler = async () => {{\n{body}\n}}");
    let hook = match deploy_with(&source, Arc::default()).await {
        Ok(hook) => hook,
        Err(refused) => return Value::String(refused.to_string()),
    };
    match call(&hook, "{}").await.result {
        Ok(result) => serde_json::from_str(result.get()).unwrap(),
        Err(failure) => Value::String(format!("{}: {}", failure.kind.as_str(), failure.message)),
    }
}

#[tokio::test]
async fn does_what_the_language_says_but_for_what_is_known_to_fail() {
    let cases: Vec<Case> = serde_json::from_str(LIST).unwrap();
    assert!(cases.len() > 150, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let got = outcome(case).await;
        if got != *case.fails.as_ref().unwrap_or(&case.value) {
            let code = case.body.as_ref().unwrap_or(&case.expression);
            wrong.push(format!("{}: {code}\n  wanted {}\n  got    {got}", case.group, case.value));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
