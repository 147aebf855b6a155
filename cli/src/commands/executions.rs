//! Executions as the commands show them: which are wanted, as a table, and as entries of a log.

use clap::Args;
use hookbox_hooks::ExecutionView;
use hookbox_host_api::{Decision, Outcome, Usage};

use crate::event;
use crate::style::{Style, visible};
use crate::table::{Cell, Look, Table};

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
    outcome: Option<Outcome>,
}

fn outcome(name: &str) -> Result<Outcome, String> {
    let names = || format!("the outcomes are {}", Outcome::ALL.map(Outcome::as_str).join(", "));
    Outcome::ALL.into_iter().find(|one| one.as_str() == name).ok_or_else(names)
}

impl ExecutionFilterArgs {
    /// The query that asks for them.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let outcome = self.outcome.map(|outcome| outcome.as_str().to_owned());
        let pairs = [("request_id", self.request_id.clone()), ("correlation_id", self.correlation_id.clone()), ("outcome", outcome)];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// One row an execution.
pub(crate) fn table(executions: &[ExecutionView]) -> Table {
    let mut table = Table::new(["TIME", "OUTCOME", "DECISION", "DURATION", "FUEL", "MEMORY", "VERSION", "REQUEST"]);
    for one in executions {
        table.row([
            one.created_at.to_string().into(),
            Cell::new(one.outcome.as_str(), outcome_look(one.outcome)),
            Cell::new(one.decision.as_str(), decision_look(one.decision)),
            duration(&one.usage).into(),
            one.usage.fuel.to_string().into(),
            format!("{} KiB", one.usage.memory_bytes >> 10).into(),
            one.version.map(|version| version.to_string()).unwrap_or_default().into(),
            one.request_id.as_str().into(),
        ]);
    }
    table
}

fn outcome_look(outcome: Outcome) -> Look {
    match outcome {
        Outcome::Completed => Look::Good,
        Outcome::Skipped | Outcome::NoHook => Look::Dim,
        _ => Look::Bad,
    }
}

fn decision_look(decision: Decision) -> Look {
    match decision {
        Decision::Deny => Look::Warning,
        Decision::Allow | Decision::NoChange => Look::Good,
    }
}

/// The time that it took, with a unit.
pub(crate) fn duration(usage: &Usage) -> String {
    match usage.duration_us {
        short @ 0..1000 => format!("{short} us"),
        long => format!("{:.1} ms", long as f64 / 1000.0),
    }
}

/// An entry of a log: a heading, what the function wrote, and why it failed.
pub(crate) fn entry(one: &ExecutionView, style: Style) -> String {
    let mut entry = format!(
        "{}  {}  {}  {}  {} fuel  {}\n",
        style.look(Look::Dim, &one.created_at.to_string()),
        style.look(outcome_look(one.outcome), one.outcome.as_str()),
        style.look(decision_look(one.decision), one.decision.as_str()),
        duration(&one.usage),
        one.usage.fuel,
        style.look(Look::Dim, &visible(&format!("request {}", one.request_id))),
    );
    for written in one.events.iter() {
        entry.push_str(&event::lines(written, "  "));
    }
    if one.truncated {
        entry.push_str(&format!("  {}\n", style.dim("(events are missing: there were too many)")));
    }
    entry
}

#[cfg(test)]
mod tests {
    use hookbox_hooks::HookId;

    use super::*;

    fn execution() -> ExecutionView {
        let hook: HookId = "d360aded-6063-4c60-8add-45f32772ff71".parse().unwrap();
        ExecutionView {
            execution_id: "e-1".to_owned(),
            hook_id: hook,
            version: Some(1),
            request_id: "r-1".to_owned(),
            correlation_id: "c-1".to_owned(),
            created_at: humantime::parse_rfc3339("2026-11-21T20:03:07.610Z").unwrap().into(),
            outcome: Outcome::Completed,
            decision: Decision::Deny,
            usage: Usage { duration_us: 412, fuel: 208_525, memory_bytes: 1_179_648, attempts: 1 },
            error: None,
            events: ["2026-11-21T20:03:07.600Z\tid\tINFO\thello \u{1b}[31mred\nsecond line", "second"].into_iter().collect(),
            truncated: true,
        }
    }

    #[test]
    fn a_table_of_executions() {
        let slow = ExecutionView {
            version: None,
            request_id: String::new(),
            created_at: humantime::parse_rfc3339("2026-11-21T20:03:08.000Z").unwrap().into(),
            outcome: Outcome::Timeout,
            usage: Usage { duration_us: 1_000_412, ..Usage::default() },
            ..execution()
        };
        insta::assert_snapshot!(table(&[execution(), slow]).render(Style::plain()));
    }

    #[test]
    fn an_entry_of_a_log_is_shown_and_not_obeyed() {
        insta::assert_snapshot!(entry(&execution(), Style::plain()));
        insta::assert_snapshot!("entry_in_colour", entry(&execution(), Style::coloured()).replace('\u{1b}', "^"));
    }
}
