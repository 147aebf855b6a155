//! WASI 0.2 for components that import it: wasmtime-wasi with nothing preopened, no sockets and no arguments.
//!
//! wasmtime-wasi knows nothing of our meter, so a call hook charges its calls; what the guest prints is gathered in a pipe that the
//! same hook empties into the log.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbox_host_api::EnvVars;
use hookbox_host_api::log::Stream;
use tokio::io::{AsyncWrite, Empty, empty};
use wasmtime::component::ResourceTable;
use wasmtime::{CallHook, CallHookHandler, StoreContextMut};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::{Deterministic, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use super::MAX_RANDOM_BYTES;
use crate::execution::{CallState, HeldClock, draw, settle};

/// Handles that one guest may hold.
const MAX_RESOURCES: usize = 1000;
/// What a WASI call costs beyond any other host call: the most random bytes that one can ask for.
const WASI_CALL_BYTES: usize = MAX_RANDOM_BYTES;

/// The WASI context of one execution.
pub(crate) struct WasiState {
    ctx: WasiCtx,
    table: ResourceTable,
    printed: Printed,
}

/// What the guest printed since the pipe was last emptied.
type Printed = Arc<Mutex<Vec<(Stream, Vec<u8>)>>>;

impl WasiState {
    /// With the machine's clock and random bytes, or with those of a world that is held.
    pub(crate) fn new(env: &EnvVars, held: Option<HeldClock>) -> Self {
        let printed = Printed::default();
        let mut ctx = WasiCtxBuilder::new();
        for (name, value) in env.iter() {
            ctx.env(name, value.expose());
        }
        ctx.stdout(Pipe { stream: Stream::Stdout, printed: printed.clone() })
            .stderr(Pipe { stream: Stream::Stderr, printed: printed.clone() })
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .max_random_size(MAX_RANDOM_BYTES as u64);
        if let Some(clock) = held {
            hold(&mut ctx, clock);
        }
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        Self { ctx: ctx.build(), table, printed }
    }
}

/// Random bytes after which a held generator begins anew.
const HELD_RANDOM_BYTES: usize = 64 << 10;

/// Gives a context the same clock and the same random bytes as every other of that world. Its waits are real ones.
fn hold(ctx: &mut WasiCtxBuilder, clock: HeldClock) {
    let mut state = 0;
    let bytes: Vec<u8> = std::iter::repeat_with(|| draw(&mut state).to_le_bytes()).take(HELD_RANDOM_BYTES / 8).flatten().collect();
    ctx.wall_clock(clock.clone())
        .monotonic_clock(clock)
        .secure_random(Deterministic::new(bytes.clone()))
        .insecure_random(Deterministic::new(bytes))
        .insecure_random_seed(u128::from(draw(&mut state)));
}

impl HostWallClock for HeldClock {
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }

    fn now(&self) -> Duration {
        self.wall().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

impl HostMonotonicClock for HeldClock {
    fn resolution(&self) -> u64 {
        1000
    }

    fn now(&self) -> u64 {
        u64::try_from(self.look().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        // Only a component that imports WASI is linked to it, and exactly those get a context. Should that ever be untrue, the
        // guest finds an empty one.
        let wasi = self.wasi.get_or_insert_with(|| Box::new(WasiState::new(&EnvVars::default(), None)));
        WasiCtxView { ctx: &mut wasi.ctx, table: &mut wasi.table }
    }
}

impl CallState {
    /// Moves what was printed into the log; the number of bytes.
    pub(crate) fn drain_wasi(&mut self) -> usize {
        let Some(wasi) = &self.wasi else { return 0 };
        let printed = std::mem::take(&mut *wasi.printed.lock().unwrap_or_else(PoisonError::into_inner));
        let now = SystemTime::now();
        printed.iter().for_each(|(stream, bytes)| self.log.stream(*stream, bytes, now));
        printed.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

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
                    let printed = store.data_mut().drain_wasi();
                    settle(&mut store, printed.saturating_add(WASI_CALL_BYTES)).await
                }
                CallHook::CallingHost | CallHook::CallingWasm | CallHook::ReturningFromWasm => Ok(()),
            }
        })
    }
}

struct Pipe {
    stream: Stream,
    printed: Printed,
}

impl IsTerminal for Pipe {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Pipe {
    fn p2_stream(&self) -> Box<dyn wasmtime_wasi::p2::OutputStream> {
        Box::new(Pipe { stream: self.stream, printed: self.printed.clone() })
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only WASI 0.3 asks for this, which is not linked.
        let nowhere: Empty = empty();
        Box::new(nowhere)
    }
}

impl wasmtime_wasi::p2::OutputStream for Pipe {
    fn write(&mut self, bytes: bytes::Bytes) -> wasmtime_wasi::p2::StreamResult<()> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).push((self.stream, bytes.to_vec()));
        Ok(())
    }

    fn flush(&mut self) -> wasmtime_wasi::p2::StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> wasmtime_wasi::p2::StreamResult<usize> {
        Ok(64 << 10)
    }
}

impl wasmtime_wasi::p2::Pollable for Pipe {
    fn ready<'a, 'b>(&'a mut self) -> Pin<Box<dyn Future<Output = ()> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(std::future::poll_fn(|_: &mut Context<'_>| Poll::Ready(())))
    }
}
