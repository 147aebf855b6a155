//! The server of one author, in this process: the service that `hookbox serve` runs, with a data folder that goes with it. What it compiles
//! lies where `hookbox run` has it, so that the engine is compiled once for both.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use hookbox_hooks::config::{Config, Sources};
use hookbox_hooks::{Listener, Service, SystemClock};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::admin_credential::AdminCredential;
use crate::client::Client;
use crate::hook_types::REGISTRY;
use crate::{compile_worker, telemetry, threads};

/// A running server.
pub(crate) struct DevServer {
    /// Where it listens.
    pub(crate) url: String,
    id: String,
    secret: hookbox_host_api::Secret,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<()>>,
    runtime: Runtime,
    folder: TempDir,
}

impl DevServer {
    /// Starts it on an address; port 0 picks a free one. `compiled` is the author's folder of compiled code.
    pub(crate) fn start(listen: SocketAddr, compiled: PathBuf) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hookbox-dev-").tempdir()?;
        let data = folder.path().join("data").display().to_string();
        let flags = vec![("listen", listen.to_string()), ("data", data), ("log.level", "warn".to_owned())];
        let config = Config::load(&Sources { file: None, environment: Vec::new(), flags })?.config;
        telemetry::start(&config.log)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = threads::start(cores).context("the threads cannot be started")?;
        let credential = AdminCredential::random()?;
        let (id, secret) = credential.login();
        let (stop, stopped) = oneshot::channel();
        let listener = runtime
            .block_on(Listener::bind(&config))
            .with_context(|| format!("cannot listen on {listen}: --listen takes another address"))?;
        let url = format!("http://{}", listener.address());
        let opening = async {
            let service = config.service(compile_worker::command(), cores, REGISTRY.clone()).with_compiled_code_in(compiled);
            let opened = Service::open(service, Arc::new(SystemClock)).await?;
            credential.bootstrap(&opened.service).await?;
            anyhow::Ok(opened.service)
        };
        let service = runtime.block_on(opening)?;
        let serving = runtime.spawn(async move {
            let stopped = async {
                // A sender that is gone stops it as well.
                let _ = stopped.await;
            };
            Ok(listener.serve(service, hookbox_dialects::ALL, &config, stopped).await?)
        });
        Ok(Self { url, id, secret, stop, serving, runtime, folder })
    }

    /// A client with the admin's rights.
    pub(crate) fn client(&self) -> Result<Client> {
        Client::connect(&self.url, &self.id, self.secret.expose())
    }

    /// Runs something beside the server.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.runtime.spawn(work));
    }

    /// Ends it, and removes its folder.
    pub(crate) fn stop(self) -> Result<()> {
        // It may have ended by itself.
        let _ = self.stop.send(());
        let ended = self.runtime.block_on(self.serving)?;
        drop(self.runtime);
        self.folder.close()?;
        ended
    }
}
