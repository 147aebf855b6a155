//! JavaScript hooks: one engine, compiled once, and one memory image per hook.
//!
//! * Deploying evaluates a function's top level once in the engine and freezes what that changed in its memory ([`image`]).
//! * An execution takes a memory with the engine's content after its boot ([`crate::memory`]), writes the image over it and calls the
//!   handler. It parses and evaluates nothing, and finds nothing of an earlier execution.
//!
//! The image of a top level that read env values is never stored. A top level that reads the clock or random bytes, or waits, cannot be
//! frozen: it is evaluated on every execution, on the engine's own image.

mod call;
mod deploy;
mod deployed;
mod engine_module;
mod guest;
mod image;
mod source;
mod startup_log;
mod stopped;

pub(crate) use call::call;
#[cfg(feature = "bench")]
pub(crate) use call::start;
pub(crate) use deploy::{Evaluated, base_key, boot, code_key, compile_file, evaluate, image_key};
pub(crate) use deployed::Deployed;
pub(crate) use engine_module::EngineModule;
pub(crate) use guest::Engine;
#[cfg(feature = "bench")]
pub(crate) use guest::Guest;
pub(crate) use image::Image;
pub(crate) use source::Source;
pub(crate) use startup_log::StartupLog;
pub(crate) use stopped::{Step, Stopped, run_until_stopped};

#[cfg(test)]
mod tests;
