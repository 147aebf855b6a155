//! A deployed function: what its executions start from.

use std::sync::Arc;

use super::guest::Engine;
use super::image::Image;
use super::source::Source;
use super::startup_log::StartupLog;
use crate::host::WorldReads;
use crate::modules::Linked;

/// A function that is ready to be called.
pub(crate) struct Deployed {
    pub(crate) engine: Arc<Engine>,
    pub(crate) image: Image,
    /// The source and a reason, where its top level has to be evaluated on every execution.
    pub(crate) evaluate: Option<(Source, &'static str)>,
    /// Whether it is a server, which answers requests.
    pub(crate) serves: bool,
    /// What the top level read of the outside world.
    pub(crate) reads: WorldReads,
    /// The files that executions may ask for.
    pub(crate) files: Option<Arc<Linked>>,
    pub(crate) startup_log: StartupLog,
}
