//! Keys: account, kind and parts, in an encoding that sorts like its parts. Each resource defines the parts of its kind.

use super::KeyRange;

/// The account of the server itself: its format version, its check values, and records that are looked up across accounts.
pub(crate) const SERVER: u64 = 0;

/// The kind of a record. The numbers are stored: a number must never get another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Facts about the store.
    Meta = 0,
    /// An account and its settings.
    Account = 1,
    /// A client id and the hash of its secret.
    Credential = 2,
    /// A hook and its versions.
    Hook = 3,
    /// An env var, its value sealed.
    EnvVar = 4,
    /// The bytes of a function, or the mark that they are a blob.
    Function = 5,
    /// One execution.
    Log = 6,
    /// Where executions with a certain id or outcome are in the log.
    LogIndex = 7,
    /// What functions keep for a while.
    Cache = 8,
}

impl Kind {
    const ALL: [Self; 9] =
        [Self::Meta, Self::Account, Self::Credential, Self::Hook, Self::EnvVar, Self::Function, Self::Log, Self::LogIndex, Self::Cache];
}

/// A key, or the common beginning of several.
///
/// Whole parts are prefix-free: no encoded part is the beginning of another of the same type, so a range over a key never
/// catches a neighbour whose name merely starts alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// The beginning of every key of this kind in this account.
    pub(crate) fn new(account: u64, kind: Kind) -> Self {
        let mut bytes = account.to_be_bytes().to_vec();
        bytes.push(kind as u8);
        Self(bytes)
    }

    /// The beginning of every key of this account.
    pub(crate) fn account(account: u64) -> Self {
        Self(account.to_be_bytes().to_vec())
    }

    /// Adds a text. A zero byte in it is escaped, and 0x00 0x01 ends it: below the escape and below every other byte, so that
    /// a shorter text sorts first.
    pub(crate) fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(0xff);
            }
        }
        self.0.extend([0, 1]);
        self
    }

    /// Adds bytes. Their length must be the same in every key of the kind.
    pub(crate) fn fixed<const N: usize>(mut self, bytes: &[u8; N]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// Adds a number.
    pub(crate) fn u32(self, number: u32) -> Self {
        self.fixed(&number.to_be_bytes())
    }

    /// Adds a number.
    pub(crate) fn u64(self, number: u64) -> Self {
        self.fixed(&number.to_be_bytes())
    }

    /// The encoded key.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The range of the keys that begin with this one, itself included.
    pub(crate) fn range(&self) -> KeyRange {
        KeyRange::prefix(&self.0)
    }
}

impl From<&[u8]> for Key {
    /// Wraps the bytes of a key that a scan returned.
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

/// Reads a key's parts back, in the order in which they were added. Every read is `None` where the bytes do not fit.
#[derive(Clone, Debug)]
pub(crate) struct KeyReader<'a>(&'a [u8]);

impl<'a> KeyReader<'a> {
    /// Starts behind the account and the kind, if the key has this kind.
    pub(crate) fn new(key: &'a [u8], kind: Kind) -> Option<(u64, Self)> {
        let mut reader = Self(key);
        let account = reader.u64()?;
        (reader.fixed::<1>()? == [kind as u8]).then_some((account, reader))
    }

    /// The account of any key.
    pub(crate) fn account_of(key: &'a [u8]) -> Option<u64> {
        Self(key).u64()
    }

    /// The kind of any key.
    pub(crate) fn kind_of(key: &'a [u8]) -> Option<Kind> {
        let mut reader = Self(key);
        reader.u64()?;
        let [byte] = reader.fixed::<1>()?;
        Kind::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }

    /// The next part, a text.
    pub(crate) fn text(&mut self) -> Option<String> {
        let mut text = Vec::new();
        loop {
            match self.0 {
                [0, 1, rest @ ..] => {
                    self.0 = rest;
                    return String::from_utf8(text).ok();
                }
                [0, 0xff, rest @ ..] => {
                    text.push(0);
                    self.0 = rest;
                }
                [0, ..] | [] => return None,
                [byte, rest @ ..] => {
                    text.push(*byte);
                    self.0 = rest;
                }
            }
        }
    }

    /// The next part, `N` bytes.
    pub(crate) fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (part, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*part)
    }

    /// The next part, a number.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.fixed().map(u32::from_be_bytes)
    }

    /// The next part, a number.
    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.fixed().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Parts = (u64, String, u32, String, u64);

    fn key(parts: &Parts) -> Key {
        let (account, first, number, second, last) = parts;
        Key::new(*account, Kind::Log).text(first).u32(*number).text(second).u64(*last)
    }

    /// Texts that crowd around the escape: zeros, ones, 0xff-ish, empty, prefixes of each other.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,6}",
            proptest::collection::vec(prop_oneof![Just('\0'), Just('\u{1}'), Just('a'), Just('\u{ff}')], 0..5)
                .prop_map(|c| c.into_iter().collect())
        ]
    }

    fn parts() -> impl Strategy<Value = Parts> {
        (any::<u64>(), text(), any::<u32>(), text(), any::<u64>()).prop_map(|(a, b, c, d, e)| (a % 3, b, c % 3, d, e % 3))
    }

    proptest! {
        #[test]
        fn keys_sort_as_their_parts(left in parts(), right in parts()) {
            prop_assert_eq!(key(&left).cmp(&key(&right)), left.cmp(&right));
        }

        #[test]
        fn no_text_is_the_beginning_of_another(left in text(), right in text()) {
            let (a, b) = (Key::new(1, Kind::Hook).text(&left), Key::new(1, Kind::Hook).text(&right));
            prop_assert_eq!(b.as_bytes().starts_with(a.as_bytes()), left == right);
        }

        #[test]
        fn parts_read_back(parts in parts()) {
            let key = key(&parts);
            let (account, mut reader) = KeyReader::new(key.as_bytes(), Kind::Log).unwrap();
            let read = (account, reader.text().unwrap(), reader.u32().unwrap(), reader.text().unwrap(), reader.u64().unwrap());
            prop_assert_eq!(read, parts);
            prop_assert!(reader.fixed::<1>().is_none());
        }

        #[test]
        fn a_reader_survives_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some((_, mut reader)) = KeyReader::new(&bytes, Kind::Meta) {
                while reader.text().is_some() {}
                reader.u32();
            }
        }
    }

    #[test]
    fn a_range_holds_its_own_keys_only() {
        let range = Key::new(1, Kind::Hook).text("a").range();
        let inside = Key::new(1, Kind::Hook).text("a").u32(7);
        let outside = Key::new(1, Kind::Hook).text("ab");
        let holds = |key: &Key| range.start.as_slice() <= key.as_bytes() && range.end.as_deref().is_none_or(|end| key.as_bytes() < end);
        assert!(holds(&inside) && !holds(&outside));
        assert_eq!(Key(vec![0xff; 9]).range().end, None);
    }

    #[test]
    fn a_kind_is_read_back() {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, KeyReader::kind_of(Key::new(1, kind).as_bytes())), (number, Some(kind)));
        }
        assert_eq!(KeyReader::kind_of(&[0; 8]), None);
        assert_eq!(KeyReader::kind_of(&[99; 9]), None);
    }

    #[test]
    fn another_kind_is_not_read() {
        assert!(KeyReader::new(Key::new(1, Kind::Hook).as_bytes(), Kind::Log).is_none());
    }
}
