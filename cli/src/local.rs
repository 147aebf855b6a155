//! Runs a function on this machine as its project says: what `run` and `test` have in common. The sandbox is the server's.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use hookbox_hooks::hook_type::{HookType, RequestBody};
use hookbox_hooks::{Answers, LocalError, LocalOutcome, LocalRun, PackagesProgress, Profile, ProfileError};
use hookbox_host_api::Secret;
use tokio::runtime::Runtime;

use crate::hook_types::REGISTRY;
use crate::project::Project;
use crate::project_files::ProjectFiles;
use crate::{compile_worker, source};

/// The fuel that a hook has where nobody says otherwise, as on the server.
pub(crate) const DEFAULT_FUEL: u64 = 3_000_000_000;

/// A function and its limits.
pub(crate) struct LocalHook {
    runtime: Runtime,
    pub(crate) function: Vec<u8>,
    pub(crate) hook_type: HookType,
    pub(crate) node_major: Option<u8>,
    /// Whom the function may call.
    pub(crate) allowed_hosts: Vec<String>,
    /// Whether answers are kept for it.
    pub(crate) http_cache: bool,
    /// Env vars of which the function sees a placeholder, with the hosts that get the value.
    pub(crate) sealed: Vec<(String, Vec<String>)>,
    /// Where it lies among its files, and these.
    pub(crate) files: ProjectFiles,
    /// The request that an app which listens gets.
    pub(crate) request: Option<RequestBody>,
    /// Its npm packages: ranges by name.
    pub(crate) packages: BTreeMap<String, String>,
    pub(crate) limits: Limits,
}

/// What a run may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) fuel: u64,
    pub(crate) memory_mib: u32,
    pub(crate) timeout: Duration,
}

impl LocalHook {
    pub(crate) fn new(
        function: Vec<u8>,
        hook_type: HookType,
        node_major: Option<u8>,
        allowed_hosts: Vec<String>,
        limits: Limits,
    ) -> Result<Self> {
        source::check(&function, hook_type)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self {
            runtime,
            function,
            hook_type,
            node_major,
            allowed_hosts,
            http_cache: false,
            sealed: Vec::new(),
            files: ProjectFiles::default(),
            request: None,
            packages: BTreeMap::new(),
            limits,
        })
    }

    /// The same, for which answers are kept if its project says so.
    pub(crate) fn with_http_cache(self, http_cache: bool) -> Self {
        Self { http_cache, ..self }
    }

    /// The same with npm packages.
    pub(crate) fn with_packages(self, packages: BTreeMap<String, String>) -> Self {
        Self { packages, ..self }
    }

    /// The same with what else a project has: files, and how an app which listens is asked.
    pub(crate) fn of_project(self, project: &Project) -> Result<Self> {
        Ok(Self { files: project.files()?, request: project.request.clone(), ..self })
    }

    /// One run.
    pub(crate) fn run(&self, context: Vec<u8>, env: Vec<(String, Secret)>, answers: Answers) -> Result<LocalOutcome, LocalError> {
        self.runtime.block_on(self.once(context, env, answers).run())
    }

    /// One run, and where its fuel goes.
    pub(crate) fn run_with_profile(
        &self,
        context: Vec<u8>,
        env: Vec<(String, Secret)>,
        answers: Answers,
        progress: impl FnMut(u64, u64),
    ) -> Result<Profiled, LocalError> {
        self.runtime.block_on(self.once(context, env, answers).run_with_profile(progress))
    }

    fn once(&self, context: Vec<u8>, env: Vec<(String, Secret)>, answers: Answers) -> LocalRun {
        LocalRun {
            function: self.function.clone(),
            main: self.files.main.clone(),
            files: self.files.beside.clone(),
            request: self.request.clone(),
            registry: REGISTRY.clone(),
            hook_type: self.hook_type,
            context,
            env,
            sealed: self.sealed.clone(),
            allowed_hosts: self.allowed_hosts.clone(),
            http_cache: self.http_cache,
            answers,
            packages: self.packages.clone(),
            on_packages,
            fuel: self.limits.fuel,
            memory_mib: self.limits.memory_mib,
            timeout: self.limits.timeout,
            node_major: self.node_major,
            compile_worker: compile_worker::command(),
            cache_dir: cache_dir(),
        }
    }
}

/// Shows on a terminal how far packages are.
fn on_packages(progress: PackagesProgress) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let mut err = std::io::stderr().lock();
    // Nobody has to see it.
    let _ = match progress {
        PackagesProgress::Resolved { done, of } => write!(err, "\rpackages: {done} of {of} resolved\x1b[K"),
        PackagesProgress::Fetched { done, of, .. } if done == of => write!(err, "\r\x1b[K"),
        PackagesProgress::Fetched { done, of, bytes } => write!(err, "\rpackages: {done} of {of} fetched, {} KiB\x1b[K", bytes >> 10),
    };
    let _ = err.flush();
}

/// A run, and its profile or why there is none.
pub(crate) type Profiled = (LocalOutcome, Result<Profile, ProfileError>);

/// Where compiled code is kept between runs: the user's own cache folder.
fn cache_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).unwrap_or_else(std::env::temp_dir).join("hookbox")
}
