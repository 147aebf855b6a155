//! The resources of accounts: the stored records, the rules for what callers may put into them, and the views that callers get. The store
//! holds the records on disk, and the directory holds them in memory.

mod account;
pub mod bodies;
mod certificates;
mod condition;
mod credential;
mod desired_state;
mod env_var;
mod execution;
mod hook;
mod hook_input;
mod hook_view;
mod hosts;
mod input_rules;
mod runtime;
mod upload;

pub use account::{AccountSettings, AccountView, OnNoHook};
pub use certificates::ClientCertificate;
pub use condition::{Condition, Operator, Source, read_roles};
pub use credential::{AccessTokenView, CredentialView, NewCredentialView, Scope, Scopes};
pub use env_var::EnvView;
pub use execution::ExecutionView;
pub use hook::Status;
pub use hook_input::HookInput;
pub use hook_view::{HookView, LimitsView, TopLevel};
pub use input_rules::InputRules;

pub(crate) use account::{AccountInput, AccountRecord};
pub(crate) use credential::{CredentialInput, CredentialRecord};
pub(crate) use desired_state::{DesiredEnv, DesiredState, at};
pub(crate) use env_var::{EnvName, EnvRecord, NewEnv, NewValue};
pub(crate) use hook::{Build, HookRecord, Ready, Spec};
pub(crate) use hook_view::ServingView;
pub(crate) use runtime::Runtime;
pub(crate) use upload::Upload;
