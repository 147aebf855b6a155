//! `hookbox test [DIR]`: runs a project's function on its fixtures, `tests/*.json`, and compares.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use hookbox_hooks::{Answers, LocalError, LocalOutcome, Mock, Mocks};
use hookbox_host_api::{Decision, Outcome, Secret};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::difference::unified;
use crate::env_file;
use crate::exit::Problem;
use crate::local::{Given, LocalHook};
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::style::{Look, Style, visible_lines};
use crate::table::{Cell, Table};
use crate::written::Written;

/// Run a project's tests: contexts with the decisions that are expected
///
/// A test is a file tests/NAME.json: {"context": {...} or a file, "roles": ["12"], "env": {"NAME": "value"}, "expect": {"decision": "allow",
/// "result": {...}, "outcome": "failed", "error": "text in its message"}, "max_fuel": 500000, "http": [{"request": {"method": "POST", "url": "https://api.example/*"}, "respond": {"status": 200,
/// "json": {...}}}]}. What is not named in `expect` does not matter. Fuel is the same on every machine, so that a ceiling finds a function
/// that has become slow. The hook runs as it would once it is deployed: with the project's settings, for a user with these roles. With `http`, calls are answered from it and nobody is called: each has to be made, unless it is `optional`, and no
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

    /// An environment variable of all tests that give it no other value; may be repeated
    #[arg(short, long = "env", value_name = "NAME=VALUE", value_parser = env_file::argument)]
    env: Vec<(String, Secret)>,

    /// A file of such environment variables, NAME=VALUE a line
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    #[command(flatten)]
    output: OutputArgs,
}

/// A test as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    context: Value,
    /// The roles of the user; without them, those that the context holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
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
    decision: Option<Decision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
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
    /// `None` where the test could not be run.
    outcome: Option<Outcome>,
    decision: Option<Decision>,
    fuel: u64,
    max_fuel: Option<u64>,
    /// What differs, for people.
    differences: Vec<String>,
}

/// What all tests of a project share.
struct Tested {
    hook: LocalHook,
    written: Written,
    env: Vec<(String, Secret)>,
    update: bool,
}

