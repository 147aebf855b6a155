//! Values that a hook may send and never sees: it holds a placeholder, and the value takes its place in what leaves for the hosts that the value
//! is for. In answers, values are turned back into placeholders.
//!
//! Values are put into: header values, `Basic` credentials, and bodies given as bytes whose type is JSON (text within strings) or
//! `application/x-www-form-urlencoded`. They are never put into URLs, bodies of other types or streamed ones, or raw connections; there, and
//! for other hosts, the placeholder goes out as it is. A request that names another host than it goes to, in `Host` or in TLS, has only the
//! values that are for both, and one whose TLS options verify nothing or bring authorities of their own has none.
//!
//! Answers are searched for each value as it is, escaped as in JSON, percent-encoded, and for the `Basic` credentials that were made with it.
//! What a server makes of a value beyond these (its hash, its parts, another encoding, an answer that is packed and not unpacked here) is not
//! recognised, and values shorter than 6 bytes are not masked: a value is to be sealed for hosts that do not give it away.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bytes::Bytes;
use hookbox_host_api::Secret;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::error::Error;
use crate::http::{Body, Change};
use crate::policy::{Policy, Target};

/// A value and what stands for it. Placeholders are long, random, of letters, digits, `_` and `-`, and differ in each execution.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// What the hook sees.
    pub placeholder: String,
    /// What is sent.
    pub value: Secret,
    /// To whom, scheme and port included.
    pub hosts: Policy,
}

/// Values that are too short to be told from chance.
pub(crate) const SHORTEST: usize = 6;

/// How a text is written where it is put.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Plain,
    Json,
    Url,
}

impl Form {
    pub(crate) fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Json => {
                let quoted = serde_json::Value::from(text).to_string();
                quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
            }
            Self::Url => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        }
    }
}

/// Texts to look for and what to put in their place; all are looked for at once, so that nothing is replaced twice.
pub(crate) struct Swap {
    search: AhoCorasick,
    replacements: Vec<String>,
}

impl Swap {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Option<Self> {
        let pairs: Vec<(String, String)> = pairs.into_iter().filter(|(needle, _)| !needle.is_empty()).collect();
        if pairs.is_empty() {
            return None;
        }
        let (needles, replacements): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(needles).ok()?;
        Some(Self { search, replacements })
    }

    /// `None`: there is nothing to replace.
    pub(crate) fn apply(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.search.is_match(bytes).then(|| self.search.replace_all_bytes(bytes, &self.replacements))
    }
}

/// The sealed values of an execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct SealedSet(Arc<[Sealed]>);

/// A mask to be put on an answer: value and placeholder.
pub(crate) type Masks = Vec<(String, String)>;

impl SealedSet {
    pub(crate) fn new(sealed: Vec<Sealed>) -> Self {
        Self(sealed.into())
    }

    /// What stands for the values, in the order in which they were given.
    pub(crate) fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|one| one.placeholder.as_str())
    }

    fn swap<'a>(sealed: impl Iterator<Item = &'a Sealed>, form: Form) -> Option<Swap> {
        Swap::new(sealed.map(|one| (one.placeholder.clone(), form.write(one.value.expose()))).collect())
    }

    /// Puts the values that are for all of these targets into a request; without a target, none. What comes back is to be masked in the answer.
    ///
    /// # Errors
    /// `ERR_INVALID_CHAR`: a value cannot be a part of a header.
    pub(crate) fn put_in(&self, targets: &[Target], headers: &mut HeaderMap, body: &mut Body) -> Result<Masks, Error> {
        let mut masks = self.masks();
        let is_for = |one: &&Sealed| !targets.is_empty() && targets.iter().all(|target| one.hosts.allows(target));
        let own = || self.0.iter().filter(is_for);
        let Some(plain) = Self::swap(own(), Form::Plain) else { return Ok(masks) };
        for (name, value) in headers.iter_mut() {
            let basic = (name == AUTHORIZATION).then(|| basic(value.as_bytes(), &plain, &mut masks)).flatten();
            if let Some(changed) = basic.or_else(|| plain.apply(value.as_bytes())) {
                let invalid = |_| Error::invalid("ERR_INVALID_CHAR", format!("A sealed value cannot be a part of the header [\"{name}\"]"));
                *value = HeaderValue::from_bytes(&changed).map_err(invalid)?;
                value.set_sensitive(true);
            }
        }
        let Body::Bytes(bytes) = body else { return Ok(masks) };
        let form = headers.get(CONTENT_TYPE).and_then(|kind| form_of(kind.as_bytes()));
        if let Some(swap) = form.and_then(|form| Self::swap(own(), form))
            && let Some(changed) = swap.apply(bytes)
        {
            *bytes = changed.into();
        }
        Ok(masks)
    }

    /// Whether a placeholder is a part of these bytes. It means something in this execution only.
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        let search = AhoCorasick::new(self.0.iter().map(|one| &one.placeholder).filter(|one| !one.is_empty()));
        // A search that cannot be made finds everything.
        !self.0.is_empty() && search.map_or(true, |search| search.is_match(bytes))
    }

    /// What every answer is searched for.
    fn masks(&self) -> Masks {
        let mut masks = Masks::new();
        for one in self.0.iter().filter(|one| one.value.expose().len() >= SHORTEST) {
            for form in [Form::Plain, Form::Json, Form::Url] {
                let text = form.write(one.value.expose());
                if masks.iter().all(|(known, _)| *known != text) {
                    masks.push((text, one.placeholder.clone()));
                }
            }
        }
        masks
    }
}

