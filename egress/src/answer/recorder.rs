//! Asks another answerer and keeps what it says.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::time::Instant;

use super::gather::{self, Content};
use super::recording::{Recorded, RecordedExchange, RecordedLookup, RecordedReply, Recording, received, sent};
use super::veil::{Drawn, Veil};
use super::{Answerer, Answering};
use crate::error::Error;
use crate::http::{Hop, Reply, Wire, reply_body};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// Keeps what another answerer says. Bodies are whole before they are passed on, both ways; raw connections are passed on, and only named.
pub struct Recorder {
    inner: Arc<dyn Answerer>,
    veil: Veil,
    recording: Mutex<Recording>,
}

impl Recorder {
    /// Keeps what this answerer says, with names in the place of what is under the veil.
    pub fn new(inner: Arc<dyn Answerer>, veil: Veil) -> Self {
        Self { inner, veil, recording: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept up to now.
    pub fn recording(&self) -> Recording {
        self.kept().clone()
    }

    async fn ask(&self, hop: Hop, scene: &Scene, until: Instant) -> Result<(Reply, Bytes), Error> {
        let mut reply = self.inner.exchange(hop, scene, until).await?;
        let body = gather::answer(&mut reply.body, scene).await?;
        Ok((reply, body))
    }
}

/// Names in the place of values in what is kept of headers.
fn veiled(headers: Vec<(String, String)>, drawn: &Drawn) -> Vec<(String, String)> {
    headers.into_iter().map(|(name, value)| (name, drawn.text_over(&value))).collect()
}

impl Answerer for Recorder {
    fn exchange<'a>(&'a self, mut hop: Hop, scene: &'a Scene, until: Instant) -> Answering<'a, Reply> {
        Box::pin(async move {
            let drawn = self.veil.drawn(scene);
            let body = Content::of(&drawn.over(&gather::request(&mut hop, scene).await?));
            let (method, url) = (hop.method.to_string(), drawn.text_over(hop.url.as_str()));
            let headers = veiled(sent(&hop.headers), &drawn);
            let index = {
                let mut kept = self.kept();
                kept.exchanges.push(RecordedExchange { method, url, headers, body, outcome: Recorded::Nothing });
                kept.exchanges.len() - 1
            };
            let answered = self.ask(hop, scene, until).await;
            let outcome = Recorded::of(answered.as_ref().map(|(reply, body)| RecordedReply {
                status: reply.status,
                reason: reply.reason.clone(),
                version: reply.version.to_owned(),
                headers: veiled(received(&reply.headers), &drawn),
                body: Content::of(&drawn.over(body)),
            }));
            if let Some(exchange) = self.kept().exchanges.get_mut(index) {
                exchange.outcome = outcome;
            }
            // What a recording does not keep is not given either, so that a replay is the same.
            answered.map(|(reply, body)| Reply { body: reply_body(body), wire: Wire::default(), ..reply })
        })
    }

    fn lookup<'a>(&'a self, host: &'a Host, scene: &'a Scene, until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move {
            let index = {
                let mut kept = self.kept();
                kept.lookups.push(RecordedLookup { name: host.to_string(), outcome: Recorded::Nothing });
                kept.lookups.len() - 1
            };
            let found = self.inner.lookup(host, scene, until).await;
            if let Some(lookup) = self.kept().lookups.get_mut(index) {
                lookup.outcome = Recorded::of(found.as_ref().cloned());
            }
            found
        })
    }

    fn connect<'a>(&'a self, target: &'a Target, tls: Option<&'a TlsOptions>, scene: &'a Scene, until: Instant) -> Answering<'a, Stream> {
        self.kept().connections.push(target.to_string());
        self.inner.connect(target, tls, scene, until)
    }
}
