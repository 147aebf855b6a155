//! What outlives a call from the host: the interpreter, and what the current run has asked for.
//!
//! A WebAssembly instance has one thread, so thread-locals are plain statics here.

use std::cell::{Cell, RefCell};

use rquickjs::qjs::JSValue;

use crate::interpreter::Engine;

/// Whether and how a function has answered other than by what it returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    None,
    /// With a result that stands once nothing is left to do.
    Waits,
    /// With a result.
    Given,
    /// With an error.
    Failed,
}

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
    static LOADING: Cell<bool> = const { Cell::new(false) };
    static EXIT: Cell<Option<i32>> = const { Cell::new(None) };
    static TICKS: Cell<bool> = const { Cell::new(false) };
    static ANSWER: Cell<Answer> = const { Cell::new(Answer::None) };
    static GROUPED: Cell<bool> = const { Cell::new(false) };
    static KEPT: Cell<[Option<JSValue>; 2]> = const { Cell::new([None; 2]) };
    static SEED: Cell<Option<[u64; 2]>> = const { Cell::new(None) };
    static MAIN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The usual path of the author's source, from the hook's folder on.
const MAIN_FILE: &str = "hook.js";

/// Keeps the engine.
pub(crate) fn set_engine(engine: Engine) {
    ENGINE.set(Some(engine));
}

/// The engine, which is there from `hb_boot` on.
pub(crate) fn with_engine<R>(use_it: impl FnOnce(&mut Engine) -> R) -> Option<R> {
    ENGINE.with_borrow_mut(|engine| engine.as_mut().map(use_it))
}

/// Whether an author's source is being evaluated, and no execution is under way.
pub(crate) fn is_loading() -> bool {
    LOADING.get()
}

/// Forgets what an earlier run asked for.
pub(crate) fn begin_run(loading: bool) {
    LOADING.set(loading);
    EXIT.set(None);
    SEED.set(None);
    ANSWER.set(Answer::None);
}

/// Notes the path of the author's source.
pub(crate) fn set_main(path: &str) {
    let is_set = MAIN.with_borrow(|main| main.as_deref().unwrap_or(MAIN_FILE) == path);
    if !is_set {
        MAIN.set(Some(path.to_owned()));
    }
}

/// The path of the author's source, from the hook's folder on.
pub(crate) fn with_main<R>(read: impl FnOnce(&str) -> R) -> R {
    MAIN.with_borrow(|main| read(main.as_deref().unwrap_or(MAIN_FILE)))
}

/// How the function has answered so far.
pub(crate) fn answer() -> Answer {
    ANSWER.get()
}

/// Notes that it answered.
pub(crate) fn set_answer(answer: Answer) {
    ANSWER.set(answer);
}

/// The code with which the hook asked to end, if it did.
pub(crate) fn exit_code() -> Option<i32> {
    EXIT.get()
}

/// Notes that the hook asked to end.
pub(crate) fn set_exit_code(code: i32) {
    EXIT.set(Some(code));
}

/// Whether `process.nextTick` has left something to run; asking clears it.
pub(crate) fn take_ticks() -> bool {
    TICKS.replace(false)
}

/// The same without clearing it.
pub(crate) fn has_ticks() -> bool {
    TICKS.get()
}

/// Notes that `process.nextTick` has left something to run.
pub(crate) fn set_ticks() {
    TICKS.set(true);
}

/// The state of `Math.random`, drawn anew in each run.
pub(crate) fn seed() -> Option<[u64; 2]> {
    SEED.get()
}

/// Replaces the state of `Math.random`.
pub(crate) fn set_seed(seed: [u64; 2]) {
    SEED.set(Some(seed));
}

/// Notes whether `console.group` indents what is printed.
pub(crate) fn set_grouped(grouped: bool) {
    GROUPED.set(grouped);
}

/// Whether it does.
pub(crate) fn is_grouped() -> bool {
    GROUPED.get()
}

/// Keeps a run's context and result until the next run, and hands out those of the one before. Freeing them is work that a memory
/// which is thrown away need not do.
pub(crate) fn keep(values: [Option<JSValue>; 2]) -> [Option<JSValue>; 2] {
    KEPT.replace(values)
}
