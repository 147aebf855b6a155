//! One execution of a JavaScript hook.

use hookbox_host_api::Failure;
use wasmtime::Store;

use super::deployed::Deployed;
use super::guest::Guest;
use crate::execution::CallState;

/// From the image to the handler's result.
pub(crate) async fn call(store: &mut Store<CallState>, deployed: &Deployed) -> wasmtime::Result<Result<Option<String>, Failure>> {
    match start(store, deployed).await? {
        Ok(guest) => Ok(guest.call(store).await?.map(Some)),
        Err(failure) => Ok(Err(failure)),
    }
}

/// A guest whose handler can be called.
pub(crate) async fn start<'a>(store: &mut Store<CallState>, deployed: &'a Deployed) -> wasmtime::Result<Result<Guest<'a>, Failure>> {
    if let Some(log) = deployed.startup_log.take() {
        store.data_mut().log.append(log);
    }
    store.data_mut().js.files.clone_from(&deployed.files);
    let guest = deployed.engine.start(store, &deployed.image).await?;
    match &deployed.evaluate {
        Some((source, _)) => Ok(guest.load(store, source).await?.map(|_| guest)),
        None => Ok(Ok(guest)),
    }
}
