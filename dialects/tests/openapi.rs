//! The OpenAPI file of a server with all dialects.

use std::path::Path;

use hookbox_dialects::ALL;
use hookbox_hooks::openapi::{document as openapi_document, tree as openapi_tree};
use hookbox_hooks::testing::TestServer;
use serde_json::Value;

/// Run with `HOOKBOX_UPDATE_GOLDEN=1` to write the file anew.
#[test]
fn the_checked_in_file_is_what_the_endpoints_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let written = openapi_document(ALL).unwrap();
    if std::env::var_os("HOOKBOX_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap() == written, "docs/openapi.json is out of date");
}

#[tokio::test]
async fn every_endpoint_is_in_the_file() {
    let tree = openapi_tree(ALL).unwrap();
    for endpoint in TestServer::start(ALL).await.endpoints() {
        let operation = &tree["paths"][endpoint.path.replace("{*", "{")][endpoint.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], endpoint.id, "{endpoint:?}");
        assert!(operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2')), "{endpoint:?}");
        assert!(!endpoint.doc.summary.is_empty() && !endpoint.doc.tag.is_empty(), "{endpoint:?}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(tree: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    assert!(tree.pointer(target.trim_start_matches('#')).is_some(), "{target}");
                }
                fields.values().for_each(|one| check(tree, one));
            }
            Value::Array(items) => items.iter().for_each(|one| check(tree, one)),
            _ => {}
        }
    }
    let tree = openapi_tree(ALL).unwrap();
    check(&tree, &tree);
}
