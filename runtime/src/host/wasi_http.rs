//! `wasi:http/outgoing-handler` for components that import it: the types and streams are wasmtime's, the requests are made by the client of the
//! execution, as those of all other functions.
//!
//! A request's body is gathered before it is sent: it then has a length, as many servers ask for, and sealed values are put into it. An answer's
//! body is read as the guest reads it. Trailers are for nobody, redirects are the guest's to follow, and so are packed bodies to unpack.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{ACCESS_DENIED, Body, Client, Error, Redirect, Request, Response};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty};
use tokio::time::timeout;
use wasmtime::component::Linker;
use wasmtime_wasi_http::{Error as WasiError, RequestOptions, WasiBody, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use super::wasi;
use crate::execution::{Bodies, CallState, WayOut};

/// The most handles of a guest that has `wasi:http`, where what is behind a handle may be large.
const MAX_RESOURCES: usize = 400;
/// The most bytes that a guest writes to a body at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Adds `wasi:http` to a linker that has the rest of WASI.
pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)
}

impl WasiHttpView for CallState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let wasi = wasi::state(&mut self.wasi);
        wasi.table.set_max_capacity(MAX_RESOURCES);
        WasiHttpCtxView { hooks: &mut self.way_out, table: &mut wasi.table, ctx: &mut wasi.http }
    }
}

type Told<T> = Result<T, WasiError>;
type Answered = (http::Response<WasiBody>, Box<dyn Future<Output = Told<()>> + Send>);

impl WasiHttpHooks for WayOut {
    /// The client sets it.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK_BYTES
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Told<()>> + Send>,
    ) -> Box<dyn Future<Output = Told<Answered>> + Send> {
        let begun = self.client().map(|client| (self.bodies.begin(client.limits().calls_at_a_time), client));
        Box::new(async move {
            let (bodies, client) = begun.map_err(told)?;
            let answer = answer(&client, request, options.unwrap_or_default(), bodies).await?;
            let nothing: Box<dyn Future<Output = Told<()>> + Send> = Box::new(std::future::ready(Ok(())));
            Ok((answer, nothing))
        })
    }
}

async fn answer(
    client: &Client,
    request: http::Request<WasiBody>,
    options: RequestOptions,
    bodies: Bodies,
) -> Told<http::Response<WasiBody>> {
    let turn = bodies.turn().await;
    let request = outgoing(request, client.limits().request_bytes, &bodies).await?;
    // The time to connect is a part of this one, because who waits for an answer does not see when its connection was made.
    let head =
        options.first_byte_timeout.map(|first| first.saturating_add(options.connect_timeout.unwrap_or(client.limits().connect_time)));
    let answer = within(head, client.fetch(request)).await?.map_err(told)?;
    drop(turn);
    Ok(incoming(answer, options.between_bytes_timeout, bodies))
}

async fn within<T>(time: Option<Duration>, work: impl Future<Output = T>) -> Told<T> {
    match time {
        Some(time) => timeout(time, work).await.map_err(|_| WasiError::ConnectionReadTimeout),
        None => Ok(work.await),
    }
}

/// The request with its whole body.
async fn outgoing(request: http::Request<WasiBody>, most: u64, bodies: &Bodies) -> Told<Request> {
    let (head, body) = request.into_parts();
    let body = gathered(body, most, bodies).await?;
    let mut made = Request::new(head.method.as_str(), head.uri.to_string());
    // The length is that of what is sent.
    let headers = head.headers.iter().filter(|(name, _)| *name != CONTENT_LENGTH);
    made.headers =
        headers.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().iter().copied().map(char::from).collect())).collect();
    made.body = if body.is_empty() { Body::None } else { Body::Bytes(body.into()) };
    made.redirect = Redirect::Manual;
    made.decompress = false;
    Ok(made)
}

async fn gathered(mut body: WasiBody, most: u64, bodies: &Bodies) -> Told<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        bodies.carry(data.len());
        let length = (all.len() as u64).saturating_add(data.len() as u64);
        if length > most {
            return Err(WasiError::HttpRequestBodySize(Some(length)));
        }
        all.extend_from_slice(&data);
    }
    Ok(all)
}

