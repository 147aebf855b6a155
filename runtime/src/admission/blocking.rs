//! Work that must not hold up threads that others share.

use super::error::AdmissionError;

/// Runs work on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AdmissionError> + Send + 'static,
) -> Result<T, AdmissionError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // The caller counts panics, and tries the same function only a few times.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(AdmissionError::Host(format!("a worker thread failed: {error}"))),
    }
}
