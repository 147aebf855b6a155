//! One call of the author's function, from the context to the value that its promise is fulfilled with.
//!
//! The order is Node's: `process.nextTick`, then promise jobs, then one timer or immediate, and again. A run ends as soon as
//! the function's promise is settled; what was started and not awaited is dropped with the memory.

use rquickjs::{Ctx, Function, IntoJs, Persistent, Value};

use crate::engine::Hooks;
use crate::failure::Failure;
use crate::quick::{self, Job, Promised};
use crate::{rejections, state};

/// Calls the function and waits for its promise.
pub(crate) fn call<'js>(
    ctx: &Ctx<'js>,
    hooks: &Hooks,
    handler: Persistent<Function<'static>>,
    context: Value<'js>,
) -> Result<Value<'js>, Failure> {
    let handler = handler.restore(ctx).map_err(|_| thrown(ctx))?;
    let returned: Value<'js> = handler.call((context,)).map_err(|_| thrown(ctx))?;
    settle(ctx, hooks, returned)
}

/// The value that something becomes once it is awaited.
pub(crate) fn settle<'js>(ctx: &Ctx<'js>, hooks: &Hooks, returned: Value<'js>) -> Result<Value<'js>, Failure> {
    let promise = if returned.is_promise() {
        returned
    } else if is_thenable(&returned) {
        adopt(ctx, returned)?
    } else {
        return finished(ctx, hooks, returned);
    };
    loop {
        drain(ctx, hooks, Some(&promise))?;
        match quick::promised(&promise) {
            Promised::Fulfilled => return finished(ctx, hooks, quick::promise_result(&promise)),
            Promised::Rejected => return Err(Failure::of_value(ctx, &quick::promise_result(&promise))),
            Promised::Pending => check_rejections(ctx, hooks, Some(&promise))?,
        }
        if !turn(ctx, hooks)? {
            let why = "the function's promise can never settle: no timer and no operation is pending";
            return Err(Failure::new("never_settled", why));
        }
    }
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

/// Runs ticks and jobs until none are left, or until the promise that is waited for is settled.
pub(crate) fn drain<'js>(ctx: &Ctx<'js>, hooks: &Hooks, awaited: Option<&Value<'js>>) -> Result<(), Failure> {
    loop {
        check_exit()?;
        if awaited.is_some_and(|promise| quick::promised(promise) != Promised::Pending) {
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
        if awaited.is_some_and(|promise| quick::promised(promise) != Promised::Pending) {
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

/// What nobody caught, or a promise's rejection that nobody handled, ends a run unless the author listens for it on `process`.
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

/// A rejection that nobody listens to ends the run; that of the awaited promise itself has a listener, us.
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
