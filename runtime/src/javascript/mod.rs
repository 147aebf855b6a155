//! JavaScript hooks: one engine, compiled once, and one memory image per hook.
//!
//! * Deploying evaluates a function's top level once in the engine and freezes what that changed in its memory ([`image`]).
//! * An execution takes a memory that is as the engine began ([`crate::memory`]), writes the image over it and calls the handler. Nothing
//!   is parsed or evaluated, and nothing of an earlier execution is there.
//!
//! A top level that reads env values makes an image of its own for them, which is never stored. One that reads the clock, random bytes
//! or waits cannot be frozen: its hook starts from the engine's own image and is evaluated on every execution.

mod deploy;
mod engine_module;
mod guest;
mod image;
mod printed;
mod stopped;

pub(crate) use deploy::{Deployed, Source, base_key, boot, evaluate, image_key};
pub(crate) use engine_module::EngineModule;
pub(crate) use guest::{Engine, call};
#[cfg(feature = "bench")]
pub(crate) use guest::{Guest, start};
pub(crate) use image::Image;
pub(crate) use printed::Printed;
pub(crate) use stopped::{Step, Stopped, run_until_stopped};

#[cfg(test)]
mod tests;
