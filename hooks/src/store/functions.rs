//! The bytes of functions, by account and digest: small ones in the store, large ones as blobs. The hooks know which versions use a
//! function.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::blobs::{HeldBlob, HeldBlobs};
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

    /// Adds a function to a batch that the caller commits, next to the records that refer to it. Large bytes must be on disk before that:
    /// the result says whether they are to be [written](Self::write).
    pub(crate) fn put(account: u64, digest: &Digest, bytes: &[u8], batch: &mut Batch) -> bool {
        let is_large = bytes.len() > INLINE_LIMIT;
        match is_large {
            false => batch.put(key(account, digest), [&[INLINE], bytes].concat()),
            true => batch.put(key(account, digest), [BLOB]).put(reference(digest, account), []),
        };
        is_large
    }

    /// Writes large bytes. They stay as long as the result is held, and then if a record refers to them.
    pub(crate) fn write(&self, digest: Digest, bytes: &[u8]) -> Result<HeldBlob, StoreError> {
        let held = self.blobs.hold(digest);
        self.blobs.put(bytes)?;
        Ok(held)
    }

    /// Keeps all large bytes on disk, whatever is deleted meanwhile, until the result is dropped.
    pub(crate) fn hold_all(&self) -> HeldBlobs {
        self.blobs.hold_all()
    }

    /// Removes a function's large bytes if no account refers to them. Returns whether that is decided: bytes that are held are looked at again
    /// later.
    pub(crate) fn remove_unused(&self, digest: &Digest) -> Result<bool, StoreError> {
        self.blobs.remove_unused(digest, || {
            let mut is_used = false;
            let references = Key::new(SERVER, Kind::Function).fixed(digest.as_bytes()).range();
            self.store.scan(references, Order::Ascending, &mut |_, _| {
                is_used = true;
                ControlFlow::Break(())
            })?;
            Ok(is_used)
        })
    }

    /// The bytes of a function that a record of the account refers to.
    pub(crate) fn get(&self, account: u64, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let missing = || StoreError::Corrupt(format!("the function {digest} is missing"));
        let record = self.store.get(key(account, digest).as_bytes())?.ok_or_else(missing)?;
        match record.split_first() {
            Some((&INLINE, bytes)) if Digest::of(bytes) == *digest => Ok(bytes.to_vec()),
            Some((&BLOB, [])) => self.file(digest),
            _ => Err(StoreError::Corrupt(format!("the record of function {digest} is not one"))),
        }
    }

    /// The bytes of a function that is stored as a blob.
    pub(crate) fn file(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let missing = || StoreError::Corrupt(format!("the blob of function {digest} is missing"));
        self.blobs.get(digest)?.ok_or_else(missing)
    }

    /// Removes a function's records with a batch that the caller commits.
    pub(crate) fn delete(account: u64, digest: &Digest, batch: &mut Batch) {
        batch.delete(key(account, digest)).delete(reference(digest, account));
    }

    /// Removes the blobs that no account refers to. Nothing may be uploaded meanwhile.
    pub(crate) fn sweep(&self) -> Result<usize, StoreError> {
        let mut referred = BTreeSet::new();
        let visit = &mut |key: &[u8], _: &[u8]| {
            let digest = KeyReader::new(key, Kind::Function).and_then(|(_, mut parts)| parts.fixed::<32>());
            referred.extend(digest.map(Digest::from));
            ControlFlow::Continue(())
        };
        self.store.scan(Key::new(SERVER, Kind::Function).range(), Order::Ascending, visit)?;
        self.blobs.sweep(Duration::ZERO, |digest| referred.contains(digest))
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
        let (mut batch, digest) = (Batch::new(), Digest::of(bytes));
        let _held = Functions::put(account, &digest, bytes, &mut batch).then(|| functions.write(digest, bytes).unwrap());
        functions.store.commit(batch).unwrap();
        digest
    }

    fn delete(functions: &Functions, account: u64, digest: &Digest) {
        let mut batch = Batch::new();
        Functions::delete(account, digest, &mut batch);
        functions.store.commit(batch).unwrap();
    }

    #[test]
    fn small_and_large_ones_read_back_for_their_account_only() {
        let folder = tempfile::tempdir().unwrap();
        let functions = functions(&folder);
        for bytes in [vec![], vec![1; INLINE_LIMIT], vec![2; INLINE_LIMIT + 1], vec![3; 8 << 20]] {
            let digest = put(&functions, 1, &bytes);
            assert_eq!(functions.blobs.get(&digest).unwrap().is_some(), bytes.len() > INLINE_LIMIT);
            assert_eq!(functions.get(1, &digest).unwrap(), bytes);
            assert!(matches!(functions.get(2, &digest), Err(StoreError::Corrupt(_))));
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
        assert_eq!((functions.sweep().unwrap(), functions.remove_unused(&digest).unwrap()), (0, true));
        assert_eq!(functions.get(2, &digest).unwrap(), large);
        delete(&functions, 2, &digest);
        assert!(functions.remove_unused(&digest).unwrap());
        assert_eq!(functions.blobs.get(&digest).unwrap(), None);
        functions.write(digest, &large).map(drop).unwrap();
        assert_eq!(functions.sweep().unwrap(), 1, "an upload that was never committed");
    }

    #[test]
    fn a_blob_that_is_held_stays_for_now() {
        let folder = tempfile::tempdir().unwrap();
        let functions = functions(&folder);
        let large = vec![9; 100_000];
        let digest = Digest::of(&large);
        let upload = functions.write(digest, &large).unwrap();
        let same = functions.write(digest, &large).unwrap();
        drop(upload);
        assert!(!functions.remove_unused(&digest).unwrap());
        drop(same);
        let backup = functions.hold_all();
        assert!(!functions.remove_unused(&digest).unwrap());
        assert!(functions.blobs.get(&digest).unwrap().is_some());
        drop(backup);
        assert!(functions.remove_unused(&digest).unwrap());
        assert!(functions.blobs.get(&digest).unwrap().is_none());
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
