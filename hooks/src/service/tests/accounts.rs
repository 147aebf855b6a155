//! Accounts and credentials, and that accounts cannot see each other.

use hookbox_host_api::Secret;
use serde_json::json;
use tokio::time::Instant;

use crate::auth::Clients;
use crate::error::ServiceError;
use crate::ids::AccountId;
use crate::resources::Scope;
use crate::service::{HookFilter, Page, Service};
use crate::testing::{LOGIN, ONE, World, create, deploy, list, new_hook, refused, sign_in, update};

async fn second(service: &Service) -> AccountId {
    service.create_account(r#"{"name":"Second"}"#.into()).await.unwrap().id
}

fn credential(service: &Service, client_id: &str) -> Option<std::sync::Arc<crate::resources::CredentialRecord>> {
    Clients::credential(service, client_id)
}

#[tokio::test]
async fn the_first_start_makes_one_operator() {
    let world = World::new();
    let service = world.first_start().await;
    let admin = credential(&service, "admin").unwrap();
    assert_eq!(admin.account, ONE);
    assert!(admin.scopes.allow(Scope::Operate) && admin.scopes.allow(Scope::Manage));
    assert!(Clients::verify_secret(&*service, "a secret of thirty-two characters", &admin.secret_hash));
    assert!(!Clients::verify_secret(&*service, "another", &admin.secret_hash));
    let again = service.bootstrap("other".parse().unwrap(), Secret::new("x".repeat(32))).await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))));
    service.shutdown().await;
    drop(service);
    assert!(credential(&world.start(), "admin").is_some(), "it is still there after a restart");
}

