//! How Okta authenticates: a header, Basic, and bearer tokens of an authorization server.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};

use super::{ECHO, Effect, Okta, SECRET, answered, deploy, set_up, settle};
use crate::harness::{Answered, Server, Upstream};

/// An authorization server: its key, and where others fetch it.
struct Authorization {
    pair: KeyPair,
    server: Upstream,
}

impl Authorization {
    fn start() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let public = pair.der_bytes();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = json!({"kty": "EC", "crv": "P-256", "kid": "1", "x": text(&public[1..33]), "y": text(&public[33..])});
        let set = json!({"keys": [key]}).to_string();
        Self { pair, server: Upstream::start(move |_| Answered::ok(set.clone())) }
    }

    fn token(&self, change: Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims =
            json!({"iss": "https://a.example", "aud": "api://default", "iat": now, "exp": now + 3600, "cid": "0oa1", "scp": ["hooks"]});
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(json!({"alg": "ES256", "kid": "1"})), part(claims));
        let der = self.pair.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(side_by_side(&der)))
    }
}

/// The two numbers of a signature, which DER writes one after the other, with 32 bytes each.
fn side_by_side(der: &[u8]) -> Vec<u8> {
    let mut numbers = Vec::new();
    let mut at = 2;
    while at < der.len() {
        let end = at + 2 + usize::from(der[at + 1]);
        let number = &der[at + 2..end];
        let significant = &number[number.len().saturating_sub(32)..];
        numbers.extend(vec![0; 32 - significant.len()]);
        numbers.extend_from_slice(significant);
        at = end;
    }
    numbers
}

#[test]
fn a_wrong_secret_is_401_and_nothing_runs() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-token", ECHO);
    let event = answered("token", "1", &json!(null));
    for (name, value) in [("X-Secret", "wrong"), ("X-Other", SECRET), ("Authorization", SECRET)] {
        let (status, body) = okta.sending(name, value).exchange("POST", &event.to_string()).unwrap();
        assert_eq!((status, &*body), (401, br#"{"error":{"errorSummary":"Unauthorized"}}"#.as_slice()));
    }
    assert!(server.admin().executions(&id).is_empty());
    assert_eq!(okta.bring(&event), Effect::Default);
    let data = server.data();
    let _folder = server.stop();
    for file in walk(&data) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{}", file.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_new_secret_is_good_beside_the_one_before() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-token", ECHO);
    let event = answered("token", "1", &json!(null));
    let basic = json!({"authentication": {"type": "basic", "user": "admin", "password": "supersecret"}});
    server.admin().put(&format!("/v1/hooks/{id}"), &basic).expect(200);
    settle(server.admin(), &id);
    let new = okta.sending("Authorization", "Basic YWRtaW46c3VwZXJzZWNyZXQ=");
    assert_eq!((okta.bring(&event), new.bring(&event)), (Effect::Default, Effect::Default));
    let at_once = json!({"authentication": {"type": "basic", "user": "admin", "password": "supersecret", "previous_valid_for": 0}});
    server.admin().put(&format!("/v1/hooks/{id}"), &at_once).expect(200);
    settle(server.admin(), &id);
    assert_eq!(okta.exchange("POST", &event.to_string()).unwrap().0, 401);
    let server = server.stop().start();
    let okta = Okta::new(server.address(), "okta-token", &id);
    assert_eq!(okta.sending("Authorization", "Basic YWRtaW46c3VwZXJzZWNyZXQ=").bring(&event), Effect::Default);
}

#[test]
fn a_bearer_token_is_one_of_the_authorization_server() {
    let server = Server::start();
    let (authorization, other) = (Authorization::start(), Authorization::start());
    let oauth = json!({"authentication": {
        "type": "oauth", "issuer": "https://a.example", "audience": "api://default", "jwks_uri": authorization.server.url("/keys"),
        "client_id": "0oa1", "scope": "hooks", "algorithms": ["ES256"],
    }});
    let id = deploy(server.admin(), "okta-token", ECHO, oauth);
    let okta = Okta::new(server.address(), "okta-token", &id);
    let event = answered("token", "1", &json!(null)).to_string();
    let status = |token: &str| okta.sending("Authorization", &format!("Bearer {token}")).exchange("POST", &event).unwrap().0;
    assert_eq!(status(&authorization.token(json!({}))), 204);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for wrong in [
        other.token(json!({})),
        authorization.token(json!({"iss": "https://b.example"})),
        authorization.token(json!({"aud": "api://other"})),
        authorization.token(json!({"exp": now - 61})),
        authorization.token(json!({"cid": "0oa2"})),
        authorization.token(json!({"scp": []})),
        "nonsense".to_owned(),
        String::new(),
    ] {
        assert_eq!(status(&wrong), 401, "{wrong}");
    }
    assert_eq!(status(&authorization.token(json!({"exp": now - 30}))), 204, "clocks differ");
    assert_eq!(okta.exchange("POST", &event).unwrap().0, 401);
    assert_eq!(authorization.server.take().len(), 1, "keys are fetched once");
    assert_eq!(server.admin().executions(&id).len(), 2);
}

#[test]
fn an_authorization_server_that_does_not_answer_lets_nobody_in() {
    let server = Server::start();
    let asked = Arc::new(Mutex::new(0));
    let counted = asked.clone();
    let slow = Upstream::start(move |_| {
        *counted.lock().unwrap() += 1;
        std::thread::sleep(std::time::Duration::from_secs(5));
        Answered::ok("{}")
    });
    let oauth = json!({"authentication": {
        "type": "oauth", "issuer": "https://a.example", "audience": "api://default", "jwks_uri": slow.url("/keys"), "algorithms": ["ES256"],
    }});
    let id = deploy(server.admin(), "okta-token", ECHO, oauth);
    let okta = Okta::new(server.address(), "okta-token", &id);
    let token = Authorization::start().token(json!({}));
    let okta = okta.sending("Authorization", &format!("Bearer {token}"));
    let event = answered("token", "1", &json!(null)).to_string();
    for _ in 0..3 {
        assert_eq!(okta.exchange("POST", &event).map(|(status, _)| status), Some(401), "before Okta loses its patience");
    }
    assert_eq!(*asked.lock().unwrap(), 1, "it is not asked again and again");
}
