//! Runs computations that take long off the threads that run guests, and no more of them at a time than there are cores. The services that
//! use it decide what is computed and what it costs.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;

/// One permit per core. A computation cannot be stopped once it has begun; an execution that waits for a permit waits until its deadline at
/// most.
static COMPUTING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Arc::new(Semaphore::new(cores))
});

/// Computations of more fuel than this run off the threads that run guests. It is about half a millisecond, and below one on a slow machine.
pub(super) const INLINE_FUEL: u64 = 1_500_000;

/// Waits for a permit, then computes.
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
