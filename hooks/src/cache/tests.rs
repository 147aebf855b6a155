//! The cache on a store, with a clock that tests move.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hookbox_egress::LIMIT;

use hookbox_runtime::Area;

use super::*;
use crate::store::{Batch, Engine, Key, KeyRange, Kind, Order, StoreError, Visit, open};
use crate::testing::FakeClock;
use crate::vault::Vault;

const SECOND: Duration = Duration::from_secs(1);

/// A store whose commits can fail.
struct Moody {
    inner: Arc<dyn Store>,
    full: AtomicBool,
}

impl Store for Moody {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }
    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.inner.scan(range, order, visit)
    }
    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        if self.full.load(Ordering::Relaxed) { Err(StoreError::Full) } else { self.inner.commit(batch) }
    }
}

struct World {
    folder: tempfile::TempDir,
    store: Arc<Moody>,
    clock: Arc<FakeClock>,
    config: CacheConfig,
}

impl World {
    fn new(config: CacheConfig) -> Self {
        Self::on(Engine::Redb, config)
    }

    fn on(engine: Engine, config: CacheConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Moody { inner: open(folder.path(), engine).unwrap(), full: AtomicBool::new(false) });
        Self { folder, store, clock: Arc::new(FakeClock::new()), config }
    }

    fn keys(&self) -> CacheKeys {
        Vault::open(self.folder.path(), None, &*self.store).unwrap().cache_keys().clone()
    }

    /// A cache that begins with what the store has.
    fn cache(&self) -> HookCache {
        HookCache::new(self.store.clone(), self.keys(), self.config, self.clock.clone())
    }

    fn rows(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut rows = Vec::new();
        let visit = &mut |key: &[u8], value: &[u8]| {
            rows.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        };
        self.store.scan(Key::new(1, Kind::Cache).range(), Order::Ascending, visit).unwrap();
        rows
    }
}

fn own(hook: u128) -> Place {
    Place { owner: 1, hook, area: Area::Hook }
}

fn at(owner: u64, hook: u128, area: Area) -> Place {
    Place { owner, hook, area }
}

async fn get(cache: &HookCache, place: Place, key: &str) -> Option<String> {
    cache.get(place, key.to_owned()).await.unwrap().map(|value| String::from_utf8(value.to_vec()).unwrap())
}

async fn set(cache: &HookCache, place: Place, key: &str, value: &str) -> Result<(), hookbox_egress::Error> {
    cache.set(place, key.to_owned(), value.to_owned().into(), None).await
}

#[tokio::test]
async fn each_place_has_its_own_and_a_restart_keeps_it() {
    for engine in [Engine::Redb, Engine::Sled] {
        let world = World::on(engine, CacheConfig::default());
        let places = [own(1), own(2), at(2, 1, Area::Hook), at(1, 9, Area::Shared), at(2, 9, Area::Shared), at(1, 1, Area::Answers)];
        let cache = world.cache();
        let writing = cache.start();
        for (number, place) in places.into_iter().enumerate() {
            set(&cache, place, "k", &number.to_string()).await.unwrap();
        }
        writing.caught_up().await;
        for cache in [cache, world.cache()] {
            for (number, place) in places.into_iter().enumerate() {
                assert_eq!(get(&cache, place, "k").await, Some(number.to_string()));
                assert_eq!(get(&cache, place, "l").await, None);
            }
            assert_eq!(get(&cache, at(1, 77, Area::Shared), "k").await.as_deref(), Some("3"), "all hooks of the account share it");
            assert_eq!(get(&cache, own(3), "k").await, None);
        }
    }
}

#[tokio::test]
async fn a_value_ends_with_its_time_and_its_row_is_swept() {
    let world = World::new(CacheConfig::default());
    let cache = world.cache();
    let writing = cache.start();
    cache.set(own(1), "short".into(), "x".into(), Some(SECOND)).await.unwrap();
    set(&cache, own(1), "default", "y").await.unwrap();
    writing.caught_up().await;
    let later = world.cache();
    for cache in [&cache, &later] {
        assert_eq!(get(cache, own(1), "short").await.as_deref(), Some("x"));
    }
    world.clock.advance(SECOND);
    for cache in [&cache, &later] {
        assert_eq!(get(cache, own(1), "short").await, None);
        assert_eq!(get(cache, own(1), "default").await.as_deref(), Some("y"));
    }
    assert_eq!(world.rows().len(), 2);
    upkeep::sweep(&later.0).await;
    later.start().caught_up().await;
    assert_eq!(world.rows().len(), 1);
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(get(&later, own(1), "default").await, None);
}

