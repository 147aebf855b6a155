//! The WASI context of one execution: nothing preopened, no sockets and no arguments. Printed text is gathered in a pipe.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, UNIX_EPOCH};

use hookbox_host_api::EnvVars;
use hookbox_host_api::log::Stream;
use tokio::io::{AsyncWrite, Empty, empty};
use wasmtime::component::ResourceTable;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::{Deterministic, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder};
use wasmtime_wasi_http::WasiHttpCtx;

use super::limits::MAX_RANDOM_BYTES;
use crate::execution::{HeldClock, draw};

/// The most handles that one guest may hold.
const MAX_RESOURCES: usize = 1000;
/// The most bytes of memory that the headers of one message of `wasi:http` take while they are written.
const MAX_FIELDS_BYTES: usize = 64 << 10;

/// The WASI context of one execution.
pub(crate) struct WasiState {
    pub(super) ctx: WasiCtx,
    pub(super) table: ResourceTable,
    pub(super) http: WasiHttpCtx,
    pub(crate) printed: Printed,
}

/// Text that the guest printed and that is not in the log yet, by stream.
pub(crate) type Printed = Arc<Mutex<Vec<(Stream, Vec<u8>)>>>;

impl WasiState {
    /// A context with the machine's clock and random bytes, or with a held clock and a fixed sequence of bytes.
    pub(crate) fn new(env: &EnvVars, held: Option<(HeldClock, u64)>) -> Self {
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
        if let Some((clock, seed)) = held {
            hold(&mut ctx, clock, seed);
        }
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(MAX_FIELDS_BYTES);
        Self { ctx: ctx.build(), table, http, printed }
    }
}

/// The period of a held random generator, in bytes.
const HELD_RANDOM_BYTES: usize = 64 << 10;

/// Gives a context a held clock and the same random bytes as every other context of that seed. Waits still take real time.
fn hold(ctx: &mut WasiCtxBuilder, clock: HeldClock, seed: u64) {
    let mut state = seed;
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
        u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)
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
