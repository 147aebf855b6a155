//! A hook of one vendor against a hook of another that does the same work: from the body that an identity provider sends to the verdict, without
//! HTTP. Both read their event, run some thirty lines of JavaScript in a fresh sandbox, and have their result judged.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use hookbox_hooks::hook_type::{Adapter, Settings};
use hookbox_runtime::PreparedHook;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::runtime::Runtime;

use crate::functions;
use crate::report::Row;
use crate::samples::{Pairs, micros_each};
use crate::sandboxed::{Login, Workshop};

const BENCH: &str = "dialects";
const ROUNDS: usize = 100;
const CALLS: u32 = 100;
const WARM_UP: usize = 10;

const TOKEN: &str = include_str!("../hooks/token.js");
const LOGIN: &str = include_str!("../hooks/login.js");
const TOKEN_EVENT: &str = include_str!("../../dialects/src/okta/templates/token/event.json");

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let workshop = Workshop::new()?;
    runtime.block_on(async {
        let event = serde_json::from_str::<serde_json::Value>(TOKEN_EVENT)?.to_string();
        let token = Side::new(&workshop, "okta-token", TOKEN, event, json!({})).await?;
        let options = json!({"options": {"risk_enabled": true, "location_enabled": true}});
        let login = Side::new(&workshop, "pre-authentication", LOGIN, functions::login()?, options).await?;
        let fuel = (token.once(&workshop).await?, login.once(&workshop).await?);
        let mut pairs = Pairs::default();
        for round in 0..WARM_UP + ROUNDS {
            let started = Instant::now();
            for _ in 0..CALLS {
                token.once(&workshop).await?;
            }
            let between = Instant::now();
            for _ in 0..CALLS {
                login.once(&workshop).await?;
            }
            if round >= WARM_UP {
                pairs.push(micros_each(between - started, CALLS), micros_each(between.elapsed(), CALLS));
            }
        }
        let mut burnt = Pairs::default();
        burnt.push(fuel.0 as f64, fuel.1 as f64);
        const PEER: &str = "pre-authentication";
        Ok(vec![
            Row::costs(BENCH, "okta-token", "us", PEER, &pairs).aim("<= 1.3"),
            Row::costs(BENCH, "okta-token, fuel", "", PEER, &burnt).aim("<= 1.3"),
        ])
    })
}

/// A hook of a vendor's, and what it is called with.
struct Side {
    adapter: Arc<dyn Adapter>,
    hook: PreparedHook,
    body: Bytes,
}

impl Side {
    async fn new(workshop: &Workshop, hook_type: &str, source: &str, body: String, settings: serde_json::Value) -> Result<Self> {
        let registry = hookbox_dialects::registry()?;
        let hook_type = registry.find(hook_type).context("there is no such type")?;
        let settings: Settings = serde_json::from_value(settings)?;
        let adapter = hook_type.rules.bind(&settings, &Settings::new());
        Ok(Self { adapter, hook: workshop.javascript(source).await?, body: body.into() })
    }

    /// From the body to the verdict; the fuel that it took.
    async fn once(&self, workshop: &Workshop) -> Result<u64> {
        let event = self.adapter.read_event(&self.body)?;
        let (result, usage) = workshop.call(&self.hook, &Login::of_bytes(event.input)).await?;
        let verdict = self.adapter.judge(RawValue::from_string(result)?, &event.kept).map_err(|error| anyhow!("{error}"))?;
        std::hint::black_box(verdict);
        Ok(usage.fuel)
    }
}