/// `Basic` credentials with the values in them.
fn basic(value: &[u8], plain: &Swap, masks: &mut Masks) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(value).ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let encoded = encoded.trim();
    let decoded = STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(encoded)).ok()?;
    let changed = STANDARD.encode(plain.apply(&decoded)?);
    masks.push((changed.clone(), encoded.to_owned()));
    Some(format!("Basic {changed}").into_bytes())
}

/// How values are written in a body of this type; `None`: they are not.
fn form_of(kind: &[u8]) -> Option<Form> {
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    match kind.as_slice() {
        b"application/x-www-form-urlencoded" => Some(Form::Url),
        b"application/json" => Some(Form::Json),
        other => (other.starts_with(b"application/") && other.ends_with(b"+json")).then_some(Form::Json),
    }
}

/// Puts placeholders in the place of values, across the borders of chunks.
pub(crate) struct Masker {
    swap: Arc<Swap>,
    needles: Arc<[String]>,
    held: Vec<u8>,
}

impl Masker {
    /// `None`: there is nothing to mask.
    pub(crate) fn new(masks: Masks) -> Option<Self> {
        let needles = masks.iter().map(|(needle, _)| needle.clone()).collect();
        Some(Self { swap: Arc::new(Swap::new(masks)?), needles, held: Vec::new() })
    }

    /// A text that is whole.
    pub(crate) fn whole(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.swap.apply(text)
    }

    /// Masks the values of headers.
    pub(crate) fn headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            if let Some(masked) = self.whole(value.as_bytes()) {
                *value = HeaderValue::from_bytes(&masked).unwrap_or(HeaderValue::from_static(""));
            }
        }
    }

    /// How many bytes at the end may be the beginning of a value.
    fn open_end(&self, bytes: &[u8]) -> usize {
        let longest = self.needles.iter().map(String::len).max().unwrap_or_default();
        let may_begin = |tail: &[u8]| self.needles.iter().any(|needle| needle.len() > tail.len() && needle.as_bytes().starts_with(tail));
        let most = longest.saturating_sub(1).min(bytes.len());
        (1..=most).rev().find(|count| bytes.get(bytes.len() - count..).is_some_and(may_begin)).unwrap_or_default()
    }
}

impl Change for Masker {
    fn push(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(&chunk);
        // Whole values first: what is left at the end then is no part of one.
        let mut out = Vec::with_capacity(bytes.len());
        let mut from = 0;
        for found in self.swap.search.find_iter(&bytes) {
            // A longer value may still follow from here.
            let tail = bytes.get(found.start()..).unwrap_or_default();
            if self.open_end(tail) == tail.len() {
                break;
            }
            out.extend_from_slice(bytes.get(from..found.start()).unwrap_or_default());
            out.extend_from_slice(self.swap.replacements.get(found.pattern().as_usize()).map(String::as_bytes).unwrap_or_default());
            from = found.end();
        }
        let rest = bytes.get(from..).unwrap_or_default();
        let (done, held) = rest.split_at(rest.len() - self.open_end(rest));
        out.extend_from_slice(done);
        self.held = held.to_vec();
        Ok(out.into())
    }

