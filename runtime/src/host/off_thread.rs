//! Computations that would hold a thread for long: they run where they hold up nobody, and no more of them at a time than there are
//! cores. What a computation is and what it costs is for the services that ask.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;

/// What is computed off the threads that run guests cannot be stopped, so no more of it runs at a time than there are cores. Those who
/// wait for their turn do so no longer than their deadline.
static COMPUTING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Arc::new(Semaphore::new(cores))
});

/// What costs more fuel is computed off the threads that run guests: about half a millisecond, where a slow machine still stays under one.
pub(super) const INLINE_FUEL: u64 = 1_500_000;

/// Waits for a turn and computes.
///
/// # Errors
/// When the computation panics.
pub(super) async fn off_thread<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> wasmtime::Result<T> {
    let turn = COMPUTING.clone().acquire_owned().await?;
    let computed = tokio::task::spawn_blocking(move || {
        let answer = compute();
        drop(turn);
        answer
    });
    Ok(computed.await?)
}
