//! The results: a table for people, JSON for machines. Nothing is judged; the aim stands beside the ratio.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::samples::{Figure, Pairs};

/// Where `--json` leaves its results.
const RESULTS: &str = "target/bench/results.json";

/// One thing that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) bench: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: Figure,
    /// Who the peer is, and its figure.
    pub(crate) peer: Option<(&'static str, Figure)>,
    /// Ours by the peer's.
    pub(crate) ratio: Option<f64>,
    pub(crate) aim: Option<&'static str>,
}

impl Row {
    /// A row for something of which less is better.
    pub(crate) fn costs(bench: &'static str, what: impl Into<String>, unit: &'static str, peer: &'static str, pairs: &Pairs) -> Self {
        let (ours, theirs) = (pairs.ours().least(), pairs.peer().least());
        Self { bench, what: what.into(), unit, ours, peer: Some((peer, theirs)), ratio: Some(pairs.ratio()), aim: None }
    }

    /// A row for something of which more is better.
    pub(crate) fn yields(bench: &'static str, what: impl Into<String>, unit: &'static str, peer: &'static str, pairs: &Pairs) -> Self {
        let (ours, theirs) = (pairs.ours().most(), pairs.peer().most());
        Self { ours, peer: Some((peer, theirs)), ..Self::costs(bench, what, unit, peer, pairs) }
    }

    /// A row without a peer.
    pub(crate) fn alone(bench: &'static str, what: impl Into<String>, unit: &'static str, ours: Figure) -> Self {
        Self { bench, what: what.into(), unit, ours, peer: None, ratio: None, aim: None }
    }

    pub(crate) fn aim(self, aim: &'static str) -> Self {
        Self { aim: Some(aim), ..self }
    }
}

/// Collects rows; those for people are shown as they come.
pub(crate) struct Report {
    json: bool,
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, rows: Vec<Row>) -> Result<()> {
        if !self.json {
            let heading = if self.rows.is_empty() { heading() } else { String::new() };
            print(&rows.iter().fold(heading, |text, row| text + &line(row)))?;
        }
        self.rows.extend(rows);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&self.rows)? + "\n";
        if let Some(folder) = Path::new(RESULTS).parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(RESULTS, &text).context(RESULTS)?;
        print(&text)
    }
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

fn heading() -> String {
    let text = format!("{:<38} {:>6} {:>19} {:>19} {:>6}  {:<7} {}", "", "", "hookbox", "peer", "ratio", "aim", "peer is");
    let second = format!("{:<38} {:>6} {:>9} {:>9} {:>9} {:>9}", "", "unit", "best", "median", "best", "median");
    let text = format!("{text}\n{second}");
    if std::io::stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m\n") } else { format!("{text}\n") }
}

fn line(row: &Row) -> String {
    let what = format!("{}: {}", row.bench, row.what);
    let ours = cells(Some(row.ours));
    let peer = cells(row.peer.map(|(_, figure)| figure));
    let ratio = row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    let (aim, name) = (row.aim.unwrap_or_default(), row.peer.map_or("", |(name, _)| name));
    let text = format!("{what:<38} {:>6} {ours} {peer} {ratio:>6}  {aim:<7} {name}", row.unit);
    format!("{}\n", text.trim_end())
}

fn cells(figure: Option<Figure>) -> String {
    let number = |value: f64| if value >= 1000.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    figure.map_or_else(|| " ".repeat(19), |Figure { best, median }| format!("{:>9} {:>9}", number(best), number(median)))
}
