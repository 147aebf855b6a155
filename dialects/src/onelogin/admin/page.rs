//! Pages as OneLogin's clients read them: a bare array, with the paging in headers.

use hookbox_hooks::Paged;
use hookbox_hooks::api::{Reply, respond};
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;

/// What the headers say about a page.
pub(super) struct Paging<'a> {
    /// Its number, from 1.
    pub(super) page: u32,
    /// The items on it.
    pub(super) items: usize,
    /// The most items on it.
    pub(super) limit: u32,
    /// The items on all pages; `None` for a log, which is not counted for each page of it.
    pub(super) total: Option<u64>,
    /// The cursor of the next page.
    pub(super) next: Option<&'a str>,
    /// The cursor of the previous page.
    pub(super) previous: Option<&'a str>,
}

/// The answer with a page of a list that is in memory. `list` is the requested list without the page.
pub(super) fn bare_page<T: Serialize>(page: &Paged<T>, list: &str) -> Reply {
    let paging = Paging {
        page: page.page,
        items: page.items.len(),
        limit: page.limit,
        total: Some(page.total),
        next: page.next.as_deref(),
        previous: page.previous.as_deref(),
    };
    paged(respond::ok(&page.items), &paging, list)
}

/// The answer with the headers of its page. One client follows `After-Cursor` until it is absent.
pub(super) fn paged(mut reply: Reply, paging: &Paging<'_>, list: &str) -> Reply {
    let mut set = |name: &'static str, value: HeaderValue| reply.headers_mut().insert(HeaderName::from_static(name), value);
    set("current-page", paging.page.into());
    set("page-items", paging.items.into());
    if let Some(total) = paging.total {
        set("total-count", total.into());
        set("total-pages", total.div_ceil(u64::from(paging.limit).max(1)).into());
    }
    for (name, cursor) in [("after-cursor", paging.next), ("before-cursor", paging.previous)] {
        if let Some(value) = cursor.and_then(|cursor| HeaderValue::try_from(cursor).ok()) {
            set(name, value);
        }
    }
    if let Ok(value) = HeaderValue::try_from(links(paging, list)) {
        reply.headers_mut().insert(header::LINK, value);
    }
    reply
}

/// Links to the first page and to the pages beside this one.
fn links(paging: &Paging<'_>, list: &str) -> String {
    let join = if list.contains('?') { '&' } else { '?' };
    let mut links = format!("<{list}{join}limit={}&page=1>; rel=\"first\"", paging.limit);
    for (cursor, relation) in [(paging.next, "next"), (paging.previous, "prev")] {
        if let Some(cursor) = cursor {
            links.push_str(&format!(", <{list}{join}cursor={cursor}>; rel=\"{relation}\""));
        }
    }
    links
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
    fn a_page_of_a_log_has_no_totals() {
        let paging = Paging { page: 1, items: 3, limit: 50, total: None, next: Some("abc"), previous: None };
        let reply = paged(respond::ok(&[1, 2, 3]), &paging, "/logs");
        assert_eq!(
            (&reply.headers()["page-items"], &reply.headers()["after-cursor"]),
            (&HeaderValue::from(3), &HeaderValue::from_static("abc"))
        );
        assert!(!reply.headers().contains_key("total-count") && !reply.headers().contains_key("total-pages"));
    }
}
