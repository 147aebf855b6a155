//! What `process.stdout.write` and `process.stderr.write` have left of an unfinished line. What was written up to a piece that ends in a line
//! break is one event of the log, whatever line breaks are within it: a user's name that has one must not begin an event. What the console
//! prints meanwhile ends the line of its stream, as it does on a terminal.

use std::cell::{Cell, RefCell};

use crate::host;

/// The first level that goes to standard error.
const WARN: i32 = 3;
/// The levels that the two streams are logged at.
const LEVELS: [i32; 2] = [2, 4];
/// An unfinished line is logged when it is this long.
const LONGEST: usize = 64 * 1024;

thread_local! {
    static SOME: Cell<bool> = const { Cell::new(false) };
    static REST: RefCell<[Vec<u8>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// Logs a message of the console, with what its stream has left in front of it.
pub(crate) fn log(level: i32, text: &[u8]) {
    if !SOME.get() {
        return host::log(level, text);
    }
    let rest = REST.with_borrow_mut(|rest| rest.get_mut(usize::from(level >= WARN)).map(std::mem::take)).unwrap_or_default();
    SOME.set(REST.with_borrow(|rest| rest.iter().any(|rest| !rest.is_empty())));
    if rest.is_empty() { host::log(level, text) } else { host::log(level, &[rest.as_slice(), text].concat()) }
}

/// Takes a piece of what is written to standard output or, if `error` says so, standard error, and logs what is written once the piece
/// ends in a line break.
pub(crate) fn write(error: bool, text: &[u8]) {
    REST.with_borrow_mut(|rest| {
        let (Some(rest), Some(level)) = (rest.get_mut(usize::from(error)), LEVELS.get(usize::from(error))) else { return };
        rest.extend_from_slice(text);
        let ended = rest.strip_suffix(b"\n");
        if ended.is_some() || rest.len() > LONGEST {
            host::log(*level, ended.unwrap_or(rest));
            rest.clear();
        }
    });
    SOME.set(REST.with_borrow(|rest| rest.iter().any(|rest| !rest.is_empty())));
}

/// Logs what is left of unfinished lines, at the end of a run.
pub(crate) fn finish() {
    if !SOME.replace(false) {
        return;
    }
    let rest = REST.take();
    for (text, level) in rest.iter().zip(LEVELS).filter(|(text, _)| !text.is_empty()) {
        host::log(level, text);
    }
}
