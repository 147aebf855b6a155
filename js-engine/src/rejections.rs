//! Promises that were rejected without a handler. Node ends a process for one, and a run ends for it here.

use std::cell::RefCell;

use rquickjs::{Ctx, Persistent, Runtime, Value};

struct Rejection {
    promise: Persistent<Value<'static>>,
    reason: Persistent<Value<'static>>,
}

thread_local! {
    static UNHANDLED: RefCell<Vec<Rejection>> = const { RefCell::new(Vec::new()) };
}

/// Begins to keep track.
pub(crate) fn track(runtime: &Runtime) {
    runtime.set_host_promise_rejection_tracker(Some(Box::new(|ctx, promise, reason, is_handled| {
        if is_handled {
            forget(&ctx, &promise);
        } else {
            let rejection = Rejection { promise: Persistent::save(&ctx, promise), reason: Persistent::save(&ctx, reason) };
            UNHANDLED.with_borrow_mut(|unhandled| unhandled.push(rejection));
        }
    })));
}

/// Takes a promise off the list, because somebody listens now.
pub(crate) fn forget<'js>(ctx: &Ctx<'js>, promise: &Value<'js>) {
    if UNHANDLED.with_borrow(Vec::is_empty) {
        return;
    }
    let all = UNHANDLED.take();
    let mut kept = Vec::with_capacity(all.len());
    for rejection in all {
        let same = rejection.promise.clone().restore(ctx).is_ok_and(|other| other.as_raw() == promise.as_raw());
        if !same {
            kept.push(rejection);
        }
    }
    UNHANDLED.set(kept);
}

/// All of them, each as the promise and the reason. The list is empty afterwards.
pub(crate) fn take<'js>(ctx: &Ctx<'js>) -> Vec<(Value<'js>, Value<'js>)> {
    if UNHANDLED.with_borrow(Vec::is_empty) {
        return Vec::new();
    }
    let all = UNHANDLED.take().into_iter();
    all.filter_map(|one| Some((one.promise.restore(ctx).ok()?, one.reason.restore(ctx).ok()?))).collect()
}

/// Forgets all of them.
pub(crate) fn clear() {
    if !UNHANDLED.with_borrow(Vec::is_empty) {
        drop(UNHANDLED.take());
    }
}
