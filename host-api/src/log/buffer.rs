//! Collects what an execution writes, and turns it into events at its end.
//!
//! A message is one event, even with line breaks in it: somebody who controls a part of a message must not be able to forge events. A byte
//! stream has no messages, so each of its lines is an event, with the host's time and level.
//!
//! Text is kept raw until the end, because a secret can only be found in the whole of a message: masking comes before splitting,
//! and splitting before cutting.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use super::line::{PREFIX, push_escaped, push_prefix};
use super::{Events, Level, Mask};
use crate::Failure;

/// A byte stream of the guest whose lines go to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, where it does not carry the response. Its lines have level INFO.
    Stdout,
    /// Standard error. Its lines have level ERROR, as console.error has it.
    Stderr,
}

/// A finished log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The events, in the order in which they were written.
    pub events: Events,
    /// Whether something was cut off because the limit was reached.
    pub truncated: bool,
}

#[derive(Debug)]
struct Record {
    level: Level,
    stream: Option<Stream>,
    text: Vec<u8>,
    /// When the bytes from an offset on were written.
    times: Vec<(usize, SystemTime)>,
    /// Whether there was no room for its end, so that it may end within a secret.
    cut: bool,
}

/// The log of one execution while it runs.
#[derive(Debug)]
pub struct LogBuffer {
    execution_id: Arc<str>,
    mask: Arc<Mask>,
    limit: usize,
    held: usize,
    records: Vec<Record>,
    truncated: bool,
}

/// The bytes that an event counts beyond its message, so that empty events are bounded too.
const EVENT_COST: usize = 72;

impl LogBuffer {
    /// A log that keeps at most `limit` bytes of events.
    pub fn new(execution_id: Arc<str>, mask: Arc<Mask>, limit: usize) -> Self {
        Self { execution_id, mask, limit, held: 0, records: Vec::new(), truncated: false }
    }

    /// The id of the execution.
    pub fn execution_id(&self) -> &str {
        &self.execution_id
    }

    /// Adds one message of the function.
    pub fn message(&mut self, level: Level, text: &str, now: SystemTime) {
        let kept = self.admit(text.as_bytes(), true, false).to_vec();
        if !kept.is_empty() || !self.truncated {
            let cut = kept.len() < text.len();
            self.records.push(Record { level, stream: None, text: kept, times: vec![(0, now)], cut });
        }
    }

    /// The most bytes of a message that are of use. Of a longer one, this many are enough to tell that it is cut.
    pub fn room(&self) -> usize {
        self.most().saturating_sub(self.held) + 1
    }

    /// Adds the next bytes of a stream. Consecutive bytes are one text, however they were split into writes.
    pub fn stream(&mut self, stream: Stream, bytes: &[u8], now: SystemTime) {
        let follows = self.records.last().is_some_and(|last| last.stream == Some(stream));
        let kept = self.admit(bytes, !follows, true).to_vec();
        if !kept.is_empty() && !follows {
            let level = if stream == Stream::Stderr { Level::Error } else { Level::Info };
            self.records.push(Record { level, stream: Some(stream), text: Vec::new(), times: Vec::new(), cut: false });
        }
        if let Some(last) = self.records.last_mut().filter(|last| last.stream == Some(stream)) {
            last.cut |= kept.len() < bytes.len();
            if !kept.is_empty() {
                last.times.push((last.text.len(), now));
                last.text.extend_from_slice(&kept);
            }
        }
    }

    /// Adds the contents of another log, under this one's mask and limit: the log of a later run, or, to an empty log, one from before it.
    pub fn append(&mut self, other: Self) {
        self.truncated |= other.truncated;
        for record in other.records {
            let text = self.admit(&record.text, true, record.stream.is_some()).to_vec();
            if !text.is_empty() || !self.truncated {
                let cut = record.cut || text.len() < record.text.len();
                self.records.push(Record { text, cut, ..record });
            }
        }
    }

