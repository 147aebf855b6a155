//! Pages of lists, and the cursors that lead from one to the next.
//!
//! A cursor is the base64 of a query string such as `limit=50&page=2`, escaped so that it can be put into a URL as it is: clients in the
//! field unescape and decode it, padding and all, and use the pairs as parameters. In a list that grows at its head, or whose pages end when
//! they are full, the cursor also holds where the previous page ended, `after=`.

use std::fmt::Display;
use std::io;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD as PADDED};
use serde::{Deserialize, Serialize};

use crate::error::ServiceError;

/// The requested part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    limit: u32,
    number: u32,
    after: Option<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: Self::DEFAULT_LIMIT, number: 1, after: None }
    }
}

impl Page {
    /// The items on a page by default.
    pub const DEFAULT_LIMIT: u32 = 50;
    /// The most items on a page.
    pub const MAX_LIMIT: u32 = 1000;

    /// The most bytes of the items on a page, written as JSON. It has one item at least.
    pub(crate) const BYTES: usize = 4 << 20;

    /// The page that a caller asks for. A cursor takes precedence over the other parameters.
    pub fn new(limit: Option<u64>, page: Option<u64>, cursor: Option<&str>) -> Result<Self, ServiceError> {
        if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
            return Self::decode(cursor).ok_or_else(|| ServiceError::invalid("cursor", "cursor is not one that this server made"));
        }
        let limit = within("limit", limit.unwrap_or(Self::DEFAULT_LIMIT.into()), Self::MAX_LIMIT)?;
        Ok(Self { limit, number: within("page", page.unwrap_or(1), u32::MAX)?, after: None })
    }

    /// The page after this position, unless a cursor said one.
    #[must_use]
    pub(crate) fn or_after(self, position: Option<&str>) -> Self {
        Self { after: self.after.or_else(|| position.map(ToOwned::to_owned)), ..self }
    }

    /// The most items on the page.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The page's number, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Where the previous page ended, in a list that has such positions.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// How many items lie before this page.
    pub(crate) fn skip(&self) -> usize {
        let before = u64::from(self.number.saturating_sub(1)) * u64::from(self.limit);
        usize::try_from(before).unwrap_or(usize::MAX)
    }

    /// The next page, which starts after `position` if there is one.
    pub(crate) fn following(&self, position: Option<String>) -> Self {
        Self { limit: self.limit, number: self.number.saturating_add(1), after: position }
    }

    /// The previous page, counted from the head of the list.
    pub(super) fn preceding(&self) -> Option<Self> {
        let number = self.number.checked_sub(1).filter(|number| *number > 0)?;
        Some(Self { limit: self.limit, number, after: None })
    }

    /// The cursor of this page.
    pub(crate) fn encode(&self) -> String {
        let mut query = format!("limit={}&page={}", self.limit, self.number);
        if let Some(after) = &self.after {
            query.push_str("&after=");
            query.push_str(after);
        }
        PADDED.encode(query).replace('=', "%3D").replace('+', "%2B").replace('/', "%2F")
    }

    /// Reads a cursor: in either alphabet, padded or not, percent-encoded once more or not.
    fn decode(cursor: &str) -> Option<Self> {
        let text =
            cursor.replace("%3D", "=").replace("%3d", "=").replace("%2B", "+").replace("%2b", "+").replace("%2F", "/").replace("%2f", "/");
        let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let query = String::from_utf8(GeneralPurpose::new(alphabet, lenient).decode(text).ok()?).ok()?;
        let mut page = Self::default();
        for pair in query.split('&') {
            match pair.split_once('=')? {
                ("limit", value) => page.limit = within("limit", value.parse().ok()?, Self::MAX_LIMIT).ok()?,
                ("page", value) => page.number = within("page", value.parse().ok()?, u32::MAX).ok()?,
                ("after", value) => page.after = Some(value.to_owned()),
                _ => return None,
            }
        }
        Some(page)
    }
}

