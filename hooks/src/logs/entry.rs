//! A log entry, the key that files it under its day, and the form in which it is stored.

use std::borrow::Cow;

use hookbox_egress::Call;
use hookbox_host_api::log::Events;
use hookbox_host_api::{Decision, Failure, Outcome, Usage};
use serde::{Deserialize, Serialize};

use crate::store::{Key, KeyReader, Kind, StoreError};

/// The approximate size of what precedes the events, in bytes.
const HEAD: usize = 256;

/// The separator between the head and the events, which occurs in neither.
const EVENTS_FOLLOW: u8 = 0x1e;
/// The separator in entries of the former form, in which each line was an event.
const LINES_FOLLOW: u8 = b'\n';

pub(super) const MICROS_PER_DAY: u64 = 86_400_000_000;

/// One execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEntry {
    /// The execution's id.
    pub(crate) id: String,
    /// The account it belongs to.
    pub(crate) account: u64,
    /// The hook that ran, or should have.
    pub(crate) hook_id: String,
    /// The version that ran, if any.
    pub(crate) version: Option<u32>,
    /// The id of the request, from the caller or else made by the server.
    pub(crate) request_id: String,
    /// The id of the whole login, from the caller or else made by the server.
    pub(crate) correlation_id: String,
    /// When the execution ended and its entry was made, in microseconds since 1970.
    pub(crate) created_at: u64,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// The decision in the answer.
    pub(crate) decision: Decision,
    /// Why it did not complete.
    pub(crate) failure: Option<Failure>,
    /// What it used.
    pub(crate) usage: Usage,
    /// What the function called outside.
    pub(crate) calls: Vec<Call>,
    /// Its events, masked and finished.
    pub(crate) events: Events,
    /// Whether events are missing because there were too many.
    pub(crate) truncated: bool,
}

/// The stored fields of an entry that its key does not have. The events follow as text. The names are short because every login stores them.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(rename = "r")]
    request_id: Cow<'a, str>,
    #[serde(rename = "c")]
    correlation_id: Cow<'a, str>,
    #[serde(rename = "o")]
    outcome: Outcome,
    #[serde(rename = "d")]
    decision: Decision,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    failure: Option<Cow<'a, Failure>>,
    #[serde(rename = "u")]
    usage: (u64, u64, u64, u32),
    #[serde(rename = "k", default, skip_serializing_if = "<[Call]>::is_empty")]
    calls: Cow<'a, [Call]>,
    /// The lines of an entry in the former form.
    #[serde(rename = "e", default, skip_serializing)]
    events: Vec<String>,
    #[serde(rename = "t", default, skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
}

/// About what a call takes, in bytes.
const CALL: usize = size_of::<Call>() + 64;