    /// How much of `bytes` there is still room for: up to the limit and, to find a secret that lies across it, a little more. `opens` says
    /// whether they begin an event, `lines` whether each line of them is one.
    fn admit<'a>(&mut self, bytes: &'a [u8], opens: bool, lines: bool) -> &'a [u8] {
        let newlines = if lines { bytes.iter().take(self.limit).filter(|byte| **byte == b'\n').count() } else { 0 };
        let room = self.most().saturating_sub(self.held);
        let kept = bytes.get(..room).unwrap_or(bytes);
        let kept = if room == 0 { &[] } else { kept };
        self.truncated |= kept.len() < bytes.len() || (opens && room == 0);
        if room > 0 {
            self.held += kept.len() + EVENT_COST * (newlines + usize::from(opens));
        }
        kept
    }

    /// The most bytes that are held.
    fn most(&self) -> usize {
        self.limit + self.mask.longest()
    }

    /// The events, masked and cut. A failure is the last event, and is never cut off.
    pub fn finish(self, failure: Option<&Failure>, now: SystemTime) -> Log {
        let mut writer = Writer { buffer: &self, events: Events::default(), left: self.limit, truncated: self.truncated };
        for record in &self.records {
            writer.record(record);
        }
        let Writer { mut events, truncated, .. } = writer;
        if truncated {
            events.push_with(|line| {
                push_prefix(line, now, &self.execution_id, Level::Warn);
                line.push_str(&format!("log cut: more than {} bytes", self.limit));
            });
        }
        if let Some(failure) = failure {
            events.push_with(|line| {
                push_prefix(line, now, &self.execution_id, Level::Error);
                push_escaped(line, &self.mask.apply(&failure.report()));
            });
        }
        Log { events, truncated }
    }
}

/// Writes the events of one log.
struct Writer<'a> {
    buffer: &'a LogBuffer,
    events: Events,
    left: usize,
    truncated: bool,
}

