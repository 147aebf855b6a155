//! `hookbox test [DIR]`: runs a project's function on its fixtures, `tests/*.json`, and compares.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use hookbox_hooks::{Answers, LocalError, LocalOutcome, Mock, Mocks};
use hookbox_host_api::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::difference::unified;
use crate::excerpt::Excerpt;
use crate::exit::Problem;
use crate::local::{DEFAULT_FUEL, Limits, LocalHook};
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::style::{Look, Style, visible_lines};
use crate::table::{Cell, Table};

/// Run a project's tests: contexts with the decisions that are expected
///
/// A test is a file tests/NAME.json: {"context": {...} or a file, "env": {"NAME": "value"}, "expect": {"decision": "allow", "result": {...},
/// "outcome": "failed", "error": "text in its message"}, "max_fuel": 500000, "http": [{"request": {"method": "POST", "url": "https://api.example/*"}, "respond": {"status": 200,
/// "json": {...}}}]}. What is not named in `expect` does not matter. Fuel is the same on every machine, so that a ceiling finds a function
/// that has become slow. With `http`, calls are answered from it and nobody is called: each has to be made, unless it is `optional`, and no
/// other. Exit code 1 if anything differs.
#[allow(rustdoc::bare_urls, reason = "it is the help of the command, which shows JSON")]
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Only the tests whose name holds this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,

    /// Write what comes out into the tests as what is expected, and ceilings a tenth above the fuel
    #[arg(long)]
    update: bool,

    #[command(flatten)]
    output: OutputArgs,
}

/// A test as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    context: Value,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    env: Map<String, Value>,
    /// Who answers what the function calls; without it, the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    http: Option<Vec<Mock>>,
    /// Whether they may be asked in this order only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_order: bool,
    #[serde(default)]
    expect: Expect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_fuel: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    /// What the message of the failure holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What became of one test.
#[derive(Debug, Serialize)]
struct Verdict {
    name: String,
    ok: bool,
    outcome: String,
    decision: Option<String>,
    fuel: u64,
    max_fuel: Option<u64>,
    /// What differs, for people.
    differences: Vec<String>,
}