impl LogEntry {
    /// The approximate memory that the entry takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let texts = [&self.id, &self.hook_id, &self.request_id, &self.correlation_id].map(String::len).iter().sum::<usize>();
        let failure = self.failure.as_ref().map_or(0, |failure| {
            let texts = [Some(&failure.message), failure.stack.as_ref(), failure.place.as_ref()];
            texts.into_iter().flatten().map(String::len).sum()
        });
        size_of::<Self>() + texts + failure + self.calls.len() * CALL + self.events.text().len()
    }

    /// Its position in its hook's log.
    pub(crate) fn cursor(&self) -> LogCursor {
        LogCursor { created_at: self.created_at, id: self.id.clone() }
    }

    pub(super) fn key(&self) -> Key {
        self.cursor().key(self.account, &self.hook_id)
    }

    pub(super) fn value(&self) -> Result<Vec<u8>, StoreError> {
        let Usage { duration_us, fuel, memory_bytes, attempts } = self.usage;
        let stored = Stored {
            version: self.version,
            request_id: Cow::Borrowed(&self.request_id),
            correlation_id: Cow::Borrowed(&self.correlation_id),
            outcome: self.outcome,
            decision: self.decision,
            failure: self.failure.as_ref().map(Cow::Borrowed),
            usage: (duration_us, fuel, memory_bytes, attempts),
            calls: Cow::Borrowed(&self.calls),
            events: Vec::new(),
            truncated: self.truncated,
        };
        let events = self.events.text();
        let mut value = Vec::with_capacity(HEAD + events.len());
        serde_json::to_writer(&mut value, &stored).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        value.push(EVENTS_FOLLOW);
        value.extend_from_slice(events.as_bytes());
        Ok(value)
    }

    /// Reads an entry back.
    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<Self, StoreError> {
        let place = Place::read(key).ok_or_else(|| StoreError::Corrupt("a log entry has a key that is none".to_owned()))?;
        let damaged = |error: &dyn std::fmt::Display| StoreError::Corrupt(format!("a log entry: {error}"));
        let end = value.iter().position(|byte| matches!(*byte, EVENTS_FOLLOW | LINES_FOLLOW)).unwrap_or(value.len());
        let (head, rest) = value.split_at_checked(end).unwrap_or((value, &[]));
        let stored: Stored<'_> = serde_json::from_slice(head).map_err(|error| damaged(&error))?;
        let events = match rest.split_first() {
            Some((&EVENTS_FOLLOW, text)) => Events::of_text(str::from_utf8(text).map_err(|error| damaged(&error))?.to_owned()),
            Some((_, text)) => of_lines(str::from_utf8(text).map_err(|error| damaged(&error))?.split_terminator('\n'), &place.cursor.id),
            None => of_lines(stored.events.iter().map(String::as_str), &place.cursor.id),
        };
        let (duration_us, fuel, memory_bytes, attempts) = stored.usage;
        Ok(Self {
            id: place.cursor.id,
            account: place.account,
            hook_id: place.hook_id,
            version: stored.version,
            request_id: stored.request_id.into_owned(),
            correlation_id: stored.correlation_id.into_owned(),
            created_at: place.cursor.created_at,
            outcome: stored.outcome,
            decision: stored.decision,
            failure: stored.failure.map(Cow::into_owned),
            usage: Usage { duration_us, fuel, memory_bytes, attempts },
            calls: stored.calls.into_owned(),
            events,
            truncated: stored.truncated,
        })
    }
}

/// The events of an entry in the former form. A line that does not begin with a time and the execution's own id continues the event before
/// it; a function cannot know that id in advance.
fn of_lines<'a>(lines: impl Iterator<Item = &'a str>, id: &str) -> Events {
    const TIME: usize = "2026-11-27T00:00:00.000Z".len();
    let begins =
        |line: &str| line.get(TIME..).and_then(|rest| rest.strip_prefix('\t')?.strip_prefix(id)).is_some_and(|rest| rest.starts_with('\t'));
    let mut events: Vec<String> = Vec::new();
    for line in lines {
        match events.last_mut() {
            Some(event) if !begins(line) => {
                event.push('\n');
                event.push_str(line);
            }
            _ => events.push(line.to_owned()),
        }
    }
    events.iter().collect()
}

/// The fields of an entry's key.
pub(super) struct Place {
    pub(super) account: u64,
    pub(super) day: u32,
    pub(super) hook_id: String,
    pub(super) cursor: LogCursor,
}

impl Place {
    pub(super) fn read(key: &[u8]) -> Option<Self> {
        let (account, mut parts) = KeyReader::new(key, Kind::Log)?;
        let day = parts.u32()?;
        let hook_id = parts.text()?;
        let created_at = parts.u64()?;
        Some(Self { account, day, hook_id, cursor: LogCursor { created_at, id: parts.text()? } })
    }
}

/// The day of a moment, counted from 1970.
pub(super) fn day(micros: u64) -> u32 {
    u32::try_from(micros / MICROS_PER_DAY).unwrap_or(u32::MAX)
}

/// The prefix of the keys of a day. The day precedes the hook, so that a day can be deleted as one range.
pub(super) fn day_key(account: u64, day: u32) -> Key {
    Key::new(account, Kind::Log).u32(day)
}

/// A position in a hook's log. It stays valid: entries that arrive later do not move it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogCursor {
    created_at: u64,
    id: String,
}

impl LogCursor {
    /// The text that [`LogCursor::parse`] reads: digits, a dot, the execution's id.
    pub(crate) fn encode(&self) -> String {
        format!("{}.{}", self.created_at, self.id)
    }

