//! One call of the author's function, from the context to the value that its promise is fulfilled with.
//!
//! The order is Node's: `process.nextTick`, then promise jobs, then one timer or immediate, and again. A run ends as soon as
//! the function's promise is settled; what was started and not awaited is dropped with the memory. A function that answers through a callback
//! is treated as AWS Lambda treats it: the first answer counts, and a result waits until nothing is left to do unless the function said
//! otherwise.

use rquickjs::{Ctx, Function, IntoJs, Persistent, Value};

use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::quick::{self, Job, Promised};
use crate::rejections;
use crate::state::{self, Answer};

/// Calls the function and waits for its promise or, where it returned none, for its callback.
pub(crate) fn call<'js>(
    ctx: &Ctx<'js>,
    hooks: &Hooks,
    handler: Persistent<Function<'static>>,
    context: Value<'js>,
) -> Result<Value<'js>, Failure> {
    let restored = || Ok((handler.restore(ctx)?, hooks.invocation.clone().restore(ctx)?, hooks.callback.clone().restore(ctx)?));
    let (handler, invocation, callback) = restored().map_err(|_: rquickjs::Error| thrown(ctx))?;
    let returned: Value<'js> = match handler.call((context, invocation, callback)) {
        Ok(returned) => returned,
        Err(_) => {
            let failure = thrown(ctx);
            check_exit()?;
            // Whoever has answered is not heard any more.
            if state::answer() == Answer::None {
                return Err(failure);
            }
            Value::new_undefined(ctx.clone())
        }
    };
    match promise_of(ctx, &returned)? {
        Some(promise) => wait(ctx, hooks, Some(promise)),
        None if state::answer() == Answer::None && is_answer(ctx, hooks, &handler, &returned)? => finished(ctx, hooks, returned),
        None => wait(ctx, hooks, None),
    }
}

/// Whether a value that is no promise is the function's answer. Nothing is none, and nothing is that of a function which takes a callback.
fn is_answer<'js>(ctx: &Ctx<'js>, hooks: &Hooks, handler: &Function<'js>, returned: &Value<'js>) -> Result<bool, Failure> {
    if returned.is_undefined() {
        return Ok(false);
    }
    let length: i32 = handler.get("length").map_err(|_| thrown(ctx))?;
    if length < 2 {
        return Ok(true);
    }
    let ignored = || hooks.ignored.clone().restore(ctx)?.call::<_, bool>((length, returned.clone()));
    ignored().map(|ignored| !ignored).map_err(|_| thrown(ctx))
}

/// The value that something becomes once it is awaited.
pub(crate) fn settle<'js>(ctx: &Ctx<'js>, hooks: &Hooks, returned: Value<'js>) -> Result<Value<'js>, Failure> {
    match promise_of(ctx, &returned)? {
        Some(promise) => wait(ctx, hooks, Some(promise)),
        None => finished(ctx, hooks, returned),
    }
}

fn promise_of<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Option<Value<'js>>, Failure> {
    if value.is_promise() {
        Ok(Some(value.clone()))
    } else if is_thenable(value) {
        adopt(ctx, value.clone()).map(Some)
    } else {
        Ok(None)
    }
}

/// Waits for a promise or a callback, whichever comes first. Without either, a run is over when nothing is left to do; with a promise, it then
/// is stuck.
fn wait<'js>(ctx: &Ctx<'js>, hooks: &Hooks, mut promise: Option<Value<'js>>) -> Result<Value<'js>, Failure> {
    // One that came after the answer. It may be rejected without anybody noticing.
    let mut late = None;
    loop {
        drain(ctx, hooks, promise.as_ref())?;
        match state::answer() {
            Answer::None => {}
            Answer::Failed => return Err(Failure::of_value(ctx, &answer(ctx, hooks)?)),
            Answer::Given => return answer(ctx, hooks).and_then(|answer| finished(ctx, hooks, answer)),
            Answer::Waits => late = promise.take().or(late),
        }
        if let Some(late) = &late {
            rejections::forget(ctx, late);
        }
        match promise.as_ref().map(quick::promised) {
            Some(Promised::Fulfilled) => {
                return finished(ctx, hooks, promise.as_ref().map_or_else(|| Value::new_undefined(ctx.clone()), quick::promise_result));
            }
            Some(Promised::Rejected) => {
                return Err(promise
                    .as_ref()
                    .map_or_else(|| thrown(ctx), |promise| Failure::of_value(ctx, &quick::promise_result(promise))));
            }
            Some(Promised::Pending) | None => check_rejections(ctx, hooks, promise.as_ref())?,
        }
        if !turn(ctx, hooks)? {
            return match promise {
                Some(_) => Err(Failure::new("never_settled", NEVER)),
                None => answer(ctx, hooks).and_then(|answer| finished(ctx, hooks, answer)),
            };
        }
    }
}

const NEVER: &str = "the function's promise can never settle: no timer and no operation is pending";

