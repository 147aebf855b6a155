//! A backup of a service, brought back, and what else is done to the folder that this makes.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hookbox_host_api::Secret;
use serde_json::json;

use super::*;
use crate::directory::load;
use crate::directory::records::{account_key, hook_key};
use crate::ids::AccountId;
use crate::store::{Batch, Engine, Key, Kind, Order};
use crate::testing::{LOGIN, ONE, World, body, deploy, encoded, new_hook, registry, sign_in};

/// A service with something of each kind, one function too large for a record, and its backup.
struct Made {
    world: World,
    backup: PathBuf,
}

async fn made() -> Made {
    let world = World::new();
    let service = world.first_start().await;
    service.create_env(ONE, json!({"name": "API_KEY", "value": "hunter2hunter2"}).to_string().into()).await.unwrap();
    let (cert, key) = certificate();
    let certificates = json!({"client_certificates": [{"hosts": ["api.example"], "cert": cert, "key": key}]});
    service.update_account("1", certificates.to_string().into()).await.unwrap();
    let large = format!("return {{\"user\":{{\"policy_id\":5}}}}{}", " ".repeat(100_000));
    let linked = json!({"function": encoded(&large), "env_vars": ["API_KEY"]});
    deploy(&service, ONE, serde_json::from_slice(&body(&new_hook("x"), linked)).unwrap()).await;
    service.trigger(ONE, sign_in(), LOGIN.into(), tokio::time::Instant::now()).await.unwrap();
    let mut backup = service.backup(true).await.unwrap();
    let path = world.folder.path().join("backup");
    std::io::copy(&mut backup.file, &mut fs::File::create(&path).unwrap()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), backup.length);
    service.shutdown().await;
    Made { world, backup: path }
}

fn certificate() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    (rcgen::CertificateParams::new([]).unwrap().self_signed(&key).unwrap().pem(), key.serialize_pem())
}

impl Made {
    fn key(&self) -> PathBuf {
        self.world.folder.path().join("master.key")
    }

    /// A folder that the backup was restored to, with its key in it.
    fn restored(&self) -> (tempfile::TempDir, Folder) {
        let (parent, folder) = self.empty();
        fs::create_dir(&folder.data).unwrap();
        fs::copy(self.key(), folder.data.join("master.key")).unwrap();
        restore(&self.backup, &folder, Engine::Redb).unwrap();
        (parent, folder)
    }

    fn empty(&self) -> (tempfile::TempDir, Folder) {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("data");
        (parent, Folder { data, master_key_file: None })
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn refused<T>(result: Result<T, OfflineError>) -> String {
    result.err().expect("a refusal").to_string()
}

#[tokio::test]
async fn a_backup_comes_back_whole_with_either_engine() {
    let made = made().await;
    for engine in [Engine::Redb, Engine::Sled] {
        let (_parent, mut folder) = made.empty();
        folder.master_key_file = Some(made.key());
        let restored = restore(&made.backup, &folder, engine).unwrap();
        let expected = Checked {
            accounts: 1,
            credentials: 1,
            hooks: 1,
            env_vars: 1,
            opened: 1,
            client_certificates: 1,
            functions: 1,
            log_entries: 1,
            ..Checked::default()
        };
        assert_eq!((&restored.checked, restored.key_checked), (&expected, true));
        assert_eq!(names(&folder.data), ["blobs", store_name(engine)]);
        assert_eq!(verify(&folder).unwrap(), expected);
    }
}

fn store_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Redb => "store.redb",
        Engine::Sled => "store.sled",
    }
}

#[tokio::test]
async fn without_its_key_a_backup_is_restored_but_not_opened() {
    let made = made().await;
    let (_parent, mut folder) = made.empty();
    let restored = restore(&made.backup, &folder, Engine::Redb).unwrap();
    assert_eq!((restored.key_checked, restored.checked.env_vars, restored.checked.opened), (false, 1, 0));
    assert!(refused(verify(&folder)).contains("master key"));
    assert!(!folder.data.join("master.key").exists(), "no key is made for a store that has one");
    folder.master_key_file = Some(made.key());
    assert_eq!(verify(&folder).unwrap().problem_count, 0);
}

