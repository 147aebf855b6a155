//! Answers that come from somewhere else than the network. The policy stands before all of them.

use std::sync::Arc;
use std::time::Duration;

use hookbox_egress::{Answerer, Client, Mock, Mocks, Nobody, Recorder, Recording, Replay, Sealed, Veil};
use hookbox_host_api::Secret;
use serde_json::json;

use crate::harness::{Stub, answer, egress, get, grant, post, text, with_headers};

fn client(answerer: Arc<dyn Answerer>) -> Client {
    let mut grant = grant(&["*.example", "127.0.0.1", "tcp://127.0.0.1"]);
    grant.answerer = Some(answerer);
    egress().client(grant)
}

fn mocks(list: serde_json::Value, in_order: bool) -> Arc<Mocks> {
    Arc::new(Mocks::new(serde_json::from_value::<Vec<Mock>>(list).unwrap(), in_order))
}

#[tokio::test]
async fn a_mock_answers_what_it_is_for() {
    let mocks = mocks(
        json!([
            {"request": {"method": "post", "url": "https://api.example/users/*", "headers": {"X-Key": "k*"}, "json": {"a": {"b": 1}}},
             "respond": {"status": 201, "headers": {"X-Made": "yes"}, "json": {"id": 7}}},
            {"request": {"url": "https://api.example/broken"}, "respond": {"error": "ECONNRESET"}},
            {"request": {"url": "https://api.example/old"}, "respond": {"status": 302, "headers": {"location": "/new"}}},
            {"request": {"url": "https://api.example/new"}, "respond": {"body": "new"}},
            {"request": {"url": "https://never.example/"}},
        ]),
        false,
    );
    let client = client(Arc::clone(&mocks) as Arc<dyn Answerer>);
    let mut request = post("https://api.example/users/1", "application/json", r#"{"a":{"b":1,"c":2}}"#);
    request.headers.push(("x-key".to_owned(), "k1".to_owned()));
    let reply = client.fetch(request).await.unwrap();
    assert_eq!((reply.status, reply.status_text.as_str()), (201, "Created"));
    assert!(reply.headers.contains(&("x-made".to_owned(), "yes".to_owned())));
    assert_eq!(text(reply).await, r#"{"id":7}"#);
    assert_eq!(client.fetch(get("https://api.example/broken")).await.unwrap_err().code, "ECONNRESET");
    let followed = client.fetch(get("https://api.example/old")).await.unwrap();
    assert_eq!((followed.url.as_str(), followed.redirected), ("https://api.example/new", true));
    assert_eq!(text(followed).await, "new");
    let error = client.fetch(get("https://api.example/users/1")).await.unwrap_err();
    assert_eq!((error.code.as_ref(), error.message.as_str()), ("ERR_NO_MOCK", "no mock answers GET https://api.example/users/1"));
    assert_eq!(mocks.unused(), [(4, 0)]);
    assert_eq!(mocks.unanswered(), ["GET https://api.example/users/1"]);
    let asked = serde_json::to_value(mocks.asked()).unwrap();
    assert_eq!((asked[0]["method"].as_str(), asked[0]["mock"].as_u64()), (Some("POST"), Some(0)));
    assert_eq!((asked.as_array().unwrap().len(), asked[4]["mock"].as_u64()), (5, None));
}

#[tokio::test]
async fn mocks_in_order_answer_once_each() {
    let mocks = mocks(json!([{"respond": {"body": "one"}}, {"request": {"url": "*/two"}, "respond": {"body": "two"}}]), true);
    let client = client(Arc::clone(&mocks) as Arc<dyn Answerer>);
    assert_eq!(text(client.fetch(get("http://a.example/")).await.unwrap()).await, "one");
    assert_eq!(client.fetch(get("http://a.example/one")).await.unwrap_err().code, "ERR_NO_MOCK");
    assert_eq!(mocks.unused(), [(1, 0)]);
    assert_eq!(text(client.fetch(get("http://a.example/two")).await.unwrap()).await, "two");
    assert_eq!(client.fetch(get("http://a.example/two")).await.unwrap_err().code, "ERR_NO_MOCK");
    assert!(mocks.unused().is_empty());
}

#[tokio::test]
async fn the_policy_and_the_limits_stand_before_mocks() {
    let mocks =
        mocks(json!([{"request": {"url": "*/slow"}, "respond": {"delay_ms": 60_000}}, {"respond": {"body": "x".repeat(2 << 20)}}]), false);
    let mut grant = grant(&["a.example"]);
    grant.answerer = Some(Arc::clone(&mocks) as Arc<dyn Answerer>);
    grant.limits.total_time = Duration::from_secs(1);
    let client = egress().client(grant);
    assert!(client.fetch(get("http://b.example/")).await.unwrap_err().is_refusal());
    assert!(client.fetch(get("http://127.0.0.1/")).await.unwrap_err().is_refusal());
    assert!(mocks.asked().is_empty());
    assert!(client.fetch(get("http://a.example/")).await.unwrap().bytes().await.unwrap_err().is_limit());
    assert!(client.fetch(get("http://a.example/slow")).await.unwrap_err().message.contains("egress.total_time"));
    assert_eq!(client.lookup("a.example", 0).await.unwrap_err().code, "ENOTFOUND");
}

fn veil() -> Veil {
    Veil::new([("PLAIN".to_owned(), Secret::new("plain as day")), ("SHORT".to_owned(), Secret::new("data"))])
}

#[tokio::test]
async fn optional_mocks_need_not_be_asked_and_times_are_kept() {
    let list = json!([
        {"request": {"url": "*/a"}, "respond": {"body": "a"}, "times": 2},
        {"request": {"url": "*/b"}, "respond": {"body": "b"}, "optional": true},
        {"request": {"url": "*/c", "method": "POST", "json": {"n": {"m": 1}}}, "respond": {"body": "c"}},
    ]);
    let in_order = mocks(list.clone(), true);
    let one = client(Arc::clone(&in_order) as Arc<dyn Answerer>);
    let again = client(in_order.again().unwrap());
    let ask = async |client: &Client, path: &str| match client.fetch(get(format!("http://a.example/{path}"))).await {
        Ok(reply) => text(reply).await,
        Err(error) => error.code.into_owned(),
    };
    assert_eq!(ask(&one, "b").await, "ERR_NO_MOCK", "the first is not done");
    assert_eq!((ask(&one, "a").await, ask(&one, "c").await), ("a".to_owned(), "ERR_NO_MOCK".to_owned()));
    assert_eq!(in_order.unused(), [(0, 1), (2, 0)]);
    assert_eq!(ask(&one, "a").await, "a");
    assert_eq!(ask(&one, "a").await, "ERR_NO_MOCK");
    let c = |body: &'static str| post("http://a.example/c", "application/json", body);
    assert_eq!(one.fetch(c(r#"{"n":{}}"#)).await.unwrap_err().code, "ERR_NO_MOCK");
    assert_eq!(text(one.fetch(c(r#"{"n":{"m":1}}"#)).await.unwrap()).await, "c", "what is optional is left out");
    assert_eq!(ask(&one, "b").await, "ERR_NO_MOCK", "its time has passed");
    assert!(in_order.unused().is_empty());
    let said = in_order.unanswered();
    assert_eq!(said[0], "GET http://a.example/b; http[1] wants other calls before");
    assert_eq!(said[2], "GET http://a.example/a; http[0] wants no further call");
    assert_eq!(said[3], "POST http://a.example/c; http[2] wants another body: /n/m differs");
    assert_eq!(ask(&again, "a").await, "a", "an answerer that begins again knows of nothing");

    let any = mocks(list, false);
    let two = client(Arc::clone(&any) as Arc<dyn Answerer>);
    assert_eq!((ask(&two, "b").await, ask(&two, "b").await, ask(&two, "a").await), ("b".to_owned(), "b".to_owned(), "a".to_owned()));
    assert_eq!(any.unused(), [(0, 1), (2, 0)]);
    assert_eq!(two.lookup("x.example", 0).await.unwrap_err().code, "ENOTFOUND");
    assert_eq!(two.connect("127.0.0.1", 9, None).await.unwrap_err().code, "ECONNREFUSED");
    assert_eq!(any.unanswered(), ["look-up of x.example", "connection to tcp://127.0.0.1:9 (only requests are answered here)"]);
}

#[tokio::test]
async fn nobody_refuses_what_the_policy_allows() {
    let nobody: Arc<dyn Answerer> = Arc::new(Nobody::new("not today"));
    let client = client(nobody.again().unwrap());
    let error = client.fetch(get("http://a.example/")).await.unwrap_err();
    assert_eq!((error.is_refusal(), error.message.as_str()), (true, "not today"));
    assert!(client.lookup("a.example", 0).await.unwrap_err().is_refusal());
    assert!(client.connect("127.0.0.1", 9, None).await.unwrap_err().is_refusal());
    assert!(client.fetch(get("http://elsewhere.test/")).await.unwrap_err().message.contains("elsewhere.test"));
}

#[tokio::test]
async fn an_exchange_that_was_given_up_is_given_up_again() {
    let stub = Stub::start(|_| answer(200, &[], "late")).await;
    let slow: Arc<dyn Answerer> = mocks(json!([{"respond": {"delay_ms": 60_000}}]), false);
    let recorder = Arc::new(Recorder::new(slow, Veil::default()));
    let asking = async |answerer: Arc<dyn Answerer>| {
        let client = client(answerer);
        tokio::time::timeout(Duration::from_millis(50), client.fetch(get(stub.url("/")))).await.is_err()
    };
    assert!(asking(Arc::clone(&recorder) as Arc<dyn Answerer>).await);
    let json = serde_json::to_string(&recorder.recording()).unwrap();
    assert!(json.contains(r#""outcome":"nothing""#), "{json}");
    let replay = Arc::new(Replay::new(serde_json::from_str(&json).unwrap(), Veil::default()));
    assert!(asking(Arc::clone(&replay) as Arc<dyn Answerer>).await);
    assert!(!asking(Arc::clone(&replay) as Arc<dyn Answerer>).await, "it is there once");
    assert_eq!(replay.missed(), [format!("GET {}", stub.url("/"))]);
    assert!(asking(replay.again().unwrap()).await);
}

#[tokio::test]
async fn what_was_recorded_is_answered_again_without_the_network() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/cookie" => answer(200, &[("set-cookie", "session=hush"), ("x-a", "b")], seen.header("x-own").unwrap_or_default().to_owned()),
        "/bytes" => answer(200, &[], vec![0xff, 0xfe]),
        _ => answer(500, &[], seen.body.clone()),
    })
    .await;
    let egress = egress();
    let recorder = Arc::new(Recorder::new(egress.network(), veil()));
    let sealed = Sealed { placeholder: "sealed_1".to_owned(), value: Secret::new("hush hush"), hosts: "127.0.0.1".parse().unwrap() };
    let with_sealed = |answerer: Arc<dyn Answerer>, placeholder: &str| {
        let mut granted = grant(&["*.example", "127.0.0.1", "tcp://127.0.0.1"]);
        granted.answerer = Some(answerer);
        granted.sealed = vec![Sealed { placeholder: placeholder.to_owned(), ..sealed.clone() }];
        egress.client(granted)
    };
    let recorded = with_sealed(Arc::clone(&recorder) as Arc<dyn Answerer>, "sealed_1");
    let ask = async |client: &Client| {
        let with_secrets =
            with_headers(get(stub.url("/cookie")), &[("Authorization", "Bearer hush"), ("X-Own", "sealed_1"), ("X-Plain", "plain as day")]);
        let mut cookie = client.fetch(with_secrets).await.unwrap();
        assert_eq!(cookie.bytes().await.unwrap(), "sealed_1");
        assert!(cookie.headers.contains(&("x-a".to_owned(), "b".to_owned())));
        assert_eq!(client.fetch(get(stub.url("/bytes"))).await.unwrap().bytes().await.unwrap(), vec![0xff, 0xfe]);
        let failed = client.fetch(post(stub.url("/echo?key=plain+as+day"), "text/plain", "data, plain as day")).await.unwrap();
        assert_eq!((failed.status, text(failed).await.as_str()), (500, "data, plain as day"));
        assert_eq!(client.fetch(get("http://127.0.0.1:1/")).await.unwrap_err().code, "ECONNREFUSED");
    };
    ask(&recorded).await;
    assert_eq!(stub.seen()[0].header("x-own"), Some("hush hush"));
    let json = serde_json::to_string(&recorder.recording()).unwrap();
    assert!(!json.contains("hush") && json.contains("(masked)") && !json.contains("sealed_1") && json.contains("<<sealed:1>>"), "{json}");
    assert!(!json.contains("as day") && json.contains("data, <<env:PLAIN>>") && !json.contains("plain+as"), "{json}");
    let recording: Recording = serde_json::from_str(&json).unwrap();
    assert_eq!((recording.clone(), recording.exchanges.len()), (recorder.recording(), 4));
    let replay = Arc::new(Replay::new(recording, veil()));
    let replayed = with_sealed(Arc::clone(&replay) as Arc<dyn Answerer>, "sealed_1");
    let before = stub.seen().len();
    ask(&replayed).await;
    assert_eq!((stub.seen().len(), replay.unused()), (before, Recording::default()));
    assert_eq!(replayed.fetch(get(stub.url("/bytes"))).await.unwrap_err().code, "ERR_NOT_RECORDED");
    assert!(replayed.lookup("x.example", 0).await.is_err());
    assert_eq!(replayed.connect("127.0.0.1", stub.port(), None).await.unwrap_err().code, "ECONNREFUSED");
    let port = stub.port();
    assert_eq!(
        replay.missed(),
        [
            format!("GET {}", stub.url("/bytes")),
            "look-up of x.example".to_owned(),
            format!("connection to tcp://127.0.0.1:{port} (raw connections are not recorded)"),
        ]
    );
}