fn incoming(mut answer: Response, between: Option<Duration>, bodies: Bodies) -> http::Response<WasiBody> {
    let mut headers = HeaderMap::new();
    for (name, value) in std::mem::take(&mut answer.headers) {
        let value: Vec<u8> = value.chars().filter_map(|c| u8::try_from(c).ok()).collect();
        // Both were read by the same types before.
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&value)) {
            headers.append(name, value);
        }
    }
    let status = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let body = match answer.has_body() {
        true => Incoming { reading: Some(read(answer, between)), between, bodies }.boxed_unsync(),
        false => Empty::new().map_err(|never| match never {}).boxed_unsync(),
    };
    let mut made = http::Response::new(body);
    *made.status_mut() = status;
    *made.headers_mut() = headers;
    made
}

type Reading = Pin<Box<dyn Future<Output = (Response, Told<Option<Bytes>>)> + Send>>;

fn read(mut answer: Response, between: Option<Duration>) -> Reading {
    Box::pin(async move {
        let chunk = within(between, answer.chunk()).await;
        let chunk = chunk.and_then(|chunk| chunk.map_err(told));
        (answer, chunk)
    })
}

/// The body of an answer, read from the network as the guest asks for it.
struct Incoming {
    /// `None` once it is over.
    reading: Option<Reading>,
    between: Option<Duration>,
    bodies: Bodies,
}

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = WasiError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Told<Frame<Bytes>>>> {
        let Some(reading) = &mut self.reading else { return Poll::Ready(None) };
        let (answer, chunk) = ready!(reading.as_mut().poll(cx));
        let next = chunk.transpose();
        self.reading = match &next {
            Some(Ok(chunk)) => {
                self.bodies.carry(chunk.len());
                Some(read(answer, self.between))
            }
            _ => None,
        };
        Poll::Ready(next.map(|chunk| chunk.map(Frame::data)))
    }
}

/// An error in the words of `wasi:http`. Where it has none, code and message are in the text of an internal one.
fn told(error: Error) -> WasiError {
    match &*error.code {
        ACCESS_DENIED if error.address.is_some() => WasiError::DestinationIpProhibited,
        ACCESS_DENIED => WasiError::HttpRequestDenied,
        "ENOTFOUND" | "EAI_AGAIN" => WasiError::DnsError { rcode: Some(error.code.into_owned()), info_code: None },
        "ECONNREFUSED" => WasiError::ConnectionRefused,
        "ECONNRESET" | "EPIPE" => WasiError::ConnectionTerminated,
        "ETIMEDOUT" => WasiError::ConnectionTimeout,
        "EHOSTUNREACH" | "ENETUNREACH" => WasiError::DestinationIpUnroutable,
        "EPROTO" => WasiError::TlsProtocolError,
        "ERR_INVALID_URL" => WasiError::HttpRequestUriInvalid,
        "ERR_INVALID_HTTP_TOKEN" => WasiError::HttpRequestMethodInvalid,
        code if code.starts_with("HPE_") => WasiError::HttpProtocolError,
        code if is_about_a_certificate(code) => WasiError::TlsCertificateError,
        _ => WasiError::InternalError(Some(format!("{}: {}", error.code, error.message))),
    }
}

fn is_about_a_certificate(code: &str) -> bool {
    ["CERT_", "DEPTH_ZERO_", "SELF_SIGNED_", "UNABLE_TO_", "ERR_TLS_CERT_"].iter().any(|beginning| code.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &'static str) -> String {
        told(Error::new(code, "why")).to_string()
    }

    #[test]
    fn errors_are_told_in_the_words_of_wasi_or_with_their_text() {
        assert_eq!(shown("ERR_ACCESS_DENIED"), "HTTP request denied");
        let private = Error { address: Some("10.0.0.1".parse().unwrap()), ..Error::new(ACCESS_DENIED, "why") };
        assert_eq!(told(private).to_string(), "destination IP address is prohibited");
        assert_eq!(shown("ENOTFOUND"), "DNS error: rcode ENOTFOUND");
        assert_eq!(shown("ECONNREFUSED"), "connection refused");
        assert_eq!(shown("CERT_HAS_EXPIRED"), "TLS certificate error");
        assert_eq!(shown("HPE_INVALID_CONSTANT"), "HTTP protocol error");
        assert_eq!(shown("ERR_HOOK_LIMIT"), "internal error: ERR_HOOK_LIMIT: why");
    }
}
