//! What a host call costs. Fuel does not see the host's work, so each host call is charged here, checked against the deadline, and
//! made to yield where a loop of host calls would otherwise keep the thread.

use std::time::Duration;

use tokio::time::Instant;
use wasmtime::{AsContextMut, StoreContextMut};

use super::{CallState, Stop};

/// How much fuel burns between two returns to the scheduler: 0-2 % slower than without, and a deadline is seen within 100 us.
pub(crate) const FUEL_YIELD_INTERVAL: u64 = 100_000;

/// Fuel for a host call whatever it does.
const CALL_FUEL: u64 = 100;

/// How long host calls may follow each other before the thread is offered to somebody else.
const HOST_SLICE: Duration = Duration::from_micros(500);

/// The clockwork of one execution.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) deadline: Instant,
    yielded: Instant,
}

impl Meter {
    pub(crate) fn new(deadline: Instant, now: Instant) -> Self {
        Self { deadline, yielded: now }
    }
}

/// Pays for one host call that handled so many bytes.
///
/// # Errors
/// [`Stop::OutOfFuel`] when the fuel left does not cover it, [`Stop::Timeout`] when the deadline has passed.
pub(crate) async fn settle(store: &mut StoreContextMut<'_, CallState>, bytes: usize) -> wasmtime::Result<()> {
    let cost = CALL_FUEL.saturating_add(bytes as u64);
    let left = store.get_fuel()?;
    store.as_context_mut().set_fuel(left.saturating_sub(cost))?;
    if left < cost {
        return Err(Stop::OutOfFuel.into());
    }
    let now = Instant::now();
    let meter = &mut store.data_mut().meter;
    if now >= meter.deadline {
        return Err(Stop::Timeout.into());
    }
    if now.duration_since(meter.yielded) >= HOST_SLICE {
        meter.yielded = now;
        tokio::task::yield_now().await;
    }
    Ok(())
}
