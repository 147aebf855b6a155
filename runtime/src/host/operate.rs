//! The functions by which a guest begins operations and waits for them.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{Body, Client, Connection, End, Ends, Error, LIMIT, Request, TlsFacts};
use serde::Serialize;
use serde_json::json;
use wasmtime::{AsContextMut, Caller, Linker};

use super::guest_memory::read;
use super::modules::JAVASCRIPT as MODULE;
use super::next_done::next_done;
use super::operations::{Answer, Begun, BodyKind, Fetch, MAX_OPERATIONS, Opened, Operation, split};
use crate::execution::{CallState, settle};

/// The most bytes that one read gives.
const LARGEST_READ: usize = 256 << 10;

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    add_start(linker)?;
    add_wait(linker)?;
    add_answer(linker)
}

fn add_start(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "start", |mut caller: Caller<'_, CallState>, (at, len): (i32, i32)| {
        Box::new(async move {
            let request = Bytes::copy_from_slice(read(&mut caller, at, len)?);
            settle(&mut caller.as_context_mut(), request.len()).await?;
            let (operation, payload) = split(request)?;
            let state = caller.data_mut();
            if state.js.operations.under_way() >= MAX_OPERATIONS {
                return Err(wasmtime::Error::msg(format!("more than {MAX_OPERATIONS} operations at a time")));
            }
            Ok(begin(state, operation, payload).unwrap_or_else(|error| state.js.operations.failed(error)))
        })
    })?;
    linker.func_wrap_async(MODULE, "abort", |mut caller: Caller<'_, CallState>, (handle,): (i32,)| {
        Box::new(async move {
            caller.data_mut().js.operations.abort(handle);
            settle(&mut caller.as_context_mut(), 0).await
        })
    })?;
    Ok(())
}

/// Begins an operation. Returns its handle.
fn begin(state: &mut CallState, operation: Operation, payload: Bytes) -> Result<i32, Error> {
    let carries = match &operation {
        Operation::Read { max, .. } => (*max).min(LARGEST_READ),
        Operation::Fetch(fetch) => payload.len() + fetch.whole.map_or(0, |most| (most as usize).min(LARGEST_READ)),
        _ => payload.len(),
    };
    let held = state.js.operations.carried().saturating_add(carries);
    if carries > 0 && !state.limiter.has_room_for(held) {
        let message = "what is on its way in and out does not fit into the hook's memory: the limit is limits.memory_mib";
        return Err(Error::new(LIMIT, message));
    }
    let run = |state: &mut CallState, work: Work| state.js.operations.run(None, carries, work);
    Ok(match operation {
        Operation::Sleep { us } => {
            state.js.reads.fleeting.get_or_insert("a timer");
            let due = state.moment() + wait_time(us);
            state.js.operations.sleep(due)
        }
        Operation::Lookup { name, family } => {
            let client = state.way_out.client()?;
            run(state, Box::pin(async move { told(&lookup(&client, &name, family).await?) }))
        }
        Operation::Fetch(fetch) => {
            let client = state.way_out.client()?;
            let whole = fetch.whole;
            let (opened, request) = request(*fetch, payload);
            state.js.operations.run(opened, carries, fetched(client, request, whole))
        }
        Operation::Connect { host, port, tls } => {
            let client = state.way_out.client()?;
            run(state, Box::pin(async move { connected(client.connect(&host, port, tls.as_deref()).await?) }))
        }
        Operation::Secure { of, tls } => {
            let opened = opened(state, of)?;
            run(state, Box::pin(async move { told::<TlsFacts>(&opened.secure(&tls).await?) }))
        }
        Operation::Read { of, .. } => {
            let opened = opened(state, of)?;
            run(state, Box::pin(async move { Ok((opened.read(carries).await?.into(), None)) }))
        }
        Operation::Write { of } => {
            let opened = opened(state, of)?;
            run(state, Box::pin(async move { opened.write(payload).await.map(nothing) }))
        }
        Operation::End { of } => {
            let opened = opened(state, of)?;
            run(state, Box::pin(async move { opened.end().await.map(nothing) }))
        }
        Operation::CacheGet { key, shared } => {
            let cache = state.way_out.cache()?;
            run(state, Box::pin(async move { Ok((cache.get(key, shared).await?, None)) }))
        }
        Operation::CacheSet { key, ttl_ms, shared } => {
            let cache = state.way_out.cache()?;
            let time = ttl_ms.map(Duration::from_millis);
            run(state, Box::pin(async move { cache.set(key, payload, time, shared).await.map(nothing) }))
        }
        Operation::CacheDelete { key, shared } => {
            let cache = state.way_out.cache()?;
            run(state, Box::pin(async move { cache.delete(key, shared).await.map(nothing) }))
        }
    })
}

/// What an operation does outside.
type Work = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The answer of an operation that says no more than that it is done.
fn nothing((): ()) -> (Vec<u8>, Option<Opened>) {
    (Vec::new(), None)
}