#[tokio::test]
async fn accounts_are_numbered_and_changed() {
    let world = World::new();
    let service = world.first_start().await;
    let id = second(&service).await;
    assert_eq!(id.get(), 2);
    let changed = service.update_account("2", r#"{"settings":{"hooks_per_type":2}}"#.into()).await.unwrap();
    assert_eq!((changed.name.as_deref(), changed.settings.hooks_per_type), (Some("Second"), 2));
    assert_eq!(service.get_account("2").await.unwrap(), changed);
    assert_eq!(service.list_accounts(Page::default()).await.unwrap().total, 2);
    for id in ["3", "x", "0", "01"] {
        assert!(matches!(service.get_account(id).await, Err(ServiceError::NotFound)), "{id}");
        assert!(matches!(service.update_account(id, "{}".into()).await, Err(ServiceError::NotFound)), "{id}");
    }
}

#[tokio::test]
async fn a_credential_is_made_once_shown_once_and_deleted() {
    let world = World::new();
    let service = world.first_start().await;
    let account = second(&service).await;
    let body = r#"{"account_id":2,"scopes":["fire"],"name":"idp"}"#;
    let (view, secret) = service.create_credential(ONE, body.into()).await.unwrap();
    assert_eq!((view.account_id, view.client_id.as_str().len(), secret.expose().len()), (account, 64, 64));
    assert!(!world.store.dump().concat().contains(secret.expose()), "only its hash is kept");
    let record = credential(&service, view.client_id.as_str()).unwrap();
    assert!(Clients::verify_secret(&*service, secret.expose(), &record.secret_hash));

    service.bump_generation(&view.client_id).await.unwrap();
    assert_eq!(credential(&service, view.client_id.as_str()).unwrap().generation, record.generation + 1);

    assert_eq!(service.list_credentials(Some(account), Page::default()).await.unwrap().items, std::slice::from_ref(&view));
    assert_eq!(service.list_credentials(None, Page::default()).await.unwrap().total, 2);
    service.delete_credential(view.client_id.as_str()).await.unwrap();
    assert!(credential(&service, view.client_id.as_str()).is_none());
    assert!(matches!(service.delete_credential(view.client_id.as_str()).await, Err(ServiceError::NotFound)));
}

#[tokio::test]
async fn operators_are_of_account_1_and_never_all_gone() {
    let world = World::new();
    let service = world.first_start().await;
    second(&service).await;
    let foreign = service.create_credential(ONE, r#"{"account_id":2,"scopes":["operate"]}"#.into()).await;
    assert_eq!(refused(foreign), "instance.scopes may hold \"operate\" in account 1 only");
    let nobody = service.create_credential(ONE, r#"{"account_id":9,"scopes":["read"]}"#.into()).await;
    assert_eq!(refused(nobody), "instance.account_id is not the id of an account");

    assert!(matches!(service.delete_credential("admin").await, Err(ServiceError::Conflict(_))));
    service.create_credential(ONE, r#"{"scopes":["operate"]}"#.into()).await.unwrap();
    service.delete_credential("admin").await.unwrap();
}

#[tokio::test]
async fn nothing_of_another_account_is_there() {
    let world = World::new();
    let service = world.first_start().await;
    let other = second(&service).await;
    let env = service.create_env(ONE, r#"{"name":"KEY","value":"v"}"#.into()).await.unwrap().id.to_string();
    let hook = deploy(&service, ONE, new_hook("echo")).await.id.to_string();

    let not_found = |error: ServiceError| assert!(matches!(error, ServiceError::NotFound), "{error:?}");
    not_found(service.get_hook(other, &hook).await.unwrap_err());
    not_found(service.get_hook(other, &hook).await.unwrap_err());
    not_found(update(&service, other, &hook, r#"{"disabled":true}"#.into()).await.unwrap_err());
    // The error does not depend on the body, so it does not reveal whether the hook exists.
    not_found(update(&service, other, &hook, "nonsense".into()).await.unwrap_err());
    not_found(service.delete_hook(other, &hook).await.unwrap_err());
    not_found(service.fire(other, &hook, r#"{"context":{}}"#.into(), Instant::now()).await.unwrap_err());
    not_found(list(&service, other, &hook, Default::default(), Page::default()).await.unwrap_err());
    not_found(service.get_env(other, &env).await.unwrap_err());
    not_found(service.update_env(other, &env, r#"{"value":"stolen"}"#.into()).await.unwrap_err());
    not_found(service.delete_env(other, &env).await.unwrap_err());
    assert_eq!(service.list_hooks(other, HookFilter::default(), Page::default(), true).await.unwrap().total, 0);
    assert_eq!(service.list_envs(other, Page::default()).await.unwrap().total, 0);

    let linked = create(&service, other, super::hooks::with(json!({"env_vars": ["KEY"]}))).await;
    assert!(refused(linked).contains("\"KEY\", which does not exist"));
    let answer = service.trigger(other, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
    assert_eq!(answer.outcome().as_str(), "no_hook");

    // The same function for both: deleting one leaves the other's bytes.
    let theirs = deploy(&service, other, new_hook("echo")).await;
    service.delete_hook(ONE, &hook).await.unwrap();
    assert_eq!(service.get_hook(other, &theirs.id.to_string()).await.unwrap().function, theirs.function);
    service.quiet().await;
    assert!(world.compiler.forgotten.lock().unwrap().is_empty());
}

/// A certificate and its key in PEM.
fn certificate(common: &str) -> (String, String) {
    let mut params = rcgen::CertificateParams::new([]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, common);
    params.not_after = rcgen::date_time_ymd(2050, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[tokio::test]
async fn an_account_has_authorities_and_client_certificates() {
    let world = World::new();
    let service = world.first_start().await;
    let id = second(&service).await;
    let ((ca, _), (cert, key), (other, other_key)) = (certificate("ca"), certificate("client"), certificate("other"));
    let put = async |settings: serde_json::Value| service.update_account("2", json!({"settings": settings}).to_string().into()).await;
    let first = json!({"hosts": ["API.example", "https://b.example:8443"], "cert": cert, "key": key});
    let view = put(json!({"egress_ca": [ca], "client_certificates": [first]})).await.unwrap();
    let shown = &view.settings.client_certificates[0];
    assert_eq!((shown.hosts.to_string().as_str(), shown.subject.as_str()), ("api.example, https://b.example:8443", "CN=client"));
    assert_eq!(shown.expires_at.to_string(), "2050-01-01T00:00:00.000Z");
    let answer = serde_json::to_string(&view).unwrap();
    assert!(answer.contains("BEGIN CERTIFICATE") && !answer.contains("PRIVATE"), "an authority is shown, and no key");
    let tls = || service.state.directory.load().account(id).unwrap().tls.clone();
    let made = tls().unwrap();
    // Other settings leave it as it is, and so does the account as it was shown.
    put(json!({"hooks_per_type": 3})).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&made, &tls().unwrap()));
    let again = service.update_account("2", serde_json::to_vec(&view).unwrap().into()).await.unwrap();
    assert_eq!(again.settings.client_certificates, view.settings.client_certificates);
    // A second one before it, which is kept by its fingerprint for other hosts.
    let kept = json!({"hosts": ["c.example"], "fingerprint": shown.fingerprint});
    let new = json!({"hosts": ["d.example"], "cert": other, "key": other_key});
    let view = put(json!({"client_certificates": [new, kept]})).await.unwrap();
    let list: Vec<_> = view.settings.client_certificates.iter().map(|one| (one.subject.as_str(), one.hosts.to_string())).collect();
    assert_eq!(list, [("CN=other", "d.example".to_owned()), ("CN=client", "c.example".to_owned())]);
    assert!(!std::sync::Arc::ptr_eq(&made, &tls().unwrap()));
    service.shutdown().await;
    drop(service);
    let stored = world.store.dump().join("\n");
    assert!(stored.contains("BEGIN CERTIFICATE") && !stored.contains("PRIVATE KEY"), "a key is stored in the clear");
    assert!(!stored.contains(key.lines().nth(1).unwrap()));
    let service = world.start();
    assert_eq!(service.get_account("2").await.unwrap().settings, view.settings);
    let tls = || service.state.directory.load().account(id).unwrap().tls.is_some();
    assert!(tls());
    let gone = json!({"settings": {"egress_ca": null, "client_certificates": []}});
    service.update_account("2", gone.to_string().into()).await.unwrap();
    assert!(!tls());
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_named() {
    let world = World::new();
    let service = world.first_start().await;
    let ((cert, key), (_, other_key)) = (certificate("client"), certificate("other"));
    let hosts = json!(["a.example"]);
    let many = vec![json!(cert); 21];
    for (settings, field, says) in [
        (json!({"egress_ca": [cert, "nonsense"]}), "egress_ca[1]", "cannot be trusted: there is no certificate in it"),
        (json!({"egress_ca": many}), "egress_ca", "does not meet maximum length of 20"),
        (json!({"egress_ca": [1]}), "egress_ca[0]", "is not of a type(s) string"),
        (
            json!({"client_certificates": [{"hosts": hosts, "cert": cert, "key": other_key}]}),
            "client_certificates[0].key",
            "is not the key of the certificate",
        ),
        (json!({"client_certificates": [{"hosts": hosts, "cert": key, "key": key}]}), "client_certificates[0].cert", "cannot be used"),
        (json!({"client_certificates": [{"hosts": hosts, "cert": cert}]}), "client_certificates[0]", "requires property \"key\""),
        (json!({"client_certificates": [{"hosts": hosts, "key": key}]}), "client_certificates[0]", "requires property \"cert\""),
        (json!({"client_certificates": [{"hosts": [], "cert": cert, "key": key}]}), "client_certificates[0].hosts", "minimum length of 1"),
        (json!({"client_certificates": [{"cert": cert, "key": key}]}), "client_certificates[0]", "requires property \"hosts\""),
        (json!({"client_certificates": [{"hosts": ["a b"], "cert": cert, "key": key}]}), "client_certificates[0].hosts[0]", "is no host"),
        (
            json!({"client_certificates": [{"hosts": hosts, "fingerprint": "ab"}]}),
            "client_certificates[0].fingerprint",
            "is of no certificate of the account",
        ),
        (json!({"client_certificates": [{"hosts": hosts, "password": "x"}]}), "client_certificates[0]", "additional property"),
    ] {
        let error = service.update_account("1", settings.to_string().into()).await.unwrap_err();
        let message = error.to_string();
        assert!(message.contains(field) && message.contains(says), "{field}: {message}");
        assert!(!message.contains("PRIVATE") && matches!(error, ServiceError::Invalid { .. }), "{message}");
    }
    assert!(service.get_account("1").await.unwrap().settings.egress_ca.is_empty());
}

#[tokio::test]
async fn connections_of_a_version_end_when_it_stops_to_serve() {
    let world = World::new();
    let service = world.first_start().await;
    let hook = deploy(&service, ONE, new_hook("echo")).await;
    let stopped = || std::mem::take(&mut *world.compiler.stopped.lock().unwrap());
    assert_eq!(stopped(), []);
    service.update_account("1", r#"{"hosts_ceiling":["*"]}"#.into()).await.unwrap();
    assert_eq!(stopped(), [], "the version goes on with other settings");
    update(&service, ONE, &hook.id.to_string(), serde_json::to_vec(&json!({"function": crate::testing::encoded("print")})).unwrap().into())
        .await
        .unwrap();
    crate::testing::settled(&service, ONE, &hook.id.to_string()).await;
    assert_eq!(stopped(), [(hook.id.number(), 1)]);
    service.delete_hook(ONE, &hook.id.to_string()).await.unwrap();
    assert_eq!(stopped(), [(hook.id.number(), 2)]);
}
