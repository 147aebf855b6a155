//! The table of locale data: for a locale and a key, a text. `tools/intl-data` makes it from CLDR and says how it is laid out and which
//! keys there are; it is read in place, so that a process which never formats anything has none of it in memory.

use std::sync::LazyLock;

static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cldr.bin"));
const NONE: u32 = u32::MAX;
/// Where the offsets of the texts begin.
const OFFSETS: usize = 3;
/// Parents of parents; more than there are.
const MAX_DEPTH: usize = 8;

static LAYOUT: LazyLock<Layout> = LazyLock::new(|| {
    let (texts, rows, entries) = (number(0) as usize, number(1) as usize, number(2) as usize);
    let heads = OFFSETS + texts + 1;
    let pairs = heads + 3 * (rows + 1);
    Layout { texts, rows, heads, pairs, bytes: 4 * (pairs + 2 * entries) }
});

struct Layout {
    texts: usize,
    rows: usize,
    heads: usize,
    pairs: usize,
    bytes: usize,
}

fn number(index: usize) -> u32 {
    TABLE.get(4 * index..).and_then(|rest| rest.first_chunk()).map_or(NONE, |bytes| u32::from_le_bytes(*bytes))
}

fn text(id: u32) -> &'static [u8] {
    let (from, to) = (number(OFFSETS + id as usize) as usize, number(OFFSETS + id as usize + 1) as usize);
    TABLE.get(LAYOUT.bytes + from..LAYOUT.bytes + to).unwrap_or_default()
}

fn find(wanted: &str) -> Option<u32> {
    halve(LAYOUT.texts, |index| text(index as u32).cmp(wanted.as_bytes())).map(|index| index as u32)
}

fn halve(len: usize, compare: impl Fn(usize) -> std::cmp::Ordering) -> Option<usize> {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low.midpoint(high);
        match compare(middle) {
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

/// A locale's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Data(usize);

impl Data {
    /// The row of exactly this locale.
    pub(super) fn find(locale: &str) -> Option<Self> {
        let name = find(locale)?;
        halve(LAYOUT.rows, |row| number(LAYOUT.heads + 3 * row).cmp(&name)).map(Self)
    }

    /// The row of the locale, or of what is left of it when its end is cut off until there is one.
    pub(super) fn of(locale: &str) -> Self {
        let mut rest = locale;
        loop {
            if let Some(row) = Self::find(rest) {
                return row;
            }
            let Some((shorter, _)) = rest.rsplit_once('-') else { return Self::find("und").unwrap_or(Self(0)) };
            rest = shorter;
        }
    }

    /// What belongs to no locale.
    pub(super) fn supplement() -> Self {
        Self::find("supplement").unwrap_or(Self(0))
    }

    /// The text of a key, of this locale or the nearest of its parents.
    pub(super) fn get(self, key: &str) -> Option<&'static str> {
        let key = find(key)?;
        let mut row = self.0;
        for _ in 0..MAX_DEPTH {
            if let Some(value) = own(row, key) {
                return (value != NONE).then(|| std::str::from_utf8(text(value)).ok()).flatten();
            }
            row = match number(LAYOUT.heads + 3 * row + 1) {
                NONE => return None,
                parent => parent as usize,
            };
        }
        None
    }
}

fn own(row: usize, key: u32) -> Option<u32> {
    let head = LAYOUT.heads + 3 * row;
    let (first, end) = (number(head + 2) as usize, number(head + 5) as usize);
    let place = halve(end.saturating_sub(first), |index| number(LAYOUT.pairs + 2 * (first + index)).cmp(&key))?;
    Some(number(LAYOUT.pairs + 2 * (first + place) + 1))
}

#[cfg(test)]
mod tests {
    use super::Data;

    #[test]
    fn a_key_is_the_locales_own_or_its_parents() {
        assert_eq!(Data::of("de").get("sym/latn/decimal"), Some(","));
        assert_eq!(Data::of("de-CH").get("sym/latn/decimal"), Some("."));
        assert_eq!(Data::of("de-DE").get("region/DE"), Some("Deutschland"));
        assert_eq!(Data::of("de").get("no/such/key"), None);
        assert_eq!(Data::supplement().get("fraction/JPY"), Some("0"));
    }

    #[test]
    fn an_unknown_locale_is_cut_until_there_is_one() {
        assert_eq!(Data::of("de-XX-1996"), Data::of("de"));
        assert_eq!(Data::of("xx"), Data::of("und"));
    }
}
