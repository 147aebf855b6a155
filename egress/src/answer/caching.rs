//! A cache before whoever answers. The policy has judged each request before the cache is asked, as it has before the network is.
//!
//! What is known of a URL is a random generation, and the answers of a URL are kept under it. A request that changes something removes the
//! generation, and with it all answers, whatever headers they were asked with.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::time::Instant;

use super::{Answerer, Answering};
use crate::cache::{Found, Keep, Question, Stored, Tee, url_name};
use crate::error::Error;
use crate::http::{Body, Hop, Reply};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// The longest that anything is kept.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const GENERATION_BYTES: usize = 16;

/// An answerer with a cache before it.
pub(crate) struct Caching {
    inner: Arc<dyn Answerer>,
    keep: Arc<dyn Keep>,
}

/// A request that the cache may answer.
struct Asking {
    question: Question,
    /// The name of what is known of the URL.
    url: String,
    generation: Option<Bytes>,
}

impl Caching {
    pub(crate) fn new(inner: Arc<dyn Answerer>, keep: Arc<dyn Keep>) -> Self {
        Self { inner, keep }
    }

    async fn answer(&self, hop: Hop, scene: &Scene, until: Instant) -> Result<Reply, Error> {
        let url = url_name(&hop, scene);
        if !matches!(hop.method, Method::GET | Method::HEAD | Method::OPTIONS) {
            let reply = self.inner.exchange(hop, scene, until).await?;
            if reply.status < 400 {
                self.keep.delete(&url).await;
            }
            return Ok(reply);
        }
        let Some(question) = Question::of(&hop, scene) else { return self.inner.exchange(hop, scene, until).await };
        let generation = self.keep.get(&url).await;
        let asking = Asking { question, url, generation };
        let Some(stored) = self.stored(&asking).await else { return self.ask(hop, asking, scene, until).await };
        match stored.found(&asking.question) {
            Found::Answer(reply) => Ok(reply),
            Found::Nothing => self.ask(hop, asking, scene, until).await,
            Found::Ask(conditions) => self.revalidate(hop, conditions, asking, scene, until).await,
        }
    }

    async fn stored(&self, asking: &Asking) -> Option<Stored> {
        let name = asking.question.name(asking.generation.as_ref()?);
        Stored::read(&self.keep.get(&name).await?)
    }

    /// Asks, and keeps what may be kept.
    async fn ask(&self, hop: Hop, asking: Asking, scene: &Scene, until: Instant) -> Result<Reply, Error> {
        let reply = self.inner.exchange(hop, scene, until).await?;
        Ok(self.kept(reply, asking, scene).await)
    }

    /// Asks whether what is kept still holds.
    async fn revalidate(&self, hop: Hop, conditions: HeaderMap, asking: Asking, scene: &Scene, until: Instant) -> Result<Reply, Error> {
        let mut conditional = again(&hop);
        conditional.headers.extend(conditions);
        let reply = self.inner.exchange(conditional, scene, until).await?;
        if reply.status != 304 {
            return Ok(self.kept(reply, asking, scene).await);
        }
        // It is read again, because others may have renewed it meanwhile.
        let stored = self.stored(&asking).await;
        let Some((renewed, time)) = stored.and_then(|stored| stored.renewed(&asking.question, &reply.headers, LONGEST)) else {
            return self.ask(hop, asking, scene, until).await;
        };
        let usable = !scene.sealed.is_in(renewed.text().as_bytes());
        if let (Some(generation), Some(time), Some(bytes), true) = (&asking.generation, time, renewed.write(self.keep.most_bytes()), usable)
        {
            self.keep.put(&asking.question.name(generation), bytes, time).await;
        }
        Ok(renewed.reply(Duration::ZERO))
    }

    /// The same answer, which is kept when it has been read, if it may be.
    async fn kept(&self, mut reply: Reply, asking: Asking, scene: &Scene) -> Reply {
        let most = self.keep.most_bytes();
        let Some((stored, time)) = Stored::of(&asking.question, &reply, LONGEST) else { return reply };
        // What stands for a sealed value differs in each execution, so an answer with it is of no use to others.
        if scene.sealed.is_in(stored.text().as_bytes()) {
            return reply;
        }
        let (keep, sealed) = (Arc::clone(&self.keep), scene.sealed.clone());
        let keeping = move |body: Bytes| async move {
            if sealed.is_in(&body) {
                return;
            }
            if let (Some(bytes), Some(generation)) = (stored.with_body(body).write(most), generation(&*keep, &asking).await) {
                keep.put(&asking.question.name(&generation), bytes, time).await;
            }
        };
        if reply.body.is_end_stream() {
            keeping(Bytes::new()).await;
        } else if reply.body.size_hint().lower() <= most as u64 {
            reply.body = Tee::new(reply.body, most, Box::new(|body| Box::pin(keeping(body)))).boxed_unsync();
        }
        reply
    }
}

/// The generation of the URL, which is made with its first answer.
async fn generation(keep: &dyn Keep, asking: &Asking) -> Option<Bytes> {
    if let Some(generation) = &asking.generation {
        return Some(generation.clone());
    }
    let mut made = [0; GENERATION_BYTES];
    getrandom::fill(&mut made).ok()?;
    let made = Bytes::copy_from_slice(&made);
    keep.put(&asking.url, made.clone(), LONGEST).await;
    Some(made)
}

/// The same request once more. It has no body.
fn again(hop: &Hop) -> Hop {
    Hop {
        method: hop.method.clone(),
        url: hop.url.clone(),
        target: hop.target.clone(),
        headers: hop.headers.clone(),
        body: Body::None,
        decompress: hop.decompress,
        manner: hop.manner.clone(),
        sent: Arc::clone(&hop.sent),
    }
}

impl Answerer for Caching {
    fn exchange<'a>(&'a self, hop: Hop, scene: &'a Scene, until: Instant) -> Answering<'a, Reply> {
        Box::pin(self.answer(hop, scene, until))
    }

    fn lookup<'a>(&'a self, host: &'a Host, scene: &'a Scene, until: Instant) -> Answering<'a, Vec<IpAddr>> {
        self.inner.lookup(host, scene, until)
    }

    fn connect<'a>(&'a self, target: &'a Target, tls: Option<&'a TlsOptions>, scene: &'a Scene, until: Instant) -> Answering<'a, Stream> {
        self.inner.connect(target, tls, scene, until)
    }
}
