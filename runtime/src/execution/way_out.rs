//! The way out of one execution: the client that it calls with, made when it first calls, and the cache.

use std::sync::Arc;

use hookbox_egress::{ACCESS_DENIED, Answerer, Call, Client, Error, Sealed};
use hookbox_host_api::{EnvVars, Secret};
use tokio::time::Instant;

use super::Invocation;
use super::bodies::Bodies;
use super::world::World;
use crate::cache::OwnCache;
use crate::grant::Grant;
use crate::outside::Outside;
use crate::scheduler::Share;

/// Random bytes of a placeholder.
const PLACEHOLDER_BYTES: usize = 20;

/// What an execution may reach, and what it has called.
pub(crate) struct WayOut {
    outside: Option<Arc<Outside>>,
    answerer: Option<Arc<dyn Answerer>>,
    grant: Arc<Grant>,
    share: Share,
    deadline: Instant,
    /// The sealed env vars with what the function sees of them.
    placeholders: Vec<(String, String)>,
    /// The top level is being evaluated.
    pub(crate) loading: bool,
    client: Option<Client>,
    /// Bodies that `wasi:http` carries.
    pub(crate) bodies: Bodies,
}

impl WayOut {
    /// The way out of an execution, and its env vars with a fresh placeholder for each that is sealed.
    pub(crate) fn new(invocation: &Invocation, world: &mut World) -> (Self, Arc<EnvVars>) {
        let mut placeholders = Vec::new();
        let mut env = invocation.env.clone();
        if !env.sealed().is_empty() {
            env = Arc::new(env.with_placeholders(|name| {
                // Without random bytes, what the function sees stands for nothing.
                let placeholder = placeholder(world);
                placeholders.extend(placeholder.iter().map(|placeholder| (name.to_owned(), placeholder.clone())));
                Secret::new(placeholder.unwrap_or_default())
            }));
        }
        let (outside, grant, share, deadline) =
            (invocation.outside.clone(), invocation.grant.clone(), invocation.share, invocation.deadline);
        let answerer = invocation.answerer.clone();
        (Self { outside, answerer, grant, share, deadline, placeholders, loading: false, client: None, bodies: Bodies::default() }, env)
    }

    /// The client of the execution.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED` where nothing may go out.
    pub(crate) fn client(&mut self) -> Result<Client, Error> {
        if self.loading {
            return Err(Error::new(ACCESS_DENIED, "nothing goes out while a hook's top level is evaluated: call from the handler"));
        }
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let outside = self.outside()?;
        let sealed = self.grant.sealed.iter().filter_map(|var| {
            let (_, placeholder) = self.placeholders.iter().find(|(name, _)| *name == var.name)?;
            Some(Sealed { placeholder: placeholder.clone(), value: var.value.clone(), hosts: var.hosts.clone() })
        });
        let client = outside.client(&self.grant, self.share, self.deadline, sealed.collect(), self.answerer.clone())?;
        Ok(self.client.insert(client).clone())
    }

    /// The cache of the hook.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED` where nothing is kept.
    pub(crate) fn cache(&self) -> Result<OwnCache, Error> {
        if self.loading {
            let message = "nothing goes out while a hook's top level is evaluated, to the cache neither: use it in the handler";
            return Err(Error::new(ACCESS_DENIED, message));
        }
        let cache = self.outside()?.cache(self.share);
        cache.ok_or_else(|| Error::new(ACCESS_DENIED, "there is no cache outside of this sandbox"))
    }

    fn outside(&self) -> Result<&Arc<Outside>, Error> {
        self.outside.as_ref().ok_or_else(|| Error::new(ACCESS_DENIED, "nothing goes out of this sandbox"))
    }

    /// What was called.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.client.as_ref().map(Client::calls).unwrap_or_default()
    }
}

/// A text that stands for a value: `sealed_` and hexadecimal digits; `None` without random bytes.
fn placeholder(world: &mut World) -> Option<String> {
    let mut bytes = [0; PLACEHOLDER_BYTES];
    world.fill_random(&mut bytes).ok()?;
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16));
    Some(format!("sealed_{}", digits.collect::<String>()))
}
