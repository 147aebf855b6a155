//! The interface `http` of the world `hookbox:hook`: whole requests and whole answers, one or several side by side.
//!
//! A guest is synchronous, so calls overlap because they are given together: `send-all` has no handles that a guest could leak or wait for in
//! a wrong order, and is the same in every language. Answers are kept here until the last of them is there, within the hook's own memory limit.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use hookbox_egress::{Body, Client, LIMIT};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, LinkerInstance, Lower};

use crate::execution::{CallState, settle};

/// The most requests of one call that are made.
const MAX_AT_ONCE: usize = 256;
/// What a request costs, as bytes, whatever is in it: as much as a call.
const REQUEST_BYTES: usize = 100;

#[allow(dead_code, reason = "only ever lifted from a guest")]
#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
enum Redirect {
    #[component(name = "follow")]
    Follow,
    #[component(name = "manual")]
    Manual,
    #[component(name = "error")]
    Error,
}

#[derive(ComponentType, Lift)]
#[component(record)]
struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    redirect: Redirect,
    #[component(name = "timeout-ms")]
    timeout_ms: Option<u32>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    url: String,
}

#[derive(Clone, ComponentType, Lower)]
#[component(record)]
struct Error {
    code: String,
    message: String,
}

type Answer = Result<Response, Error>;

/// Adds the functions of the interface.
pub(super) fn add_to_linker(http: &mut LinkerInstance<'_, CallState>) -> wasmtime::Result<()> {
    http.func_wrap_async("send", |mut store: StoreContextMut<'_, CallState>, (request,): (Request,)| {
        Box::new(async move {
            let answer = answers(&mut store, vec![request]).await?.pop();
            Ok((answer.unwrap_or_else(|| Err(too_many())),))
        })
    })?;
    http.func_wrap_async("send-all", |mut store: StoreContextMut<'_, CallState>, (requests,): (Vec<Request>,)| {
        Box::new(async move { Ok((answers(&mut store, requests).await?,)) })
    })
}

/// Makes the requests. What is carried is charged, there and back.
async fn answers(store: &mut StoreContextMut<'_, CallState>, requests: Vec<Request>) -> wasmtime::Result<Vec<Answer>> {
    settle(store, requests.iter().map(Request::bytes).sum()).await?;
    let state = store.data_mut();
    let answers = match state.way_out.client() {
        Ok(client) => all(&client, &Room::new(state.limiter.limit()), requests).await,
        Err(error) => {
            let error = Error::from(error);
            requests.iter().map(|_| Err(error.clone())).collect()
        }
    };
    settle(store, answers.iter().map(bytes).sum()).await?;
    Ok(answers)
}

type Exchange<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Makes requests side by side. They end with this future.
async fn all(client: &Client, room: &Room, requests: Vec<Request>) -> Vec<Answer> {
    let count = requests.len();
    let mut exchanges: Vec<Exchange<'_>> = Vec::new();
    exchanges
        .extend(requests.into_iter().take(MAX_AT_ONCE).map(|request| Box::pin(within_its_time(client, room, request)) as Exchange<'_>));
    let mut answers: Vec<Option<Answer>> = exchanges.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (exchange, answer) in exchanges.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
            match exchange.as_mut().poll(context) {
                Poll::Ready(ready) => *answer = Some(ready),
                Poll::Pending => waiting = true,
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    answers.resize_with(count, || None);
    answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(too_many()))).collect()
}

async fn within_its_time(client: &Client, room: &Room, request: Request) -> Answer {
    let Some(ms) = request.timeout_ms else { return exchange(client, room, request).await };
    let answer = tokio::time::timeout(Duration::from_millis(ms.into()), exchange(client, room, request)).await;
    answer.unwrap_or_else(|_| Err(error("ETIMEDOUT", format!("the call is ended: it took longer than the {ms} ms of its own timeout"))))
}

async fn exchange(client: &Client, room: &Room, request: Request) -> Answer {
    let mut answer = client.fetch(request.into()).await?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        room.take(chunk.len())?;
        body.extend_from_slice(&chunk);
    }
    let headers = lower_case(std::mem::take(&mut answer.headers));
    Ok(Response { status: answer.status, headers, body, url: std::mem::take(&mut answer.url) })
}

/// Names that are the same whatever version of HTTP was spoken, as guests look for them.
fn lower_case(mut headers: Vec<(String, String)>) -> Vec<(String, String)> {
    headers.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
    headers
}

/// What the answers of one call may hold together. The guest has to find place for all of them at once.
struct Room {
    left: AtomicUsize,
    memory: usize,
}

impl Room {
    fn new(memory: usize) -> Self {
        Self { left: AtomicUsize::new(memory), memory }
    }

    fn take(&self, bytes: usize) -> Result<(), Error> {
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        let mib = self.memory >> 20;
        taken.map(drop).map_err(|_| error(LIMIT, format!("the answers do not fit into the hook's memory of {mib} MiB (limits.memory_mib)")))
    }
}

impl Request {
    fn bytes(&self) -> usize {
        REQUEST_BYTES + self.method.len() + self.url.len() + pairs(&self.headers) + self.body.as_ref().map_or(0, Vec::len)
    }
}

impl From<Request> for hookbox_egress::Request {
    fn from(request: Request) -> Self {
        let mut made = Self::new(request.method, request.url);
        made.headers = request.headers;
        made.body = request.body.map_or(Body::None, |body| Body::Bytes(body.into()));
        made.redirect = match request.redirect {
            Redirect::Follow => hookbox_egress::Redirect::Follow,
            Redirect::Manual => hookbox_egress::Redirect::Manual,
            Redirect::Error => hookbox_egress::Redirect::Error,
        };
        made
    }
}

impl From<hookbox_egress::Error> for Error {
    fn from(error: hookbox_egress::Error) -> Self {
        Self { code: error.code.into_owned(), message: error.message }
    }
}

fn bytes(answer: &Answer) -> usize {
    match answer {
        Ok(response) => pairs(&response.headers) + response.body.len() + response.url.len(),
        Err(error) => error.code.len() + error.message.len(),
    }
}

fn pairs(headers: &[(String, String)]) -> usize {
    headers.iter().map(|(name, value)| name.len() + value.len()).sum()
}

fn error(code: &str, message: String) -> Error {
    Error { code: code.to_owned(), message }
}

fn too_many() -> Error {
    error(LIMIT, format!("there are too many requests in one call: the limit is {MAX_AT_ONCE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_answer_are_in_lower_case_and_values_as_they_came() {
        let one = |name: &str| (name.to_owned(), "A Value".to_owned());
        assert_eq!(lower_case(vec![one("X-Stub"), one("etag")]), [one("x-stub"), one("etag")]);
    }
}
