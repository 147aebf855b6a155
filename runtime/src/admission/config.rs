//! Where functions are compiled and kept, and under which limits.

use std::path::PathBuf;
use std::time::Duration;

/// Where functions are compiled and kept.
#[derive(Clone)]
pub struct AdmissionConfig {
    /// The program of the compiling child and its arguments. It calls [`crate::compile_worker`].
    pub worker: (PathBuf, Vec<String>),
    /// The folder for compiled code; made if absent.
    pub cache_dir: PathBuf,
    /// The key that authenticates cached native code.
    pub cache_key: [u8; 32],
    /// Processor time for one compilation.
    pub compile_timeout: Duration,
    /// Memory for one compilation, in bytes.
    pub compile_memory_bytes: u64,
    /// Compilations at a time.
    pub compile_workers: u32,
    /// Inputs of JavaScript functions with empty values. The engine learns their shapes when it boots.
    pub samples: Vec<String>,
    /// The largest image that a JavaScript hook is frozen to, in bytes. It stays in memory as long as its hook.
    pub max_image_bytes: usize,
}

impl std::fmt::Debug for AdmissionConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdmissionConfig").field("worker", &self.worker).field("cache_dir", &self.cache_dir).finish_non_exhaustive()
    }
}
