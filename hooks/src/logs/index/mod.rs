//! The index of the log: where the executions of a request, of a login or with an outcome are. It is derived from the entries: written in
//! the same batch, deleted with their day, and made anew for stores that were written without it, or with a former one.
//!
//! It consists of pairs of a tag, which is a digest of hook and sought value, and the moment of an entry. A commit writes its pairs as one
//! row for each account and day ([`fresh`]), because two rows at random places for each login would cost more than the rest of its entry.
//! In the background ([`merge`]) such rows become runs, in which a row is found by its tag; sixteen runs of a level become one of the next.
//! Rows are in the order of days because a day is deleted as one range.
//!
//! A lookup in a day reads its fresh rows and looks into each by bisection: about 8,192 of them, or as many as have 131,072 pairs, at the most
//! unless merging falls behind. In each run it reads the row that a seek by tag leads to, and those before it that begin with the same tag. A day has fewer than sixteen runs of each of the lower three levels, and as many while they are being merged;
//! an account of a million executions a day has about twenty.
//!
//! Whoever follows a pair compares the entry itself, so two values with one tag do no harm but work, of which readers do a bounded amount at
//! a time. A tag is 64 bits of SHA-256: who chooses ids finds two with one tag after 2^32 trials, and gets as much by using one id twice.

mod check;
mod fresh;
mod growth;
mod lookup;
mod make;
mod merge;
#[cfg(test)]
mod model;
mod row;
mod tag;
mod tagger;
mod walk;

pub(crate) use check::check_index;
pub(super) use fresh::add;
pub(super) use growth::Growth;
pub(super) use lookup::{last_day, moments};
pub(super) use make::Making;
pub(super) use merge::{Merging, Sizes};
pub(crate) use row::check_row;
pub(super) use row::rows_of_day;
pub(super) use tag::{Sought, Tag};
