//! Builds successful answers: status, body, headers. Errors are made in `errors`.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use tokio::sync::mpsc::Receiver;

use super::errors::ApiError;
use super::reply_body::ReplyBody;
use super::routes::Dialect;
use crate::service::Paged;

/// An answer.
pub(crate) type Reply = Response<ReplyBody>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An answer with a JSON body, which is written once.
pub(crate) fn json<T: Serialize + ?Sized>(status: StatusCode, body: &T) -> Reply {
    match serde_json::to_vec(body) {
        Ok(bytes) => with_body(status, bytes.into()),
        // An error's own body is made of texts and numbers, so this does not go round in circles.
        Err(error) => ApiError::Internal(format!("an answer cannot be written: {error}")).reply(Dialect::Own),
    }
}

/// 200 with a JSON body.
pub(crate) fn ok<T: Serialize + ?Sized>(body: &T) -> Reply {
    json(StatusCode::OK, body)
}

/// 201 with a JSON body.
pub(crate) fn created<T: Serialize + ?Sized>(body: &T) -> Reply {
    json(StatusCode::CREATED, body)
}

/// An answer without a body. It has no content type either: a client would try to read what is not there.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new().into());
    *reply.status_mut() = status;
    reply
}

/// 200 with lines of JSON that come as they are made. What stands between is told not to gather them.
pub(crate) fn lines(chunks: Receiver<Bytes>) -> Reply {
    let mut reply = Response::new(ReplyBody::Stream { chunks, _busy: None });
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    reply
}

fn with_body(status: StatusCode, bytes: Bytes) -> Reply {
    let mut reply = Response::new(bytes.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, JSON);
    reply
}

/// A page as OneLogin's clients read it: a bare array, the rest in headers. One client follows `After-Cursor` until it is absent. `list` is
/// what was asked for, without the page.
pub(crate) fn bare_page<T: Serialize>(page: &Paged<T>, list: &str) -> Reply {
    let mut reply = ok(&page.items);
    let pages = page.total.div_ceil(u64::from(page.limit).max(1));
    let mut set = |name: &'static str, value: HeaderValue| reply.headers_mut().insert(HeaderName::from_static(name), value);
    set("current-page", page.page.into());
    set("page-items", page.items.len().into());
    set("total-count", page.total.into());
    set("total-pages", pages.into());
    for (name, cursor) in [("after-cursor", &page.next), ("before-cursor", &page.previous)] {
        if let Some(value) = cursor.as_ref().and_then(|cursor| HeaderValue::try_from(cursor).ok()) {
            set(name, value);
        }
    }
    if let Ok(value) = HeaderValue::try_from(links(page, list)) {
        reply.headers_mut().insert(header::LINK, value);
    }
    reply
}

/// Where the list begins, and the pages beside this one.
fn links<T>(page: &Paged<T>, list: &str) -> String {
    let join = if list.contains('?') { '&' } else { '?' };
    let mut links = format!("<{list}{join}limit={}&page=1>; rel=\"first\"", page.limit);
    for (cursor, relation) in [(&page.next, "next"), (&page.previous, "prev")] {
        if let Some(cursor) = cursor {
            links.push_str(&format!(", <{list}{join}cursor={cursor}>; rel=\"{relation}\""));
        }
    }
    links
}

/// A page as Hookbox's own API has it.
pub(crate) fn own_page<T: Serialize>(page: &Paged<T>) -> Reply {
    #[derive(Serialize)]
    struct Body<'a, T> {
        items: &'a [T],
        next_cursor: Option<&'a str>,
    }
    ok(&Body { items: &page.items, next_cursor: page.next.as_deref() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(next: Option<&str>, previous: Option<&str>) -> Paged<u8> {
        Paged { items: vec![4, 5], page: 2, limit: 2, total: 5, next: next.map(Into::into), previous: previous.map(Into::into) }
    }

    #[test]
    fn a_bare_page_tells_where_it_stands() {
        let reply = bare_page(&page(Some("abc"), Some("def")), "/hooks?type=x");
        for (name, value) in [
            ("current-page", "2"),
            ("page-items", "2"),
            ("total-count", "5"),
            ("total-pages", "3"),
            ("after-cursor", "abc"),
            ("before-cursor", "def"),
            (
                "link",
                "</hooks?type=x&limit=2&page=1>; rel=\"first\", </hooks?type=x&cursor=abc>; rel=\"next\", </hooks?type=x&cursor=def>; rel=\"prev\"",
            ),
        ] {
            assert_eq!(reply.headers()[name], value, "{name}");
        }
        let last = bare_page(&page(None, None), "/hooks");
        assert_eq!(last.headers()["link"], "</hooks?limit=2&page=1>; rel=\"first\"");
        assert!(!last.headers().contains_key("after-cursor") && !last.headers().contains_key("before-cursor"));
    }

    #[test]
    fn an_empty_answer_has_no_content_type() {
        assert!(empty(StatusCode::ACCEPTED).headers().is_empty());
    }
}
