//! Benchmarks, as ratios against a peer or a floor that is measured in the same run, in turn with Hookbox. It drives the crates
//! and the `hookbox` program beside it as they are; what the figures mean is in the README beside this crate.

mod bare_server;
mod bare_wasmtime;
mod client;
mod connection;
mod deploy;
mod dialects;
mod execution;
mod functions;
mod javascript;
mod load;
mod many;
mod neighbours;
mod node;
mod node_peer;
mod outside;
mod overload;
mod report;
mod roles;
mod samples;
mod sandboxed;
mod server;
mod trigger;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::runtime::{Builder, Runtime};

use report::{Report, Row};
use roles::{BARE_SERVER, COMPILE_WORKER};

const HELP: &str = "hookbox-bench [--json] [--hooks N] [PART]...

Measures the parts that are named, or everything, and prints a table. --json prints JSON instead, and writes it to
target/bench/results.json.

  execution   a Rust hook in the sandbox, against bare wasmtime
  javascript  a JavaScript hook in the sandbox, against an instance that is kept
  dialects    a hook of one vendor, against another's that does the same work
  trigger     logins over HTTP, against bare hyper
  node        JavaScript logins over HTTP, against Node (needs Node 20 and npm)
  outside     logins with a call to another server, against Node; and beside executions that wait (needs Node 20 and npm)
  neighbours  an account's logins beside another that does its worst, against alone
  overload    ten times what the server can do, against what it can do
  deploy      from upload to ready; the start of a server
  hooks       a server with 10,000 hooks, or with N
";

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
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn complain(error: &anyhow::Error) {
    // There is nobody left to tell when this cannot be written.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("error: {error:#}\n"));
}

type Bench = fn(&Runtime, &Options) -> Result<Vec<Row>>;

const BENCHES: [(&str, Bench); 10] = [
    ("execution", |runtime, _| execution::run(runtime)),
    ("javascript", |runtime, _| javascript::run(runtime)),
    ("dialects", |runtime, _| dialects::run(runtime)),
    ("trigger", |runtime, _| trigger::run(runtime)),
    ("node", |runtime, _| node::run(runtime)),
    ("outside", |runtime, _| outside::run(runtime)),
    ("neighbours", |runtime, _| neighbours::run(runtime)),
    ("overload", |runtime, _| overload::run(runtime)),
    ("deploy", |runtime, _| deploy::run(runtime)),
    ("hooks", |runtime, options| many::run(runtime, options.hooks)),
];

/// What the command line says.
struct Options {
    json: bool,
    /// How many hooks the server with many has.
    hooks: u32,
    /// The benchmarks that are wanted; all when none is named.
    names: Vec<String>,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self> {
        let mut options = Self { json: false, hooks: many::COUNT, names: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--hooks" => options.hooks = rest.next().and_then(|number| number.parse().ok()).context("--hooks needs a number")?,
                name if BENCHES.iter().any(|(known, _)| *known == name) => options.names.push(name.to_owned()),
                unknown => bail!("unknown option or benchmark {unknown}\n\n{HELP}"),
            }
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }
}

fn bench(arguments: &[String]) -> Result<()> {
    let options = Options::read(arguments)?;
    // What is measured runs in other processes or alone in this one; a single thread leaves them the machine.
    let runtime = Builder::new_current_thread().enable_all().build().context("the runtime cannot be made")?;
    let mut report = Report::new(options.json);
    let mut failed = Vec::new();
    for (name, bench) in BENCHES.iter().filter(|(name, _)| options.wants(name)) {
        // One that cannot run here does not keep the others from it.
        match bench(&runtime, &options) {
            Ok(rows) => report.add(rows)?,
            Err(error) => {
                complain(&error.context(*name));
                failed.push(*name);
            }
        }
    }
    report.finish()?;
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}
