//! The peers of the server: hyper, which reads JSON with serde_json and writes it again; and the same with the example run on each
//! request in bare wasmtime. No routes, no rights, no limits, no log.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::bare_wasmtime::{BareHook, engine_error};
use crate::functions;

/// The default budget of a hook.
const FUEL: u64 = 1_000_000_000;

/// Serves until the process is killed, on as many threads as Hookbox has.
pub(crate) fn run(with_hook: bool) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the threads cannot be started")?;
    let function = if with_hook { Some(functions::example("policy-by-device")?) } else { None };
    let hook = function.map(|function| BareHook::new(&function)).transpose().map_err(engine_error)?;
    runtime.block_on(serve(hook.map(Arc::new)))
}

async fn serve(hook: Option<Arc<BareHook>>) -> Result<()> {
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    crate::report::print(&format!("listening on http://{}\n", socket.local_addr()?))?;
    loop {
        let (stream, _) = socket.accept().await?;
        stream.set_nodelay(true)?;
        let hook = hook.clone();
        let service = service_fn(move |request| answer(request, hook.clone()));
        // A client that goes away is the end of its connection and of nothing else.
        tokio::spawn(async move { Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await });
    }
}

async fn answer(request: Request<Incoming>, hook: Option<Arc<BareHook>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(match written(request, hook.as_deref()).await {
        Some(json) => Response::new(Full::from(json)),
        None => {
            let mut reply = Response::new(Full::default());
            *reply.status_mut() = StatusCode::BAD_REQUEST;
            reply
        }
    })
}

/// What the answer says: the request's own JSON, or what the hook made of it.
async fn written(request: Request<Incoming>, hook: Option<&BareHook>) -> Option<Vec<u8>> {
    let body = request.into_body().collect().await.ok()?.to_bytes();
    let json: Value = match hook {
        None => serde_json::from_slice(&body).ok()?,
        Some(hook) => serde_json::from_str(&hook.call(std::str::from_utf8(&body).ok()?, FUEL).await.ok()?).ok()?,
    };
    serde_json::to_vec(&json).ok()
}