/// What an operation has opened.
fn opened(state: &CallState, of: i32) -> Result<Opened, Error> {
    state.js.operations.opened(of).ok_or_else(|| Error::new("EBADF", "it is closed"))
}

/// A connection that was opened.
#[derive(Serialize)]
struct Connected<'a> {
    #[serde(flatten)]
    ends: Ends,
    tls: Option<&'a TlsFacts>,
}

fn connected(connection: Connection) -> Answer {
    let (told, _) = told(&Connected { ends: connection.ends(), tls: connection.facts() })?;
    Ok((told, Some(Opened::connection(connection))))
}

/// An answer in JSON.
fn told<T: Serialize>(answer: &T) -> Answer {
    let json = serde_json::to_vec(answer).map_err(|error| Error::new("EIO", error.to_string()))?;
    Ok((json, None))
}

async fn lookup(client: &Client, name: &str, family: u8) -> Result<serde_json::Value, Error> {
    let found = client.lookup(name, family).await?;
    let shown = |address: &std::net::IpAddr| json!({"address": address, "family": if address.is_ipv4() { 4 } else { 6 }});
    Ok(json!({"addresses": found.iter().map(shown).collect::<Vec<_>>()}))
}

/// The request, and where its body is written if that is to come.
fn request(fetch: Fetch, payload: Bytes) -> (Option<Opened>, Request) {
    let (opened, body) = match fetch.body {
        BodyKind::None => (None, Body::None),
        BodyKind::Bytes => (None, Body::Bytes(payload)),
        BodyKind::Stream => {
            let (sender, body) = Body::channel();
            (Some(Opened::upload(sender)), body)
        }
    };
    let mut request = Request::new(fetch.method, fetch.url);
    request.headers = fetch.headers;
    request.body = body;
    request.redirect = fetch.redirect.into();
    request.decompress = fetch.decompress;
    request.tls = fetch.tls.map(|tls| *tls);
    (opened, request)
}

/// The head of an answer.
#[derive(Serialize)]
struct Fetched<'a> {
    status: u16,
    status_text: &'a str,
    http_version: &'a str,
    headers: &'a [(String, String)],
    url: &'a str,
    redirected: bool,
    body: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<&'a TlsFacts>,
}

/// Makes a request. Its answer has the body in it where the head says that it has at most `whole` bytes.
async fn fetched(client: Client, request: Request, whole: Option<u32>) -> Answer {
    // Who said nothing of TLS does not ask what became of it, and certificates are long.
    let tells_tls = request.tls.is_some();
    let mut response = client.fetch(request).await?;
    let begun = match whole {
        Some(most) if response.announced().is_some_and(|length| length <= most.into()) => Begun::read(&mut response).await,
        _ => Begun::default(),
    };
    let is_left = response.has_body() || begun.failed.is_some();
    let head = serde_json::to_vec(&Fetched {
        status: response.status,
        status_text: &response.status_text,
        http_version: response.version,
        headers: &response.headers,
        url: &response.url,
        redirected: response.redirected,
        body: is_left,
        remote: response.ends.map(|ends| End::from(ends.remote)),
        tls: response.tls.as_deref().filter(|_| tells_tls),
    })
    .map_err(|error| Error::new("EIO", error.to_string()))?;
    let told = match whole {
        Some(_) => framed(&head, if is_left { &[] } else { &begun.bytes }),
        None => head,
    };
    Ok((told, is_left.then(|| Opened::answer(response, begun))))
}

/// Two parts of an answer, the first after its length.
fn framed(head: &[u8], rest: &[u8]) -> Vec<u8> {
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes();
    [&length, head, rest].concat()
}

fn add_wait(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "wait", |mut caller: Caller<'_, CallState>, (block,): (i32,)| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let (handle, waited) = next_done(caller.data_mut(), block != 0).await?;
            if waited {
                settle(&mut caller.as_context_mut(), 0).await?;
            }
            Ok(handle.unwrap_or(-1))
        })
    })?;
    Ok(())
}

fn add_answer(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "answer", |mut caller: Caller<'_, CallState>, (handle,): (i32,)| {
        Box::new(async move {
            let js = &mut caller.data_mut().js;
            let (answer, failed) = match js.operations.answer(handle) {
                Ok(answer) => (answer, false),
                Err(error) => (serde_json::to_vec(&error)?, true),
            };
            let len = i32::try_from(answer.len())?;
            js.answer = answer;
            settle(&mut caller.as_context_mut(), 0).await?;
            Ok(if failed { -1 - len } else { len })
        })
    })?;
    Ok(())
}

/// Converts a guest's number of microseconds to a time of an hour at most.
fn wait_time(us: f64) -> Duration {
    Duration::try_from_secs_f64((us / 1e6).clamp(0.0, 3600.0)).unwrap_or_default()
}
