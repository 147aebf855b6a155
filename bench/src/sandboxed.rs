//! A hook in the sandbox of this process, called as the server calls it: no HTTP, no store, no account.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use hookbox_host_api::log::Mask;
use hookbox_host_api::{EnvVars, Usage};
use hookbox_runtime::{
    Admission, AdmissionConfig, Invocation, JavaScript, Limits, MAIN, PagemapUse, PreparedHook, Sandbox, SandboxConfig, Share,
};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::roles::COMPILE_WORKER;

/// The default budget of a hook.
pub(crate) const FUEL: u64 = 1_000_000_000;
const MEMORY: usize = 64 << 20;

/// What a hook's invocations share.
pub(crate) struct Login {
    execution_id: Arc<str>,
    context: Bytes,
    env: Arc<EnvVars>,
    mask: Arc<Mask>,
}

impl Login {
    pub(crate) fn new(context: &str) -> Self {
        Self::of_bytes(Bytes::from(context.to_owned()))
    }

    pub(crate) fn of_bytes(context: Bytes) -> Self {
        let execution_id = Arc::from("00000000-0000-4000-8000-000000000000");
        Self { execution_id, context, env: Arc::default(), mask: Arc::default() }
    }

    pub(crate) fn invocation(&self) -> Invocation {
        Invocation {
            execution_id: self.execution_id.clone(),
            identity: Arc::default(),
            context: self.context.clone(),
            env: self.env.clone(),
            mask: self.mask.clone(),
            grant: Arc::default(),
            outside: None,
            request: None,
            answerer: None,
            beginning: None,
            limits: Limits { fuel: FUEL, memory_bytes: MEMORY },
            deadline: Instant::now() + Duration::from_secs(1),
            share: Share::default(),
            log_limit: 64 << 10,
        }
    }
}

/// A sandbox and what prepares hooks for it.
pub(crate) struct Workshop {
    pub(crate) sandbox: Sandbox,
    admission: Admission,
    _cache: TempDir,
}

impl Workshop {
    pub(crate) fn new() -> Result<Self> {
        Self::with_pagemap(PagemapUse::Scan)
    }

    /// One that asks the kernel this about the memories of JavaScript hooks.
    pub(crate) fn with_pagemap(pagemap: PagemapUse) -> Result<Self> {
        let cache = tempfile::tempdir()?;
        let sandbox = Sandbox::new(SandboxConfig {
            concurrency: 64,
            max_memory_bytes: MEMORY,
            memory_budget_bytes: 1 << 30,
            max_result_bytes: 256 << 10,
            pagemap,
        })?;
        let config = AdmissionConfig {
            max_image_bytes: 16 << 20,
            worker: (std::env::current_exe()?, vec![COMPILE_WORKER.to_owned()]),
            cache_dir: cache.path().to_owned(),
            cache_key: [7; 32],
            compile_timeout: Duration::from_secs(60),
            compile_memory_bytes: 1 << 30,
            compile_workers: 1,
            samples: hookbox_dialects::registry()?.samples(),
        };
        Ok(Self { admission: Admission::new(sandbox.clone(), config), sandbox, _cache: cache })
    }

    pub(crate) async fn webassembly(&self, function: &[u8]) -> Result<PreparedHook> {
        self.admission.prepare(function.to_vec().into()).await.context("the example cannot be prepared")
    }

    pub(crate) async fn javascript(&self, source: &str) -> Result<PreparedHook> {
        let function = JavaScript {
            source: source.into(),
            main: MAIN.into(),
            node_major: 20,
            entries: &["handler"],
            env: Arc::default(),
            modules: None,
        };
        self.admission.prepare_javascript(function).await.context("the function cannot be prepared")
    }

    /// One execution: its result, and what it used.
    pub(crate) async fn call(&self, hook: &PreparedHook, login: &Login) -> Result<(String, Usage)> {
        let execution = self.sandbox.execute(hook, login.invocation()).await;
        let result = execution.result.map_err(|failure| anyhow!("the function failed: {}", failure.message))?;
        Ok((String::from(Box::<str>::from(result)), execution.usage))
    }
}
