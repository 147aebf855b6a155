//! What the author of a Hookbox hook imports: an attribute, typed contexts and decisions, and the host's few services.
//!
//! A hook is a function from a context to a decision:
//!
//! ```
//! use hookbox_guest_sdk::pre_authentication::{Context, Decision};
//! use hookbox_guest_sdk::{env, log};
//!
//! #[hookbox_guest_sdk::hook]
//! fn handle(context: Context) -> Decision {
//!     if context.risk.as_ref().is_some_and(|risk| risk.score > 90) {
//!         log::warn!("denied {}: too risky", context.user.user_identifier);
//!         return Decision::deny();
//!     }
//!     let policy = env::get("STRICT_POLICY_ID").and_then(|id| id.parse().ok());
//!     let decision = Decision::allow(context.user);
//!     match policy {
//!         Some(id) if !context.device.is_mobile => decision.with_policy(id),
//!         _ => decision,
//!     }
//! }
//! # fn main() {
//! # use hookbox_guest_sdk::{pre_authentication::{Device, Risk, User}, testing};
//! // The function stays an ordinary one, so a unit test calls it without any WebAssembly.
//! testing::set_env("STRICT_POLICY_ID", "42");
//! let context = Context { user: User::new("ada", 7), ..Context::default() };
//! assert_eq!(handle(context.clone()).user().map(|user| user.policy_id), Some(42));
//!
//! let risky = Context { risk: Some(Risk { score: 95, ..Risk::default() }), ..context };
//! assert_eq!(handle(risky), Decision::deny());
//! assert_eq!(testing::take_log()[0].message, "denied ada: too risky");
//! # }
//! ```
//!
//! # The function's types
//!
//! The argument is anything that implements serde's `Deserialize`, the result anything that implements `Serialize`, or a
//! `Result` of such a value and an error that implements `Display`. An `Err` fails the execution with that message. Types
//! for a hook type are in the module of its name; a hook for a type that has no module here brings its own structs or
//! uses `serde_json::Value`:
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Message {
//!     phone_number: String,
//! }
//!
//! #[derive(serde::Serialize)]
//! struct Verdict {
//!     send: bool,
//! }
//!
//! #[hookbox_guest_sdk::hook]
//! fn handle(message: Message) -> Result<Verdict, String> {
//!     if message.phone_number.is_empty() {
//!         return Err("the message has no number".into());
//!     }
//!     Ok(Verdict { send: message.phone_number.starts_with("+41") })
//! }
//! # fn main() { assert!(handle(Message { phone_number: "+41 44".into() }).unwrap().send); }
//! ```
//!
//! # Build it
//!
//! The crate's manifest needs `[lib] crate-type = ["cdylib"]`; then `hookbox build` compiles it for
//! `wasm32-unknown-unknown` and makes the component that is uploaded. A crate holds one hook.
//!
//! # What a hook can reach
//!
//! [`mod@env`], [`mod@log`], [`clock`] and [`random`], the hosts that it may call with [`mod@http`], and nothing else: no files, no
//! sockets, no threads. Natively each has a stand-in in memory, which `testing` sets and reads. A panic ends the execution; its
//! message is the last line of the log.
//!
//! This crate knows the WIT world and the JSON that crosses it. It depends on none of the host's crates.

// The generated bindings name this crate by its full path, because the export is expanded in the author's crate.
#[cfg(target_arch = "wasm32")]
extern crate self as hookbox_guest_sdk;

pub mod clock;
pub mod env;
#[doc(hidden)]
pub mod export;
mod host;
pub mod http;
mod json;
mod level;
pub mod log;
pub mod pre_authentication;
pub mod random;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use hookbox_guest_sdk_macros::hook;
