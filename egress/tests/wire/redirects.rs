//! Redirects pass the whole policy again.

use hookbox_egress::{Egress, Redirect, Request};

use crate::harness::{Names, Stub, answer, client, get, grant, local, ok, post, settings, text, with_headers};

async fn leads_to(location: impl Into<String>) -> Stub {
    let location = location.into();
    Stub::start(move |seen| if seen.path == "/end" { answer(200, &[], "end") } else { answer(302, &[("location", &location)], "") }).await
}

#[tokio::test]
async fn a_redirect_to_what_is_not_allowed_is_refused() {
    let inside = ok().await;
    let port = inside.port();
    for place in [
        "localhost",
        "127.0.0.2",
        "127.1.1.1",
        "[::1]",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:2]",
        "2130706434",
        "evil.example",
    ] {
        let stub = leads_to(format!("http://{place}:{port}/")).await;
        let error = client(&["127.0.0.1"]).fetch(get(stub.url("/"))).await.unwrap_err();
        assert!(error.is_refusal(), "{place}: {error:?}");
        assert_eq!(stub.seen().len(), 1);
    }
    for place in ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user@127.0.0.1/", "gopher://127.0.0.1:1/x"] {
        let stub = leads_to(place).await;
        assert_eq!(local().fetch(get(stub.url("/"))).await.unwrap_err().code, "ERR_INVALID_URL", "{place}");
    }
    inside.assert_untouched();
}

#[tokio::test]
async fn a_redirect_to_another_port_needs_an_entry_for_it() {
    let other = ok().await;
    let stub = leads_to(other.url("/")).await;
    let error = client(&[&format!("127.0.0.1:{}", stub.port())]).fetch(get(stub.url("/"))).await.unwrap_err();
    assert!(error.is_refusal());
    other.assert_untouched();
}

#[tokio::test]
async fn a_redirect_by_name_is_looked_up_and_checked() {
    let inside = ok().await;
    let names = Names::new(&[("a.example", &["127.0.0.1"]), ("b.example", &["127.0.0.2"])]);
    let stub = leads_to(format!("http://b.example:{}/", inside.port())).await;
    let egress = Egress::new(settings(&names)).unwrap();
    let client = egress.client(grant(&["*.example", "127.0.0.1"]));
    let error = client.fetch(get(format!("http://a.example:{}/", stub.port()))).await.unwrap_err();
    assert!(error.is_refusal() && error.message.contains("127.0.0.2"), "{error}");
    inside.assert_untouched();
    let origins: Vec<String> = client.calls().into_iter().map(|call| call.origin).collect();
    assert_eq!(origins, [format!("http://a.example:{}", stub.port()), format!("http://b.example:{}", inside.port())]);
}

#[tokio::test]
async fn what_is_allowed_is_followed_and_credentials_stay() {
    let end = ok().await;
    let stub = leads_to(end.url("/end?x=1#part")).await;
    let request = with_headers(
        get(stub.url("/start#own")),
        &[("Authorization", "Bearer t"), ("Cookie", "a=b"), ("Proxy-Authorization", "x"), ("X-Own", "y")],
    );
    let answer = local().fetch(request).await.unwrap();
    assert_eq!((answer.url.as_str(), answer.redirected, answer.status), (end.url("/end?x=1").as_str(), true, 200));
    let (first, second) = (&stub.seen()[0], &end.seen()[0]);
    assert_eq!((first.header("authorization"), first.header("cookie"), first.header("x-own")), (Some("Bearer t"), Some("a=b"), Some("y")));
    assert_eq!((second.header("authorization"), second.header("cookie"), second.header("x-own")), (None, None, Some("y")));
    assert_eq!(second.header("host"), Some(end.address.to_string().as_str()));
    let within = leads_to("/end").await;
    let request = with_headers(get(within.url("/")), &[("Authorization", "Bearer t")]);
    assert_eq!(text(local().fetch(request).await.unwrap()).await, "end");
    assert_eq!(within.seen()[1].header("authorization"), Some("Bearer t"));
}

#[tokio::test]
async fn a_post_becomes_a_get_or_is_sent_again() {
    for (status, method, body) in [(302, "GET", ""), (303, "GET", ""), (307, "POST", "data"), (308, "POST", "data")] {
        let stub = Stub::start(
            move |seen| if seen.path == "/end" { answer(200, &[], "end") } else { answer(status, &[("location", "/end")], "") },
        )
        .await;
        let reply = local().fetch(post(stub.url("/"), "text/plain", "data")).await.unwrap();
        assert_eq!(text(reply).await, "end");
        let last = stub.seen()[1].clone();
        assert_eq!((last.method.as_str(), &last.body[..]), (method, body.as_bytes()), "{status}");
        assert_eq!(last.header("content-length"), if body.is_empty() { None } else { Some("4") });
    }
}

#[tokio::test]
async fn a_redirect_can_be_left_alone_or_be_an_error() {
    let stub = leads_to("http://169.254.169.254/").await;
    let reply = local().fetch(Request { redirect: Redirect::Manual, ..get(stub.url("/")) }).await.unwrap();
    assert_eq!((reply.status, reply.redirected), (302, false));
    assert!(reply.headers.contains(&("location".to_owned(), "http://169.254.169.254/".to_owned())));
    let error = local().fetch(Request { redirect: Redirect::Error, ..get(leads_to("/x").await.url("/")) }).await.unwrap_err();
    assert_eq!(error.code, "ERR_UNEXPECTED_REDIRECT");
}

#[tokio::test]
async fn redirects_without_an_end_stop_at_the_limit() {
    let stub = leads_to("/again").await;
    let client = local();
    let error = client.fetch(get(stub.url("/"))).await.unwrap_err();
    assert!(error.is_limit() && error.message.contains("egress.redirects"), "{error}");
    assert_eq!(stub.seen().len(), 11);
    assert_eq!(client.calls().len(), 11);
}
