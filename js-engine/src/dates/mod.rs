//! What `Date.parse` reads: ECMAScript's own format, and whatever else V8 takes for a date. Authors test theirs on Node, so a text means the
//! same instant here, and one that means none there means none here. Which text of a value is read is QuickJS's business.
//!
//! V8 has no grammar for the second kind: it walks over numbers, words and signs and sees what each could be. The walk is in `walk.rs`, what has
//! been found so far in `found.rs`, ECMAScript's format in `iso.rs`, and the tokens that both read in `tokens.rs`.

mod found;
mod iso;
mod tokens;
mod walk;

use found::Found;
use tokens::{Text, Tokens};

/// The instant in milliseconds since 1970, or NaN. Times without an offset are in UTC, which is the local time of hooks.
#[unsafe(no_mangle)]
extern "C" fn hookbox_parse_date(characters: *const core::ffi::c_void, len: u32, wide: bool) -> f64 {
    let len = len as usize;
    // SAFETY: QuickJS hands over the characters of a string that it holds: `len` of one byte each, or of two.
    let text = unsafe {
        if wide {
            Text::Wide(core::slice::from_raw_parts(characters.cast(), len))
        } else {
            Text::Narrow(core::slice::from_raw_parts(characters.cast(), len))
        }
    };
    parse(text).unwrap_or(f64::NAN)
}

fn parse(text: Text<'_>) -> Option<f64> {
    let mut tokens = Tokens::new(text);
    let mut found = Found::default();
    match iso::read(&mut tokens, &mut found) {
        iso::Read::Date => {}
        iso::Read::Other(next) => walk::read(next, &mut tokens, &mut found)?,
        iso::Read::Invalid => return None,
    }
    found.instant()
}
