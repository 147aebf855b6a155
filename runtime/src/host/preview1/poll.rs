//! `poll_oneoff`, by which a command sleeps. Streams are always ready; a wait for a clock ends at the deadline at the latest.

use std::time::Duration;

use wasmtime::{AsContextMut, Caller, Linker};

use super::clock::clock;
use super::errno::{Called, Errno, errno};
use super::memory::GuestMemory;
use crate::execution::{CallState, settle};
use crate::host::PREVIEW1;

const SUBSCRIPTION_SIZE: usize = 48;
const EVENT_SIZE: usize = 32;
/// The most subscriptions of one call.
const MAX_SUBSCRIPTIONS: usize = 64;

#[derive(Clone, Copy)]
struct Subscription {
    user_data: [u8; 8],
    kind: u8,
    /// The time until the subscription is ready; zero for streams.
    wait: Duration,
}

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(PREVIEW1, "poll_oneoff", |mut caller: Caller<'_, CallState>, args: (i32, i32, i32, i32)| {
        Box::new(async move {
            let (input, output, count, out) = args;
            let subscriptions = match subscriptions(&mut caller, input, count) {
                Ok(subscriptions) => subscriptions,
                Err(error) => return Ok(errno(Err(error))),
            };
            settle(&mut caller.as_context_mut(), subscriptions.len() * SUBSCRIPTION_SIZE).await?;
            let wait = subscriptions.iter().map(|one| one.wait).min().unwrap_or_default();
            if !wait.is_zero() {
                let state = caller.data();
                let longest = state.meter.deadline;
                let due = state.moment().checked_add(wait).unwrap_or(longest);
                if let Some(until) = state.wait_until(due)? {
                    tokio::time::sleep_until(until).await;
                }
                settle(&mut caller.as_context_mut(), 0).await?;
            }
            let ready = subscriptions.iter().filter(|one| one.wait <= wait);
            Ok(errno(answer(&mut caller, output, out, ready)))
        })
    })?;
    Ok(())
}

fn subscriptions(caller: &mut Caller<'_, CallState>, input: i32, count: i32) -> Called<Vec<Subscription>> {
    let count = count as u32 as usize;
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Err(Errno::Inval);
    }
    (0..count).map(|index| subscription(caller, input as u32 as usize + index * SUBSCRIPTION_SIZE)).collect()
}

/// Layout: user data at 0, tag at 8; for a clock: id at 16, timeout at 24, precision at 32, flags at 40.
fn subscription(caller: &mut Caller<'_, CallState>, at: usize) -> Called<Subscription> {
    const CLOCK: u8 = 0;
    const ABSOLUTE: u16 = 1;
    let memory = GuestMemory::of(caller)?;
    let (user_data, [kind]) = (memory.read::<8>(at)?, memory.read::<1>(at + 8)?);
    let id = i32::from_le_bytes(memory.read(at + 16)?);
    let timeout = u64::from_le_bytes(memory.read(at + 24)?);
    let flags = u16::from_le_bytes(memory.read(at + 40)?);
    let nanos = match (kind, flags & ABSOLUTE) {
        (CLOCK, ABSOLUTE) => timeout.saturating_sub(clock(caller.data(), id)?),
        (CLOCK, _) => clock(caller.data(), id).map(|_| timeout)?,
        (1 | 2, _) => 0,
        _ => return Err(Errno::Inval),
    };
    Ok(Subscription { user_data, kind, wait: Duration::from_nanos(nanos) })
}

/// Layout of an event: user data at 0, errno at 8, kind at 10; the rest is zero.
fn answer<'s>(caller: &mut Caller<'_, CallState>, output: i32, out: i32, ready: impl Iterator<Item = &'s Subscription>) -> Called<()> {
    let mut memory = GuestMemory::of(caller)?;
    let mut count = 0;
    for one in ready {
        let at = output as u32 as usize + count as usize * EVENT_SIZE;
        memory.write(at, &[0; EVENT_SIZE])?;
        memory.write(at, &one.user_data)?;
        memory.write(at + 10, &[one.kind])?;
        count += 1;
    }
    memory.write_u32(out, count)
}
