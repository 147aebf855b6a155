//! Work that must not hold up the threads of the scheduler.

use super::error::AdmissionError;

/// Runs work on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AdmissionError> + Send + 'static,
) -> Result<T, AdmissionError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(AdmissionError::Host(format!("a worker thread failed: {error}"))),
    }
}