pub(crate) fn run(args: &TestArgs) -> Result<ExitCode> {
    let project = Project::open(&args.dir)?;
    let files = fixtures(&project, args.only.as_deref())?;
    let mut env = args.env_file.as_deref().map(env_file::read).transpose()?.unwrap_or_default();
    env.extend(args.env.iter().cloned());
    let mut hook = LocalHook::new(project.hook(&project.function()?)?)?;
    hook.request.clone_from(&project.manifest.request);
    let tested = Tested { hook, written: project.written()?, env, update: args.update };
    let verdicts = files.iter().map(|file| tested.judge_file(file)).collect::<Result<Vec<_>>>()?;
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

impl Tested {
    /// What becomes of a test. One that cannot be run is one that fails, and stops no other.
    ///
    /// # Errors
    /// The function is refused, whatever the test.
    fn judge_file(&self, file: &Path) -> Result<Verdict> {
        match self.ran(file) {
            Ok(verdict) => Ok(verdict),
            Err(error) if error.is::<Refused>() => Err(error),
            Err(error) => Ok(Verdict::unusable(name(file), &error)),
        }
    }

    fn ran(&self, file: &Path) -> Result<Verdict> {
        let mut fixture: Fixture = serde_json::from_slice(&std::fs::read(file)?)?;
        if fixture.in_order && fixture.http.is_none() {
            return Err(anyhow!("`in_order` is the order of `http`, which is not there"));
        }
        let mocks = fixture.http.clone().map(|http| Arc::new(Mocks::new(http, fixture.in_order)));
        let answers = mocks.clone().map_or(Answers::Network, Answers::Mocks);
        let context = context(&fixture.context, file)?;
        let outcome = match self.hook.run(Given { context, roles: fixture.roles.clone(), env: self.env(&fixture)?, answers }) {
            Err(LocalError::Function(refusal)) => return Err(Refused::new(&refusal.to_string(), &self.written).into()),
            ran => ran?,
        };
        if self.update && fixture.take(&outcome, &self.written)? {
            std::fs::write(file, format!("{}\n", serde_json::to_string_pretty(&fixture)?))?;
            output::note(&format!("wrote {}", file.display()))?;
        }
        let mut verdict = judge(name(file), &fixture, &outcome, &self.written)?;
        if let Some(mocks) = mocks {
            verdict.differences.extend(calls_that_differ(&mocks, &fixture, &outcome));
            verdict.ok = verdict.differences.is_empty();
        }
        Ok(verdict)
    }

    /// The env vars of a test, which come before those of all tests.
    fn env(&self, fixture: &Fixture) -> Result<Vec<(String, Secret)>> {
        let mut env = env(fixture)?;
        let others = self.env.iter().filter(|(name, _)| !fixture.env.contains_key(name));
        env.extend(others.cloned());
        self.hook.note_env(&env, "give it in the test's `env`, or with --env-file FILE")?;
        Ok(env)
    }
}

/// A function that no server would take.
#[derive(Debug, thiserror::Error)]
#[error("the function is refused: {0}")]
struct Refused(String);

impl Refused {
    fn new(refusal: &str, written: &Written) -> Self {
        let excerpt = written.excerpt(refusal).map(|excerpt| format!("\n{excerpt}")).unwrap_or_default();
        Self(format!("{}{}", written.named(refusal), excerpt.trim_end()))
    }
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

fn result(outcome: &LocalOutcome) -> Result<Value> {
    Ok(outcome.answer.body().map_or(Ok(Value::Null), |result| serde_json::from_str(result.get()))?)
}

impl Fixture {
    /// Expects what came out, and says whether that is anything else than before. A ceiling that is near enough stays.
    fn take(&mut self, outcome: &LocalOutcome, written: &Written) -> Result<bool> {
        let before = (self.expect.clone(), self.max_fuel);
        let answer = &outcome.answer;
        let completed = answer.outcome() == Outcome::Completed;
        self.expect = Expect {
            decision: Some(answer.decision()),
            outcome: (!completed).then(|| answer.outcome()),
            result: if completed { Some(result(outcome)?) } else { None },
            // A part of a message that still holds stays.
            error: self.expect.error.take().zip(answer.error()).map(|(part, failure)| {
                let message = written.named(&failure.message);
                if message.contains(&part) { part } else { message }
            }),
        };
        let fuel = answer.usage().fuel;
        let ceiling = fuel.saturating_add(fuel / 10).next_multiple_of(1000);
        if self.max_fuel.is_none_or(|most| fuel > most || most / 2 > ceiling) {
            self.max_fuel = Some(ceiling);
        }
        Ok(before != (self.expect.clone(), self.max_fuel))
    }
}

impl Verdict {
    /// A test that cannot be run.
    fn unusable(name: String, error: &anyhow::Error) -> Self {
        let differences = vec![format!("the test cannot be run: {error:#}")];
        Self { name, ok: false, outcome: None, decision: None, fuel: 0, max_fuel: None, differences }
    }
}

fn judge(name: String, fixture: &Fixture, outcome: &LocalOutcome, written: &Written) -> Result<Verdict> {
    let mut differences = Vec::new();
    let (expect, answer) = (&fixture.expect, &outcome.answer);
    let found = answer.outcome();
    // A test that expects a decision expects that the function made it.
    let wanted = expect.outcome.unwrap_or(Outcome::Completed);
    let message = answer.error().map(|failure| {
        let place = failure.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        (failure.message.clone(), written.named(&format!("{}{place}", failure.message)))
    });
    if found != wanted {
        let why = message.as_ref().map(|(_, shown)| format!(": {shown}")).unwrap_or_default();
        differences.push(format!("outcome: expected {}, got {}{why}", wanted.as_str(), found.as_str()));
    }
    if let Some(part) = &expect.error
        && !message.as_ref().is_some_and(|(said, shown)| said.contains(part) || shown.contains(part))
    {
        let got = message.as_ref().map_or("none", |(_, shown)| shown);
        differences.push(format!("error: expected {part:?}, got {got}"));
    }
    let made = answer.decision();
    if let Some(wanted) = expect.decision.filter(|wanted| *wanted != made) {
        differences.push(format!("decision: expected {}, got {}", wanted.as_str(), made.as_str()));
    }
    if let Some(wanted) = &expect.result {
        let got = result(outcome)?;
        if got != *wanted {
            let (wanted, got) = (format!("{wanted:#}\n"), format!("{got:#}\n"));
            differences.push(unified(&wanted, &got, ("expected result", "result"), Style::stdout()));
        }
    }
    let fuel = answer.usage().fuel;
    if let Some(most) = fixture.max_fuel.filter(|most| fuel > *most) {
        differences.push(format!("fuel: {fuel} is above the ceiling of {most}"));
    }
    let ok = differences.is_empty();
    Ok(Verdict { name, ok, outcome: Some(found), decision: Some(made), fuel, max_fuel: fixture.max_fuel, differences })
}

fn page(verdicts: &[Verdict], style: Style) -> String {
    let mut table = Table::new(["TEST", "RESULT", "OUTCOME", "DECISION", "FUEL", "CEILING"]);
    for one in verdicts {
        table.row([
            one.name.as_str().into(),
            if one.ok { Cell::new("ok", Look::Good) } else { Cell::new("DIFFERS", Look::Bad) },
            one.outcome.map(Outcome::as_str).unwrap_or_default().into(),
            one.decision.map(Decision::as_str).unwrap_or_default().into(),
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
            outcome: Some(Outcome::Completed),
            decision: Some(Decision::Allow),
            fuel: 1234,
            max_fuel: Some(2000),
            differences: differences.iter().map(|text| (*text).to_owned()).collect(),
        };
        let verdicts = [verdict("good", &[]), verdict("bad", &["decision: expected deny, got allow", "fuel: 3 is above the ceiling of 2"])];
        insta::assert_snapshot!(page(&verdicts, Style::plain()));
    }

    #[test]
    fn a_key_that_means_nothing_is_refused() {
        for (expect, says) in [(r#"{"decision": "perhaps"}"#, "perhaps"), (r#"{"outcome": "fine"}"#, "fine")] {
            let error = serde_json::from_str::<Fixture>(&format!(r#"{{"context": {{}}, "expect": {expect}}}"#)).unwrap_err();
            assert!(error.to_string().contains(says) && error.to_string().contains("expected one of"), "{error}");
        }
        let wrong = json!({"context": {}, "expects": {}});
        assert!(serde_json::from_value::<Fixture>(wrong).unwrap_err().to_string().contains("expects"));
        let error = serde_json::from_str::<Fixture>("{\"context\": {},\n \"http\": [{\n\"request\": {\"uri\": \"x\"}}]}").unwrap_err();
        assert!(error.to_string().contains("unknown field `uri`") && error.line() == 3, "{error}");
    }
}
