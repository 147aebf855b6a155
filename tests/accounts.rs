//! Accounts and credentials, as an operator makes them for others.

use serde_json::{Value, json};

use crate::harness::guests::allowing;
use crate::harness::{Api, Hook, Server, context};

fn settings(hooks_per_type: u32, on_no_hook: Value) -> Value {
    json!({
        "hooks_per_type": hooks_per_type, "on_no_hook": on_no_hook, "allowed_hosts": [], "hosts_ceiling": null, "egress_ca": [],
        "client_certificates": [], "strict": false, "client": null,
    })
}

#[test]
fn accounts_are_made_shown_and_changed() {
    let server = Server::start();
    let admin = server.admin();
    let first = admin.get("/v1/accounts/1").expect(200);
    assert_eq!((&first["id"], &first["name"]), (&json!(1), &Value::Null));
    assert_eq!(first["settings"], settings(1, json!(null)));
    let made = admin.post("/v1/accounts", &json!({"name": "Acme", "settings": {"hooks_per_type": 3}})).expect(201);
    assert_eq!((&made["id"], &made["name"], &made["settings"]["hooks_per_type"]), (&json!(2), &json!("Acme"), &json!(3)));
    let listed = admin.get("/v1/accounts?limit=1").expect(200);
    assert_eq!(listed["items"], json!([first]));
    let cursor = listed["next_cursor"].as_str().unwrap();
    assert_eq!(admin.get(&format!("/v1/accounts?cursor={cursor}")).expect(200), json!({"items": [made], "next_cursor": null}));
    let changed = admin.put("/v1/accounts/2", &json!({"on_no_hook": "deny"})).expect(200);
    assert_eq!(changed["settings"], settings(3, json!("deny")));
    assert_eq!(changed["name"], "Acme");
    assert_eq!(admin.get("/v1/accounts/2").expect(200), changed);
    for id in ["3", "0", "-1", "x", "01"] {
        assert_eq!(
            admin.get(&format!("/v1/accounts/{id}")).error(404, "NotFoundError"),
            "The resource with the given id could not be found"
        );
    }
}

