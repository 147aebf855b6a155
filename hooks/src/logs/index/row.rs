//! A row of the index: pairs of a tag and a moment, under a key that says of which day they are and how they came there.

use super::tag::Tag;
use crate::logs::entry::{MICROS_PER_DAY, day};
use crate::store::{Key, KeyReader, Kind, StoreError};

/// The bytes of a tag, and of the time since the day began.
const TAG: usize = 8;
const TIME: usize = 5;
/// The bytes of a pair.
pub(super) const PAIR: usize = TAG + TIME;

/// The level of the rows that commits write. Runs have higher ones.
const FRESH: u8 = 0;
/// The lowest level of runs.
pub(super) const LOWEST: u8 = 1;
/// The highest level of runs, which are not merged any more.
pub(super) const HIGHEST: u8 = 4;

/// That a tag has an entry of this moment, in microseconds since 1970. Pairs sort by tag, and then by moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) tag: Tag,
    pub(super) moment: u64,
}

/// A run of one day: rows that hold pairs in ascending order, all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) level: u8,
    pub(super) number: u32,
}

/// How a row came where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// With a commit of entries. No pair of it is of a later moment than `newest`; `mark` tells it from others of that moment.
    Fresh { newest: u64, mark: [u8; 8] },
    /// By merging. It begins with this pair.
    Merged { run: Run, first: Pair },
}

/// The fields of a row's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) account: u64,
    pub(super) day: u32,
    pub(super) row: Row,
}

impl Place {
    /// Reads a key.
    pub(super) fn read(key: &[u8]) -> Result<Self, StoreError> {
        Self::parse(key).ok_or_else(damaged)
    }

    fn parse(key: &[u8]) -> Option<Self> {
        let (account, mut parts) = KeyReader::new(key, Kind::LogIndex)?;
        let day = parts.u32()?;
        let [level] = parts.fixed()?;
        let row = if level == FRESH {
            Row::Fresh { newest: parts.u64()?, mark: parts.fixed()? }
        } else {
            let run = Run { level, number: parts.u32()? };
            Row::Merged { run, first: Pair { tag: Tag(parts.u64()?), moment: parts.u64()? } }
        };
        (level <= HIGHEST && parts.fixed::<1>().is_none()).then_some(Self { account, day, row })
    }

    pub(super) fn key(&self) -> Key {
        match self.row {
            Row::Fresh { newest, mark } => fresh_of_day(self.account, self.day).u64(newest).fixed(&mark),
            Row::Merged { run, first } => at_pair(run_of_day(self.account, self.day, run), first),
        }
    }
}

/// The beginning of the rows of one day.
pub(in crate::logs) fn rows_of_day(account: u64, day: u32) -> Key {
    Key::new(account, Kind::LogIndex).u32(day)
}

/// The beginning of the rows that commits wrote.
pub(super) fn fresh_of_day(account: u64, day: u32) -> Key {
    rows_of_day(account, day).fixed(&[FRESH])
}

/// The beginning of the runs of a level.
pub(super) fn level_of_day(account: u64, day: u32, level: u8) -> Key {
    rows_of_day(account, day).fixed(&[level])
}

/// The beginning of a run.
pub(super) fn run_of_day(account: u64, day: u32, run: Run) -> Key {
    level_of_day(account, day, run.level).u32(run.number)
}

/// Where in a run a row is that begins with this pair.
pub(super) fn at_pair(run: Key, first: Pair) -> Key {
    run.u64(first.tag.0).u64(first.moment)
}

/// The value of a row with these pairs, which are of one day.
pub(super) fn encode(day: u32, pairs: &[Pair]) -> Vec<u8> {
    let (begins, mut value) = (begin(day), Vec::with_capacity(pairs.len() * PAIR));
    for pair in pairs {
        let [_, _, _, time @ ..] = pair.moment.saturating_sub(begins).to_be_bytes();
        value.extend(pair.tag.0.to_be_bytes());
        value.extend(time);
    }
    value
}

/// The pairs of a row, as its value has them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs<'a> {
    begins: u64,
    pairs: &'a [[u8; PAIR]],
}

impl<'a> Pairs<'a> {
    /// The value of a row. That it ascends is seen by [`check_row`] only.
    pub(super) fn read(day: u32, value: &'a [u8]) -> Result<Self, StoreError> {
        match value.as_chunks() {
            ([], _) | (_, [_, ..]) => Err(damaged()),
            (pairs, []) => Ok(Self { begins: begin(day), pairs }),
        }
    }

