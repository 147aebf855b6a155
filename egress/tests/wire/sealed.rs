//! Sealed values reach the hosts that they are for, and nobody else, the hook least of all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_egress::{Body, Client, Egress, Request, Sealed};
use hookbox_host_api::Secret;

use crate::harness::{Names, Stub, answer, get, grant, ok, post, settings, text, with_headers};

const VALUE: &str = "the-value-&-\"nobody\"-sees";
const PLACEHOLDER: &str = "sealed_4f8a1c";

fn client(hosts: &str) -> Client {
    let names = Names::new(&[("a.example", &["127.0.0.1"]), ("b.example", &["127.0.0.1"])]);
    let mut grant = grant(&["*.example", "127.0.0.1"]);
    grant.sealed = vec![Sealed { placeholder: PLACEHOLDER.to_owned(), value: Secret::new(VALUE), hosts: hosts.parse().unwrap() }];
    Egress::new(settings(&names)).unwrap().client(grant)
}

fn url(host: &str, stub: &Stub, path: &str) -> String {
    format!("http://{host}:{}{path}", stub.port())
}

#[tokio::test]
async fn the_right_host_gets_the_value_wherever_it_belongs() {
    let stub = ok().await;
    let client = client("http://a.example");
    let basic = format!("Basic {}", STANDARD.encode(format!("user:{PLACEHOLDER}")));
    let bearer = format!("Bearer {PLACEHOLDER}");
    for authorization in [&basic, &bearer] {
        text(client.fetch(with_headers(get(url("a.example", &stub, "/")), &[("Authorization", authorization)])).await.unwrap()).await;
    }
    let form = format!("grant_type=client_credentials&client_secret={PLACEHOLDER}");
    text(client.fetch(post(url("a.example", &stub, "/"), "application/x-www-form-urlencoded", form)).await.unwrap()).await;
    let json = format!("{{\"key\":\"{PLACEHOLDER}\"}}");
    text(client.fetch(post(url("a.example", &stub, "/"), "application/json", json)).await.unwrap()).await;
    let seen = stub.seen();
    assert_eq!(seen[0].header("authorization"), Some(format!("Basic {}", STANDARD.encode(format!("user:{VALUE}"))).as_str()));
    assert_eq!(seen[1].header("authorization"), Some(format!("Bearer {VALUE}").as_str()));
    assert_eq!(seen[2].body, "grant_type=client_credentials&client_secret=the-value-%26-%22nobody%22-sees");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&seen[3].body).unwrap(), serde_json::json!({"key": VALUE}));
    assert_eq!(seen[3].header("content-length"), Some(seen[3].body.len().to_string().as_str()));
}

#[tokio::test]
async fn other_hosts_paths_and_bodies_get_the_placeholder() {
    let stub = ok().await;
    let client = client("http://a.example");
    let secret = |request| with_headers(request, &[("X-Key", PLACEHOLDER)]);
    text(client.fetch(secret(get(url("b.example", &stub, "/")))).await.unwrap()).await;
    text(client.fetch(secret(get(stub.url("/")))).await.unwrap()).await;
    text(client.fetch(get(url("a.example", &stub, &format!("/{PLACEHOLDER}?q={PLACEHOLDER}")))).await.unwrap()).await;
    text(client.fetch(post(url("a.example", &stub, "/"), "text/plain", PLACEHOLDER)).await.unwrap()).await;
    text(client.fetch(post(url("b.example", &stub, "/"), "application/json", format!("\"{PLACEHOLDER}\""))).await.unwrap()).await;
    let (sender, body) = Body::channel();
    sender.send(PLACEHOLDER.into()).await.unwrap();
    sender.finish().await.unwrap();
    let streamed = Request {
        body,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        ..Request::new("POST", url("a.example", &stub, "/"))
    };
    text(client.fetch(streamed).await.unwrap()).await;
    for seen in stub.seen() {
        assert!(!format!("{seen:?}").contains("nobody"), "{seen:?}");
    }
    assert_eq!(stub.seen()[0].header("x-key"), Some(PLACEHOLDER));
    assert_eq!(stub.seen()[2].path, format!("/{PLACEHOLDER}?q={PLACEHOLDER}"));
}

#[tokio::test]
async fn a_redirect_takes_no_value_to_another_host() {
    let end = ok().await;
    let port = end.port();
    let stub = Stub::start(move |_| answer(307, &[("location", &format!("http://b.example:{port}/"))], "")).await;
    let request = post(url("a.example", &stub, "/"), "application/json", format!("\"{PLACEHOLDER}\""));
    let mut request = request;
    request.headers.push(("X-Key".to_owned(), PLACEHOLDER.to_owned()));
    text(client("http://a.example").fetch(request).await.unwrap()).await;
    assert_eq!(stub.seen()[0].header("x-key"), Some(VALUE));
    assert_eq!((end.seen()[0].header("x-key"), &end.seen()[0].body[..]), (Some(PLACEHOLDER), format!("\"{PLACEHOLDER}\"").as_bytes()));
}

#[tokio::test]
async fn an_echo_shows_the_placeholder() {
    let stub = Stub::start(|seen| {
        let basic = seen.header("authorization").unwrap_or_default().to_owned();
        let key = seen.header("x-key").unwrap_or_default().to_owned();
        answer(200, &[("x-echo", &key), ("x-basic", &basic)], format!("{key} {basic} {}", serde_json::to_string(&key).unwrap()))
    })
    .await;
    let basic = format!("Basic {}", STANDARD.encode(format!("user:{PLACEHOLDER}")));
    let request = with_headers(get(url("a.example", &stub, "/")), &[("Authorization", &basic), ("X-Key", PLACEHOLDER)]);
    let client = client("http://a.example");
    let reply = client.fetch(request).await.unwrap();
    assert!(reply.headers.contains(&("x-echo".to_owned(), PLACEHOLDER.to_owned())));
    assert!(reply.headers.contains(&("x-basic".to_owned(), basic.clone())));
    assert_eq!(text(reply).await, format!("{PLACEHOLDER} {basic} \"{PLACEHOLDER}\""));
    assert!(!format!("{client:?} {:?}", client.calls()).contains("nobody"));
}
