//! The `onelogin smarthooks` command, by the requests that it makes. It keeps a project in files, and rewrites them from each answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Recorded, Secrets, Server};

const HANDLER: &str = "exports.handler = async (context) => {\n  return {\n    success: true\n  }\n}\n";

fn cli(server: &Server) -> Recorded {
    let headers = [("user-agent", "Go-http-client/1.1"), ("accept-encoding", "gzip")];
    Recorded::admin(server, Secrets::Basic, &headers)
}

/// The `hook.json` of a project, as `onelogin smarthooks new` writes it.
fn project() -> Value {
    json!({
        "type": "pre-authentication", "disabled": true, "timeout": 1, "env_vars": [], "runtime": "nodejs12.x", "retries": 0,
        "options": {"risk_enabled": false, "mfa_device_info_enabled": false, "location_enabled": false},
        "packages": {}, "function": STANDARD.encode(HANDLER),
    })
}

/// Sends the project, and makes a project of the answer: whatever it lacks is lost, and without a function the command ends badly.
fn deploy(cli: &Recorded, project: &Value) -> Value {
    let mut body = project.clone();
    let id = body.as_object_mut().unwrap().remove("id");
    let mut answer = match id.as_ref().and_then(Value::as_str) {
        Some(id) => cli.put(&format!("/api/2/hooks/{id}"), &body).expect(200),
        None => cli.post("/api/2/hooks", &body).expect(201),
    };
    assert!(answer["id"].is_string() && answer["function"].is_string(), "{answer}");
    for server_s in ["status", "created_at", "updated_at"] {
        answer.as_object_mut().unwrap().remove(server_s);
    }
    answer
}

/// What `put_env_vars NAME=VALUE` does: a list, then an update of what is there or something new.
fn put_env_var(cli: &Recorded, name: &str, value: &str) -> String {
    let listed = cli.get("/api/2/hooks/envs").expect(200);
    let known = listed.as_array().unwrap().iter().find(|env| env["name"] == name).map(|env| env["id"].as_str().unwrap());
    match known {
        Some(id) => {
            cli.put(&format!("/api/2/hooks/envs/{id}"), &json!({"value": value})).expect(200);
            id.to_owned()
        }
        None => cli.make("/api/2/hooks/envs", &json!({"name": name, "value": value})),
    }
}

#[test]
fn a_project_is_deployed_and_then_deployed_again() {
    let server = Server::start();
    let cli = cli(&server);
    let first = deploy(&cli, &project());
    assert_eq!(first["function"], project()["function"], "hook.js is written from this");
    for field in ["type", "disabled", "timeout", "env_vars", "runtime", "retries", "options", "packages"] {
        assert_eq!(first[field], project()[field], "{field}");
    }
    put_env_var(&cli, "API_KEY", "secret");
    let mut changed = first.clone();
    // A list of names in hook.json goes out as it stands there.
    changed["env_vars"] = json!(["API_KEY"]);
    changed["disabled"] = json!(false);
    changed["timeout"] = json!(2);
    let second = deploy(&cli, &changed);
    assert_eq!((&second["id"], &second["timeout"], &second["disabled"]), (&first["id"], &json!(2), &json!(false)));
    assert_eq!(second["env_vars"][0]["name"], "API_KEY", "{second}");
    // What was an answer is the next request: whole objects, with ids and times.
    let third = deploy(&cli, &second);
    assert_eq!(third["env_vars"], second["env_vars"]);
    assert_eq!(third["version"], second["version"], "nothing was changed by it");
    let id = third["id"].as_str().unwrap();
    assert_eq!(server.admin().settled(id)["env_vars"], json!(["API_KEY"]));
    assert_eq!(server.admin().settled(id)["status"], "ready");
}

#[test]
fn hooks_are_listed_by_type_and_deleted_by_id() {
    let server = Server::start();
    let cli = cli(&server);
    let id = deploy(&cli, &project())["id"].as_str().unwrap().to_owned();
    for (query, found) in [("", 1), ("?type=pre-authentication", 1), ("?type=user-migration", 0), ("?type=", 1)] {
        let listed = cli.get(&format!("/api/2/hooks{query}")).expect(200);
        assert_eq!(listed.as_array().map(Vec::len), Some(found), "{query}");
    }
    assert_eq!(cli.get(&format!("/api/2/hooks/{id}")).expect(200)["function"], project()["function"]);
    let gone = cli.delete(&format!("/api/2/hooks/{id}"));
    assert_eq!((gone.status, gone.body.len(), gone.header("content-type")), (202, 0, None));
    assert_eq!(cli.get("/api/2/hooks").expect(200), json!([]));
}

#[test]
fn env_vars_are_put_listed_and_removed_by_name() {
    let server = Server::start();
    let cli = cli(&server);
    let first = put_env_var(&cli, "API_KEY", "one");
    let other = put_env_var(&cli, "OTHER", "x");
    assert_eq!(put_env_var(&cli, "API_KEY", "two"), first, "the one that is there gets the value");
    cli.delete(&format!("/api/2/hooks/envs/{first}")).expect(204);
    let left = cli.get("/api/2/hooks/envs").expect(200);
    assert_eq!(left.as_array().unwrap().iter().map(|env| &env["id"]).collect::<Vec<_>>(), [&json!(other)]);
}