    /// Reads a position. There need not be an entry at it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (created_at, id) = text.split_once('.')?;
        Some(Self { created_at: created_at.parse().ok()?, id: id.to_owned() })
    }

    /// The position before all entries of a moment.
    pub(super) fn at(created_at: u64) -> Self {
        Self { created_at, id: String::new() }
    }

    /// The execution's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn day(&self) -> u32 {
        day(self.created_at)
    }

    pub(super) fn created_at(&self) -> u64 {
        self.created_at
    }

    pub(super) fn key(&self, account: u64, hook_id: &str) -> Key {
        day_key(account, self.day()).text(hook_id).u64(self.created_at).text(&self.id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use hookbox_host_api::FailureKind;

    use super::*;

    /// A plain entry with a number that tells it from others.
    pub(in crate::logs) fn entry(number: u64, hook_id: &str, created_at: u64) -> LogEntry {
        LogEntry {
            id: format!("execution-{number}"),
            account: 1,
            hook_id: hook_id.to_owned(),
            version: Some(3),
            request_id: format!("request-{number}"),
            correlation_id: format!("login-{}", number / 2),
            created_at,
            outcome: if number % 3 == 2 { Outcome::Failed } else { Outcome::Completed },
            decision: Decision::Allow,
            failure: None,
            usage: Usage { duration_us: 120, fuel: 4_000, memory_bytes: 65_536, attempts: 1 },
            calls: Vec::new(),
            events: [format!("event {number}\nof two lines")].iter().collect(),
            truncated: false,
        }
    }

    #[test]
    fn an_entry_reads_back_whole() {
        let plain = entry(1, "hook", 1_780_000_000_000_000);
        let failed = LogEntry {
            version: None,
            outcome: Outcome::Failed,
            decision: Decision::Deny,
            failure: Some(Failure {
                stack: Some("at handler (hook.js:2:3)".to_owned()),
                place: Some("hook.js:2:3".to_owned()),
                ..Failure::new(FailureKind::Exception, "boom \"quoted\"\n")
            }),
            events: Events::default(),
            truncated: true,
            ..entry(2, "", 0)
        };
        for entry in [plain, failed] {
            assert_eq!(LogEntry::decode(entry.key().as_bytes(), &entry.value().unwrap()).unwrap(), entry);
        }
    }

    #[test]
    fn entries_that_were_kept_line_by_line_read_back() {
        let time = "2026-11-27T00:00:00.000Z";
        let lines = [
            format!("{time}\texecution-1\tINFO\t{{"),
            "  a: 1".to_owned(),
            format!("{time}\texecution-2\tERROR\tforged"),
            "}".to_owned(),
            format!("{time}\texecution-1\tWARN\tb"),
        ];
        let events = [lines[..4].join("\n"), lines[4].clone()].iter().collect();
        let entry = LogEntry { events, ..entry(1, "hook", 5) };
        let head = r#"{"v":3,"r":"request-1","c":"login-0","o":"completed","d":"allow","u":[120,4000,65536,1]"#;
        let as_text = format!("{head}}}\n{}\n", lines.join("\n"));
        let as_json = format!("{head},\"e\":{}}}", serde_json::to_string(&lines).unwrap());
        for value in [as_text, as_json] {
            assert_eq!(LogEntry::decode(entry.key().as_bytes(), value.as_bytes()).unwrap(), entry);
        }
    }

    #[test]
    fn a_damaged_entry_is_an_error() {
        let entry = entry(1, "hook", 5);
        assert!(matches!(LogEntry::decode(entry.key().as_bytes(), b"{}"), Err(StoreError::Corrupt(_))));
        assert!(matches!(LogEntry::decode(b"short", &entry.value().unwrap()), Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn a_cursor_reads_back() {
        let cursor = entry(1, "hook", 77).cursor();
        assert_eq!(cursor.encode(), "77.execution-1");
        assert_eq!(LogCursor::parse(&cursor.encode()), Some(cursor));
        for text in ["", "77", "x.y", "-1.a"] {
            assert_eq!(LogCursor::parse(text), None);
        }
    }
}
