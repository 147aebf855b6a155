//! Writes changes off the request path: those of a short while share a commit, and nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};

use super::account::Pending;
use super::row::RowKey;
use super::shelf::Shelf;
use super::upkeep;
use crate::store::{Batch, StoreError};

/// How long changes wait for others.
const WINDOW: Duration = Duration::from_millis(250);
/// How long changes wait after a commit that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// The bytes of one commit.
const BATCH_BYTES: u64 = 4 << 20;

/// The tasks of the cache, which end with this.
pub(crate) struct Writing {
    shelf: Arc<Shelf>,
    tasks: [JoinHandle<()>; 2],
}

impl Writing {
    pub(super) fn start(shelf: &Arc<Shelf>) -> Self {
        let tasks = [tokio::spawn(run(shelf.clone())), tokio::spawn(upkeep::run(shelf.clone()))];
        Self { shelf: shelf.clone(), tasks }
    }

    /// Writes what waits, as far as the store takes it.
    pub(crate) async fn caught_up(&self) {
        while let Ok(true) = write_some(&self.shelf).await {}
    }

    /// Ends the task that removes what is over.
    pub(crate) fn end_upkeep(&self) {
        let [_, upkeep] = &self.tasks;
        upkeep.abort();
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn run(shelf: Arc<Shelf>) {
    loop {
        shelf.wake.notified().await;
        tokio::time::sleep(WINDOW).await;
        loop {
            match write_some(&shelf).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(%error, "what functions keep cannot be written; it is tried again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }
}

/// Writes some changes of each account that has any. Returns whether there were any.
async fn write_some(shelf: &Arc<Shelf>) -> Result<bool, StoreError> {
    let accounts = shelf.take_changed();
    let mut failed = None;
    for account in &accounts {
        let changes = shelf.account(*account).held().some_pending(BATCH_BYTES);
        if changes.is_empty() {
            continue;
        }
        if failed.is_none() {
            let (own, batch) = (shelf.clone(), changes.clone());
            let written = spawn_blocking(move || commit(&own, &batch)).await;
            failed = written.unwrap_or_else(|error| Err(StoreError::Io(std::io::Error::other(error)))).err();
        }
        let held = shelf.account(*account);
        let mut held = held.held();
        if failed.is_none() {
            shelf.less_waits(held.written(&changes));
        }
        if !held.is_written() {
            shelf.changed(*account, 0);
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(!accounts.is_empty()),
    }
}

fn commit(shelf: &Shelf, changes: &[(RowKey, Pending)]) -> Result<(), StoreError> {
    let (mut batch, now) = (Batch::new(), shelf.now());
    for (row, change) in changes {
        // What is over by now is removed as well, and so is what cannot be sealed: an older value must not come back.
        let kept = change.value.as_ref().filter(|(_, expires)| *expires > now);
        match kept.map(|(value, expires)| row.seal(&shelf.keys, value, *expires)) {
            Some(Ok(sealed)) => batch.put(row.key(), sealed),
            Some(Err(_)) | None => batch.delete(row.key()),
        };
    }
    shelf.store.commit(batch)
}
