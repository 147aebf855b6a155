//! A value of this engine that an object of the prelude holds, until it is closed. It goes with the object. It holds nothing of JavaScript's.

use rquickjs::class::{JsClass, Trace, Tracer, Writable};
use rquickjs::{Constructor, Ctx, JsLifetime, Result};

/// What can be held.
pub(crate) trait Holdable: 'static {
    /// The name of the object's class.
    const NAME: &'static str;
}

/// The value; `None` once it is closed.
pub(crate) struct Held<T>(pub(crate) Option<T>);

impl<'js, T: Holdable> Trace<'js> for Held<T> {
    fn trace<'a>(&self, _: Tracer<'a, 'js>) {}
}

// SAFETY: nothing in it is JavaScript's.
unsafe impl<T: Holdable> JsLifetime<'_> for Held<T> {
    type Changed<'to> = Held<T>;
}

impl<'js, T: Holdable> JsClass<'js> for Held<T> {
    const NAME: &'static str = T::NAME;
    type Mutable = Writable;

    fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}