    fn end(&mut self) -> Result<Bytes, Error> {
        let held = std::mem::take(&mut self.held);
        Ok(self.swap.apply(&held).unwrap_or(held).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(hosts: &str, value: &str) -> SealedSet {
        SealedSet::new(vec![Sealed { placeholder: "sealed_abc".to_owned(), value: Secret::new(value), hosts: hosts.parse().unwrap() }])
    }

    fn target(url: &str) -> Target {
        Target::of_url(&url::Url::parse(url).unwrap()).unwrap()
    }

    fn sent(set: &SealedSet, url: &str, headers: &[(&'static str, &str)], body: &str) -> (HeaderMap, String, Masks) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let mut bytes = Body::Bytes(body.to_owned().into());
        let masks = set.put_in(&[target(url)], &mut map, &mut bytes).unwrap();
        let Body::Bytes(bytes) = bytes else { panic!("{bytes:?}") };
        (map, String::from_utf8(bytes.to_vec()).unwrap(), masks)
    }

    #[test]
    fn a_value_is_written_as_its_place_wants_it() {
        let set = sealed("https://api.example:443", "va\"l&ue +é");
        let url = "https://api.example/";
        let credentials = format!("Basic {}", STANDARD.encode("user:sealed_abc"));
        let (headers, body, _) = sent(
            &set,
            url,
            &[("authorization", &credentials), ("x-key", "a sealed_abc b"), ("content-type", "application/json; charset=utf-8")],
            r#"{"k":"sealed_abc"}"#,
        );
        assert_eq!(headers["authorization"].as_bytes(), format!("Basic {}", STANDARD.encode("user:va\"l&ue +é")).as_bytes());
        assert_eq!(headers["x-key"].as_bytes(), "a va\"l&ue +é b".as_bytes());
        assert!(headers["x-key"].is_sensitive());
        assert_eq!(body, r#"{"k":"va\"l&ue +é"}"#);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(sent(&set, url, &form, "a=b&k=sealed_abc").1, "a=b&k=va%22l%26ue+%2B%C3%A9");
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/octet-stream"] {
            assert_eq!(sent(&set, url, &[("content-type", kind)], "sealed_abc").1, "sealed_abc");
        }
    }

    #[test]
    fn other_hosts_ports_and_schemes_get_the_placeholder() {
        let set = sealed("https://api.example:443", "the value");
        for url in ["https://other.example/", "http://api.example:443/", "https://api.example:444/", "https://x.api.example/"] {
            let (headers, body, _) = sent(&set, url, &[("x-key", "sealed_abc"), ("content-type", "application/json")], "sealed_abc");
            assert_eq!((headers["x-key"].as_bytes(), body.as_str()), ("sealed_abc".as_bytes(), "sealed_abc"), "{url}");
        }
    }

    #[test]
    fn a_value_with_a_line_break_gets_into_no_header() {
        let set = sealed("api.example", "a\r\nX-Other: 1");
        let mut headers = HeaderMap::new();
        headers.insert("x-key", HeaderValue::from_static("sealed_abc"));
        let error = set.put_in(&[target("https://api.example/")], &mut headers, &mut Body::None).unwrap_err();
        assert!(error.code == "ERR_INVALID_CHAR" && !error.message.contains("Other"), "{error}");
        assert!(!format!("{set:?}").contains("Other"));
    }

    #[test]
    fn an_answer_has_placeholders_for_values_across_chunks() {
        let set = sealed("api.example", "hunter2 secret/é");
        let credentials = format!("Basic {}", STANDARD.encode("user:sealed_abc"));
        let (_, _, masks) = sent(&set, "https://api.example/", &[("authorization", &credentials)], "");
        let secret = STANDARD.encode("user:hunter2 secret/é");
        let text = format!("x hunter2 secret/é hunter2 secretive {secret} hunter2+secret%2F%C3%A9 hunter2 secret/");
        let expected = format!("x sealed_abc hunter2 secretive {} sealed_abc hunter2 secret/", STANDARD.encode("user:sealed_abc"));
        for step in 1..text.len() {
            let mut masker = Masker::new(masks.clone()).unwrap();
            let mut out = Vec::new();
            for chunk in text.as_bytes().chunks(step) {
                out.extend(masker.push(Bytes::copy_from_slice(chunk)).unwrap());
            }
            out.extend(masker.end().unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{step}");
        }
    }

    #[test]
    fn of_two_values_the_longer_one_is_masked_whole() {
        let one = |placeholder: &str, value: &str| Sealed {
            placeholder: placeholder.to_owned(),
            value: Secret::new(value),
            hosts: Policy::default(),
        };
        let set = SealedSet::new(vec![one("P1", "abcdef"), one("P2", "abcdefgh"), one("P3", "short")]);
        for step in 1..12 {
            let mut masker = Masker::new(set.masks()).unwrap();
            let mut out = Vec::new();
            for chunk in b"abcdefgh abcdefg short abcdef".chunks(step) {
                out.extend(masker.push(Bytes::copy_from_slice(chunk)).unwrap());
            }
            out.extend(masker.end().unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), "P2 P1g short P1", "{step}");
        }
    }
}
