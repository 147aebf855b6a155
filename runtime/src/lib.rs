//! The sandbox: bytes in, prepared hook out; prepared hook and invocation in, execution out.
//!
//! * [`Admission`] checks, compiles and caches what was uploaded. Compilation happens in a child process ([`compile_worker`]).
//! * [`Sandbox`] runs a [`PreparedHook`] once per [`Invocation`], each time in a store of its own, under fuel, memory and a deadline.
//! * [`Profile`] says which of a hook's functions burn its fuel.
//!
//! * [`Scheduler`] runs executions by turns of their owners, on threads of their own; [`Shares`] is the rule by which owners share a bound.
//!
//! It knows nothing of accounts, storage or HTTP.

mod account_tls;
mod admission;
mod cache;
mod engine;
mod execution;
mod function;
mod grant;
mod host;
mod javascript;
#[cfg(feature = "bench")]
mod kept;
mod memory;
mod modules;
mod outside;
mod prepared;
mod profile;
mod sandbox;
mod scheduler;
mod shares;

pub use account_tls::AccountTls;
pub use admission::{Admission, AdmissionConfig, AdmissionError, JavaScript, Kept, MAIN, SERVER, compile_worker};
pub use cache::{Area, Cache, Caching, Place};
pub use engine::{SandboxConfig, SandboxError};
pub use execution::{Beginning, Execution, Identity, Invocation, Limits, Order, RequestHead, Turn, Turns};
pub use function::{FunctionDigest, FunctionKind};
pub use grant::{Grant, SealedVar};
#[cfg(feature = "bench")]
pub use kept::KeptInstance;
pub use memory::PagemapUse;
pub use modules::{Asks, Form, Lead, Modules, NoLead, Node};
pub use outside::Outside;
pub use prepared::PreparedHook;
pub use profile::{Frame, Profile, ProfileError, Sample};
pub use sandbox::Sandbox;
pub use scheduler::{NotRun, Scheduler, SchedulerConfig, SchedulerLoad, Share};
pub use shares::{Shares, Taken};