/// What the function gave its callback; undefined if it did not call it.
fn answer<'js>(ctx: &Ctx<'js>, hooks: &Hooks) -> Result<Value<'js>, Failure> {
    if state::answer() == Answer::None {
        return Ok(Value::new_undefined(ctx.clone()));
    }
    hooks.answer.clone().restore(ctx).and_then(|answer| answer.call(())).map_err(|_| thrown(ctx))
}

/// A run is over with this value, unless it was doomed before.
fn finished<'js>(ctx: &Ctx<'js>, hooks: &Hooks, value: Value<'js>) -> Result<Value<'js>, Failure> {
    check_exit()?;
    check_rejections(ctx, hooks, None)?;
    Ok(value)
}

fn is_thenable(value: &Value<'_>) -> bool {
    value.as_object().is_some_and(|object| object.get::<_, Value<'_>>("then").is_ok_and(|then| then.is_function()))
}

/// A promise that follows a thenable.
fn adopt<'js>(ctx: &Ctx<'js>, thenable: Value<'js>) -> Result<Value<'js>, Failure> {
    let follow = || {
        let (promise, resolve, _reject) = ctx.promise()?;
        resolve.call::<_, ()>((thenable,))?;
        promise.into_js(ctx)
    };
    follow().map_err(|_| thrown(ctx))
}

/// Whether nothing that could still run would be heard.
fn is_over(awaited: Option<&Value<'_>>) -> bool {
    match state::answer() {
        Answer::None => awaited.is_some_and(|promise| quick::promised(promise) != Promised::Pending),
        Answer::Waits => false,
        Answer::Given | Answer::Failed => true,
    }
}

/// Runs ticks and jobs until none are left, or until the promise that is waited for is settled.
pub(crate) fn drain<'js>(ctx: &Ctx<'js>, hooks: &Hooks, awaited: Option<&Value<'js>>) -> Result<(), Failure> {
    loop {
        check_exit()?;
        if is_over(awaited) {
            return Ok(());
        }
        while state::take_ticks() {
            call_hook::<()>(ctx, &hooks.ticks).or_else(|_| uncaught(ctx, hooks, ctx.catch(), None))?;
        }
        let ran = drain_jobs(ctx, hooks, awaited)?;
        if !ran && !state::has_ticks() {
            return Ok(());
        }
    }
}

/// Whether a job was run at all.
fn drain_jobs<'js>(ctx: &Ctx<'js>, hooks: &Hooks, awaited: Option<&Value<'js>>) -> Result<bool, Failure> {
    let mut ran = false;
    loop {
        match quick::run_job(ctx) {
            Job::None => return Ok(ran),
            Job::Threw => uncaught(ctx, hooks, ctx.catch(), None)?,
            Job::Done => {}
        }
        ran = true;
        check_exit()?;
        if is_over(awaited) {
            return Ok(ran);
        }
    }
}

/// Runs one timer or immediate, or waits; false when there is nothing to wait for.
fn turn(ctx: &Ctx<'_>, hooks: &Hooks) -> Result<bool, Failure> {
    let more = call_hook(ctx, &hooks.turn).or_else(|_| uncaught(ctx, hooks, ctx.catch(), None).map(|()| true))?;
    check_exit()?;
    Ok(more)
}

fn call_hook<'js, R: rquickjs::FromJs<'js>>(ctx: &Ctx<'js>, hook: &Persistent<Function<'static>>) -> rquickjs::Result<R> {
    hook.clone().restore(ctx)?.call(())
}

/// Ends a run for an uncaught error or an unhandled rejection, unless the author listens for it on `process`.
fn uncaught<'js>(ctx: &Ctx<'js>, hooks: &Hooks, error: Value<'js>, promise: Option<Value<'js>>) -> Result<(), Failure> {
    check_exit()?;
    let tell = || hooks.uncaught.clone().restore(ctx)?.call::<_, bool>((error.clone(), promise));
    let taken = tell().map_err(|_| thrown(ctx))?;
    check_exit()?;
    if taken { Ok(()) } else { Err(Failure::of_value(ctx, &error)) }
}

fn check_exit() -> Result<(), Failure> {
    state::exit_code().map_or(Ok(()), |code| Err(exited(code)))
}

/// Ends the run for an unhandled rejection. That of the awaited promise itself is handled here.
pub(crate) fn check_rejections<'js>(ctx: &Ctx<'js>, hooks: &Hooks, awaited: Option<&Value<'js>>) -> Result<(), Failure> {
    if let Some(promise) = awaited {
        rejections::forget(ctx, promise);
    }
    for (promise, reason) in rejections::take(ctx) {
        uncaught(ctx, hooks, reason, Some(promise))?;
    }
    Ok(())
}

/// The failure for what is pending, which `process.exit` overrides.
pub(crate) fn thrown(ctx: &Ctx<'_>) -> Failure {
    let failure = Failure::caught(ctx);
    state::exit_code().map_or(failure, exited)
}

/// The failure of a function that called `process.exit`.
pub(crate) fn exited(code: i32) -> Failure {
    Failure::new("exit", format!("the function called process.exit({code})"))
}