#[tokio::test]
async fn what_cannot_be_restored_leaves_the_folder_as_it_was() {
    let made = made().await;
    let (_parent, folder) = made.empty();
    fs::create_dir(&folder.data).unwrap();
    fs::write(folder.data.join("master.key"), [7; 32]).unwrap();
    fs::set_permissions(folder.data.join("master.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert!(refused(restore(&made.backup, &folder, Engine::Redb)).contains("wrong master key"));
    assert_eq!(names(&folder.data), ["master.key"]);

    let mut bytes = fs::read(&made.backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let damaged = made.world.folder.path().join("damaged");
    fs::File::create(&damaged).unwrap().write_all(&bytes).unwrap();
    assert!(refused(restore(&damaged, &folder, Engine::Redb)).contains("damaged"));
    assert_eq!(names(&folder.data), ["master.key"]);

    fs::write(folder.data.join("notes.txt"), "mine").unwrap();
    assert!(refused(restore(&made.backup, &folder, Engine::Redb)).contains("is not empty: it holds notes.txt"));
}

#[tokio::test]
async fn a_restore_that_broke_off_can_be_done_again() {
    let made = made().await;
    let (_parent, folder) = made.empty();
    fs::create_dir_all(folder.data.join("restoring/blobs")).unwrap();
    fs::create_dir_all(folder.data.join("blobs/ab")).unwrap();
    fs::write(folder.data.join("restoring/store.redb"), "half").unwrap();
    restore(&made.backup, &folder, Engine::Redb).unwrap();
    assert_eq!(names(&folder.data), ["blobs", "store.redb"]);
    assert!(refused(restore(&made.backup, &folder, Engine::Redb)).contains("it holds store.redb"));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let made = made().await;
    let (_parent, folder) = made.restored();
    let store = folder.store().unwrap();
    let mut batch = Batch::new();
    batch.put(hook_key(ONE, "01234567-89ab-cdef-0123-456789abcdef".parse().unwrap()), "{}");
    batch.put(Key::new(2, Kind::EnvVar).u64(1).u64(1), "{}").put(Key::new(3, Kind::Function).fixed(&[9; 32]), [0, 1]);
    store.commit(batch).unwrap();
    drop(store);
    let blob =
        fs::read_dir(folder.data.join("blobs")).unwrap().map(|one| one.unwrap().path()).find(|path| !path.ends_with("temp")).unwrap();
    let blob = fs::read_dir(blob).unwrap().next().unwrap().unwrap().path();
    fs::write(&blob, "other bytes").unwrap();
    let checked = verify(&folder).unwrap();
    let problems = checked.problems.join("\n");
    assert_eq!(checked.problem_count, 6, "{problems}");
    for one in [
        "account 1: the store is damaged: a hook cannot be read",
        "account 2",
        "account 3 has records",
        "has other bytes than its name says",
    ] {
        assert!(problems.contains(one), "{problems}");
    }
}

#[tokio::test]
async fn an_entry_that_its_index_does_not_lead_to_is_named() {
    let made = made().await;
    let (_parent, folder) = made.restored();
    let store = folder.store().unwrap();
    let (mut batch, mut rows) = (Batch::new(), 0);
    let visit = &mut |key: &[u8], _: &[u8]| {
        rows += 1;
        batch.delete(Key::from(key));
        std::ops::ControlFlow::Continue(())
    };
    store.scan(Key::new(1, Kind::LogIndex).range(), Order::Ascending, visit).unwrap();
    assert_eq!(rows, 1, "the row of its commit");
    batch.put(Key::new(1, Kind::LogIndex).u32(5), "");
    store.commit(batch).unwrap();
    drop(store);
    let checked = verify(&folder).unwrap();
    assert_eq!(checked.problem_count, 2, "{:?}", checked.problems);
    assert!(checked.problems.iter().any(|one| one.contains("the index does not lead to the log entry")), "{:?}", checked.problems);
    assert!(checked.problems.iter().any(|one| one.contains("a row of the log's index")), "{:?}", checked.problems);
}

#[tokio::test]
async fn a_new_key_seals_everything_anew_and_leaves_client_secrets_good() {
    let made = made().await;
    let (_parent, folder) = made.restored();
    let old = fs::read(folder.data.join("master.key")).unwrap();
    let rotated = rotate(&folder).unwrap();
    assert_eq!((rotated.env_vars, rotated.client_keys, &rotated.key_file), (1, 1, &folder.data.join("master.key")));
    assert_eq!(fs::read(&rotated.former_key_file).unwrap(), old);
    assert_ne!(fs::read(&rotated.key_file).unwrap(), old);
    assert_eq!(verify(&folder).unwrap().problem_count, 0);
    let opened = folder.open().unwrap();
    let directory = load(&*opened.store, &opened.vault, registry()).unwrap();
    assert!(directory.account(ONE).unwrap().tls.is_some());
    let admin = directory.credential("admin").unwrap();
    assert!(opened.vault.verify_secret("a secret of thirty-two characters", &admin.secret_hash));
    drop(opened);
    fs::copy(&rotated.former_key_file, &rotated.key_file).unwrap();
    assert!(refused(verify(&folder)).contains("wrong master key"));
}

#[tokio::test]
async fn a_client_key_that_cannot_be_opened_is_found() {
    let made = made().await;
    let (_parent, folder) = made.restored();
    let store = folder.store().unwrap();
    let stored = store.get(account_key(ONE).as_bytes()).unwrap().unwrap();
    let mut record: serde_json::Value = serde_json::from_slice(&stored).unwrap();
    for key in record["client_keys"].as_object_mut().unwrap().values_mut() {
        key["sealed"] = "AAAA".into();
    }
    let mut batch = Batch::new();
    batch.put(account_key(ONE), serde_json::to_vec(&record).unwrap());
    store.commit(batch).unwrap();
    drop(store);
    let checked = verify(&folder).unwrap();
    assert_eq!(checked.problem_count, 1, "{:?}", checked.problems);
    assert!(checked.problems[0].contains("account 1") && checked.problems[0].contains("a client certificate"), "{:?}", checked.problems);
    assert!(rotate(&folder).is_err());
}

#[tokio::test]
async fn a_credential_is_made_for_who_has_none() {
    let made = made().await;
    let (_parent, folder) = made.restored();
    let secret = Secret::new("another secret of thirty-two characters");
    reset_credential(&folder, "new".parse().unwrap(), &secret).unwrap();
    assert!(refused(reset_credential(&folder, "new".parse().unwrap(), &secret)).contains("changed by somebody else"));
    let opened = folder.open().unwrap();
    let directory = load(&*opened.store, &opened.vault, registry()).unwrap();
    let record = directory.credential("new").unwrap();
    assert!(record.account == AccountId::OPERATOR && opened.vault.verify_secret(secret.expose(), &record.secret_hash));
    assert!(directory.credential("admin").is_some());
    let mut batch = Batch::new();
    batch.delete(account_key(ONE));
    opened.store.commit(batch).unwrap();
    drop(opened);
    assert!(refused(reset_credential(&folder, "third".parse().unwrap(), &secret)).contains("no account yet"));
}

#[test]
fn nothing_is_made_where_there_is_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let folder = Folder { data: parent.path().to_owned(), master_key_file: None };
    assert!(refused(verify(&folder)).ends_with("holds no Hookbox store"));
    assert!(refused(rotate(&folder)).ends_with("holds no Hookbox store"));
    assert_eq!(names(parent.path()), Vec::<String>::new());
}
