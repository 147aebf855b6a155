//! Executions as the commands show them: which are wanted, as a table, and as entries of a log.

use clap::Args;
use hookbox_host_api::Outcome;
use serde_json::Value;

use crate::event;
use crate::hook_ref::{shown, text};
use crate::style::{Look, Style, visible};
use crate::table::{Cell, Table};

/// Which executions are wanted.
#[derive(Debug, Args)]
pub(crate) struct ExecutionFilterArgs {
    /// Only those of this event
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,

    /// Only those of this login
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,

    /// Only those that ended so
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    outcome: Option<&'static str>,
}

fn outcome(name: &str) -> Result<&'static str, String> {
    let names = Outcome::ALL.map(Outcome::as_str);
    names.into_iter().find(|one| *one == name).ok_or_else(|| format!("the outcomes are {}", names.join(", ")))
}

impl ExecutionFilterArgs {
    /// The query that asks for them.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let outcome = self.outcome.map(str::to_owned);
        let pairs = [("request_id", self.request_id.clone()), ("correlation_id", self.correlation_id.clone()), ("outcome", outcome)];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// One row an execution.
pub(crate) fn table(executions: &[Value]) -> Table {
    let mut table = Table::new(["TIME", "OUTCOME", "DECISION", "DURATION", "FUEL", "MEMORY", "VERSION", "REQUEST"]);
    for one in executions {
        table.row([
            shown(one, "created_at").into(),
            Cell::new(text(one, "outcome"), look(one)),
            decision(one),
            duration(one).into(),
            number(one, "fuel").to_string().into(),
            format!("{} KiB", number(one, "memory_bytes") >> 10).into(),
            shown(one, "version").into(),
            shown(one, "request_id").into(),
        ]);
    }
    table
}

fn look(one: &Value) -> Look {
    match text(one, "outcome") {
        "completed" => Look::Good,
        "skipped" | "no_hook" => Look::Dim,
        _ => Look::Bad,
    }
}

fn decision(one: &Value) -> Cell {
    let name = text(one, "decision");
    Cell::new(name, if name == "deny" { Look::Warning } else { Look::Good })
}

fn number(one: &Value, name: &str) -> u64 {
    one.pointer(&format!("/usage/{name}")).and_then(Value::as_u64).unwrap_or_default()
}

/// The time that it took, with a unit.
pub(crate) fn duration(one: &Value) -> String {
    match number(one, "duration_us") {
        short @ 0..1000 => format!("{short} us"),
        long => format!("{:.1} ms", long as f64 / 1000.0),
    }
}

/// An entry of a log: a heading, what the function wrote, and why it failed.
pub(crate) fn entry(one: &Value, style: Style) -> String {
    let paint = |cell: Look, text: &str| style.look(cell, &visible(text));
    let decided = if text(one, "decision") == "deny" { Look::Warning } else { Look::Good };
    let mut entry = format!(
        "{}  {}  {}  {}  {} fuel  {}\n",
        paint(Look::Dim, text(one, "created_at")),
        paint(look(one), text(one, "outcome")),
        paint(decided, text(one, "decision")),
        duration(one),
        number(one, "fuel"),
        paint(Look::Dim, &format!("request {}", text(one, "request_id"))),
    );
    let events = one.get("events").and_then(Value::as_array);
    for written in events.into_iter().flatten().filter_map(Value::as_str) {
        entry.push_str(&event::lines(written, "  "));
    }
    if one.get("truncated") == Some(&Value::Bool(true)) {
        entry.push_str(&format!("  {}\n", style.dim("(events are missing: there were too many)")));
    }
    entry
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn execution() -> Value {
        json!({
            "created_at": "2026-11-21T20:03:07.610Z", "outcome": "completed", "decision": "deny", "version": 1, "request_id": "r-1",
            "usage": {"duration_us": 412, "fuel": 208_525, "memory_bytes": 1_179_648, "attempts": 1},
            "events": ["2026-11-21T20:03:07.600Z\tid\tINFO\thello \u{1b}[31mred\nsecond line", "second"], "truncated": true,
        })
    }

    #[test]
    fn a_table_of_executions() {
        let slow = json!({"created_at": "2026-11-21T20:03:08.000Z", "outcome": "timeout", "decision": "deny", "usage": {"duration_us": 1_000_412}});
        insta::assert_snapshot!(table(&[execution(), slow]).render(Style::plain()));
    }

    #[test]
    fn an_entry_of_a_log_is_shown_and_not_obeyed() {
        insta::assert_snapshot!(entry(&execution(), Style::plain()));
        insta::assert_snapshot!("entry_in_colour", entry(&execution(), Style::coloured()).replace('\u{1b}', "^"));
    }
}
