//! The order of texts of ASCII characters in the root collation, which most languages keep: what `localeCompare` and `Intl.Collator` are
//! asked for most, without a question to the host.

use std::cmp::Ordering;

use rquickjs::{Result, Value};

use crate::quick;

/// The characters in their order. Control characters but for white space count for nothing and are left to the host.
const ORDER: &[u8] = b"\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";
/// The weight of a character that is not in the list.
const NONE: u8 = 0;
/// The answer for texts that the host has to compare.
const UNKNOWN: i32 = 2;

static WEIGHTS: [u8; 256] = weights();

#[allow(clippy::indexing_slicing, reason = "computed by the compiler, which would refuse an index out of bounds")]
const fn weights() -> [u8; 256] {
    let mut weights = [NONE; 256];
    let mut place = 0;
    while place < ORDER.len() {
        weights[ORDER[place] as usize] = place as u8 + 1;
        weights[ORDER[place].to_ascii_uppercase() as usize] = place as u8 + 1;
        place += 1;
    }
    weights
}

/// -1, 0 or 1; 2 when the host is to be asked. `cased` tells capital letters from small ones, which are before them.
pub(crate) fn ascii_order<'js>(left: Value<'js>, right: Value<'js>, cased: bool) -> Result<i32> {
    quick::with_utf8(&left, |left| quick::with_utf8(&right, |right| order(left, right, cased)))?
}

fn order(left: &[u8], right: &[u8], cased: bool) -> i32 {
    let (mut by_letter, mut by_case) = (Ordering::Equal, Ordering::Equal);
    let common = left.len().min(right.len());
    for (a, b) in left.iter().zip(right) {
        let (weight, other) = (weight(*a), weight(*b));
        if weight == NONE || other == NONE {
            return UNKNOWN;
        }
        by_letter = by_letter.then(weight.cmp(&other));
        by_case = by_case.then(a.is_ascii_uppercase().cmp(&b.is_ascii_uppercase()));
    }
    let rest = left.iter().skip(common).chain(right.iter().skip(common));
    if rest.into_iter().any(|c| weight(*c) == NONE) {
        return UNKNOWN;
    }
    let order = by_letter.then(left.len().cmp(&right.len()));
    (if cased { order.then(by_case) } else { order }) as i32
}

fn weight(c: u8) -> u8 {
    WEIGHTS.get(usize::from(c)).copied().unwrap_or(NONE)
}
