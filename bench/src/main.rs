//! Benchmarks, as ratios against a peer or a floor that is measured in the same run, in turn with Hookbox. It drives the crates
//! and the `hookbox` program beside it as they are; what the figures mean is in the README beside this crate.

mod bare_server;
mod bare_wasmtime;
mod client;
mod connection;
mod deploy;
mod execution;
mod fairness;
mod functions;
mod load;
mod report;
mod samples;
mod server;
mod trigger;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use tokio::runtime::{Builder, Runtime};

use report::{Report, Row};

/// What this program is started with to be a peer of the server, in a process of its own; with a second word, the one that runs a hook.
pub(crate) const BARE_SERVER: &str = "bare-server";
/// What it is started with to compile a function, as the server starts itself.
pub(crate) const COMPILE_WORKER: &str = "compile-worker";

const HELP: &str = "hookbox-bench [--json] [execution] [trigger] [fairness] [deploy]

Measures what is named, or everything, and prints a table. --json prints JSON instead, and writes it to target/bench/results.json.
";

/// wasmtime's errors are a type of their own.
pub(crate) fn engine_error(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.first().map(String::as_str) {
        Some(COMPILE_WORKER) => return hookbox_runtime::compile_worker(),
        Some(BARE_SERVER) => bare_server::run(arguments.len() > 1),
        Some("--help" | "-h") => report::print(HELP),
        _ => bench(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody left to tell when this cannot be written.
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("error: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

type Bench = fn(&Runtime) -> Result<Vec<Row>>;

const BENCHES: [(&str, Bench); 4] =
    [("execution", execution::run), ("trigger", trigger::run), ("fairness", fairness::run), ("deploy", deploy::run)];

fn bench(arguments: &[String]) -> Result<()> {
    let (flags, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|one| one.starts_with("--"));
    if let Some(unknown) = flags.iter().find(|flag| flag.as_str() != "--json") {
        bail!("unknown option {unknown}\n\n{HELP}");
    }
    if let Some(unknown) = names.iter().find(|name| !BENCHES.iter().any(|(known, _)| *known == name.as_str())) {
        bail!("unknown benchmark {unknown}\n\n{HELP}");
    }
    // What is measured runs in other processes or alone in this one; a single thread leaves them the machine.
    let runtime = Builder::new_current_thread().enable_all().build().context("the runtime cannot be made")?;
    let mut report = Report::new(!flags.is_empty());
    for (name, bench) in BENCHES.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name)) {
        report.add(bench(&runtime).with_context(|| (*name).to_owned())?)?;
    }
    report.finish()
}
