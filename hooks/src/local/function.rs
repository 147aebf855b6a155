//! A prepared function on the author's machine: what the dispatcher calls, with the answers that the run is to get.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookbox_host_api::log::Mask;
use hookbox_runtime::{Execution, Identity, Invocation, Outside, PreparedHook, Profile, ProfileError, Sandbox};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::answers::{RecordedRun, Watched};
use crate::message::masked_failure;
use crate::sandbox::{Boxed, PreparedFunction};

/// A function that is ready to run, and what its run leaves beside its answer.
pub(super) struct LocalFunction {
    sandbox: Sandbox,
    hook: PreparedHook,
    outside: Arc<Outside>,
    watched: Watched,
    timeout: Duration,
    left: Mutex<Left>,
}

#[derive(Default)]
struct Left {
    invocation: Option<Invocation>,
    recorded: Option<RecordedRun>,
    returned: Option<Box<RawValue>>,
}

impl LocalFunction {
    pub(super) fn new(sandbox: Sandbox, hook: PreparedHook, outside: Arc<Outside>, watched: Watched, timeout: Duration) -> Self {
        Self { sandbox, hook, outside, watched, timeout, left: Mutex::default() }
    }

    /// The run, if it was to be kept.
    pub(super) fn recorded(&self) -> Option<RecordedRun> {
        self.left().recorded.take()
    }

    /// What it returned, whatever its type makes of that.
    pub(super) fn returned(&self) -> Option<Box<RawValue>> {
        self.left().returned.take()
    }

    /// In a replay: how many of the recorded calls it did not ask for.
    pub(super) fn not_asked(&self) -> usize {
        self.watched.not_asked()
    }

    /// Where the fuel of the run went, which is repeated for that; `None` if the function did not run.
    pub(super) async fn profile(&self, progress: impl FnMut(u64, u64)) -> Option<Result<Profile, ProfileError>> {
        let invocation = self.left().invocation.clone()?;
        let mask = invocation.mask.clone();
        let (answerer, deadline) = (Some(self.watched.repeated()), Instant::now() + self.watched.real_time(self.timeout));
        let profile = self.sandbox.profile(&self.hook, Invocation { answerer, deadline, ..invocation }, progress).await;
        Some(profile.map(|profile| masked(&mask, profile)))
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The invocation as it is here. What a function is told of itself is the same in every run, so that a run can be repeated.
    fn localised(&self, invocation: Invocation) -> Invocation {
        Invocation {
            execution_id: "local".into(),
            identity: Arc::new(Identity {
                name: "local".into(),
                version: "$LATEST".into(),
                arn: "arn:hookbox:lambda:local:0:function:local".into(),
            }),
            outside: Some(self.outside.clone()),
            answerer: self.watched.answerer(),
            beginning: self.watched.beginning(),
            deadline: self.watched.deadline(invocation.deadline),
            ..invocation
        }
    }
}

/// Hides secrets in a profile: a function can give any name to another function, also that of a secret.
fn masked(mask: &Mask, mut profile: Profile) -> Profile {
    profile.frames.iter_mut().for_each(|frame| frame.name = mask.apply(&frame.name));
    profile.failure = profile.failure.map(|failure| masked_failure(mask, failure, usize::MAX));
    profile
}

impl PreparedFunction for LocalFunction {
    fn execute(self: Arc<Self>, invocation: Invocation) -> Boxed<Execution> {
        Box::pin(async move {
            let invocation = self.localised(invocation);
            self.left().invocation = Some(invocation.clone());
            let execution = self.sandbox.execute(&self.hook, invocation).await;
            self.left().returned = execution.result.as_ref().ok().cloned();
            self.left().recorded = self.watched.recorded(execution.result.as_ref().err(), execution.ended);
            // That a replay went another way decides, whatever the function made of it.
            match self.watched.strayed() {
                Some(strayed) => Execution { result: Err(strayed), ..execution },
                None => execution,
            }
        })
    }

    fn serves(&self) -> bool {
        self.hook.serves()
    }

    fn holds_env(&self) -> bool {
        self.hook.holds_env()
    }

    fn evaluated_because(&self) -> Option<&'static str> {
        self.hook.evaluated_because()
    }
}
