//! Which functions of a profile take the most fuel: a table for people, and the same for programs.

use hookbox_hooks::{Frame, Profile};
use serde::Serialize;

use crate::style::{Look, Style};
use crate::table::{Cell, Table};

/// Functions that a table shows.
const SHOWN: usize = 10;

/// A function and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Hot<'a> {
    name: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    /// Fuel that it burns itself.
    self_fuel: u64,
    /// The same with all that it calls.
    total_fuel: u64,
}

/// All functions, those first that burn the most.
pub(crate) fn hottest(profile: &Profile) -> Vec<Hot<'_>> {
    let mut hottest: Vec<Hot<'_>> = profile.frames.iter().map(Hot::cold).collect();
    for sample in &profile.samples {
        if let Some(own) = sample.stack.last().and_then(|place| hottest.get_mut(*place)) {
            own.self_fuel += sample.fuel;
        }
        let mut called = sample.stack.clone();
        called.sort_unstable();
        // A function that calls itself is under way once.
        called.dedup();
        for place in called {
            if let Some(one) = hottest.get_mut(place) {
                one.total_fuel += sample.fuel;
            }
        }
    }
    hottest.sort_by_key(|one| std::cmp::Reverse((one.self_fuel, one.total_fuel)));
    hottest
}

/// The first of them as a table.
pub(crate) fn table(profile: &Profile, style: Style) -> String {
    let mut table = Table::new(["SELF", "", "TOTAL", "", "FUNCTION", "DEFINED AT"]);
    let share = |fuel: u64| format!("{:>5.1} %", fuel as f64 * 100.0 / profile.fuel.max(1) as f64);
    for one in hottest(profile).into_iter().take(SHOWN) {
        let place = [one.line, one.column].into_iter().flatten().map(|number| format!(":{number}"));
        let place = one.file.map(|file| format!("{file}{}", place.collect::<String>())).unwrap_or_default();
        table.row([
            one.self_fuel.to_string().into(),
            share(one.self_fuel).into(),
            one.total_fuel.to_string().into(),
            share(one.total_fuel).into(),
            one.name.into(),
            Cell::new(&place, Look::Dim),
        ]);
    }
    table.render(style)
}

impl<'a> Hot<'a> {
    fn cold(frame: &'a Frame) -> Self {
        let Frame { name, file, line, column } = frame;
        Self { name, file: file.as_deref(), line: *line, column: *column, self_fuel: 0, total_fuel: 0 }
    }
}

#[cfg(test)]
mod tests {
    use hookbox_hooks::Sample;

    use super::*;

    #[test]
    fn a_function_that_calls_itself_counts_once() {
        let frame = |name: &str, line| Frame { name: name.into(), file: Some("hook.js".into()), line, column: line };
        let sample = |stack: &[usize], fuel| Sample { stack: stack.to_vec(), fuel };
        let profile = Profile {
            fuel: 1000,
            frames: vec![frame("handle", Some(1)), frame("again\u{1b}", Some(7)), Frame { file: None, ..frame("JSON.parse", None) }],
            samples: vec![sample(&[0, 1, 1, 1], 600), sample(&[0, 2], 250), sample(&[0], 100), sample(&[0, 1, 2], 50)],
            failure: None,
        };
        let shares: Vec<(&str, u64, u64)> = hottest(&profile).iter().map(|one| (one.name, one.self_fuel, one.total_fuel)).collect();
        assert_eq!(shares, [("again\u{1b}", 600, 650), ("JSON.parse", 300, 300), ("handle", 100, 1000)]);
        insta::assert_snapshot!(table(&profile, Style::plain()));
    }
}
