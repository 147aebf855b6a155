//! Base64 as Node reads and writes it: both alphabets are read, whatever belongs to neither is skipped, and the first `=` ends it.

use super::progress::Progress;
use super::units::Units;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The bytes that a text stands for, as many as there is room for.
pub(super) fn decode(units: &Units<'_>, target: &mut [u8]) -> Progress {
    let mut target = target.iter_mut();
    let (mut bits, mut count, mut written, mut read) = (0u32, 0, 0, 0);
    while let Some(unit) = units.at(read) {
        read += 1;
        // As in Node, what is above 255 counts as its lower half.
        let char = unit as u8;
        if char == b'=' {
            break;
        }
        let Some(sextet) = value(char) else { continue };
        bits = bits << 6 | u32::from(sextet);
        count += 6;
        if count >= 8 {
            let Some(place) = target.next() else { break };
            count -= 8;
            *place = (bits >> count) as u8;
            written += 1;
        }
    }
    Progress { read, written }
}

fn value(char: u8) -> Option<u8> {
    match char {
        b'A'..=b'Z' => Some(char - b'A'),
        b'a'..=b'z' => Some(char - b'a' + 26),
        b'0'..=b'9' => Some(char - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Base64 with padding, or base64url without.
pub(super) fn encode(bytes: &[u8], url_safe: bool) -> Vec<u8> {
    let alphabet = if url_safe { URL_SAFE } else { STANDARD };
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at <= group.len() {
                let sextet = (bits >> (18 - 6 * at) & 63) as usize;
                out.extend(alphabet.get(sextet));
            } else if !url_safe {
                out.push(b'=');
            }
        }
    }
    out
}
