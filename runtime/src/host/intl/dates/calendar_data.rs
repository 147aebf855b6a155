//! The names and patterns of one calendar in one locale.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// Names by width: `wide`, `abbreviated`, `narrow`, and `short`.
pub(super) type Widths<T> = HashMap<String, T>;
/// By `format` and `stand-alone`.
pub(super) type Contexts<T> = HashMap<String, Widths<T>>;
pub(super) type Names = HashMap<String, String>;

/// The names and patterns of a calendar in a locale.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::host::intl) struct Calendar {
    pub(super) months: Contexts<Names>,
    pub(super) leap: Contexts<String>,
    pub(super) days: Contexts<Vec<String>>,
    pub(super) periods: Contexts<Names>,
    pub(super) eras: Widths<Names>,
    pub(super) cyclic: Widths<Vec<String>>,
    /// By style: full, long, medium, short. The next three lists have the same order.
    pub(super) dates: Vec<String>,
    pub(super) times: Vec<String>,
    pub(super) glue: Vec<String>,
    pub(super) at: Vec<String>,
    pub(super) available: BTreeMap<String, String>,
    pub(super) append: Names,
    pub(super) intervals: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) fallback: String,
    /// Numbering systems of patterns that have their own.
    pub(super) numbers: Names,
    pub(super) fields: Names,
    pub(super) decimals: Names,
    pub(super) minuses: Names,
}