#[tokio::test]
async fn neither_values_nor_keys_can_be_read_in_the_store_or_moved() {
    let world = World::new(CacheConfig::default());
    let cache = world.cache();
    set(&cache, own(1), "ada@example.com", "hunter2 hunter2").await.unwrap();
    set(&cache, own(1), "other", "hunter3 hunter3").await.unwrap();
    cache.start().caught_up().await;
    let rows = world.rows();
    let text = format!("{rows:?}");
    for hidden in ["ada@example.com", "hunter2"] {
        assert!(!text.contains(&format!("{:?}", hidden.as_bytes()).trim_matches(['[', ']']).to_owned()), "{hidden}");
    }
    for (key, value) in &rows {
        check_row(key, value, Some(&world.keys())).unwrap();
        check_row(key, value, None).unwrap();
    }
    let [(one, first), (two, second)] = rows.as_slice() else { panic!("{}", rows.len()) };
    assert!(check_row(one, second, Some(&world.keys())).is_err());
    let mut longer = first.clone();
    longer[7] ^= 1;
    assert!(check_row(one, &longer, Some(&world.keys())).is_err(), "its time is sealed, too");
    let mut batch = Batch::new();
    batch.put(Key::from(one.as_slice()), second.clone()).put(Key::from(two.as_slice()), longer);
    world.store.commit(batch).unwrap();
    let cache = world.cache();
    assert_eq!((get(&cache, own(1), "ada@example.com").await, get(&cache, own(1), "other").await), (None, None));
}

