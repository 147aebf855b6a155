//! Who gets a token, what a token opens, and when it no longer does.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::harness::guests::allowing;
use crate::harness::{Api, Hook, Reply, Request, Server, ServerBuilder, context};

const ID: &str = "admin";
const SECRET: &str = "an admin secret of 32 characters";

fn token_request(server: &Server) -> Request {
    server.request("POST", "/auth/oauth2/v2/token")
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn grant() -> Value {
    json!({"grant_type": "client_credentials"})
}

fn ask(server: &Server, id: &str, secret: &str) -> Reply {
    token_request(server).header("authorization", &basic(id, secret)).json(&grant()).send()
}

/// An error in the form of the token routes.
fn envelope(code: u16, kind: &str, message: &str) -> Value {
    json!({"status": {"error": true, "code": code, "type": kind, "message": message}})
}

#[test]
fn a_token_is_given_for_each_way_to_show_a_secret() {
    let server = Server::start();
    let named = format!("client_id:{ID}, client_secret:{SECRET}");
    let form = "grant_type=client_credentials&client_id=admin&client_secret=an+admin+secret+of%2032+characters";
    let fields = json!({"grant_type": "client_credentials", "client_id": ID, "client_secret": SECRET});
    let form_type = "application/x-www-form-urlencoded";
    let mut tokens = Vec::new();
    for request in [
        token_request(&server).header("authorization", &basic(ID, SECRET)).json(&grant()),
        token_request(&server)
            .header("authorization", &basic(ID, SECRET))
            .header("content-type", form_type)
            .body("grant_type=client_credentials"),
        token_request(&server).header("authorization", &named).json(&grant()),
        token_request(&server).header("content-type", form_type).body(form),
        token_request(&server).json(&fields),
    ] {
        let reply = request.send();
        let token = reply.expect(200);
        let expected = json!({
            "access_token": token["access_token"], "created_at": token["created_at"],
            "expires_in": 36000, "token_type": "bearer", "account_id": 1,
        });
        assert_eq!(token, expected);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        tokens.push(token["access_token"].as_str().unwrap().to_owned());
    }
    for token in &tokens {
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        for header in [format!("Bearer {token}"), format!("bearer {token}"), format!("bearer:{token}"), format!("BEARER:{token}")] {
            assert_eq!(server.get("/api/2/hooks").header("authorization", &header).send().status, 200, "{header}");
        }
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "the same credentials get the same token");
}

#[test]
fn wrong_credentials_are_all_alike() {
    let server = Server::start();
    let unauthorized = envelope(401, "Unauthorized", "Authentication Failure");
    for (id, secret) in [(ID, "wrong"), (ID, ""), ("nobody", SECRET), ("nobody", "wrong"), ("", ""), ("Admin", SECRET)] {
        let reply = ask(&server, id, secret);
        assert_eq!(reply.expect(401), unauthorized, "{id}:{secret}");
    }
    for header in ["Basic", "Basic !!!", "Bearer x", "client_id:admin"] {
        assert_eq!(token_request(&server).header("authorization", header).json(&grant()).send().expect(401), unauthorized);
    }
    assert_eq!(token_request(&server).json(&grant()).send().expect(401), unauthorized);
    // A wrong header is not made good by the body.
    let both = json!({"grant_type": "client_credentials", "client_id": ID, "client_secret": SECRET});
    assert_eq!(token_request(&server).header("authorization", &basic(ID, "wrong")).json(&both).send().status, 401);
    assert!(!server.log().contains(SECRET));
}

#[test]
fn another_grant_is_a_bad_request() {
    let server = Server::start();
    for body in [json!({}), json!({"grant_type": "password"}), json!({"grant_type": null}), json!([])] {
        let reply = token_request(&server).header("authorization", &basic(ID, SECRET)).json(&body).send();
        assert_eq!(reply.expect(400), envelope(400, "bad request", "grant_type is incorrect/absent"), "{body}");
    }
}

#[test]
fn without_a_good_token_nothing_is_open() {
    let server = Server::start();
    let token = server.admin().token.clone();
    let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let forged = URL_SAFE_NO_PAD.encode(&bytes);
    let cut = &token[..token.len() - 2];
    let longer = format!("{token}AA");
    let expected = json!({"statusCode": 401, "name": "UnauthorizedError", "message": "The request requires user authentication."});
    let routes = [
        ("GET", "/api/2/hooks"),
        ("POST", "/api/2/hooks"),
        ("GET", "/api/2/hooks/envs"),
        ("GET", "/v1/accounts"),
        ("POST", "/v1/credentials"),
        ("POST", "/v1/triggers/pre-authentication"),
        ("POST", "/v1/hooks/x/fire"),
        ("GET", "/v1/hooks/x/executions"),
    ];
    for (method, target) in routes {
        assert_eq!(server.request(method, target).send().expect(401), expected, "{target}");
        for bad in ["", "x", &forged, cut, &longer, &token.to_uppercase()] {
            let reply = server.request(method, target).header("authorization", &format!("Bearer {bad}")).send();
            assert_eq!(reply.expect(401), expected, "{target} with {bad}");
            assert!(reply.header("www-authenticate").is_some());
        }
        assert_eq!(server.request(method, target).header("authorization", &basic(ID, SECRET)).send().status, 401);
    }
    for open in ["/healthz", "/readyz"] {
        assert_eq!(server.get(open).send().status, 200);
    }
}

#[test]
fn a_scope_opens_its_routes_and_no_others() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    let hook = format!("/api/2/hooks/{id}");
    let (logs, fire, executions) = (format!("{hook}/logs"), format!("/v1/hooks/{id}/fire"), format!("/v1/hooks/{id}/executions"));
    // Method, target, body, the scopes that open it, and the status that they get.
    let routes = [
        ("GET", "/api/2/hooks", json!({}), "read manage", 200),
        ("GET", &hook, json!({}), "read manage", 200),
        ("GET", &logs, json!({}), "read manage", 200),
        ("GET", "/api/2/hooks/envs", json!({}), "read manage", 200),
        ("GET", &executions, json!({}), "read manage", 200),
        ("PUT", &hook, json!({}), "manage", 200),
        ("POST", "/api/2/hooks", json!({}), "manage", 422),
        ("POST", "/api/2/hooks/envs", json!({}), "manage", 422),
        ("DELETE", "/api/2/hooks/envs/x", json!({}), "manage", 404),
        ("DELETE", "/api/2/hooks/x", json!({}), "manage", 404),
        ("POST", &fire, json!({"context": context(1)}), "manage", 200),
        ("POST", "/v1/triggers/pre-authentication", context(1), "fire manage", 200),
        ("GET", "/v1/accounts", json!({}), "operate", 200),
        ("POST", "/v1/accounts", json!({"plan": 1}), "operate", 422),
        ("PUT", "/v1/accounts/1", json!({}), "operate", 200),
        ("GET", "/v1/credentials", json!({}), "operate", 200),
        ("POST", "/v1/credentials", json!({}), "operate", 422),
        ("DELETE", "/v1/credentials/x", json!({}), "operate", 404),
    ];
    for scope in ["operate", "manage", "read", "fire"] {
        let caller = admin.credential(1, &[scope]);
        for (method, target, body, opened_by, status) in &routes {
            let reply = caller.request(method, target).json(body).send();
            if opened_by.split(' ').any(|one| one == scope) {
                assert_eq!(reply.status, *status, "{scope}: {method} {target}: {}", reply.text());
            } else if target.starts_with("/api/2") {
                assert!(reply.error(400, "BadRequestError").starts_with("the scope "), "{scope}: {method} {target}");
            } else {
                assert!(reply.error(403, "ForbiddenError").starts_with("the scope "), "{scope}: {method} {target}");
            }
        }
    }
}

