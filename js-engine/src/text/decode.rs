//! Bytes to text, for each encoding as Node does it.

use rquickjs::{Ctx, Result, Value};

use super::base64;
use super::encoding::Encoding;
use super::units::{from_latin1, from_utf8, from_utf16};

/// The text that bytes are; what is no text of the encoding is a replacement character.
pub(super) fn decode<'js>(ctx: &Ctx<'js>, bytes: &[u8], encoding: Encoding) -> Result<Value<'js>> {
    match encoding {
        Encoding::Utf8 => from_utf8(ctx, &String::from_utf8_lossy(bytes)),
        Encoding::Utf16 => from_utf16(ctx, &units(bytes)),
        Encoding::Latin1 => from_latin1(ctx, bytes),
        Encoding::Ascii => from_latin1(ctx, &bytes.iter().map(|byte| byte & 0x7f).collect::<Vec<_>>()),
        Encoding::Base64 => from_latin1(ctx, &base64::encode(bytes, false)),
        Encoding::Base64Url => from_latin1(ctx, &base64::encode(bytes, true)),
        Encoding::Hex => from_latin1(ctx, &hex(bytes)),
    }
}

/// Half a unit at the end is no text.
fn units(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| pair.try_into().map_or(0, u16::from_le_bytes)).collect()
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
