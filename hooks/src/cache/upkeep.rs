//! Removes what is over, at once and every ten minutes. Nobody is given it meanwhile.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;

use super::shelf::Shelf;
use crate::store::{Key, KeyRange, KeyReader, Kind, Order, SERVER, Store, StoreError};

const EVERY: Duration = Duration::from_secs(600);

pub(super) async fn run(shelf: Arc<Shelf>) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        sweep(&shelf).await;
    }
}

/// Removes what is over, of every account.
pub(super) async fn sweep(shelf: &Arc<Shelf>) {
    let store = shelf.store.clone();
    let accounts = match spawn_blocking(move || accounts(&*store)).await {
        Ok(Ok(accounts)) => accounts,
        Ok(Err(error)) => return tracing::error!(%error, "the cache cannot be looked through for what is over"),
        Err(error) => return tracing::error!(%error, "looking through the cache broke off"),
    };
    for account in accounts {
        let Ok(one) = shelf.loaded(account).await else { continue };
        let (more, written) = {
            let mut held = one.held();
            (held.remove_expired(account, shelf.now()), held.is_written())
        };
        if !written {
            shelf.changed(account, more);
        }
    }
}

/// The accounts that have something in the cache.
fn accounts(store: &dyn Store) -> Result<Vec<u64>, StoreError> {
    let (mut accounts, mut next) = (Vec::new(), Some(SERVER));
    while let Some(from) = next {
        let mut found = None;
        store.scan(KeyRange::all().starting_at(Key::account(from).as_bytes()), Order::Ascending, &mut |key, _| {
            found = KeyReader::account_of(key);
            ControlFlow::Break(())
        })?;
        let Some(account) = found else { break };
        store.scan(Key::new(account, Kind::Cache).range(), Order::Ascending, &mut |_, _| {
            accounts.push(account);
            ControlFlow::Break(())
        })?;
        next = account.checked_add(1);
    }
    Ok(accounts)
}
