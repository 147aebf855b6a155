//! The peer of the server: hyper, which reads JSON with serde_json and writes it again. No routes, no limits, no hook.

use std::convert::Infallible;

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

/// Serves until the process is killed, on as many threads as Hookbox has.
pub(crate) fn run() -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the threads cannot be started")?;
    runtime.block_on(serve())
}

async fn serve() -> Result<()> {
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    crate::report::print(&format!("listening on http://{}\n", socket.local_addr()?))?;
    loop {
        let (stream, _) = socket.accept().await?;
        stream.set_nodelay(true)?;
        // A client that goes away is the end of its connection and of nothing else.
        tokio::spawn(async move { Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service_fn(answer)).await });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let written = match request.into_body().collect().await {
        Ok(body) => serde_json::from_slice::<Value>(&body.to_bytes()).and_then(|json| serde_json::to_vec(&json)).ok(),
        Err(_) => None,
    };
    Ok(match written {
        Some(json) => Response::new(Full::from(json)),
        None => {
            let mut reply = Response::new(Full::default());
            *reply.status_mut() = StatusCode::BAD_REQUEST;
            reply
        }
    })
}
