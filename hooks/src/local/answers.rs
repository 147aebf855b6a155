//! Who answers what a function calls in a local run, and the run that is kept so that it can be repeated.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbox_egress::{Answerer, Egress, Mocks, Nobody, Recorded, Recorder, Recording, Replay, Veil};
use hookbox_host_api::{Failure, FailureKind};
use hookbox_runtime::{Beginning, Order, Turn, Turns};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Who answers what the function calls.
#[derive(Clone, Default)]
pub enum Answers {
    /// The network.
    #[default]
    Network,
    /// The network, and its answers are kept.
    Record,
    /// A run that was kept.
    Replay(Arc<RecordedRun>),
    /// What a test says.
    Mocks(Arc<Mocks>),
}

impl Answers {
    /// Whether the run is one run, so that a failure is not repeated: one that is kept, or that was.
    pub(super) fn are_of_one_run(&self) -> bool {
        matches!(self, Self::Record | Self::Replay(_))
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Network => "Network",
            Self::Record => "Record",
            Self::Replay(_) => "Replay",
            Self::Mocks(_) => "Mocks",
        })
    }
}

/// A run that was kept: where it began, what it called, and in which order what it waited for was done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRun {
    /// Its beginning, in microseconds since 1970.
    began_us: u64,
    /// What its random bytes were drawn from.
    seed: u64,
    /// How long it might take.
    timeout_ms: u64,
    /// Its calls and their answers.
    calls: Recording,
    /// In which order operations were done, and when, in nanoseconds since the beginning.
    turns: Vec<Turn>,
}

impl RecordedRun {
    /// The raw connections that it made. They cannot be repeated.
    pub fn connections(&self) -> &[String] {
        &self.calls.connections
    }

    fn beginning(&self, order: Order) -> Beginning {
        let began = UNIX_EPOCH + Duration::from_micros(self.began_us);
        Beginning { began, seed: self.seed, timeout: Duration::from_millis(self.timeout_ms), order }
    }
}

/// What a profile's repetitions are told when they call.
const NOT_REPEATED: &str = "a profile repeats the run some hundred times and calls nobody with that: record the calls with \
    `hookbox run --record FILE`, and profile with `--replay FILE`";

/// The least time for a replay. It waits for nobody, and the machine may be busy.
const REPLAY_TIME: Duration = Duration::from_secs(60);

/// Who answers in one run, and what is looked at after it.
pub(super) enum Watched {
    Network,
    Record { recorder: Arc<Recorder>, turns: Turns, run: RecordedRun },
    Replay { replay: Arc<Replay>, run: Arc<RecordedRun> },
    Mocks(Arc<Mocks>),
}

impl Watched {
    /// For one run that may take this time.
    ///
    /// # Errors
    /// There are no random bytes.
    pub(super) fn new(answers: &Answers, egress: Option<&Egress>, veil: Veil, timeout: Duration) -> Result<Self, String> {
        Ok(match (answers, egress) {
            (Answers::Record, Some(egress)) => {
                let mut seed = [0; 8];
                getrandom::fill(&mut seed).map_err(|error| format!("no random bytes: {error}"))?;
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let number = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
                let (began_us, timeout_ms) = (number(since.as_micros()), number(timeout.as_millis()));
                let run =
                    RecordedRun { began_us, seed: u64::from_le_bytes(seed), timeout_ms, calls: Recording::default(), turns: Vec::new() };
                Self::Record { recorder: Arc::new(Recorder::new(egress.network(), veil)), turns: Turns::default(), run }
            }
            (Answers::Replay(run), _) => Self::Replay { replay: Arc::new(Replay::new(run.calls.clone(), veil)), run: run.clone() },
            (Answers::Mocks(mocks), _) => Self::Mocks(mocks.clone()),
            (Answers::Network | Answers::Record, _) => Self::Network,
        })
    }

    pub(super) fn answerer(&self) -> Option<Arc<dyn Answerer>> {
        match self {
            Self::Network => None,
            Self::Record { recorder, .. } => Some(recorder.clone()),
            Self::Replay { replay, .. } => Some(replay.clone()),
            Self::Mocks(mocks) => Some(mocks.clone()),
        }
    }

    /// Who answers in the repetitions of a profile.
    pub(super) fn repeated(&self) -> Arc<dyn Answerer> {
        self.answerer().and_then(|answerer| answerer.again()).unwrap_or_else(|| Arc::new(Nobody::new(NOT_REPEATED)))
    }

    /// Where the run begins.
    pub(super) fn beginning(&self) -> Option<Beginning> {
        match self {
            Self::Network | Self::Mocks(_) => None,
            Self::Record { turns, run, .. } => Some(run.beginning(Order::Kept(turns.clone()))),
            Self::Replay { run, .. } => Some(run.beginning(Order::Given(run.turns.clone().into()))),
        }
    }

    /// When it really has to be over.
    pub(super) fn deadline(&self, deadline: Instant) -> Instant {
        match self {
            Self::Replay { .. } => deadline.max(Instant::now() + REPLAY_TIME),
            _ => deadline,
        }
    }

    /// How long it may really take.
    pub(super) fn real_time(&self, timeout: Duration) -> Duration {
        match self {
            Self::Replay { .. } => timeout.max(REPLAY_TIME),
            _ => timeout,
        }
    }

    /// The run, if it was kept, with what ended it at this time of its clock.
    pub(super) fn recorded(&self, failure: Option<&Failure>, ended: SystemTime) -> Option<RecordedRun> {
        let Self::Record { recorder, turns, run } = self else { return None };
        let mut run = RecordedRun { calls: recorder.recording(), turns: turns.taken(), ..run.clone() };
        if failure.is_some_and(|failure| failure.kind == FailureKind::Timeout) {
            let took = ended.duration_since(run.beginning(Order::Free).began).unwrap_or_default();
            run.turns.push(Turn::timeout(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)));
        }
        Some(run)
    }

    /// That the function asked for what its recording does not have, whatever it made of that itself.
    pub(super) fn strayed(&self) -> Option<Failure> {
        let Self::Replay { replay, .. } = self else { return None };
        let missed = replay.missed();
        let (first, more) = missed.split_first()?;
        let more = if more.is_empty() { String::new() } else { format!(", and {} more that it does not have", more.len()) };
        Some(Failure::new(FailureKind::Host, format!("the run is not the recorded one: the recording has no further {first}{more}")))
    }

    /// How many of the recorded calls were not asked for. One that was given up before its answer may be given up before it is made.
    pub(super) fn not_asked(&self) -> usize {
        match self {
            Self::Replay { replay, .. } => {
                let left = replay.unused();
                let exchanges = left.exchanges.iter().filter(|one| one.outcome != Recorded::Nothing).count();
                exchanges + left.lookups.iter().filter(|one| one.outcome != Recorded::Nothing).count()
            }
            _ => 0,
        }
    }
}
