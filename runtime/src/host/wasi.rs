//! WASI 0.2 for components that import it: wasmtime-wasi with nothing preopened, no sockets and no arguments.
//!
//! A call hook charges the calls of wasmtime-wasi and the bodies of `wasi:http`, and moves what the guest printed from its pipe into the log.

use std::future::Future;
use std::pin::Pin;

use hookbox_host_api::EnvVars;
use wasmtime::{CallHook, CallHookHandler, StoreContextMut};
use wasmtime_wasi::{WasiCtxView, WasiView};

use super::limits::MAX_RANDOM_BYTES;
use super::wasi_state::WasiState;
use crate::execution::{CallState, settle};

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = state(&mut self.wasi);
        WasiCtxView { ctx: &mut wasi.ctx, table: &mut wasi.table }
    }
}

/// The WASI context of an execution. A component is linked to WASI exactly if it imports it, and then has one. If that ever failed to hold, the
/// guest would get an empty context.
pub(super) fn state(wasi: &mut Option<Box<WasiState>>) -> &mut WasiState {
    wasi.get_or_insert_with(|| Box::new(WasiState::new(&EnvVars::default(), None)))
}

/// What a WASI call costs beyond any other host call: the most random bytes that one can ask for.
const WASI_CALL_BYTES: usize = MAX_RANDOM_BYTES;

/// Charges every WASI call.
pub(crate) struct WasiMeter;

impl CallHookHandler<CallState> for WasiMeter {
    fn handle_call_event<'a, 'b, 'c>(
        &'a self,
        mut store: StoreContextMut<'b, CallState>,
        event: CallHook,
    ) -> Pin<Box<dyn Future<Output = wasmtime::Result<()>> + Send + 'c>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(async move {
            match event {
                CallHook::ReturningFromHost => {
                    let state = store.data_mut();
                    let moved = state.drain_wasi().saturating_add(state.way_out.bodies.take_carried());
                    settle(&mut store, moved.saturating_add(WASI_CALL_BYTES)).await
                }
                CallHook::CallingHost | CallHook::CallingWasm | CallHook::ReturningFromWasm => Ok(()),
            }
        })
    }
}
