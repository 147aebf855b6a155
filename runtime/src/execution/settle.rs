//! Charging one host call before it is done, or after it: fuel, deadline, and a yield where it is due.

use wasmtime::{AsContextMut, StoreContextMut};

use super::call_state::CallState;
use super::meter::Meter;
use super::stop::Stop;

/// Charges for one host call that handled so many bytes.
///
/// # Errors
/// [`Stop::OutOfFuel`] when the fuel left does not cover it, [`Stop::Timeout`] when the deadline has passed.
pub(crate) async fn settle(store: &mut StoreContextMut<'_, CallState>, bytes: usize) -> wasmtime::Result<()> {
    let cost = Meter::cost(bytes);
    let left = store.get_fuel()?;
    store.as_context_mut().set_fuel(left.saturating_sub(cost))?;
    if left < cost {
        return Err(Stop::OutOfFuel.into());
    }
    Ok(store.data_mut().meter.pause(cost).await?)
}
