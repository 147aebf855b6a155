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
