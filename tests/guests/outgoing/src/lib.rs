//! Calls by `wasi:http`, as programs do that were not written for Hookbox: with `wstd`, which knows nothing of it. The context says what is asked,
//! the result what came of it.

use hookbox_guest_sdk::env;
use serde_json::{Value, json};
use wasip2::http::types::Fields;
use wstd::http::{Body, Client, Request};
use wstd::time::Duration;

#[hookbox_guest_sdk::hook]
fn handle(event: Value) -> Result<Value, String> {
    let url = event["user"]["user_identifier"].as_str().ok_or("no URL")?.to_owned();
    let (path, url) = url.split_once(' ').ok_or("no order")?;
    let told = wstd::runtime::block_on(async {
        match path {
            "get" => get(url, Client::new()).await,
            "late" => {
                let mut client = Client::new();
                client.set_first_byte_timeout(Duration::from_millis(50));
                client.set_connect_timeout(Duration::from_millis(50));
                get(url, client).await
            }
            "sealed" => post(url, json!({"key": env::get("SEALED_KEY")}).to_string().into_bytes()).await,
            "two" => two(url).await,
            "handles" => Ok(json!((0..number(url)).map(|_| Fields::new()).collect::<Vec<_>>().len())),
            "header" => Ok(json!(Fields::new().append("x", &vec![b'x'; number(url)]).is_ok())),
            "many" => many(url).await,
            length => post(url, vec![b'x'; number(length)]).await,
        }
    });
    let told = told.unwrap_or_else(|error| json!({"error": error}));
    Ok(json!({"success": false, "told": told}))
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

async fn get(url: &str, client: Client) -> Result<Value, String> {
    let request = Request::get(url).header("x-from", "wasi").body(Body::empty());
    answer(request.map_err(shown)?, client).await
}

async fn post(url: &str, body: Vec<u8>) -> Result<Value, String> {
    let mut request = Request::post(url).header("content-type", "application/json");
    if let Some(key) = env::get("SEALED_KEY") {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    answer(request.body(Body::from(body)).map_err(shown)?, Client::new()).await
}

/// One request after the other, as many as are answered, and why no more are.
async fn many(url: &str) -> Result<Value, String> {
    let mut answered = 0;
    loop {
        match get(url, Client::new()).await {
            Ok(_) => answered += 1,
            Err(error) => return Ok(json!({"answered": answered, "error": error})),
        }
    }
}

/// Two requests at a time.
async fn two(url: &str) -> Result<Value, String> {
    use futures_lite::future::zip;
    let (one, other) = zip(get(url, Client::new()), get(url, Client::new())).await;
    Ok(json!([one?, other?]))
}

async fn answer(request: Request<Body>, client: Client) -> Result<Value, String> {
    let answer = client.send(request).await.map_err(shown)?;
    let (head, mut body) = answer.into_parts();
    let text = body.contents().await.map_err(shown)?;
    let header = head.headers.get("x-stub").and_then(|value| value.to_str().ok());
    let start = String::from_utf8_lossy(text.get(..20).unwrap_or(text)).into_owned();
    Ok(json!({"status": head.status.as_u16(), "header": header, "length": text.len(), "start": start}))
}

/// The error with its causes, as a program would print it.
fn shown(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
