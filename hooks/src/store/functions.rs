//! The bytes of functions, by account and digest: small ones in the store, large ones as blobs. The hooks know which versions use a
//! function.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::{Batch, Blobs, Digest, Key, KeyReader, Kind, Order, SERVER, Store, StoreError};

/// The largest function that stays in the store, in bytes.
const INLINE_LIMIT: usize = 64 << 10;

const INLINE: u8 = 0;
const BLOB: u8 = 1;

/// Function bytes. Accounts never share a record, so one account's digest tells nothing about another's; equal blobs share a file.
#[derive(Clone)]
pub(crate) struct Functions {
    store: Arc<dyn Store>,
    blobs: Arc<Blobs>,
}

impl Functions {
    /// Functions in this store and these blobs.
    pub(crate) fn new(store: Arc<dyn Store>, blobs: Arc<Blobs>) -> Self {
        Self { store, blobs }
    }

    /// Adds a function to a batch that the caller commits, next to the records that refer to it. Large bytes are on disk when
    /// this returns; if the batch is then never committed, a sweep removes them.
    pub(crate) fn put(&self, account: u64, bytes: &[u8], batch: &mut Batch) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        if bytes.len() <= INLINE_LIMIT {
            batch.put(key(account, &digest), [&[INLINE], bytes].concat());
        } else {
            self.blobs.put(bytes)?;
            batch.put(key(account, &digest), [BLOB]).put(reference(&digest, account), []);
        }
        Ok(digest)
    }

    /// The bytes, or `None` if this account has no such function.
    pub(crate) fn get(&self, account: u64, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(record) = self.store.get(key(account, digest).as_bytes())? else { return Ok(None) };
        match record.split_first() {
            Some((&INLINE, bytes)) if Digest::of(bytes) == *digest => Ok(Some(bytes.to_vec())),
            Some((&BLOB, [])) => self.file(digest).map(Some),
            _ => Err(StoreError::Corrupt(format!("the record of function {digest} is not one"))),
        }
    }

    /// The bytes of a function that is stored as a blob.
    pub(crate) fn file(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let missing = || StoreError::Corrupt(format!("the blob of function {digest} is missing"));
        self.blobs.get(digest)?.ok_or_else(missing)
    }

    /// Removes a function's records with a batch that the caller commits. The next sweep removes its blob.
    pub(crate) fn delete(&self, account: u64, digest: &Digest, batch: &mut Batch) {
        batch.delete(key(account, digest)).delete(reference(digest, account));
    }

    /// Removes the blobs that no account refers to and that are older than `grace`, which must be longer than any upload takes.
    pub(crate) fn sweep(&self, grace: Duration) -> Result<usize, StoreError> {
        let mut referred = BTreeSet::new();
        let visit = &mut |key: &[u8], _: &[u8]| {
            let digest = KeyReader::new(key, Kind::Function).and_then(|(_, mut parts)| parts.fixed::<32>());
            referred.extend(digest.map(Digest::from));
            ControlFlow::Continue(())
        };
        self.store.scan(Key::new(SERVER, Kind::Function).range(), Order::Ascending, visit)?;
        self.blobs.sweep(grace, |digest| referred.contains(digest))
    }
}

fn key(account: u64, digest: &Digest) -> Key {
    Key::new(account, Kind::Function).fixed(digest.as_bytes())
}

/// The key that records an account's use of a blob. It is under the server's account, so that one scan finds all uses.
fn reference(digest: &Digest, account: u64) -> Key {
    Key::new(SERVER, Kind::Function).fixed(digest.as_bytes()).u64(account)
}

#[cfg(test)]
mod tests {
    use super::super::{Engine, open};
    use super::*;

    fn functions(folder: &tempfile::TempDir) -> Functions {
        let store = open(&folder.path().join("store"), Engine::Redb).unwrap();
        Functions::new(store, Arc::new(Blobs::open(&folder.path().join("blobs")).unwrap()))
    }

    fn put(functions: &Functions, account: u64, bytes: &[u8]) -> Digest {
        let mut batch = Batch::new();
        let digest = functions.put(account, bytes, &mut batch).unwrap();
        functions.store.commit(batch).unwrap();
        digest
    }

    fn delete(functions: &Functions, account: u64, digest: &Digest) {
        let mut batch = Batch::new();
        functions.delete(account, digest, &mut batch);
        functions.store.commit(batch).unwrap();
    }

    #[test]
    fn small_and_large_ones_read_back_for_their_account_only() {
        let folder = tempfile::tempdir().unwrap();
        let functions = functions(&folder);
        for bytes in [vec![], vec![1; INLINE_LIMIT], vec![2; INLINE_LIMIT + 1], vec![3; 8 << 20]] {
            let digest = put(&functions, 1, &bytes);
            assert_eq!(functions.blobs.get(&digest).unwrap().is_some(), bytes.len() > INLINE_LIMIT);
            assert_eq!(functions.get(1, &digest).unwrap().unwrap(), bytes);
            assert_eq!(functions.get(2, &digest).unwrap(), None);
        }
    }

    #[test]
    fn a_blob_lives_as_long_as_an_account_refers_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let functions = functions(&folder);
        let large = vec![9; 100_000];
        let digest = put(&functions, 1, &large);
        assert_eq!(put(&functions, 2, &large), digest);
        delete(&functions, 1, &digest);
        assert_eq!(functions.sweep(Duration::ZERO).unwrap(), 0);
        assert_eq!(functions.get(2, &digest).unwrap().unwrap(), large);
        delete(&functions, 2, &digest);
        assert_eq!(functions.sweep(Duration::ZERO).unwrap(), 1);
        assert_eq!(functions.blobs.get(&digest).unwrap(), None);
    }

    #[test]
    fn a_missing_blob_is_corruption_not_absence() {
        let folder = tempfile::tempdir().unwrap();
        let functions = functions(&folder);
        let digest = put(&functions, 1, &vec![9; 100_000]);
        functions.blobs.sweep(Duration::ZERO, |_| false).unwrap();
        assert!(matches!(functions.get(1, &digest), Err(StoreError::Corrupt(_))));
    }
}
