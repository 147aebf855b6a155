//! Env vars over REST: named secrets that are linked to hooks, seen by them, and never shown.

use serde_json::{Value, json};

use crate::harness::guests::{allowing, telling_its_env};
use crate::harness::{Api, Hook, Server, context};

/// What a hook that prints its environment sees.
fn seen(api: &Api, id: &str) -> String {
    let answer = api.fire(id, &context(1));
    assert_eq!(answer["outcome"], "completed", "{answer}");
    let entry = &api.executions(id)[0];
    assert_eq!(entry["execution_id"], answer["execution_id"]);
    let events = entry["events"].as_array().unwrap();
    events.iter().map(|event| event.as_str().unwrap().rsplit('\t').next().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_value_is_kept_and_never_shown() {
    let server = Server::start();
    let admin = server.admin();
    let made = admin.post("/api/2/hooks/envs", &json!({"name": "API_KEY", "value": "hunter2hunter2"})).expect(201);
    let id = made["id"].as_str().unwrap();
    let expected = json!({"id": id, "name": "API_KEY", "created_at": made["created_at"], "updated_at": made["created_at"]});
    assert_eq!(made, expected);
    assert_eq!(admin.get(&format!("/api/2/hooks/envs/{id}")).expect(200), expected);
    assert_eq!(admin.get("/api/2/hooks/envs").expect(200), json!([expected]));
    let changed = admin.put(&format!("/api/2/hooks/envs/{id}"), &json!({"value": "hunter3hunter3"})).expect(200);
    assert_eq!((&changed["name"], &changed["created_at"]), (&made["name"], &made["created_at"]));
    assert!(changed["updated_at"].as_str() > made["updated_at"].as_str());
    let reply = admin.delete(&format!("/api/2/hooks/envs/{id}"));
    assert_eq!((reply.status, reply.body.len(), reply.header("content-type")), (204, 0, None));
    assert_eq!(admin.get(&format!("/api/2/hooks/envs/{id}")).status, 404);
    assert_eq!(admin.put(&format!("/api/2/hooks/envs/{id}"), &json!({"value": "v"})).status, 404);
    assert_eq!(admin.delete(&format!("/api/2/hooks/envs/{id}")).status, 404);
}

#[test]
fn values_are_encrypted_on_disk() {
    let server = Server::start();
    server.admin().create_env("API_KEY", "a value that must not be on disk");
    let stopped = server.stop();
    let mut files = vec![stopped.data()];
    let mut looked_at = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(24).any(|part| part == b"a value that must not be"), "{}", path.display());
        looked_at += usize::from(bytes.windows(7).any(|part| part == b"API_KEY"));
    }
    assert_eq!(looked_at, 1, "the record itself is in the store");
}

#[test]
fn a_hook_sees_what_is_linked_to_it_and_nothing_else() {
    let server = Server::start();
    let admin = server.admin();
    // Values so short that logs show them.
    admin.create_env("COLOUR", "red");
    let shape = admin.create_env("SHAPE", "1st");
    let id = admin.deploy(&Hook::wat(&telling_its_env()).with("env_vars", json!(["SHAPE"])));
    assert_eq!(seen(admin, &id), "SHAPE=1st\\x00");
    // A new value serves from the next execution on, without a new version.
    admin.put(&format!("/api/2/hooks/envs/{shape}"), &json!({"value": "2nd"})).expect(200);
    assert_eq!(seen(admin, &id), "SHAPE=2nd\\x00");
    // Other links are a new version.
    let hook = admin.update_hook(&id, &json!({"env_vars": ["COLOUR", "SHAPE"]}));
    assert_eq!((&hook["version"], &hook["env_vars"]), (&json!(2), &json!(["COLOUR", "SHAPE"])));
    assert_eq!(seen(admin, &id), "COLOUR=red\\x00SHAPE=2nd\\x00");
    let hook = admin.update_hook(&id, &json!({"env_vars": []}));
    assert_eq!((&hook["version"], &hook["env_vars"]), (&json!(3), &json!([])));
    assert_eq!(seen(admin, &id), "");
}

#[test]
fn a_deleted_variable_is_taken_off_its_hooks() {
    let server = Server::start();
    let admin = server.admin();
    let env = admin.create_env("COLOUR", "green");
    let id = admin.deploy(&Hook::wat(&telling_its_env()).with("env_vars", json!(["COLOUR"])));
    admin.delete(&format!("/api/2/hooks/envs/{env}")).expect(204);
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}")).expect(200)["env_vars"], json!([]));
    assert_eq!(seen(admin, &id), "");
    // A new variable of the old name is another one.
    admin.create_env("COLOUR", "blue");
    assert_eq!(seen(admin, &id), "");
}