#[test]
fn a_revoked_credential_s_tokens_end() {
    let server = Server::start();
    let admin = server.admin();
    let made = admin.post("/v1/credentials", &json!({"scopes": ["read"]})).expect(201);
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let (one, two) = (Api::login(server.address(), id, secret), Api::login(server.address(), id, secret));
    let revoke = |by: (&str, &str), token: &str| {
        let request = server.request("POST", "/auth/oauth2/revoke").header("authorization", &basic(by.0, by.1));
        request.json(&json!({"access_token": token})).send()
    };
    // A stranger's token, no token, a wrong secret.
    assert_eq!(revoke((ID, SECRET), &one.token).status, 400);
    assert_eq!(revoke((id, secret), "nonsense").status, 400);
    assert_eq!(revoke((id, "wrong"), &one.token).status, 401);
    assert_eq!((one.get("/api/2/hooks").status, two.get("/api/2/hooks").status), (200, 200));
    let success = json!({"status": {"error": false, "code": 200, "type": "success", "message": "Success"}});
    assert_eq!(revoke((id, secret), &one.token).expect(200), success);
    assert_eq!((one.get("/api/2/hooks").status, two.get("/api/2/hooks").status), (401, 401));
    assert_eq!(admin.get("/api/2/hooks").status, 200, "others' tokens are as good as before");
    let new = Api::login(server.address(), id, secret);
    // What is revoked stays so.
    let server = server.kill().start();
    let status = |token: &str| server.get("/api/2/hooks").header("authorization", &format!("Bearer {token}")).send().status;
    assert_eq!((status(&one.token), status(&new.token)), (401, 200), "a token outlives a restart, a revocation too");
}