#[tokio::test]
async fn what_crosses_a_bound_is_an_error_that_names_it() {
    let config =
        CacheConfig { entries: 3, key_bytes: 8, value_bytes: 1000, account_bytes: 3000, max_ttl: 10 * SECOND, ..Default::default() };
    let world = World::new(config);
    let cache = world.cache();
    let refused = |error: hookbox_egress::Error, setting: &str| {
        assert!(error.code == LIMIT && error.message.ends_with(&format!("({setting})")), "{error:?}");
    };
    refused(set(&cache, own(1), "123456789", "x").await.unwrap_err(), "cache.key_bytes");
    refused(cache.get(own(1), "123456789".into()).await.unwrap_err(), "cache.key_bytes");
    refused(set(&cache, own(1), "k", &"x".repeat(1001)).await.unwrap_err(), "cache.value_bytes");
    refused(cache.set(own(1), "k".into(), "x".into(), Some(11 * SECOND)).await.unwrap_err(), "cache.max_ttl");
    assert_eq!(cache.set(own(1), "k".into(), "x".into(), Some(Duration::ZERO)).await.unwrap_err().code, "ERR_OUT_OF_RANGE");
    assert_eq!(set(&cache, own(1), "", "x").await.unwrap_err().code, "ERR_INVALID_ARG_VALUE");
    for key in ["a", "b", "c"] {
        set(&cache, own(1), key, &"x".repeat(200)).await.unwrap();
    }
    refused(set(&cache, own(1), "d", "x").await.unwrap_err(), "cache.entries");
    set(&cache, own(1), "c", "in its place").await.unwrap();
    set(&cache, own(2), "a", &"x".repeat(900)).await.unwrap();
    refused(set(&cache, own(2), "b", &"x".repeat(1000)).await.unwrap_err(), "cache.account_bytes");
    set(&cache, at(2, 2, Area::Hook), "b", &"x".repeat(1000)).await.unwrap();
    // The same bounds hold after a restart; what is removed, or is over, makes room.
    cache.start().caught_up().await;
    let cache = world.cache();
    refused(set(&cache, own(1), "d", "x").await.unwrap_err(), "cache.entries");
    cache.delete(own(1), "a".into()).await.unwrap();
    set(&cache, own(1), "d", "x").await.unwrap();
    world.clock.advance(10 * SECOND);
    for key in ["e", "f", "g"] {
        set(&cache, own(1), key, &"x".repeat(700)).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_answer_takes_the_place_of_the_one_that_ends_first() {
    let world = World::new(CacheConfig { entries: 2, max_ttl: 10 * SECOND, ..Default::default() });
    let cache = world.cache();
    let answers = at(1, 1, Area::Answers);
    for (key, seconds) in [("a", 1000), ("b", 5), ("c", 8)] {
        cache.set(answers, key.into(), key.into(), Some(seconds * SECOND)).await.unwrap();
    }
    let left = [get(&cache, answers, "a").await, get(&cache, answers, "b").await, get(&cache, answers, "c").await];
    assert_eq!(left, [Some("a".to_owned()), None, Some("c".to_owned())]);
    world.clock.advance(10 * SECOND);
    assert_eq!(get(&cache, answers, "a").await, None, "however long the answer may be kept");
}

#[tokio::test]
async fn another_node_sees_a_change_when_it_is_on_disk_and_never_an_older_one_for_long() {
    let world = World::new(CacheConfig::default());
    let (one, two) = (world.cache(), world.cache());
    let writing = one.start();
    set(&one, own(1), "k", "first").await.unwrap();
    writing.caught_up().await;
    assert_eq!(get(&two, own(1), "k").await.as_deref(), Some("first"));
    set(&one, own(1), "k", "second").await.unwrap();
    writing.caught_up().await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(get(&two, own(1), "k").await.as_deref(), Some("second"));
    one.delete(own(1), "k".into()).await.unwrap();
    writing.caught_up().await;
    assert_eq!(get(&one, own(1), "k").await, None);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(get(&two, own(1), "k").await, None);
}

#[tokio::test]
async fn a_full_disk_takes_nothing_back() {
    let world = World::new(CacheConfig { memory_bytes: 0, ..Default::default() });
    let cache = world.cache();
    let writing = cache.start();
    set(&cache, own(1), "k", "old").await.unwrap();
    writing.caught_up().await;
    world.store.full.store(true, Ordering::Relaxed);
    set(&cache, own(1), "k", "new").await.unwrap();
    writing.caught_up().await;
    assert_eq!(get(&cache, own(1), "k").await.as_deref(), Some("new"), "though it is not on disk, nor in memory for reads");
    let big = "x".repeat(64 << 10);
    let mut refusal = None;
    for number in 0..200 {
        refusal = set(&cache, own(2), &number.to_string(), &big).await.err();
        if refusal.is_some() {
            break;
        }
    }
    assert_eq!(refusal.unwrap().code, "EAGAIN");
    set(&cache, at(2, 2, Area::Hook), "k", "another account's").await.unwrap();
    world.store.full.store(false, Ordering::Relaxed);
    writing.caught_up().await;
    set(&cache, own(1), "l", "there is room again").await.unwrap();
    assert_eq!(get(&world.cache(), own(1), "k").await.as_deref(), Some("new"));
}

#[tokio::test]
async fn a_hook_takes_what_it_kept_with_it() {
    let world = World::new(CacheConfig { entries: 1, ..Default::default() });
    let cache = world.cache();
    let writing = cache.start();
    let (own, other, shared, answers) = (own(1), own(2), at(1, 1, Area::Shared), at(1, 1, Area::Answers));
    for place in [own, other, shared, answers] {
        set(&cache, place, "k", "x").await.unwrap();
    }
    writing.caught_up().await;
    set(&cache, own, "k", "waits to be written").await.unwrap();
    cache.remove_hook(1, 1);
    writing.caught_up().await;
    assert_eq!(world.rows().len(), 2);
    let later = world.cache();
    for (place, left) in [(own, false), (answers, false), (other, true), (shared, true)] {
        assert_eq!(get(&later, place, "k").await.is_some(), left, "{place:?}");
    }
}

#[tokio::test]
async fn waiting_changes_are_written_without_being_asked_for() {
    let world = World::new(CacheConfig::default());
    let cache = world.cache();
    let _writing = cache.start();
    set(&cache, own(1), "k", "x").await.unwrap();
    assert_eq!(world.rows().len(), 0, "nobody waits for the disk");
    for _ in 0..1000 {
        if world.rows().len() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it was not written");
}

#[test]
fn another_master_key_makes_nothing_of_it() {
    let (one, two) = (World::new(CacheConfig::default()), World::new(CacheConfig::default()));
    let place = own(1);
    let row = row::RowKey::new(&one.keys(), place, "k");
    assert_ne!(row, row::RowKey::new(&two.keys(), place, "k"));
    let sealed = row.seal(&one.keys(), b"x", 5).unwrap();
    assert!(row.open(&one.keys(), &sealed).is_ok() && row.open(&two.keys(), &sealed).is_err());
    assert!(Path::new(one.folder.path()).join("master.key").exists());
}