pub(crate) fn run(args: &TestArgs) -> Result<ExitCode> {
    let project = Project::open(&args.dir)?;
    let files = fixtures(&project, args.only.as_deref())?;
    let set = project.limits();
    let limits = Limits {
        fuel: set.fuel.unwrap_or(DEFAULT_FUEL),
        memory_mib: u32::try_from(set.memory_mib.unwrap_or(64)).unwrap_or(4096).clamp(1, 4096),
        // A test must not fail because the machine is busy: fuel is what bounds it.
        timeout: Duration::from_secs(60),
    };
    let hook = LocalHook::new(project.function()?, project.hook_type, project.node_major(), project.allowed_hosts(), limits)?;
    let hook = hook.with_http_cache(project.http_cache()).with_packages(project.packages()).of_project(&project)?;
    let verdicts = files.iter().map(|file| judge_file(file, &hook, args.update)).collect::<Result<Vec<_>>>()?;
    let failed = verdicts.iter().filter(|one| !one.ok).count();
    args.output.print(&verdicts, |style| page(&verdicts, style))?;
    if !args.output.json {
        output::note(&format!("{} of {} tests passed", verdicts.len() - failed, verdicts.len()))?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The code of a call that the policy refuses.
const REFUSED: &str = "ERR_ACCESS_DENIED";

/// The project's test files, by name.
fn fixtures(project: &Project, only: Option<&str>) -> Result<Vec<PathBuf>> {
    let folder = project.dir.join("tests");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let wanted = |path: &PathBuf| path.extension().is_some_and(|one| one == "json") && only.is_none_or(|only| name(path).contains(only));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(wanted).collect();
    files.sort();
    if files.is_empty() {
        return Err(Problem::Usage(format!("there is no test in {}", folder.display())).into());
    }
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn judge_file(file: &Path, hook: &LocalHook, update: bool) -> Result<Verdict> {
    let shown = || file.display().to_string();
    let text = std::fs::read(file).with_context(shown)?;
    let mut fixture: Fixture = serde_json::from_slice(&text).with_context(shown)?;
    if fixture.in_order && fixture.http.is_none() {
        return Err(Problem::Usage("`in_order` is the order of `http`, which is not there".into())).with_context(shown);
    }
    let mocks = fixture.http.clone().map(|http| Arc::new(Mocks::new(http, fixture.in_order)));
    let answers = mocks.clone().map_or(Answers::Network, Answers::Mocks);
    let (given, env) = (context(&fixture.context, file).with_context(shown)?, env(&fixture).with_context(shown)?);
    let outcome = match hook.run(given, env, answers) {
        Err(LocalError::Function(refusal)) => bail!("{}", refused(&refusal.to_string(), hook)),
        ran => ran.with_context(shown)?,
    };
    if update {
        fixture.take(&outcome)?;
        std::fs::write(file, format!("{}\n", serde_json::to_string_pretty(&fixture)?)).with_context(shown)?;
    }
    let mut verdict = judge(name(file), &fixture, &outcome)?;
    if let Some(mocks) = mocks {
        verdict.differences.extend(calls_that_differ(&mocks, &fixture, &outcome));
        verdict.ok = verdict.differences.is_empty();
    }
    Ok(verdict)
}

/// Calls that the test does not answer, and answers that were not asked for.
fn calls_that_differ(mocks: &Mocks, fixture: &Fixture, outcome: &LocalOutcome) -> Vec<String> {
    let unanswered = mocks.unanswered().into_iter().map(|call| format!("http: nothing answers {call}"));
    let refused: Vec<&str> =
        outcome.calls.iter().filter(|call| call.error.as_deref() == Some(REFUSED)).map(|call| call.origin.as_str()).collect();
    let unused = mocks.unused().into_iter().map(|(index, used)| {
        let mock = fixture.http.as_ref().and_then(|http| http.get(index));
        let request = mock.map(|mock| &mock.request);
        let method = request.and_then(|request| request.method.as_deref()).map_or_else(|| "any method".to_owned(), str::to_ascii_uppercase);
        let url = request.and_then(|request| request.url.as_deref()).unwrap_or("any URL");
        let how_often = match mock.and_then(|mock| mock.times) {
            Some(times) => format!("asked {used} of {times} times"),
            None => "never asked".to_owned(),
        };
        let why = if refused.is_empty() { String::new() } else { format!(" (`allowed_hosts` refused {})", refused.join(", ")) };
        format!("http[{index}]: {method} {url} was {how_often}{why}")
    });
    unanswered.chain(unused).collect()
}

fn refused(refusal: &str, hook: &LocalHook) -> String {
    let excerpt = Excerpt::find(&hook.function, refusal).map(|excerpt| format!("\n{excerpt}")).unwrap_or_default();
    format!("the function is refused: {refusal}{}", excerpt.trim_end())
}

/// The context itself, or the file that it names.
fn context(context: &Value, file: &Path) -> Result<Vec<u8>> {
    match context {
        Value::String(path) => {
            let path = file.parent().unwrap_or(Path::new(".")).join(path);
            std::fs::read(&path).with_context(|| format!("cannot read the context {}", path.display()))
        }
        context => Ok(context.to_string().into_bytes()),
    }
}

fn env(fixture: &Fixture) -> Result<Vec<(String, Secret)>> {
    let text = |(name, value): (&String, &Value)| {
        let value = value.as_str().with_context(|| format!("the env var {name} is no text"))?;
        Ok((name.clone(), Secret::new(value)))
    };
    fixture.env.iter().map(text).collect()
}

fn decision(outcome: &LocalOutcome) -> Option<String> {
    outcome.decision.map(|decision| decision.as_str().to_owned())
}

fn result(outcome: &LocalOutcome) -> Result<Value> {
    Ok(outcome.result.as_ref().map_or(Ok(Value::Null), |result| serde_json::from_str(result.get()))?)
}

impl Fixture {
    /// Expects what came out. A ceiling that still holds stays.
    fn take(&mut self, outcome: &LocalOutcome) -> Result<()> {
        let completed = outcome.failure.is_none();
        self.expect = Expect {
            decision: decision(outcome),
            outcome: (!completed).then(|| outcome.outcome.as_str().to_owned()),
            result: if completed { Some(result(outcome)?) } else { None },
            // A part of a message that still holds stays.
            error: self
                .expect
                .error
                .take()
                .zip(outcome.failure.as_ref())
                .map(|(part, failure)| if failure.message.contains(&part) { part } else { failure.message.clone() }),
        };
        let fuel = outcome.usage.fuel;
        if self.max_fuel.is_none_or(|most| fuel > most) {
            self.max_fuel = Some(fuel.saturating_add(fuel / 10).next_multiple_of(1000));
        }
        Ok(())
    }
}

fn judge(name: String, fixture: &Fixture, outcome: &LocalOutcome) -> Result<Verdict> {
    let mut differences = Vec::new();
    let expect = &fixture.expect;
    let found = outcome.outcome.as_str();
    // A test that expects a decision expects that the function made it.
    let wanted = expect.outcome.as_deref().unwrap_or("completed");
    if found != wanted {
        let why = outcome.failure.as_ref().map(|failure| {
            let place = failure.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            format!(": {}{place}", failure.message)
        });
        differences.push(format!("outcome: expected {wanted}, got {found}{}", why.unwrap_or_default()));
    }
    if let Some(part) = &expect.error {
        let message = outcome.failure.as_ref().map_or("none", |failure| failure.message.as_str());
        if outcome.failure.is_none() || !message.contains(part) {
            differences.push(format!("error: expected {part:?}, got {message}"));
        }
    }
    let made = decision(outcome);
    if expect.decision.is_some() && expect.decision != made {
        let shown = |decision: &Option<String>| decision.clone().unwrap_or_else(|| "none".to_owned());
        differences.push(format!("decision: expected {}, got {}", shown(&expect.decision), shown(&made)));
    }
    if let Some(wanted) = &expect.result {
        let got = result(outcome)?;
        if got != *wanted {
            let (wanted, got) = (format!("{wanted:#}\n"), format!("{got:#}\n"));
            differences.push(unified(&wanted, &got, ("expected result", "result"), Style::stdout()));
        }
    }
    let fuel = outcome.usage.fuel;
    if let Some(most) = fixture.max_fuel.filter(|most| fuel > *most) {
        differences.push(format!("fuel: {fuel} is above the ceiling of {most}"));
    }
    let (ok, outcome) = (differences.is_empty(), found.to_owned());
    Ok(Verdict { name, ok, outcome, decision: made, fuel, max_fuel: fixture.max_fuel, differences })
}

fn page(verdicts: &[Verdict], style: Style) -> String {
    let mut table = Table::new(["TEST", "RESULT", "OUTCOME", "DECISION", "FUEL", "CEILING"]);
    for one in verdicts {
        table.row([
            one.name.as_str().into(),
            if one.ok { Cell::new("ok", Look::Good) } else { Cell::new("DIFFERS", Look::Bad) },
            one.outcome.as_str().into(),
            one.decision.as_deref().unwrap_or_default().into(),
            one.fuel.to_string().into(),
            one.max_fuel.map(|most| most.to_string()).unwrap_or_default().into(),
        ]);
    }
    let mut page = table.render(style);
    for one in verdicts.iter().filter(|one| !one.ok) {
        page.push_str(&format!("\n{}\n", style.bold(&one.name)));
        // A difference of results is coloured already, and has been made harmless.
        let shown =
            |text: &String| if text.starts_with("---") || text.contains("\n@@") { text.trim_end().to_owned() } else { visible_lines(text) };
        one.differences.iter().for_each(|text| page.push_str(&format!("{}\n", shown(text))));
    }
    page
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_of_verdicts() {
        let verdict = |name: &str, differences: &[&str]| Verdict {
            name: name.into(),
            ok: differences.is_empty(),
            outcome: "completed".into(),
            decision: Some("allow".into()),
            fuel: 1234,
            max_fuel: Some(2000),
            differences: differences.iter().map(|text| (*text).to_owned()).collect(),
        };
        let verdicts = [verdict("good", &[]), verdict("bad", &["decision: expected deny, got allow", "fuel: 3 is above the ceiling of 2"])];
        insta::assert_snapshot!(page(&verdicts, Style::plain()));
    }

    #[test]
    fn a_key_that_means_nothing_is_refused() {
        let wrong = json!({"context": {}, "expects": {}});
        assert!(serde_json::from_value::<Fixture>(wrong).unwrap_err().to_string().contains("expects"));
        let error = serde_json::from_str::<Fixture>("{\"context\": {},\n \"http\": [{\n\"request\": {\"uri\": \"x\"}}]}").unwrap_err();
        assert!(error.to_string().contains("unknown field `uri`") && error.line() == 3, "{error}");
    }
}