    pub(super) fn ascending(self) -> impl DoubleEndedIterator<Item = Pair> + use<'a> {
        self.pairs.iter().map(move |pair| decode(self.begins, pair))
    }

    /// Those below a pair, the highest first.
    pub(super) fn below(self, limit: Pair) -> impl Iterator<Item = Pair> + use<'a> {
        let count = self.pairs.partition_point(|pair| decode(self.begins, pair) < limit);
        self.pairs.get(..count).unwrap_or_default().iter().rev().map(move |pair| decode(self.begins, pair))
    }
}

fn begin(day: u32) -> u64 {
    u64::from(day).saturating_mul(MICROS_PER_DAY)
}

fn decode(begins: u64, pair: &[u8; PAIR]) -> Pair {
    let [a, b, c, d, e, f, g, h, v, w, x, y, z] = *pair;
    let time = u64::from_be_bytes([0, 0, 0, v, w, x, y, z]);
    Pair { tag: Tag(u64::from_be_bytes([a, b, c, d, e, f, g, h])), moment: begins.saturating_add(time) }
}

pub(super) fn damaged() -> StoreError {
    StoreError::Corrupt("a row of the log's index is none".to_owned())
}

/// Whether a row is one.
pub(crate) fn check_row(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    let place = Place::read(key)?;
    let pairs = Pairs::read(place.day, value)?;
    let in_place = match place.row {
        Row::Fresh { newest, .. } => day(newest) == place.day && pairs.ascending().all(|pair| pair.moment <= newest),
        Row::Merged { first, .. } => pairs.ascending().next() == Some(first),
    };
    let of_the_day = pairs.ascending().all(|pair| day(pair.moment) == place.day);
    let ascends = pairs.ascending().zip(pairs.ascending().skip(1)).all(|(one, next)| one < next);
    if in_place && of_the_day && ascends { Ok(()) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u32 = 20_000;

    fn pair(tag: u64, time: u64) -> Pair {
        Pair { tag: Tag(tag), moment: begin(DAY) + time }
    }

    fn fresh(newest: u64) -> Place {
        Place { account: 7, day: DAY, row: Row::Fresh { newest: begin(DAY) + newest, mark: [3; 8] } }
    }

    fn merged(level: u8, first: Pair) -> Place {
        Place { account: 7, day: DAY, row: Row::Merged { run: Run { level, number: 5 }, first } }
    }

    #[test]
    fn a_row_reads_back() {
        let pairs = [pair(1, 0), pair(1, MICROS_PER_DAY - 1), pair(u64::MAX, 77)];
        let value = encode(DAY, &pairs);
        assert_eq!(value.len(), 3 * PAIR);
        let read = Pairs::read(DAY, &value).unwrap();
        assert_eq!(read.ascending().collect::<Vec<_>>(), pairs);
        assert_eq!(read.below(pairs[2]).collect::<Vec<_>>(), [pairs[1], pairs[0]]);
        for place in [fresh(MICROS_PER_DAY - 1), merged(1, pairs[0]), merged(HIGHEST, pairs[0])] {
            assert_eq!(Place::read(place.key().as_bytes()).unwrap(), place);
            assert!(check_row(place.key().as_bytes(), &value).is_ok());
        }
    }

    #[test]
    fn a_row_that_is_none_is_an_error() {
        let (one, two) = (pair(1, 5), pair(2, 4));
        let good = encode(DAY, &[one, two]);
        let with = |place: Place, value: &[u8]| check_row(place.key().as_bytes(), value);
        assert!(with(fresh(5), &good).is_ok());
        let late = pair(1, MICROS_PER_DAY);
        for (place, value) in [
            (fresh(4), good.clone()),
            (Place { day: DAY + 1, ..fresh(5) }, good.clone()),
            (fresh(MICROS_PER_DAY - 1), encode(DAY, &[late])),
            (merged(1, two), good.clone()),
            (merged(HIGHEST + 1, one), good.clone()),
            (merged(1, two), encode(DAY, &[two, one])),
            (merged(1, one), encode(DAY, &[one, one])),
            (merged(1, one), good[..PAIR + 1].to_vec()),
            (merged(1, one), Vec::new()),
        ] {
            assert!(matches!(with(place, &value), Err(StoreError::Corrupt(_))), "{place:?} {value:?}");
        }
        let former = rows_of_day(7, DAY).fixed(&[0; 8]).u64(begin(DAY));
        for key in [former.as_bytes(), Key::new(7, Kind::LogIndex).as_bytes(), b"short"] {
            assert!(matches!(check_row(key, &good), Err(StoreError::Corrupt(_))));
        }
    }
}