#[test]
fn bad_variables_and_links_are_refused() {
    let server = Server::start();
    let admin = server.admin();
    let env = admin.create_env("TAKEN", "x");
    let create = |body: &Value| admin.post("/api/2/hooks/envs", body);
    for (body, field, says) in [
        (json!({"name": "TAKEN", "value": "y"}), json!("name"), "is taken"),
        (json!({"name": "A", "value": "y"}), json!("name"), "instance.name does not meet minimum length of 2"),
        (json!({"name": "a".repeat(101), "value": "y"}), json!("name"), "instance.name does not meet maximum length of 100"),
        (json!({"name": "A-B", "value": "y"}), json!("name"), "does not match pattern"),
        (json!({"name": "1A", "value": "y"}), json!("name"), "does not match pattern"),
        (json!({"name": "AB", "value": ""}), json!("value"), "instance.value does not meet minimum length of 1"),
        (json!({"name": "AB", "value": "é".repeat(5001)}), json!("value"), "instance.value does not meet maximum length of 5000"),
        (json!({"name": "AB", "value": 1}), json!("value"), "instance.value is not of a type(s) string"),
        (json!({"name": "AB"}), json!("value"), "instance requires property \"value\""),
        (json!({"value": "y"}), json!("name"), "instance requires property \"name\""),
        (json!({"name": "AB", "value": "y", "id": "x"}), json!("id"), "additional property \"id\""),
        (json!([]), Value::Null, "is not of a type(s) object"),
    ] {
        let reply = create(&body);
        let message = reply.error(422, "UnprocessableEntityError");
        assert!(message.contains(says), "{message}");
        assert_eq!(reply.value()["field"], field, "{message}");
    }
    let renamed = admin.put(&format!("/api/2/hooks/envs/{env}"), &json!({"name": "OTHER", "value": "y"}));
    assert!(renamed.error(422, "UnprocessableEntityError").contains("additional property \"name\""));
    create(&json!({"name": "LONGEST", "value": "é".repeat(5000)})).expect(201);
    assert_eq!(admin.get("/api/2/hooks/envs").expect(200).as_array().unwrap().len(), 2, "nothing of the refused is kept");

    let link = |names: Value| admin.post("/api/2/hooks", &Hook::wat(&allowing(1)).with("env_vars", names).json());
    for (names, field, says) in [
        (json!(["TAKEN", "ABSENT"]), "env_vars[1]", "which does not exist"),
        (json!(["TAKEN", "TAKEN"]), "env_vars", "contains duplicate item"),
        (json!([5]), "env_vars[0]", "is not of a type(s) string"),
        (json!("TAKEN"), "env_vars", "is not of a type(s) array"),
    ] {
        let reply = link(names);
        let message = reply.error(422, "UnprocessableEntityError");
        assert!(message.contains(says), "{message}");
        assert_eq!(reply.value()["field"], field);
    }
}

#[test]
fn only_so_many_variables_are_linked_to_a_hook() {
    let server = Server::with("limits.env_vars = 2");
    let admin = server.admin();
    for name in ["ONE", "TWO", "THREE"] {
        admin.create_env(name, name);
    }
    let link = |names: Value| admin.post("/api/2/hooks", &Hook::wat(&allowing(1)).with("env_vars", names).json());
    let message = link(json!(["ONE", "TWO", "THREE"])).error(422, "UnprocessableEntityError");
    assert_eq!(message, "instance.env_vars does not meet maximum length of 2");
    link(json!(["ONE", "TWO"])).expect(201);
}

#[test]
fn a_hundred_variables_are_linked_by_default() {
    let server = Server::start();
    let admin = server.admin();
    let names: Vec<String> = (0..101).map(|n| format!("NAME_{n}")).collect();
    for name in &names {
        admin.create_env(name, "val");
    }
    let hook = Hook::wat(&telling_its_env());
    let message = admin.post("/api/2/hooks", &hook.clone().with("env_vars", json!(names)).json()).error(422, "UnprocessableEntityError");
    assert_eq!(message, "instance.env_vars does not meet maximum length of 100");
    let id = admin.deploy(&hook.with("env_vars", json!(names[..100])));
    assert_eq!(seen(admin, &id).matches("=val").count(), 100);
}

#[test]
fn variables_are_invisible_to_other_accounts() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.create_env("SECRET", "of account one");
    let (_, stranger) = admin.account(&json!({}));
    for (method, body) in [("GET", json!({})), ("PUT", json!({"value": "theirs"})), ("DELETE", json!({}))] {
        let reply = stranger.request(method, &format!("/api/2/hooks/envs/{id}")).json(&body).send();
        assert_eq!(reply.error(404, "NotFoundError"), "The resource with the given id could not be found");
    }
    let reply = stranger.post("/api/2/hooks", &Hook::wat(&allowing(1)).with("env_vars", json!(["SECRET"])).json());
    assert!(reply.error(422, "UnprocessableEntityError").contains("which does not exist"));
    stranger.create_env("SECRET", "of another");
    let theirs = stranger.deploy(&Hook::wat(&telling_its_env()).with("env_vars", json!(["SECRET"])));
    stranger.fire(&theirs, &context(1));
    assert_eq!(stranger.get("/api/2/hooks/envs").expect(200).as_array().unwrap().len(), 1);
    assert_eq!(admin.get(&format!("/api/2/hooks/envs/{id}")).status, 200);
}