#[test]
fn bad_accounts_and_credentials_are_refused() {
    let server = Server::start();
    let admin = server.admin();
    for (target, body, field) in [
        ("/v1/accounts", json!({"hooks_per_type": 0}), "hooks_per_type"),
        ("/v1/accounts", json!({"settings": {"hooks_per_type": 100_001}}), "settings.hooks_per_type"),
        ("/v1/accounts", json!({"on_no_hook": "maybe"}), "on_no_hook"),
        ("/v1/accounts", json!({"on_no_hook": {"login": "deny"}}), "on_no_hook.login"),
        ("/v1/accounts", json!({"strict": "yes"}), "strict"),
        ("/v1/accounts", json!({"settings": {"client": "curl"}}), "settings.client"),
        ("/v1/accounts", json!({"name": "x".repeat(201)}), "name"),
        ("/v1/accounts", json!({"egress_ca": ["nonsense"]}), "egress_ca[0]"),
        (
            "/v1/accounts",
            json!({"settings": {"client_certificates": [{"hosts": ["a.example"], "cert": "x", "key": "x"}]}}),
            "settings.client_certificates[0].cert",
        ),
        ("/v1/accounts", json!({"plan": "gold"}), "plan"),
        ("/v1/credentials", json!({}), "scopes"),
        ("/v1/credentials", json!({"scopes": []}), "scopes"),
        ("/v1/credentials", json!({"scopes": ["read", "root"]}), "scopes[1]"),
        ("/v1/credentials", json!({"scopes": ["read"], "account_id": 99}), "account_id"),
        ("/v1/credentials", json!({"scopes": ["read"], "client_secret": "mine"}), "client_secret"),
    ] {
        let reply = admin.post(target, &body);
        reply.error(422, "UnprocessableEntityError");
        assert_eq!(reply.value()["field"], field, "{body}");
    }
    assert_eq!(admin.get("/v1/accounts").expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/v1/credentials").expect(200)["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_credential_shows_its_secret_once() {
    let server = Server::start();
    let admin = server.admin();
    let reply = admin.post("/v1/credentials", &json!({"scopes": ["read", "fire"], "name": "idp"}));
    let made = reply.expect(201);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let secret = made["client_secret"].as_str().unwrap();
    assert_eq!((secret.len(), made["client_id"].as_str().unwrap().len()), (64, 64));
    let shown = json!({
        "client_id": made["client_id"], "account_id": 1, "scopes": ["read", "fire"], "name": "idp", "allowed_addresses": [], "created_at": made["created_at"],
    });
    let listed = admin.get("/v1/credentials").expect(200);
    assert_eq!(listed["items"][1], shown);
    assert!(!server.log().contains(secret));
    let id = made["client_id"].as_str().unwrap();
    let reply = admin.delete(&format!("/v1/credentials/{id}"));
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(admin.delete(&format!("/v1/credentials/{id}")).status, 404);
}

#[test]
fn operating_is_for_account_one_and_somebody_must_do_it() {
    let server = Server::start();
    let admin = server.admin();
    let (account, _) = admin.account(&json!({}));
    let reply = admin.post("/v1/credentials", &json!({"account_id": account, "scopes": ["operate"]}));
    assert!(reply.error(422, "UnprocessableEntityError").contains("may hold \"operate\" in account 1 only"));
    let last = admin.delete("/v1/credentials/admin");
    assert!(last.error(409, "ConflictError").contains("the last credential with the scope 'operate'"));
    let operator = admin.credential(1, &["operate"]);
    operator.delete("/v1/credentials/admin").expect(204);
    assert_eq!(admin.get("/v1/accounts").status, 401);
    assert_eq!(operator.get("/v1/accounts").status, 200);
}

#[test]
fn credentials_are_listed_by_account() {
    let server = Server::start();
    let admin = server.admin();
    let (account, _) = admin.account(&json!({}));
    let listed = |query: &str| admin.get(&format!("/v1/credentials{query}")).expect(200)["items"].as_array().unwrap().len();
    assert_eq!((listed(""), listed("?account_id=1"), listed(&format!("?account_id={account}"))), (2, 1, 1));
    assert_eq!(admin.get("/v1/credentials?account_id=x").value()["field"], "account_id");
}

/// Outcome, decision and result of an event of each type.
fn events(api: &Api) -> [(Value, Value, Value); 2] {
    ["pre-authentication", "user-migration"].map(|hook_type| {
        // What either type asks for; the other's keys are unknown to it.
        let mut sent = context(5);
        sent["user_identifier"] = json!("ada");
        sent["password"] = json!("correct horse");
        let answer = api.trigger_request(hook_type, &sent).send().expect(200);
        assert_eq!((&answer["hook_id"], &answer["version"], &answer["error"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(answer["usage"], json!({"duration_us": 0, "fuel": 0, "memory_bytes": 0, "attempts": 0}));
        (answer["outcome"].clone(), answer["decision"].clone(), answer["result"].clone())
    })
}

#[test]
fn an_account_decides_about_events_without_a_hook() {
    let server = Server::start();
    let admin = server.admin();
    let allowed = || (json!("no_hook"), json!("allow"), json!({"success": true, "user": context(5)["user"]}));
    let denied = || (json!("no_hook"), json!("deny"), Value::Null);
    assert_eq!(events(admin), [allowed(), denied()]);
    let set = |value: Value| {
        admin.put("/v1/accounts/1", &json!({"on_no_hook": value})).expect(200);
    };
    set(json!("deny"));
    assert_eq!(events(admin), [denied(), denied()]);
    set(json!({"user-migration": "allow"}));
    assert_eq!(events(admin), [allowed(), allowed()]);
    set(Value::Null);
    assert_eq!(events(admin), [allowed(), denied()]);
    // A disabled hook is as good as none; an enabled one decides, whatever the setting.
    set(json!("deny"));
    let id = admin.deploy(&Hook::wat(&allowing(8)).disabled());
    assert_eq!(events(admin)[0], denied());
    admin.put(&format!("/api/2/hooks/{id}"), &json!({"disabled": false})).expect(200);
    assert_eq!(admin.trigger(&context(5))["decision"], "allow");
}
