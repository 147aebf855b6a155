//! A value in the store: under which key it is, how it is sealed, and when its time is over.

use bytes::Bytes;
use hookbox_runtime::{Area, Place};

use crate::store::{Key, KeyReader, Kind, StoreError};
use crate::vault::{CacheKeys, VaultError};

/// Where a value is: its hook, or none for what is shared; its area; and a digest of its name, which is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowKey {
    pub(super) account: u64,
    pub(super) part: Part,
    pub(super) name: [u8; 32],
}

/// A part of an account's cache whose entries are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    hook: u128,
    pub(super) area: Area,
}

/// The bytes of an area in keys. They are stored.
fn area_byte(area: Area) -> u8 {
    match area {
        Area::Hook => 1,
        Area::Shared => 2,
        Area::Answers => 3,
        Area::Repeats => 4,
    }
}

/// The beginning of the keys of a hook.
pub(super) fn hook_key(account: u64, hook: u128) -> Key {
    Key::new(account, Kind::Cache).fixed(&hook.to_be_bytes())
}

impl Part {
    pub(super) fn of(place: Place) -> Self {
        let hook = if place.area == Area::Shared { 0 } else { place.hook };
        Self { hook, area: place.area }
    }

    pub(super) fn is_of(self, hook: u128) -> bool {
        self.hook == hook
    }
}

impl RowKey {
    pub(super) fn new(keys: &CacheKeys, place: Place, name: &str) -> Self {
        let part = Part::of(place);
        let [account, hook] = [u128::from(place.owner), part.hook].map(u128::to_be_bytes);
        let name = keys.name(&[account.as_slice(), &hook, &[area_byte(part.area)], name.as_bytes()].concat());
        Self { account: place.owner, part, name }
    }

    pub(super) fn key(&self) -> Key {
        hook_key(self.account, self.part.hook).fixed(&[area_byte(self.part.area)]).fixed(&self.name)
    }

    /// Reads a key of the store.
    pub(super) fn read(key: &[u8]) -> Option<Self> {
        let (account, mut parts) = KeyReader::new(key, Kind::Cache)?;
        let (hook, area, name) = (u128::from_be_bytes(parts.fixed()?), parts.fixed::<1>()?, parts.fixed()?);
        let area = [Area::Hook, Area::Shared, Area::Answers, Area::Repeats].into_iter().find(|one| [area_byte(*one)] == area)?;
        let row = Self { account, part: Part { hook, area }, name };
        (row.key().as_bytes() == key).then_some(row)
    }

    /// The place that a value is sealed for. Whoever moves it, or changes its time, makes nothing of it.
    fn place(&self, expires: u64) -> Vec<u8> {
        [b"hookbox cache value".as_slice(), self.key().as_bytes(), &expires.to_be_bytes()].concat()
    }

    /// A value as it is stored: when its time is over, in milliseconds since 1970, and the sealed bytes.
    pub(super) fn seal(&self, keys: &CacheKeys, value: &[u8], expires: u64) -> Result<Vec<u8>, VaultError> {
        Ok([expires.to_be_bytes().as_slice(), &keys.seal(&self.place(expires), value)?].concat())
    }

    /// Opens what [`RowKey::seal`] made: the value, and when its time is over.
    pub(super) fn open(&self, keys: &CacheKeys, stored: &[u8]) -> Result<(Bytes, u64), VaultError> {
        let (expires, sealed) = stored.split_first_chunk().ok_or(VaultError::Damaged)?;
        let expires = u64::from_be_bytes(*expires);
        Ok((keys.unseal(&self.place(expires), sealed)?.into(), expires))
    }
}

/// When the time of a stored value is over. Whoever trusts it must open the value as well.
pub(super) fn expires(stored: &[u8]) -> Option<u64> {
    stored.first_chunk().map(|expires| u64::from_be_bytes(*expires))
}

/// Checks a row of the store; its value where there are keys.
pub(crate) fn check_row(key: &[u8], value: &[u8], keys: Option<&CacheKeys>) -> Result<(), StoreError> {
    let wrong = |what: &str| StoreError::Corrupt(format!("a cached value {what}"));
    let row = RowKey::read(key).ok_or_else(|| wrong("is not where it belongs"))?;
    match keys {
        Some(keys) => row.open(keys, value).map(drop).map_err(|_| wrong("cannot be opened: it was changed, or it is another's")),
        None => expires(value).map(drop).ok_or_else(|| wrong("is cut off")),
    }
}