#[test]
fn a_deleted_credential_is_none() {
    let server = Server::start();
    let admin = server.admin();
    let made = admin.post("/v1/credentials", &json!({"scopes": ["manage"]})).expect(201);
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let caller = Api::login(server.address(), id, secret);
    assert_eq!(caller.get("/api/2/hooks").status, 200);
    admin.delete(&format!("/v1/credentials/{id}")).expect(204);
    assert_eq!(caller.get("/api/2/hooks").status, 401);
    assert_eq!(ask(&server, id, secret).status, 401);
}

#[test]
fn guesses_are_slowed_down_and_lock_nobody_out() {
    let server = Server::with("throttle.client_failures = 3");
    let admin = server.admin();
    let made = admin.post("/v1/credentials", &json!({"scopes": ["read"]})).expect(201);
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    for _ in 0..3 {
        assert_eq!(ask(&server, id, "wrong").status, 401);
    }
    let reply = ask(&server, id, "wrong");
    let expected = envelope(429, "too many requests", "Too many failed attempts; wait before the next one");
    assert_eq!(reply.expect(429), expected);
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(ask(&server, id, secret).status, 200, "who knows the secret is answered");
    assert_eq!(ask(&server, ID, SECRET).status, 200, "another client is not slowed down");
    assert_eq!(admin.get("/api/2/hooks").status, 200);
}

#[test]
fn guesses_of_many_ids_from_one_address_are_slowed_down() {
    let server = Server::with("throttle.address_failures = 5");
    for n in 0..5 {
        assert_eq!(ask(&server, &format!("client-{n}"), "wrong").status, 401);
    }
    assert_eq!(ask(&server, "client-5", "wrong").status, 429);
    assert_eq!(ask(&server, ID, SECRET).status, 200);
}

#[test]
fn a_bootstrap_credential_is_whole_and_strong() {
    let refused = |id: Option<&str>, secret: Option<&str>| {
        let mut builder = ServerBuilder::bare();
        for (name, value) in [("HOOKBOX_BOOTSTRAP_CLIENT_ID", id), ("HOOKBOX_BOOTSTRAP_CLIENT_SECRET", secret)] {
            if let Some(value) = value {
                builder = builder.env(name, value);
            }
        }
        builder.refused()
    };
    assert!(refused(Some("me"), None).contains("HOOKBOX_BOOTSTRAP_CLIENT_ID is set and HOOKBOX_BOOTSTRAP_CLIENT_SECRET is not"));
    assert!(refused(None, Some(SECRET)).contains("HOOKBOX_BOOTSTRAP_CLIENT_SECRET is set and HOOKBOX_BOOTSTRAP_CLIENT_ID is not"));
    let short = "x".repeat(31);
    let said = refused(Some("me"), Some(&short));
    assert!(said.contains("HOOKBOX_BOOTSTRAP_CLIENT_SECRET must have 32 characters or more") && !said.contains(&short), "{said}");
    // It is for the first start: later ones neither change nor add a credential.
    let stopped = Server::start().stop();
    let server = stopped.env("HOOKBOX_BOOTSTRAP_CLIENT_ID", "second").start();
    assert_eq!(ask(&server, "second", SECRET).status, 401);
    assert_eq!(ask(&server, ID, SECRET).status, 200);
}

#[test]
fn a_made_credential_is_in_a_private_file_and_nowhere_else() {
    let server = ServerBuilder::bare().start();
    let path = server.data().join("admin-credential.json");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let credential: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let (id, secret) = (credential["client_id"].as_str().unwrap(), credential["client_secret"].as_str().unwrap());
    assert_eq!((id.len(), secret.len(), credential.as_object().unwrap().len()), (64, 64, 2));
    assert!(!server.log().contains(secret) && !server.stdout().contains(secret), "a pipe is no terminal");
    let admin = Api::login(server.address(), id, secret);
    assert_eq!((admin.get("/v1/accounts").status, admin.get("/api/2/hooks").status), (200, 200));
    let server = server.stop().start();
    assert_eq!(fs::read(&path).unwrap().len(), serde_json::to_string_pretty(&credential).unwrap().len() + 1, "written once");
    assert_eq!(Api::login(server.address(), id, secret).get("/v1/accounts").status, 200);
}
