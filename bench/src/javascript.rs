//! One execution of a JavaScript hook in a fresh sandbox, against a call on an instance that is kept: the same engine, image, fuel and log.
//!
//! The example is taken apart as well: hooks that do a part of what it does, so that the difference of two rows is what a part costs.

use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, ensure};
use hookbox_host_api::Failure;
use hookbox_runtime::{KeptInstance, PagemapUse};
use tokio::runtime::Runtime;

use crate::functions;
use crate::report::Row;
use crate::samples::{Pairs, Samples, micros_each};
use crate::sandboxed::{Login, Workshop};

const BENCH: &str = "javascript";
const ROUNDS: usize = 100;
const CALLS: u32 = 100;
const WARM_UP: usize = 10;

/// Functions that do less and less of what the example does, and whether they are given a login or nothing.
const PARTS: [(&str, &str, bool); 4] = [
    ("without its log line", "exports.handler = async (context) => ({ success: true, user: context.user });", true),
    ("that returns nothing", "exports.handler = async () => null;", true),
    ("that is given nothing", "exports.handler = async () => null;", false),
    ("that is no promise", "exports.handler = () => null;", false),
];

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let workshop = Workshop::new()?;
    ensure!(workshop.sandbox.pagemap_use().0 == PagemapUse::Scan, "the kernel cannot be asked which pages were written");
    let reading = Workshop::with_pagemap(PagemapUse::Read)?;
    let giving_back = Workshop::with_pagemap(PagemapUse::None)?;
    let context = functions::login()?;
    runtime.block_on(async {
        let example = measure(&workshop, functions::PASS_THROUGH, &context).await?;
        let mut rows = vec![example.row("pass-through").aim("<= 2"), example.faults("pass-through"), example.fuel("pass-through")];
        let slower = measure(&reading, functions::PASS_THROUGH, &context).await?;
        rows.extend([slower.row("the same without pagemap scan").aim("<= 5"), slower.faults("the same without pagemap scan")]);
        let slowest = measure(&giving_back, functions::PASS_THROUGH, &context).await?;
        rows.extend([slowest.row("the same given back"), slowest.faults("the same given back")]);
        for (name, source, login) in PARTS {
            let measured = measure(&workshop, source, if login { &context } else { "{}" }).await?;
            rows.extend([measured.row(name), measured.faults(name)]);
        }
        Ok(rows)
    })
}

struct Measured {
    pairs: Pairs,
    fuel: u64,
    /// Pages that an execution has the kernel give it or copy for it.
    faults: f64,
}

impl Measured {
    fn row(&self, name: &str) -> Row {
        Row::costs(BENCH, name, "us", "a kept instance", &self.pairs)
    }

    fn fuel(&self, name: &str) -> Row {
        Row::alone(BENCH, format!("{name}, fuel"), "", Samples::new(vec![self.fuel as f64]).least())
    }

    fn faults(&self, name: &str) -> Row {
        Row::alone(BENCH, format!("{name}, page faults"), "", Samples::new(vec![self.faults]).least())
    }
}

async fn measure(workshop: &Workshop, source: &str, context: &str) -> Result<Measured> {
    let (hook, login) = (workshop.javascript(source).await?, Login::new(context));
    let mut kept = KeptInstance::start(&workshop.sandbox, &hook, login.invocation()).await.map_err(failed)?;
    let (result, usage) = workshop.call(&hook, &login).await?;
    ensure!(kept.call(login.invocation()).await.map_err(failed)? == result, "both give the same result");
    let mut pairs = Pairs::default();
    for round in 0..WARM_UP + ROUNDS {
        let started = Instant::now();
        for _ in 0..CALLS {
            workshop.call(&hook, &login).await?;
        }
        let between = Instant::now();
        for _ in 0..CALLS {
            kept.call(login.invocation()).await.map_err(failed)?;
        }
        if round >= WARM_UP {
            pairs.push(micros_each(between - started, CALLS), micros_each(between.elapsed(), CALLS));
        }
    }
    let before = page_faults()?;
    for _ in 0..CALLS {
        workshop.call(&hook, &login).await?;
    }
    let faults = (page_faults()? - before) as f64 / f64::from(CALLS);
    Ok(Measured { pairs, fuel: usage.fuel, faults })
}

/// Page faults of this process so far that needed no disk.
fn page_faults() -> Result<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program stands in brackets before the numbers and may hold anything.
    let numbers = stat.rsplit_once(')').context("/proc/self/stat")?.1;
    numbers.split_whitespace().nth(7).and_then(|number| number.parse().ok()).context("/proc/self/stat")
}

fn failed(failure: Failure) -> anyhow::Error {
    anyhow!("the kept instance failed: {}", failure.message)
}
