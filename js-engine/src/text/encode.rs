//! Text to bytes, for each encoding as Node does it: what is no text of the encoding ends it or is skipped, and nothing is refused.

use super::base64;
use super::encoding::Encoding;
use super::latin1::push_latin1;
use super::progress::Progress;
use super::units::Units;

/// All bytes of a text.
pub(super) fn encode(units: &Units<'_>, encoding: Encoding) -> Vec<u8> {
    let mut out = Vec::new();
    match encoding {
        Encoding::Utf8 => push_utf8(&mut out, units),
        _ => {
            out.resize(most_bytes(units.len(), encoding), 0);
            let written = write(units, encoding, &mut out).written;
            out.truncate(written);
        }
    }
    out
}

fn most_bytes(len: usize, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => len * 3,
        Encoding::Utf16 => len * 2,
        Encoding::Latin1 | Encoding::Ascii => len,
        Encoding::Base64 | Encoding::Base64Url => len / 4 * 3 + 3,
        Encoding::Hex => len / 2,
    }
}

/// Appends a text in UTF-8; half a surrogate pair is a replacement character.
pub(crate) fn push_utf8(out: &mut Vec<u8>, units: &Units<'_>) {
    match units {
        Units::Latin1(text) => {
            out.reserve(text.len());
            push_latin1(out, text);
        }
        Units::Utf16(text) => {
            out.reserve(text.len() * 2);
            for char in chars(text) {
                out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

fn chars(text: &[u16]) -> impl Iterator<Item = char> {
    char::decode_utf16(text.iter().copied()).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// How many bytes a text is in UTF-8.
pub(super) fn utf8_len(units: &Units<'_>) -> usize {
    match units {
        Units::Latin1(text) => text.iter().map(|byte| 1 + usize::from(byte >> 7)).sum(),
        Units::Utf16(text) => chars(text).map(char::len_utf8).sum(),
    }
}

/// Writes as much of a text as there is room for; no character in part, except where a character is not what is counted.
pub(super) fn write(units: &Units<'_>, encoding: Encoding, target: &mut [u8]) -> Progress {
    match encoding {
        Encoding::Utf8 => write_utf8(units, target),
        Encoding::Utf16 => write_utf16(units, target),
        Encoding::Latin1 | Encoding::Ascii => write_latin1(units, target),
        Encoding::Base64 | Encoding::Base64Url => base64::decode(units, target),
        Encoding::Hex => write_hex(units, target),
    }
}

fn write_utf8(units: &Units<'_>, target: &mut [u8]) -> Progress {
    match units {
        Units::Latin1(text) if text.is_ascii() => {
            let len = text.len().min(target.len());
            copy(target, text);
            Progress { read: len, written: len }
        }
        Units::Latin1(text) => write_chars(text.iter().map(|byte| char::from(*byte)), target),
        Units::Utf16(text) => write_chars(chars(text), target),
    }
}

fn write_chars(chars: impl Iterator<Item = char>, target: &mut [u8]) -> Progress {
    let mut progress = Progress::default();
    for char in chars {
        let end = progress.written + char.len_utf8();
        let Some(room) = target.get_mut(progress.written..end) else { break };
        char.encode_utf8(room);
        progress = Progress { read: progress.read + char.len_utf16(), written: end };
    }
    progress
}

fn write_utf16(units: &Units<'_>, target: &mut [u8]) -> Progress {
    let mut read = 0;
    for place in target.chunks_exact_mut(2) {
        let Some(unit) = units.at(read) else { break };
        place.copy_from_slice(&unit.to_le_bytes());
        read += 1;
    }
    Progress { read, written: read * 2 }
}

fn write_latin1(units: &Units<'_>, target: &mut [u8]) -> Progress {
    let len = units.len().min(target.len());
    match units {
        Units::Latin1(text) => copy(target, text),
        Units::Utf16(text) => target.iter_mut().zip(*text).for_each(|(place, unit)| *place = *unit as u8),
    }
    Progress { read: len, written: len }
}

fn copy(target: &mut [u8], bytes: &[u8]) {
    target.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
}

fn write_hex(units: &Units<'_>, target: &mut [u8]) -> Progress {
    // As in Node, what is above 255 counts as its lower half.
    let digit = |at: usize| char::from(units.at(at)? as u8).to_digit(16);
    let mut written = 0;
    for place in target.iter_mut() {
        let (Some(high), Some(low)) = (digit(written * 2), digit(written * 2 + 1)) else { break };
        *place = (high * 16 + low) as u8;
        written += 1;
    }
    Progress { read: written * 2, written }
}
