//! Pages as OneLogin's clients read them: a bare array, with the paging in headers.

use hookbox_hooks::Paged;
use hookbox_hooks::api::{Reply, respond};
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;

/// The answer with a page. One client follows `After-Cursor` until it is absent. `list` is the requested list without the page.
pub(super) fn bare_page<T: Serialize>(page: &Paged<T>, list: &str) -> Reply {
    let mut reply = respond::ok(&page.items);
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

/// Links to the first page and to the pages beside this one.
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
}
