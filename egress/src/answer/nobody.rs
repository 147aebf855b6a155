//! Nobody answers: everything is refused with the same words.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Answerer, Answering};
use crate::error::Error;
use crate::http::{Hop, Reply};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// Refuses what the policy would allow.
#[derive(Clone)]
pub struct Nobody(&'static str);

impl Nobody {
    /// With the sentence that says why.
    pub fn new(why: &'static str) -> Self {
        Self(why)
    }

    fn refuse<T>(&self) -> Answering<'_, T>
    where
        T: Send + 'static,
    {
        Box::pin(async move { Err(Error::refused(self.0)) })
    }
}

impl Answerer for Nobody {
    fn exchange<'a>(&'a self, _hop: Hop, _scene: &'a Scene, _until: Instant) -> Answering<'a, Reply> {
        self.refuse()
    }

    fn lookup<'a>(&'a self, _host: &'a Host, _scene: &'a Scene, _until: Instant) -> Answering<'a, Vec<IpAddr>> {
        self.refuse()
    }

    fn connect<'a>(
        &'a self,
        _target: &'a Target,
        _tls: Option<&'a TlsOptions>,
        _scene: &'a Scene,
        _until: Instant,
    ) -> Answering<'a, Stream> {
        self.refuse()
    }

    fn again(&self) -> Option<Arc<dyn Answerer>> {
        Some(Arc::new(self.clone()))
    }
}