fn within(name: &str, value: u64, most: u32) -> Result<u32, ServiceError> {
    if value == 0 {
        return Err(ServiceError::invalid(name, format!("{name} must be greater than or equal to 1")));
    }
    let fitting = u32::try_from(value).ok().filter(|value| *value <= most);
    fitting.ok_or_else(|| ServiceError::invalid(name, format!("{name} must be less than or equal to {most}")))
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The page's number, from 1.
    pub page: u32,
    /// The most items on the page.
    pub limit: u32,
    /// The items on all pages.
    pub total: u64,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<String>,
    /// The cursor of the previous page; `None` on the first one.
    pub previous: Option<String>,
}

/// One page as `/v1` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Paged<T> {
    /// The page as `/v1` writes it.
    pub(crate) fn view(&self) -> PageView<&T> {
        PageView { items: self.items.iter().collect(), next_cursor: self.next.clone() }
    }

    /// The page of a list that is completely in memory.
    pub(crate) fn of(all: Vec<T>, page: &Page) -> Self {
        let total = all.len();
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = page.skip().saturating_add(limit) < total;
        let items = all.into_iter().skip(page.skip()).take(limit).collect();
        Self::new(items, page, u64::try_from(total).unwrap_or(u64::MAX), more.then(|| page.following(None)))
    }

    /// The page of a list in memory, from the position where the previous page ended, or else by count. It ends early when it is full.
    ///
    /// # Errors
    /// The page begins after what is no position, or an item cannot be made.
    pub(crate) fn filled<R, P>(
        all: &[R],
        page: &Page,
        position: impl Fn(&R) -> P,
        mut item: impl FnMut(&R) -> Result<T, ServiceError>,
    ) -> Result<Self, ServiceError>
    where
        T: Serialize,
        P: Ord + FromStr + Display,
    {
        let unknown = |_| ServiceError::invalid("cursor", "cursor is not one that this server made");
        let begins = match page.after() {
            Some(after) => after.parse().map_err(unknown).map(|after: P| all.partition_point(|one| position(one) <= after))?,
            None => page.skip(),
        };
        let rest = all.get(begins..).unwrap_or_default();
        let (mut items, mut bytes) = (Vec::new(), 0_usize);
        for one in rest.iter().take(usize::try_from(page.limit).unwrap_or(usize::MAX)) {
            let made = item(one)?;
            bytes = bytes.saturating_add(size(&made)?);
            if bytes > Page::BYTES && !items.is_empty() {
                break;
            }
            items.push(made);
        }
        let last = items.len().checked_sub(1).filter(|last| last + 1 < rest.len()).and_then(|last| rest.get(last));
        let next = last.map(|last| page.following(Some(position(last).to_string())));
        Ok(Self::new(items, page, u64::try_from(all.len()).unwrap_or(u64::MAX), next))
    }

    /// A page whose items the caller has selected.
    pub(crate) fn new(items: Vec<T>, page: &Page, total: u64, next: Option<Page>) -> Self {
        let previous = page.preceding().map(|page| page.encode());
        Self { items, page: page.number, limit: page.limit, total, next: next.map(|page| page.encode()), previous }
    }

    /// The same page with each item changed.
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn try_map<U, E>(self, change: impl FnMut(T) -> Result<U, E>) -> Result<Paged<U>, E> {
        let items = self.items.into_iter().map(change).collect::<Result<_, E>>()?;
        Ok(Paged { items, page: self.page, limit: self.limit, total: self.total, next: self.next, previous: self.previous })
    }
}

