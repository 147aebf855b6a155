//! The memory for bodies: requests that are being read or carried out, and large answers that are not sent yet.
//!
//! Accounts share seven eighths of it, and addresses that have shown no token the rest, so that nobody without one takes the room of those who
//! have. Each holder may hold as much as is free.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use hookbox_runtime::{Shares, Taken};

use crate::ids::AccountId;
use crate::networks::Neighbourhood;

/// The longest body that is not counted if it is there at once. It costs no more than the head of its request, and a login should not pay
/// for the count.
pub(super) const UNCOUNTED: usize = 8 << 10;

/// The room that there is.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    accounts: Arc<Shares<AccountId>>,
    strangers: Arc<Shares<Neighbourhood>>,
}

/// For whom room is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holder {
    Account(AccountId),
    /// A client that has shown no token, at this address.
    Stranger(IpAddr),
}

/// Room for bytes, until it is dropped.
#[derive(Debug)]
pub(super) enum Room {
    Account(Taken<AccountId>),
    Stranger(Taken<Neighbourhood>),
}

impl Budget {
    /// So many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let strangers = bytes / 8;
        Self { accounts: Arc::new(Shares::new(bytes - strangers)), strangers: Arc::new(Shares::new(strangers)) }
    }

    /// Room for bytes, if the holder's share has it.
    pub(super) fn take(&self, holder: Holder, bytes: usize) -> Option<Room> {
        match holder {
            Holder::Account(account) => self.accounts.try_take(account, bytes).map(Room::Account),
            Holder::Stranger(address) => self.strangers.try_take(address.into(), bytes).map(Room::Stranger),
        }
    }
}

impl Room {
    /// Takes room for more bytes.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        match self {
            Self::Account(taken) => taken.grow(bytes),
            Self::Stranger(taken) => taken.grow(bytes),
        }
    }

    /// The bytes, which hold the room for as long as any part of them is used.
    pub(super) fn hold(self, bytes: Bytes) -> Bytes {
        Bytes::from_owner(Held { bytes, _room: self })
    }
}

struct Held {
    bytes: Bytes,
    _room: Room,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_hold_their_room_until_the_last_part_is_gone() {
        let (budget, account) = (Budget::new(800), Holder::Account(AccountId::OPERATOR));
        let bytes = budget.take(account, 350).unwrap().hold(Bytes::from(vec![7; 350]));
        assert!(budget.take(account, 350).is_none());
        let part = bytes.slice_ref(&bytes[10..20]);
        drop(bytes);
        assert!(budget.take(account, 350).is_none() && part[..] == [7; 10]);
        drop(part);
        assert!(budget.take(account, 350).is_some());
    }

    #[test]
    fn strangers_leave_accounts_their_room() {
        let budget = Budget::new(800);
        let stranger = |last| Holder::Stranger(IpAddr::from([192, 0, 2, last]));
        let all: Vec<_> = (0..=255).filter_map(|last| budget.take(stranger(last), 1)).collect();
        assert_eq!(all.len(), 100);
        assert!(budget.take(Holder::Account(AccountId::OPERATOR), 350).is_some());
        drop(all);
        assert!(budget.take(stranger(1), 52).is_none() && budget.take(stranger(1), 51).is_some());
    }
}
