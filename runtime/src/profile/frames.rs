//! Turns the places where repetitions stopped into the frames and samples of a profile.

use std::collections::HashMap;

use wasmtime::{FrameInfo, WasmBacktrace};

use super::calls::{self, Call};
use super::ended::{Ended, Place};
use super::frame::{Frame, Sample};
use crate::execution::{Stop, plain_name};
use crate::javascript::Step;

/// The frame of the host's work for a guest.
const HOST_CALL: &str = "(host call)";
/// The frame of what a guest did after the last check of its fuel.
const RETURN: &str = "(return)";
const LOADING: &str = "(loading the source)";
const READING: &str = "(reading the context)";
const WRITING: &str = "(writing the result)";
/// The frame of the engine's own work between two calls into the source.
const JOBS: &str = "(promise jobs and timers)";

/// All frames, each once.
#[derive(Default)]
pub(super) struct Frames {
    list: Vec<Frame>,
    places: HashMap<Frame, usize>,
}

impl Frames {
    pub(super) fn into_list(self) -> Vec<Frame> {
        self.list
    }

    fn place(&mut self, frame: Frame) -> usize {
        if let Some(place) = self.places.get(&frame) {
            return *place;
        }
        let place = self.list.len();
        self.places.insert(frame.clone(), place);
        self.list.push(frame);
        place
    }

    /// The samples of repetitions, which are in the order of time.
    pub(super) fn samples(&mut self, ended: &[(u64, Ended)]) -> Vec<Sample> {
        let engine = EngineWork::of(ended);
        let stacks = ended.iter().enumerate().map(|(at, (fuel, ended))| {
            let stack = match ended {
                Ended::Itself(_) => vec![Frame::named(RETURN)],
                Ended::Stopped(Place::Wasm(error)) => in_wasm(error),
                Ended::Stopped(Place::JavaScript(error, stopped)) => match calls::read(&stopped.calls) {
                    calls if calls.is_empty() => vec![Frame::named(engine.at(at, stopped.step))],
                    calls => in_javascript(calls, error),
                },
            };
            Sample { stack: stack.into_iter().map(|frame| self.place(frame)).collect(), fuel: *fuel }
        });
        stacks.collect()
    }
}

/// The engine's work while no function is under way. Which work it is depends on whether a function ran before and whether one follows.
struct EngineWork {
    first_call: usize,
    last_call: usize,
}

impl EngineWork {
    fn of(ended: &[(u64, Ended)]) -> Self {
        let calling = |(_, ended): &(u64, Ended)| match ended {
            Ended::Stopped(Place::JavaScript(_, stopped)) => stopped.step == Step::Call && !stopped.calls.is_empty(),
            _ => false,
        };
        let first_call = ended.iter().position(calling).unwrap_or(ended.len());
        Self { first_call, last_call: ended.iter().rposition(calling).unwrap_or(ended.len()) }
    }

    fn at(&self, sample: usize, step: Step) -> &'static str {
        match step {
            Step::Load => LOADING,
            Step::Call if sample < self.first_call => READING,
            Step::Call if sample > self.last_call => WRITING,
            Step::Call => JOBS,
        }
    }
}

fn in_javascript(calls: Vec<Call>, error: &wasmtime::Error) -> Vec<Frame> {
    let mut frames: Vec<Frame> = calls.into_iter().map(Call::into_frame).collect();
    // A function of the engine is one frame, whatever it does. Only below a function of the author's is the host's work shown.
    if error.is::<Stop>() && frames.last().is_some_and(|frame| frame.file.is_some()) {
        frames.push(Frame::named(HOST_CALL));
    }
    frames
}

fn in_wasm(error: &wasmtime::Error) -> Vec<Frame> {
    let backtrace = error.downcast_ref::<WasmBacktrace>().map(WasmBacktrace::frames).unwrap_or_default();
    let mut frames: Vec<Frame> = backtrace.iter().rev().map(|frame| Frame::named(name(frame))).collect();
    if error.is::<Stop>() || frames.is_empty() {
        frames.push(Frame::named(HOST_CALL));
    }
    frames
}

fn name(frame: &FrameInfo) -> String {
    match (frame.func_name(), frame.module().name()) {
        (Some(name), _) => plain_name(name),
        (None, Some(module)) => format!("{module}!wasm-function[{}]", frame.func_index()),
        (None, None) => format!("wasm-function[{}]", frame.func_index()),
    }
}
