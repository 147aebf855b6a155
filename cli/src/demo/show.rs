//! What the demo prints: sentences as it goes on, or all of it as JSON at the end.

use std::time::Duration;

use anyhow::Result;
use hookbox_hooks::{AnswerView, HookId};
use hookbox_host_api::Decision;
use serde_json::{Value, json};

use super::login::{Login, policy};
use crate::event;
use crate::output::{self, OutputArgs};
use crate::style::Style;

/// A demo's screen.
pub(super) struct Show {
    output: OutputArgs,
    style: Style,
    hooks: Vec<Hook>,
}

/// A hook that was uploaded, and what became of it.
struct Hook {
    json: Value,
    logins: Vec<Value>,
    log: Vec<String>,
}

impl Show {
    pub(super) fn new(output: OutputArgs) -> Self {
        Self { output, style: Style::stdout(), hooks: Vec::new() }
    }

    fn print(&self, text: &str) -> Result<()> {
        if self.output.json { Ok(()) } else { output::write(&format!("{text}\n")) }
    }

    pub(super) fn heading(&self, text: &str) -> Result<()> {
        self.print(&format!("\n{}", self.style.bold(text)))
    }

    pub(super) fn line(&self, text: &str) -> Result<()> {
        self.print(&format!("  {text}"))
    }

    /// A hook is ready. What follows is about it.
    pub(super) fn hook(&mut self, id: HookId, name: &str, bytes: usize, took: Duration) -> Result<()> {
        let ready_ms = took.as_millis();
        let json = json!({"id": id, "name": name, "bytes": bytes, "ready_ms": u64::try_from(ready_ms).ok()});
        self.hooks.push(Hook { json, logins: Vec::new(), log: Vec::new() });
        self.line(&format!("hook      {id}, {bytes} bytes, ready after {ready_ms} ms"))
    }

    /// What came of a login.
    pub(super) fn decision(&mut self, login: &Login, answer: &AnswerView) -> Result<()> {
        let before = policy(&login.context).map_or_else(|| "none".to_owned(), |id| id.to_string());
        let text = match login.policy {
            None => "deny".to_owned(),
            Some(after) if Some(after) == policy(&login.context) => format!("allow, policy {after} kept"),
            Some(after) => format!("allow, policy {before} changed to {after}"),
        };
        let usage = &answer.usage;
        let numbers = format!("{:>6} us {:>7} fuel {:>5} KiB", usage.duration_us, usage.fuel, usage.memory_bytes >> 10);
        let padded = format!("{text:<40}");
        let decision = self.style.decision(Some(login.decision), &padded);
        self.print(&format!("  {:<24}{decision} {}", login.what, self.style.dim(&numbers)))?;
        if let Some(hook) = self.hooks.last_mut() {
            hook.logins.push(told(login, answer));
        }
        Ok(())
    }

    /// A hook's log, newest first.
    pub(super) fn log(&mut self, events: Vec<String>) -> Result<()> {
        self.line(&self.style.dim("log, newest first"))?;
        events.iter().try_for_each(|written| self.line(event::lines(written, "  ").trim_end()))?;
        if let Some(hook) = self.hooks.last_mut() {
            hook.log = events;
        }
        Ok(())
    }

    /// The demo is over.
    pub(super) fn end(self, text: &str) -> Result<()> {
        self.heading(text)?;
        if !self.output.json {
            return Ok(());
        }
        let hooks = self.hooks.into_iter().map(|Hook { mut json, logins, log }| {
            if let Some(fields) = json.as_object_mut() {
                fields.insert("logins".to_owned(), logins.into());
                fields.insert("log".to_owned(), log.into());
            }
            json
        });
        output::json(&json!({"hooks": hooks.collect::<Vec<_>>()}))
    }
}

/// The same for programs.
fn told(login: &Login, answer: &AnswerView) -> Value {
    let decision: Decision = login.decision;
    json!({
        "login": login.what,
        "decision": decision,
        "policy_before": policy(&login.context),
        "policy_after": login.policy,
        "usage": answer.usage,
    })
}