impl Writer<'_> {
    fn record(&mut self, record: &Record) {
        let mut secrets = self.buffer.mask.find(&record.text);
        let mut end = record.text.len();
        if record.cut {
            // What follows could be the beginning of a secret, whatever room the masks before it have made.
            end = end.saturating_sub(self.buffer.mask.longest());
            secrets.retain(|secret| secret.start < end);
            end = secrets.last().map_or(end, |last| end.max(last.end));
        }
        let text = record.text.get(..end).unwrap_or_default();
        if secrets.is_empty()
            && let Ok(text) = str::from_utf8(text)
        {
            return self.plain(record, text);
        }
        let mut line = String::new();
        let mut at = 0;
        let mut begun = 0;
        for secret in secrets.into_iter().chain(std::iter::once(end..end)) {
            let plain = record.text.get(at..secret.start).unwrap_or_default();
            let mut parts = plain.split(|byte| *byte == b'\n' && record.stream.is_some());
            line.push_str(&lossy(parts.next().unwrap_or_default()));
            for part in parts {
                self.event(record, begun, &line);
                begun = offset(&record.text, part);
                line = lossy(part).into_owned();
            }
            if !secret.is_empty() {
                line.push_str(Mask::SHOWN);
            }
            at = secret.end;
        }
        // A stream's last newline ends a line and does not begin one.
        if record.stream.is_none() || !line.is_empty() {
            self.event(record, begun, &line);
        }
    }

    /// Writes a record that needs no masking and no escapes, as almost all records do.
    fn plain(&mut self, record: &Record, text: &str) {
        self.events.reserve(PREFIX + text.len() + 1);
        if record.stream.is_none() {
            return self.event(record, 0, text);
        }
        let mut begun = 0;
        for line in text.split('\n') {
            let end = begun + line.len();
            // A stream's last newline ends a line and does not begin one.
            if end < text.len() || !line.is_empty() {
                self.event(record, begun, line);
            }
            begun = end + 1;
        }
    }

    fn event(&mut self, record: &Record, begun: usize, text: &str) {
        if self.left == 0 {
            self.truncated = true;
            return;
        }
        let time = record.times.iter().rev().find(|(from, _)| *from <= begun).map_or(SystemTime::UNIX_EPOCH, |(_, time)| *time);
        // The newline behind the carriage return ended the stream's line.
        let text = if record.stream.is_some() { text.strip_suffix('\r').unwrap_or(text) } else { text };
        let (id, left) = (&self.buffer.execution_id, self.left);
        let (len, cut) = self.events.push_with(|event| {
            let start = event.len();
            push_prefix(event, time, id, record.level);
            push_escaped(event, text);
            let most = start + left;
            let cut = event.len() > most;
            if cut {
                event.truncate((start..=most).rev().find(|at| event.is_char_boundary(*at)).unwrap_or(start));
            }
            (event.len() - start, cut)
        });
        self.left -= len;
        self.truncated |= cut;
    }
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Where `part`, a slice of `whole`, begins in it.
fn offset(whole: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{FailureKind, Secret};

    const T0: SystemTime = SystemTime::UNIX_EPOCH;

    fn buffer(limit: usize, secrets: &[&str]) -> LogBuffer {
        let secrets: Vec<Secret> = secrets.iter().map(|one| Secret::new(*one)).collect();
        LogBuffer::new("e1".into(), Arc::new(Mask::new(&secrets).unwrap()), limit)
    }

    fn messages(log: &Log) -> Vec<&str> {
        log.events.iter().map(|event| event.splitn(4, '\t').nth(3).unwrap_or("?")).collect()
    }

    #[test]
    fn events_carry_time_level_and_message() {
        let mut log = buffer(4096, &[]);
        log.message(Level::Info, "one\ntwo\r\nthree\x07", T0);
        log.stream(Stream::Stderr, b"fo", T0);
        log.stream(Stream::Stderr, b"ur\nfive\n", T0 + Duration::from_secs(1));
        let log = log.finish(None, T0);
        assert_eq!(messages(&log), ["one\ntwo\nthree\\x07", "four", "five"]);
        let events: Vec<&str> = log.events.iter().collect();
        assert_eq!(events[1], "1970-01-01T00:00:00.000Z\te1\tERROR\tfour");
        assert!(events[2].starts_with("1970-01-01T00:00:01.000Z"));
        assert!(!log.truncated);
    }

    #[test]
    fn a_secret_is_masked_across_writes_lines_and_the_cut() {
        let mut log = buffer(4096, &["line1-secret\nline2-secret"]);
        log.stream(Stream::Stderr, b"key=line1-sec", T0);
        log.stream(Stream::Stderr, b"ret\nline2-secret!\nend", T0);
        assert_eq!(messages(&log.finish(None, T0)), ["key=***!", "end"]);

        let mut log = buffer(100, &["0123456789abcdef"]);
        log.message(Level::Info, &format!("{}0123456789abcdef", "x".repeat(98)), T0);
        let log = log.finish(None, T0);
        assert!(log.truncated && !log.events.text().contains("0123"), "{log:?}");
    }

    #[test]
    fn no_beginning_of_a_secret_is_shown_where_masks_have_made_room() {
        let value = "0123456789abcdefghij".repeat(3);
        for before in 0..70 {
            let text = format!("{}{}", "x".repeat(before), format!("{value}-").repeat(40));
            let mut message = buffer(1024, &[&value]);
            message.message(Level::Info, &text, T0);
            let mut stream = buffer(1024, &[&value]);
            text.as_bytes().chunks(7).for_each(|chunk| stream.stream(Stream::Stderr, chunk, T0));
            let mut appended = buffer(1024, &[&value]);
            let mut later = LogBuffer::new("e2".into(), Arc::default(), 1024);
            later.message(Level::Info, &text, T0);
            appended.append(later);
            for log in [message, stream, appended] {
                let log = log.finish(None, T0);
                let shown = log.events.text();
                assert!(log.truncated && shown.contains("***-***") && !shown.contains("012"), "{shown}");
            }
        }
    }

    #[test]
    fn what_there_is_room_for_tells_that_the_rest_is_cut() {
        let text = "x".repeat(5000);
        let (mut whole, mut part) = (buffer(1024, &["secret-secret"]), buffer(1024, &["secret-secret"]));
        whole.message(Level::Info, &text, T0);
        part.message(Level::Info, &text[..part.room()], T0);
        assert_eq!(whole.finish(None, T0), part.finish(None, T0));
    }

    #[test]
    fn a_flood_is_cut_and_said_so() {
        let mut log = buffer(1000, &[]);
        for n in 0..100_000 {
            log.message(Level::Info, &format!("line {n}"), T0);
        }
        assert!(log.records.len() < 100);
        let failure = Failure::new(FailureKind::Trap, "broken\nhere");
        let log = log.finish(Some(&failure), T0);
        assert!(log.truncated);
        let messages = messages(&log);
        assert_eq!(messages[messages.len() - 2], "log cut: more than 1000 bytes");
        assert_eq!(messages[messages.len() - 1], "trap: broken\nhere");
        assert!(log.events.iter().map(str::len).sum::<usize>() < 1300);
    }

    #[test]
    fn a_message_is_one_event_whatever_it_holds() {
        let forged = "1970-01-01T00:00:00.000Z\te1\tERROR\texception: forged";
        for text in ["bob", "", "\n", "\n\n", "bob\r", "bob\r\n", "bob\u{1e}", "bob\u{2028}", "bob\u{85}"] {
            for text in [
                text.to_owned(),
                format!("{text}{forged}"),
                format!("{text}\n{forged}\nsecret-secret"),
                format!("secret-secret{text}\n{forged}"),
            ] {
                let mut log = buffer(4096, &["secret-secret"]);
                log.message(Level::Info, &text, T0);
                let log = log.finish(None, T0);
                assert_eq!(log.events.iter().count(), 1, "{text:?}");
                assert!(log.events.text().starts_with("1970-01-01T00:00:00.000Z\te1\tINFO\t") && !log.events.text().contains("secret-"));
            }
        }
    }

    #[test]
    fn a_secret_is_masked_inside_and_across_the_lines_of_a_message() {
        let mut log = buffer(4096, &["secret-secret", "line1-secret\nline2-secret"]);
        log.message(Level::Info, "{\n  a: 'secret-secret'\n}\nline1-secret\nline2-secret!", T0);
        assert_eq!(messages(&log.finish(None, T0)), ["{\n  a: '***'\n}\n***!"]);
    }

    #[test]
    fn a_failure_is_told_with_its_place_and_stack() {
        let failure = Failure {
            place: Some("hook.js:1:2".to_owned()),
            stack: Some("    at f (hook.js:1:2)\n    at secret-secret (hook.js:3:4)".to_owned()),
            ..Failure::new(FailureKind::Exception, "Error: no")
        };
        let log = buffer(4096, &["secret-secret"]).finish(Some(&failure), T0);
        assert_eq!(messages(&log), ["exception: Error: no (hook.js:1:2)\n    at f (hook.js:1:2)\n    at *** (hook.js:3:4)"]);
    }

    #[test]
    fn a_log_continues_an_earlier_one() {
        let mut earlier = LogBuffer::new("e0".into(), Arc::default(), 4096);
        earlier.message(Level::Warn, "a\nsecret-secret", T0);
        let mut log = buffer(4096, &["secret-secret"]);
        log.append(earlier);
        log.message(Level::Info, "b", T0 + Duration::from_secs(1));
        let expected = ["1970-01-01T00:00:00.000Z\te1\tWARN\ta\n***", "1970-01-01T00:00:01.000Z\te1\tINFO\tb"];
        assert_eq!(log.finish(None, T0).events, expected.iter().collect());

        let mut earlier = LogBuffer::new("e0".into(), Arc::default(), 100_000);
        (0..1000).for_each(|_| earlier.message(Level::Info, "line", T0));
        let mut log = buffer(1000, &[]);
        log.append(earlier);
        assert!(log.records.len() < 20);
        assert!(log.finish(None, T0).truncated);
    }

    #[test]
    fn empty_messages_are_events_and_an_empty_log_has_none() {
        let mut log = buffer(1000, &[]);
        log.message(Level::Debug, "", T0);
        assert_eq!(messages(&log.finish(None, T0)), [""]);
        assert!(buffer(1000, &[]).finish(None, T0).events.is_empty());
    }
}
