//! Who is let in: tokens in every form, scopes, other people's accounts, guessers.

use hookbox_hooks::api::Access;
use serde_json::json;

use super::*;

#[tokio::test]
async fn every_form_of_client_credentials_gives_a_token() {
    let server = start().await;
    let json_body = r#"{"grant_type":"client_credentials"}"#;
    let form = "grant_type=client_credentials";
    let in_form = format!("{form}&client_id={ADMIN}&client_secret={}", SECRET.replace(' ', "+"));
    let in_json = json!({"grant_type": "client_credentials", "client_id": ADMIN, "client_secret": SECRET}).to_string();
    let basic = basic(ADMIN, SECRET);
    let named = format!("client_id:{ADMIN}, client_secret:{SECRET}");
    for (authorization, body) in
        [(Some(&basic), json_body), (Some(&basic), form), (Some(&named), json_body), (None, &in_form), (None, &in_json)]
    {
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let answered = server.raw("POST /auth/oauth2/v2/token", &headers, body).await;
        let token = answered.expect(200);
        assert_eq!((&token["expires_in"], &token["token_type"], &token["account_id"]), (&json!(36000), &json!("bearer"), &json!(1)));
        assert_eq!(token.as_object().unwrap().len(), 5);
        for scheme in ["Bearer ", "bearer ", "bearer:"] {
            let header = format!("{scheme}{}", text(&token["access_token"]));
            server.raw("GET /api/2/hooks", &[("authorization", &header)], "").await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_wrong_token_request_is_told_so_in_the_envelope() {
    let server = start().await;
    let good = basic(ADMIN, SECRET);
    let wrong = basic(ADMIN, "wrong");
    let grant = r#"{"grant_type":"client_credentials"}"#;
    for (target, headers, body, status, message) in [
        ("POST /auth/oauth2/v2/token", vec![("authorization", good.as_str())], "{}", 400, "grant_type is incorrect/absent"),
        ("POST /auth/oauth2/v2/token", vec![("authorization", wrong.as_str())], grant, 401, "Authentication Failure"),
        ("POST /auth/oauth2/v2/token", vec![], grant, 401, "Authentication Failure"),
        ("GET /auth/oauth2/v2/token", vec![], "", 404, "No Route Exists"),
        ("POST /auth/oauth2/nothing", vec![], "", 404, "No Route Exists"),
        ("POST /auth/oauth2/revoke", vec![("authorization", good.as_str())], "{}", 400, "access_token is incorrect/absent"),
    ] {
        let body = server.raw(target, &headers, body).await.expect(status);
        assert_eq!((&body["status"]["message"], &body["status"]["code"]), (&json!(message), &json!(status)), "{target}");
    }
}

#[tokio::test]
async fn nothing_is_answered_without_a_good_token() {
    let server = start().await;
    let forged = format!("Bearer {}", server.forged_token());
    for endpoint in server.endpoints().into_iter().filter(|one| matches!(one.access, Access::Scope(_) | Access::Token)) {
        let target = format!("{} {}", endpoint.method, endpoint.path.replace("{id}", "x").replace("{type}", "pre-authentication"));
        for headers in [vec![], vec![("authorization", "Bearer nonsense")], vec![("authorization", forged.as_str())]] {
            let body = server.raw(&target, &headers, "").await.expect(401);
            match endpoint.access {
                Access::Token => assert_eq!(body["status"]["message"], "Authentication Failure"),
                _ => assert_eq!(body["message"], "The request requires user authentication."),
            }
        }
    }
}

#[tokio::test]
async fn scopes_are_kept_apart() {
    let server = start().await;
    let admin = server.admin().await;
    let account = server.call(&admin, "POST /v1/accounts", json!({})).await.expect(201)["id"].as_u64().unwrap();
    let fire = server.token_for(&admin, account, &["fire"]).await;
    let read = server.token_for(&admin, account, &["read"]).await;
    let manage = server.token_for(&admin, account, &["manage"]).await;
    for (token, target, status) in [
        (&fire, "POST /v1/triggers/pre-authentication", 200),
        (&fire, "GET /v1/hooks", 403),
        (&fire, "GET /api/2/hooks", 400),
        (&read, "GET /v1/hooks", 200),
        (&read, "POST /v1/triggers/pre-authentication", 403),
        (&read, "POST /api/2/hooks", 400),
        (&manage, "GET /v1/hooks", 200),
        (&manage, "POST /v1/triggers/pre-authentication", 200),
        (&manage, "GET /v1/accounts", 403),
        (&manage, "POST /v1/credentials", 403),
    ] {
        let body = if target.contains("triggers") { login() } else { json!({}) };
        server.call(token, target, target.starts_with("POST").then_some(body)).await.expect(status);
    }
    let refused = server.call(&admin, "POST /v1/credentials", json!({"account_id": account, "scopes": ["operate"]})).await.expect(422);
    assert_eq!(refused["field"], "scopes");
}

#[tokio::test]
async fn another_account_is_invisible() {
    let server = start().await;
    let admin = server.admin().await;
    let hook = deploy(&server.service, ONE, new_hook("echo")).await;
    let account = server.call(&admin, "POST /v1/accounts", json!({})).await.expect(201)["id"].as_u64().unwrap();
    let stranger = server.token_for(&admin, account, &["manage"]).await;
    let id = hook.id;
    for target in [
        format!("GET /api/2/hooks/{id}"),
        format!("PUT /api/2/hooks/{id}"),
        format!("DELETE /api/2/hooks/{id}"),
        format!("GET /api/2/hooks/{id}/logs"),
        format!("GET /v1/hooks/{id}"),
        format!("POST /v1/hooks/{id}/fire"),
        format!("GET /v1/hooks/{id}/executions"),
    ] {
        let body = json!({"context": {}});
        let answered = server.call(&stranger, &target, (!target.starts_with("GET")).then_some(body)).await;
        assert_eq!(answered.status, 404, "{target}: {}", answered.json());
    }
    assert_eq!(server.call(&stranger, "GET /api/2/hooks", None).await.expect(200), json!([]));
    server.call(&admin, &format!("GET /api/2/hooks/{id}"), None).await.expect(200);
}

#[tokio::test]
async fn a_deleted_credential_ends_at_once() {
    let server = start().await;
    let admin = server.admin().await;
    let made = server.call(&admin, "POST /v1/credentials", json!({"scopes": ["read"]})).await.expect(201);
    let (id, secret) = (text(&made["client_id"]), text(&made["client_secret"]));
    let token = text(&server.token_of(&id, &secret).await.expect(200)["access_token"]);
    server.call(&token, "GET /v1/hooks", None).await.expect(200);
    server.call(&admin, &format!("DELETE /v1/credentials/{id}"), None).await.expect(204);
    server.call(&token, "GET /v1/hooks", None).await.expect(401);
    server.token_of(&id, &secret).await.expect(401);
}

#[tokio::test]
async fn only_the_owner_revokes_and_new_tokens_are_good_again() {
    let server = start().await;
    let admin = server.admin().await;
    let made = server.call(&admin, "POST /v1/credentials", json!({"scopes": ["read"]})).await.expect(201);
    let (id, secret) = (text(&made["client_id"]), text(&made["client_secret"]));
    let token = text(&server.token_of(&id, &secret).await.expect(200)["access_token"]);
    let revoke = json!({"access_token": token}).to_string();
    server.raw("POST /auth/oauth2/revoke", &[("authorization", &basic(ADMIN, SECRET))], &revoke).await.expect(400);
    server.call(&token, "GET /v1/hooks", None).await.expect(200);
    server.raw("POST /auth/oauth2/revoke", &[("authorization", &basic(&id, &secret))], &revoke).await.expect(200);
    server.call(&token, "GET /v1/hooks", None).await.expect(401);
    let again = text(&server.token_of(&id, &secret).await.expect(200)["access_token"]);
    server.call(&again, "GET /v1/hooks", None).await.expect(200);
}

#[tokio::test]
async fn a_token_ends_ten_hours_after_it_was_given_last() {
    let server = start().await;
    let admin = server.admin().await;
    server.world.clock.advance(std::time::Duration::from_secs(3_600 + 35_999));
    server.call(&admin, "GET /v1/hooks", None).await.expect(200);
    server.world.clock.advance(std::time::Duration::from_secs(1));
    server.call(&admin, "GET /v1/hooks", None).await.expect(401);
}

#[tokio::test]
async fn a_guesser_is_slowed_down() {
    let server = with(|config| config.throttle.client_failures = 3).await;
    let token = async |secret: &str| {
        let body = r#"{"grant_type":"client_credentials"}"#;
        server.raw("POST /auth/oauth2/v2/token", &[("authorization", &basic(ADMIN, secret))], body).await
    };
    for _ in 0..3 {
        token("wrong").await.expect(401);
    }
    let refused = token("wrong").await;
    assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().unwrap() > 0));
    assert_eq!(refused.expect(429)["status"]["code"], 429);
    server.token_of(ADMIN, SECRET).await.expect(200);
    server.token_of("somebody-else", "wrong").await.expect(401);
}
