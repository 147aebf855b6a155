//! Where callers come from: what a proxy says of them, and what is refused from where.

use serde_json::json;

use crate::harness::guests::allowing;
use crate::harness::{ADMIN_ID, ADMIN_SECRET, Api, Hook, Reply, Request, Server, Shell, context};

const VIA: &str = "x-forwarded-for";

/// Asks for a token through a proxy that says where the client is.
fn ask(server: &Server, from: &str, id: &str, secret: &str) -> Reply {
    let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
    server.request("POST", "/auth/oauth2/v2/token").header(VIA, from).json(&body).send()
}

fn from(request: &Request, address: &str) -> Reply {
    request.clone().header(VIA, address).send()
}

#[test]
fn behind_a_trusted_proxy_each_client_is_counted_for_itself() {
    let server = Server::with("http.trusted_proxies = ['127.0.0.1', '10.0.0.0/8']\nthrottle.client_failures = 3\nlog.level = 'debug'");
    for _ in 0..3 {
        assert_eq!(ask(&server, "198.51.100.7, 203.0.113.1, 10.1.1.1", ADMIN_ID, "wrong").status, 401);
    }
    // What stands before the first address that is not trusted is the client's own invention.
    assert_eq!(ask(&server, "192.0.2.44, 203.0.113.1, 10.1.1.2", ADMIN_ID, "wrong").status, 429);
    assert_eq!(ask(&server, "203.0.113.2", ADMIN_ID, "wrong").status, 401);
    assert_eq!(ask(&server, "203.0.113.1", ADMIN_ID, ADMIN_SECRET).status, 200);
    assert!(server.log().contains("client=203.0.113.1"), "the log names the client");
}

#[test]
fn a_stranger_s_header_is_ignored() {
    let server = Server::with("http.trusted_proxies = ['10.0.0.0/8']\nthrottle.client_failures = 3");
    for n in 0..3 {
        assert_eq!(ask(&server, &format!("203.0.113.{n}"), ADMIN_ID, "wrong").status, 401);
    }
    assert_eq!(ask(&server, "203.0.113.9", ADMIN_ID, "wrong").status, 429);
}

#[test]
fn a_scope_is_used_from_its_addresses_only() {
    let server = Server::with(
        "http.trusted_proxies = ['127.0.0.1']\naccess.operate = ['10.1.0.0/16', '127.0.0.1']\naccess.manage = ['10.0.0.0/8', '127.0.0.1']",
    );
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    let accounts = admin.request("GET", "/v1/accounts");
    let env = |name: &str| admin.request("POST", "/v1/env-vars").json(&json!({"name": name, "value": "x"}));
    let dialect = |name: &str| admin.request("POST", "/api/2/hooks/envs").json(&json!({"name": name, "value": "x"}));
    assert_eq!((from(&accounts, "10.1.2.3").status, from(&env("NAME_A"), "10.1.2.3").status), (200, 201));
    assert_eq!((from(&accounts, "10.2.2.3").status, from(&env("NAME_B"), "10.2.2.3").status), (403, 201));
    let refused = from(&env("NAME_C"), "203.0.113.9").error(403, "ForbiddenError");
    assert_eq!(refused, "the scope manage must not be used from the address 203.0.113.9");
    // Its clients would repeat a 403 without end.
    assert_eq!(from(&dialect("NAME_C"), "203.0.113.9").error(400, "BadRequestError"), refused);
    // What needs less than `manage` is open to the same token.
    assert_eq!(from(&admin.request("GET", &format!("/api/2/hooks/{id}")), "203.0.113.9").status, 200);
    assert_eq!(from(&admin.trigger_request("pre-authentication", &context(1)), "203.0.113.9").status, 200);
}

#[test]
fn a_credential_is_used_from_its_addresses_only() {
    let server = Server::with("http.trusted_proxies = ['127.0.0.1']");
    let shell = Shell::admin(&server);
    let allowed = ["--allow-address", "10.0.0.0/8,192.0.2.7"];
    let made = shell.run(&[&["credentials", "create", "--scope", "read", "--json"][..], &allowed].concat()).json();
    assert_eq!(made["allowed_addresses"], json!(["10.0.0.0/8", "192.0.2.7/32"]));
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let listed = shell.run(&["credentials", "list"]).expect(0).out;
    assert!(listed.contains("10.0.0.0/8, 192.0.2.7/32"), "{listed}");

    let token = ask(&server, "10.9.9.9", id, secret).expect(200)["access_token"].as_str().unwrap().to_owned();
    let elsewhere = ask(&server, "10.9.9.9, 192.0.2.8", id, secret).expect(403);
    assert_eq!(elsewhere["status"]["message"], "the credential must not be used from the address 192.0.2.8");
    assert_eq!(ask(&server, "192.0.2.8", id, "wrong").status, 401, "where it is good is told to who knows the secret");
    let hooks = server.get("/v1/hooks").header("authorization", &format!("Bearer {token}"));
    assert_eq!((from(&hooks, "192.0.2.7").status, from(&hooks, "192.0.2.8").status, hooks.send().status), (200, 403, 403));

    // It stays so.
    let server = server.stop().start();
    let hooks = server.get("/v1/hooks").header("authorization", &format!("Bearer {token}"));
    assert_eq!((from(&hooks, "192.0.2.7").status, from(&hooks, "192.0.2.8").status), (200, 403));

    let wrong = shell.run(&["credentials", "create", "--scope", "read", "--allow-address", "10.0.0.1/8"]).expect(1);
    assert!(wrong.err.contains("\"10.0.0.1/8\" is not an IP address or a network such as 192.0.2.0/24"), "{}", wrong.err);
    let wrong = Api::login(server.address(), ADMIN_ID, ADMIN_SECRET)
        .post("/v1/credentials", &json!({"scopes": ["read"], "allowed_addresses": ["::1", "x"]}))
        .expect(422);
    assert_eq!(wrong["field"], "allowed_addresses[1]");
}

#[test]
fn a_form_says_each_thing_once() {
    let server = Server::start();
    let form = |body: String| {
        let request = server.request("POST", "/auth/oauth2/v2/token").header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send()
    };
    let secret = ADMIN_SECRET.replace(' ', "+");
    let once = format!("grant_type=client_credentials&client_id={ADMIN_ID}&client_secret={secret}");
    assert_eq!(form(once.clone()).status, 200);
    for twice in ["grant_type=client_credentials", "client_id=other", &format!("client_secret={secret}")] {
        let refused = form(format!("{once}&{twice}")).expect(400);
        assert_eq!(refused["status"]["message"], "invalid_request: a parameter stands in the form twice", "{twice}");
    }
}
