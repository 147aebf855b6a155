//! The query part of a request: parameters by name, and the requested page. Each endpoint defines what its parameters mean.

use std::borrow::Cow;
use std::str::FromStr;

use crate::error::ServiceError;
use crate::service::Page;

/// The parameters of one request.
#[derive(Debug)]
pub struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    /// Reads the text after the question mark. Names are compared without regard to case, because one client writes `Cursor`.
    pub fn parse(text: Option<&'a str>) -> Self {
        Self(form_urlencoded::parse(text.unwrap_or_default().as_bytes()).collect())
    }

    /// A parameter. An empty parameter counts as absent. If a name occurs several times, the first one counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(have, _)| have.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }

    /// A parsed parameter. A name without a value breaks the rule.
    pub fn parsed<T: FromStr>(&self, name: &str, rule: &str) -> Result<Option<T>, ServiceError> {
        let given = self.0.iter().find(|(have, _)| have.eq_ignore_ascii_case(name));
        let wrong = |_| ServiceError::invalid(name, format!("{name} {rule}"));
        given.map(|(_, value)| value.parse().map_err(wrong)).transpose()
    }

    /// A parameter that filters. An empty one counts as absent, because clients send unused filters empty.
    pub fn picked<T: FromStr>(&self, name: &str, rule: &str) -> Result<Option<T>, ServiceError> {
        if self.get(name).is_some() { self.parsed(name, rule) } else { Ok(None) }
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<u64>, ServiceError> {
        self.parsed(name, "is not of a type(s) integer")
    }

    /// `path` with the query, without the parameters of the page.
    pub fn without_page(&self, path: &str) -> String {
        let mut rest = form_urlencoded::Serializer::new(String::new());
        let paging = |name: &str| ["limit", "page", "after", "cursor"].iter().any(|one| name.eq_ignore_ascii_case(one));
        rest.extend_pairs(self.0.iter().filter(|(name, _)| !paging(name)));
        let rest = rest.finish();
        if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") }
    }

    /// The requested page. A client that takes a cursor apart sends `after` as a parameter of its own.
    pub fn page(&self) -> Result<Page, ServiceError> {
        let number = |name| self.number(name);
        Ok(Page::new(number("limit")?, number("page")?, self.get("cursor"))?.or_after(self.get("after")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_found_in_any_case() {
        let query = Query::parse(Some("a=1%202&Cursor=x%2By+z&empty=&a=3&flag"));
        assert_eq!(query.get("a"), Some("1 2"));
        assert_eq!(query.get("cursor"), Some("x+y z"));
        assert_eq!((query.get("empty"), query.get("flag"), query.get("b")), (None, None, None));
        assert_eq!(Query::parse(None).get("a"), None);
    }

    #[test]
    fn what_is_asked_for_is_written_without_its_page() {
        let list = |text| Query::parse(text).without_page("/hooks");
        assert_eq!(list(Some("Cursor=abc&limit=5&after=x")), "/hooks");
        assert_eq!(list(None), "/hooks");
        assert_eq!(list(Some("type=a%26b&page=2&x=%22%3E")), "/hooks?type=a%26b&x=%22%3E");
    }

    #[test]
    fn a_page_is_read_or_its_fault_is_named() {
        let page = Query::parse(Some("limit=7&page=3")).page().unwrap();
        assert_eq!((page.limit(), page.number()), (7, 3));
        for (text, field) in [
            ("limit=x", "limit"),
            ("limit=", "limit"),
            ("limit=-1", "limit"),
            ("limit=1001", "limit"),
            ("page=0", "page"),
            ("cursor=%25", "cursor"),
        ] {
            match Query::parse(Some(text)).page() {
                Err(ServiceError::Invalid { field: Some(named), .. }) => assert_eq!(named, field),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
