//! Counts what a client sends over HTTP/2 beside its requests: PING, SETTINGS, WINDOW_UPDATE, RST_STREAM, PRIORITY, frames of no known type,
//! and pieces of a body that carry next to nothing. h2 answers or discards each of them at once and without end, and bounds by itself only
//! resets, CONTINUATION and empty DATA.
//!
//! A client has an allowance of bytes for them. It fills up with time, enough for the pings that keep a connection alive, and with what the
//! server sends, because who reads answers says so: a client that fetches a large one updates its windows for as long as it comes.

use std::time::Duration;

use tokio::time::Instant;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEAD_BYTES: usize = 9;
/// The most that is allowed at once: a thousand frames.
const MOST: u64 = 64 << 10;
/// What is added in a second: sixty-four frames.
const PER_SECOND: u64 = 4 << 10;
/// What a frame costs besides its payload. It is more than the answer that it gets, so that answers to a flood do not pay for it.
const FRAME: u64 = 64;
/// The payload from which on a piece of a body is none that costs.
const PIECE: usize = 64;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;

/// The frames of one connection.
#[derive(Debug)]
pub(super) struct Frames {
    at: Place,
    left: u64,
    /// When time was last counted.
    filled: Instant,
}

/// Where the next byte belongs.
#[derive(Debug)]
enum Place {
    /// So many bytes of HTTP/2's preface were there.
    Preface(usize),
    /// The client speaks HTTP/1.
    Elsewhere,
    /// So many bytes of a frame's head were there.
    Head([u8; HEAD_BYTES], usize),
    /// So many bytes of a frame's payload are still to come.
    Payload(usize),
}

impl Frames {
    /// A connection on which nothing came.
    pub(super) fn new() -> Self {
        Self { at: Place::Preface(0), left: MOST, filled: Instant::now() }
    }

    /// Counts bytes that came in; whether they are within the allowance.
    pub(super) fn received(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((first, rest)) = bytes.split_first() {
            match &mut self.at {
                Place::Elsewhere => return true,
                Place::Preface(seen) => {
                    if PREFACE.get(*seen) != Some(first) {
                        self.at = Place::Elsewhere;
                    } else if *seen + 1 == PREFACE.len() {
                        self.at = Place::Head([0; HEAD_BYTES], 0);
                    } else {
                        *seen += 1;
                    }
                    bytes = rest;
                }
                Place::Payload(left) => {
                    let skipped = bytes.len().min(*left);
                    *left -= skipped;
                    if *left == 0 {
                        self.at = Place::Head([0; HEAD_BYTES], 0);
                    }
                    bytes = bytes.get(skipped..).unwrap_or_default();
                }
                Place::Head(head, seen) => {
                    if let Some(byte) = head.get_mut(*seen) {
                        *byte = *first;
                    }
                    *seen += 1;
                    bytes = rest;
                    if *seen == HEAD_BYTES {
                        let head = *head;
                        if !self.frame(head) {
                            return false;
                        }
                    }
                }
            }
        }
        true
    }

    /// Counts bytes that were sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.fill(u64::try_from(bytes).unwrap_or(MOST));
    }

    fn frame(&mut self, [high, middle, low, kind, flags, ..]: [u8; HEAD_BYTES]) -> bool {
        let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        self.at = if length == 0 { Place::Head([0; HEAD_BYTES], 0) } else { Place::Payload(length) };
        let free = match kind {
            HEADERS | CONTINUATION => true,
            DATA => length >= PIECE || flags & END_STREAM != 0,
            _ => false,
        };
        free || self.spend(FRAME + u64::try_from(length).unwrap_or(MOST))
    }

    fn spend(&mut self, bytes: u64) -> bool {
        let since = self.filled.elapsed();
        if since >= Duration::from_millis(100) {
            self.filled += since;
            let millis = u64::try_from(since.as_millis()).unwrap_or(MOST);
            self.fill(millis.saturating_mul(PER_SECOND) / 1000);
        }
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => return false,
        }
        true
    }

    fn fill(&mut self, bytes: u64) {
        self.left = self.left.saturating_add(bytes).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: usize) -> Vec<u8> {
        let [_, high, middle, low] = u32::try_from(payload).unwrap().to_be_bytes();
        [&[high, middle, low, kind, flags, 0, 0, 0, 1][..], &vec![7; payload]].concat()
    }

    fn connected() -> Frames {
        let mut frames = Frames::new();
        assert!(frames.received(PREFACE));
        frames
    }

    /// How many of these frames are taken, of ten thousand.
    fn taken(frames: &mut Frames, frame: &[u8]) -> usize {
        (0..10_000).take_while(|_| frames.received(frame)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn what_carries_no_request_is_taken_a_thousand_times() {
        for (kind, flags, payload) in [(6, 0, 8), (6, 1, 8), (4, 0, 0), (8, 0, 4), (3, 0, 4), (2, 0, 5), (0, 0, 0), (0, 0, 63), (77, 0, 0)]
        {
            let times = taken(&mut connected(), &frame(kind, flags, payload));
            assert!((500..=1024).contains(&times), "{kind}: {times}");
        }
        assert!(taken(&mut connected(), &frame(77, 0, 16_000)) < 5, "the payload counts as well");
    }

    #[tokio::test(start_paused = true)]
    async fn requests_and_their_bodies_are_free() {
        for (kind, flags, payload) in [(1, 5, 40), (9, 4, 0), (0, 0, 64), (0, 1, 0), (0, 1, 10), (0, 0, 16_384)] {
            assert_eq!(taken(&mut connected(), &frame(kind, flags, payload)), 10_000, "{kind}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn keep_alive_pings_and_the_windows_of_a_reader_go_on() {
        let (mut frames, ping, window) = (connected(), frame(6, 0, 8), frame(8, 0, 4));
        for _ in 0..10_000 {
            assert!(frames.received(&ping));
            frames.sent(17);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        for _ in 0..100_000 {
            frames.sent(4096);
            assert!(frames.received(&window) && frames.received(&window));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_answers_to_a_flood_do_not_pay_for_it() {
        let (mut frames, ping) = (connected(), frame(6, 0, 8));
        let times = (0..10_000)
            .take_while(|_| {
                frames.sent(17);
                frames.received(&ping)
            })
            .count();
        assert!(times < 1500, "{times}");
    }

    #[tokio::test(start_paused = true)]
    async fn frames_are_found_wherever_reads_end() {
        let mut bytes = PREFACE.to_vec();
        for _ in 0..400 {
            bytes.extend(frame(0, 0, 100));
            bytes.extend(frame(6, 0, 8));
            bytes.extend(frame(1, 4, 33));
        }
        for size in [1, 2, 7, 9, 24, 1000, bytes.len()] {
            let mut frames = Frames::new();
            assert!(bytes.chunks(size).all(|chunk| frames.received(chunk)), "{size}");
            assert_eq!(frames.left, MOST - 400 * (FRAME + 8), "{size}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn another_protocol_is_not_counted() {
        let mut frames = Frames::new();
        let request = b"PRI /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
        assert_eq!(taken(&mut frames, request), 10_000);
        assert_eq!(frames.left, MOST);
    }
}
