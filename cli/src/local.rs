//! Runs a hook on this machine as its project says: what `run` and `test` have in common. What runs it is the server's.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::Result;
use hookbox_hooks::hook_type::RequestBody;
use hookbox_hooks::{Answers, CheckedHook, LocalError, LocalOutcome, LocalRun, Overrides, PackagesProgress, Profiled};
use hookbox_host_api::Secret;
use tokio::runtime::Runtime;

use crate::hook_types::REGISTRY;
use crate::{compile_worker, output, source};

/// A hook, and what the author says of its runs.
pub(crate) struct LocalHook {
    runtime: Runtime,
    pub(crate) hook: CheckedHook,
    /// Env vars of which the function sees a placeholder, with the hosts that get the value.
    pub(crate) sealed: Vec<(String, Vec<String>)>,
    /// The request that an app which listens gets.
    pub(crate) request: Option<RequestBody>,
    pub(crate) overrides: Overrides,
    /// What was said already.
    noted: RefCell<BTreeSet<String>>,
}

/// What one run is given.
pub(crate) struct Given {
    pub(crate) context: Vec<u8>,
    /// The roles of the user; `None` for those that the context holds.
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) env: Vec<(String, Secret)>,
    pub(crate) answers: Answers,
}

impl LocalHook {
    pub(crate) fn new(hook: CheckedHook) -> Result<Self> {
        source::check(&hook.source(), hook.hook_type())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, hook, sealed: Vec::new(), request: None, overrides: Overrides::default(), noted: RefCell::default() })
    }

    /// Says in what the function's env vars differ from those on a server: it sees none that the hook is not linked to, and there each that it
    /// is linked to has a value. `how` says how one is given here.
    pub(crate) fn note_env(&self, env: &[(String, Secret)], how: &str) -> Result<()> {
        let unlinked = env.iter().filter(|(name, _)| self.hook.env_vars().all(|linked| linked != name));
        for (name, _) in unlinked {
            self.note_once(format!("note: {name} is not among the hook's env_vars, so the function does not see it"))?;
        }
        for name in self.hook.env_vars().filter(|linked| env.iter().all(|(name, _)| name != linked)) {
            self.note_once(format!("note: {name} is among the hook's env_vars and has no value here, as it has on a server: {how}"))?;
        }
        Ok(())
    }

    fn note_once(&self, text: String) -> Result<()> {
        match self.noted.borrow_mut().insert(text.clone()) {
            true => output::note(&text),
            false => Ok(()),
        }
    }

    /// One run.
    pub(crate) fn run(&self, given: Given) -> Result<LocalOutcome, LocalError> {
        self.runtime.block_on(self.once(given).run())
    }

    /// One run, and where its fuel goes; `None` if the function did not run.
    pub(crate) fn run_with_profile(
        &self,
        given: Given,
        progress: impl FnMut(u64, u64),
    ) -> Result<(LocalOutcome, Option<Profiled>), LocalError> {
        self.runtime.block_on(self.once(given).run_with_profile(progress))
    }

    fn once(&self, given: Given) -> LocalRun {
        let Given { context, roles, env, answers } = given;
        LocalRun {
            hook: self.hook.clone(),
            registry: REGISTRY.clone(),
            context,
            roles,
            request: self.request.clone(),
            env,
            sealed: self.sealed.clone(),
            overrides: self.overrides,
            answers,
            on_packages,
            compile_worker: compile_worker::command(),
            cache_dir: cache_dir(),
        }
    }
}

/// Shows on a terminal how far packages are.
pub(crate) fn on_packages(progress: PackagesProgress) {
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

/// Where compiled code is kept between runs: the user's own cache folder.
pub(crate) fn cache_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).unwrap_or_else(std::env::temp_dir).join("hookbox")
}