/// The length of an item as JSON.
fn size(item: &impl Serialize) -> Result<usize, ServiceError> {
    struct Length(usize);
    impl io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.saturating_add(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    serde_json::to_writer(&mut length, item).map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(length.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_follow_each_other_and_end() {
        let mut page = Page::new(Some(2), None, None).unwrap();
        let mut seen = Vec::new();
        loop {
            let got = Paged::of(vec![1, 2, 3, 4, 5], &page);
            assert_eq!((got.total, got.limit), (5, 2));
            assert_eq!(got.previous.is_none(), got.page == 1);
            seen.push(got.items);
            let Some(next) = got.next else { break };
            page = Page::new(Some(50), Some(9), Some(&next)).unwrap();
        }
        assert_eq!(seen, [vec![1, 2], vec![3, 4], vec![5]]);
        assert!(Paged::of(vec![1, 2], &Page::new(Some(2), None, None).unwrap()).next.is_none());
        assert!(Paged::of(vec![1], &Page::new(None, Some(u64::from(u32::MAX)), None).unwrap()).items.is_empty());
    }

    #[test]
    fn a_page_ends_when_it_is_full_and_the_next_goes_on_there() {
        let mib = |number: &u32| Ok("x".repeat(if *number == 5 { 9 << 20 } else { 1 << 20 }));
        let all: Vec<u32> = (1..=9).collect();
        let mut page = Page::new(Some(1000), None, None).unwrap();
        let mut seen = Vec::new();
        loop {
            let got = Paged::filled(&all, &page, |number| *number, mib).unwrap();
            assert_eq!((got.total, got.limit, got.page), (9, 1000, u32::try_from(seen.len()).unwrap() + 1));
            seen.push(got.items.len());
            let Some(next) = got.next else { break };
            page = Page::new(None, None, Some(&next)).unwrap();
        }
        assert_eq!(seen, [3, 1, 1, 3, 1], "each item is somewhat more than a MiB, and one is nine");
        // Where the last item of a page is gone, the next one follows.
        let after = |text| Page::new(Some(2), Some(7), None).unwrap().or_after(Some(text));
        let short = |number: &u32| Ok(*number);
        assert_eq!(Paged::filled(&[1, 2, 5, 6, 7], &after("4"), |number| *number, short).unwrap().items, [5, 6]);
        assert!(Paged::filled(&[1, 2, 5, 6, 7], &after("x"), |number| *number, short).is_err());
        assert!(Paged::filled(&[1], &after("1"), |number| *number, short).unwrap().next.is_none());
    }

    #[test]
    fn cursors_are_read_as_clients_send_them() {
        let wanted = Page { limit: 1000, number: 3, after: None };
        for cursor in [
            "bGltaXQ9MTAwMCZwYWdlPTM%3D",
            "bGltaXQ9MTAwMCZwYWdlPTM=",
            "bGltaXQ9MTAwMCZwYWdlPTM",
            &wanted.encode(),
            &PADDED.encode("limit=1000&page=3"),
        ] {
            assert_eq!(Page::new(None, None, Some(cursor)).unwrap(), wanted, "{cursor}");
        }
        assert_eq!(Page::new(None, None, Some("")).unwrap(), Page::default());
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        for (limit, page, cursor, field) in [
            (Some(0), None, None, "limit"),
            (Some(1001), None, None, "limit"),
            (None, Some(0), None, "page"),
            (None, Some(u64::MAX), None, "page"),
            (None, None, Some("%%%"), "cursor"),
            (None, None, Some("bGltaXQ9MA"), "cursor"),
        ] {
            match Page::new(limit, page, cursor) {
                Err(ServiceError::Invalid { field: Some(named), .. }) => assert_eq!(named, field),
                other => panic!("{other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn cursors_read_back(limit in 1u32..=1000, number in 1u32.., after in proptest::option::of("[A-Za-z0-9_-]{1,60}")) {
            let page = Page { limit, number, after };
            prop_assert_eq!(Page::new(None, None, Some(&page.encode())).unwrap(), page.clone());
            let bytes = page.encode();
            prop_assert!(bytes.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'%'));
        }

        #[test]
        fn any_text_is_read_or_refused(cursor in ".{0,40}") {
            let _ = Page::new(None, None, Some(&cursor));
        }
    }
}
