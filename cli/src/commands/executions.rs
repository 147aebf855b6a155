//! Executions as the commands show them: which are wanted, as a table, and as entries of a log.

use clap::Args;
use hookbox_hooks::ExecutionView;
use hookbox_host_api::{Decision, Outcome, Usage};

use crate::call;
use crate::event;
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
    for call in &one.calls {
        entry.push_str(&format!("  {}\n", style.dim(&format!("call {}", call::line(call)))));
    }
    for written in one.events.iter() {
        entry.push_str(&event::lines(written, "  "));
    }
    if one.truncated {
        entry.push_str(&format!("  {}\n", style.dim("(events are missing: there were too many)")));
    }
    entry
}
