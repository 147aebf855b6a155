//! The cache of a run on the author's machine: it begins empty, and ends with the run. Its bounds are those of a server with default settings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookbox_runtime::{Area, Cache, Caching, Place};

use super::refusal::{Refusal, check_key, check_value};
use crate::limits::CacheConfig;

type Values = HashMap<(Area, String), (Bytes, Instant)>;

/// A cache in memory, of one hook.
#[derive(Default)]
pub(crate) struct LocalCache {
    config: CacheConfig,
    values: Arc<Mutex<Values>>,
}

impl LocalCache {
    fn with<T: Send + 'static>(&self, work: impl FnOnce(&mut Values, &CacheConfig) -> Result<T, Refusal>) -> Caching<T> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        values.retain(|_, (_, until)| *until > now);
        let done = work(&mut values, &self.config).map_err(Into::into);
        Box::pin(std::future::ready(done))
    }
}

impl Cache for LocalCache {
    fn get(&self, place: Place, key: String) -> Caching<Option<Bytes>> {
        self.with(|values, config| {
            check_key(config, &key)?;
            Ok(values.get(&(place.area, key)).map(|(value, _)| value.clone()))
        })
    }

    fn set(&self, place: Place, key: String, value: Bytes, time: Option<Duration>) -> Caching<()> {
        self.with(|values, config| {
            let time = check_value(config, place, &key, &value, time)?;
            let name = (place.area, key);
            let have = values.keys().filter(|(area, _)| *area == place.area).count();
            if !values.contains_key(&name) && have >= config.entries {
                return Err(Refusal::Entries(config.entries));
            }
            let others: usize = values.iter().filter(|(other, _)| **other != name).map(|(_, (value, _))| value.len()).sum();
            if (others + value.len()) as u64 > config.account_bytes {
                return Err(Refusal::AccountBytes(config.account_bytes));
            }
            values.insert(name, (value, Instant::now() + time));
            Ok(())
        })
    }

    fn delete(&self, place: Place, key: String) -> Caching<()> {
        self.with(|values, config| {
            check_key(config, &key)?;
            values.remove(&(place.area, key));
            Ok(())
        })
    }

    fn value_bytes(&self) -> usize {
        self.config.value_bytes
    }

    fn emptied(&self) -> Option<Arc<dyn Cache>> {
        Some(Arc::new(Self { config: self.config, values: Arc::default() }))
    }
}
