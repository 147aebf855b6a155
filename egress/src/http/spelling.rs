//! The names of headers as somebody wrote them: their case, and their order where a name stands more than once. A map of headers keeps neither.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

/// The names of a head, one for each value. Its clones share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spelling(Arc<[Box<str>]>);

/// Names, and something that goes with each.
type Pairs<'a, T> = Vec<(&'a str, T)>;

impl Spelling {
    /// These names.
    pub(crate) fn new(names: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// The names of a head of HTTP/1 (its first line is none).
    pub(super) fn of_head(head: &[u8]) -> Self {
        let names = head.split(|byte| *byte == b'\n').skip(1).filter_map(|line| {
            let end = line.iter().position(|byte| *byte == b':')?;
            std::str::from_utf8(line.get(..end)?).ok()
        });
        Self::new(names)
    }

    /// The headers with their names as they are written, in the order of the names. What has no name of its own comes last, in lower case.
    pub(crate) fn of<'a>(&'a self, headers: &'a HeaderMap) -> Vec<(&'a str, &'a HeaderValue)> {
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let (named, rest) = self.sort(pairs);
        named.into_iter().chain(rest).collect()
    }

    /// Sorts pairs of a name and something else: those that are named here, as they are spelled here, and the rest.
    fn sort<'a, T>(&'a self, pairs: Pairs<'a, T>) -> (Pairs<'a, T>, Pairs<'a, T>) {
        let mut left: Vec<Option<(&str, T)>> = pairs.into_iter().map(Some).collect();
        let mut named = Vec::with_capacity(left.len());
        for name in self.0.iter() {
            let is_it = |pair: &&mut Option<(&str, T)>| pair.as_ref().is_some_and(|(other, _)| other.eq_ignore_ascii_case(name));
            if let Some((_, value)) = left.iter_mut().find(is_it).and_then(Option::take) {
                named.push((&**name, value));
            }
        }
        (named, left.into_iter().flatten().collect())
    }

    /// A head of HTTP/1 with its names spelled so. `Host` comes first if it has no place here, and what else has none comes last.
    pub(super) fn spell(&self, head: &[u8]) -> Vec<u8> {
        let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = lines.next().unwrap_or_default();
        let pairs = lines.filter_map(|line| {
            let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b':')?)?;
            Some((std::str::from_utf8(name).ok()?, value))
        });
        let (named, rest) = self.sort(pairs.collect());
        let (host, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(name, _)| name.eq_ignore_ascii_case("host"));
        let mut out = Vec::with_capacity(head.len());
        out.extend_from_slice(first);
        for (name, value) in host.into_iter().chain(named).chain(rest) {
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(value);
        }
        out.extend_from_slice(b"\r\n\r\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nX-A: 1\r\nX-A: 3\r\nB: \xe9:2\r\nAccept: x\r\nHost: h\r\nContent-Length: 1\r\n\r\n";

    #[test]
    fn a_head_is_written_as_its_names_are() {
        let spelled = Spelling::new(["x-A", "b", "Not-There", "X-a", "ACCEPT"]).spell(HEAD);
        let expected: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\nx-A: 1\r\nb: \xe9:2\r\nX-a: 3\r\nACCEPT: x\r\nContent-Length: 1\r\n\r\n";
        assert_eq!(spelled, expected);
        let spelled = Spelling::new(["b", "HOST"]).spell(HEAD);
        assert!(spelled.starts_with(b"GET / HTTP/1.1\r\nb: \xe9:2\r\nHOST: h\r\nX-A: 1\r\nX-A: 3\r\n"));
    }

    #[test]
    fn headers_are_told_as_a_head_spells_them() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-a", "1"), ("x-a", "3"), ("b", "2"), ("c", "4")] {
            headers.append(name, HeaderValue::from_static(value));
        }
        let spelling = Spelling::of_head(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nB:2\r\nx-a:3\nGone: 1\r\n\r\n");
        let told: Vec<(&str, &str)> = spelling.of(&headers).into_iter().map(|(name, value)| (name, value.to_str().unwrap())).collect();
        assert_eq!(told, [("X-A", "1"), ("B", "2"), ("x-a", "3"), ("c", "4")]);
    }
}
