//! The Hookbox service: everything between a socket and the sandbox that is the same for all vendors. A [`dialect::Dialect`] defines what a
//! vendor's hooks look like; the service names no vendor.
//!
//! A file imports from modules above it in this list only, and a test holds it to that:
//!
//! | module | what is in it |
//! |---|---|
//! | `clock`, `ids`, `uuid_pool`, `limits`, `message`, `background` | time, names of things, sizes, masked messages, threads that stand back |
//! | `networks` | lists of addresses |
//! | `sources` | what a function in JavaScript is made of |
//! | `vault` | keys, sealed values, hashes of secrets |
//! | `store` | the port to the embedded storage engines, with the adapters redb and sled |
//! | `cache` | what functions keep from one execution to another |
//! | `repeats`, [`issuers`] | events that come again; tokens that others have signed |
//! | `error`, `fields` | why the service refuses; how bodies are read |
//! | [`hook_type`] | hook types as rows, their rules, the registry |
//! | `metrics`, `logs` | numbers, and the log of executions |
//! | `resources` | records, views and inputs: accounts, credentials, hooks, env vars, executions |
//! | `sandbox` | the port to the runtime: a compiler and the functions that it prepares |
//! | `directory`, `state` | all records in memory; the one way to change them |
//! | `admission` | prepares uploaded functions, off the request path |
//! | `dispatch` | from an event to an answer: the hot path |
//! | `auth` | tokens and client credentials |
//! | `service` | everything that callers can ask for, free of HTTP |
//! | [`config`] | the server's settings |
//! | [`api`] | what endpoints are made of |
//! | [`dialect`] | what a vendor brings |
//! | `http` | the server, the router, `/v1`, the OpenAPI file |
//! | `local`, `backup`, [`offline`] | running a function without a server; files; work on a folder without a server |

mod admission;
pub mod api;
mod auth;
mod background;
mod backup;
mod cache;
mod clock;
pub mod config;
pub mod dialect;
mod directory;
mod dispatch;
mod error;
mod fields;
pub mod hook_type;
mod http;
mod ids;
pub mod issuers;
mod limits;
mod local;
mod logs;
mod message;
mod metrics;
mod networks;
pub mod offline;
mod outside;
mod packages;
mod repeats;
mod resources;
mod sandbox;
mod service;
mod sources;
mod state;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod uuid_pool;
mod vault;

pub use backup::{BackupError, Contents, check_backup};
pub use clock::{Clock, SystemClock, Timestamp};
pub use dispatch::{Answer, AnswerView, Brought};
pub use error::ServiceError;
pub use fields::Fields;
pub use hookbox_egress::{Call, Mock, Mocks};
pub use hookbox_packages::{Advisories, Progress as PackagesProgress};
pub use hookbox_runtime::{Frame, Profile, ProfileError, Sample, compile_worker};
pub use http::openapi::{self, OpenApiError};
pub use http::{Listener, ServerError, Tls, TlsError};
pub use ids::{AccountId, ClientId, EnvId, ExecutionId, HookId, InvalidId};
pub use limits::{CacheConfig, ReadLimits, ServiceLimits};
pub use local::{Answers, CheckedHook, LocalError, LocalOutcome, LocalRun, Overrides, PackageSupply, Profiled, RecordedRun};
pub use networks::{Networks, NotANetwork};
pub use resources::bodies;
pub use resources::{
    AccessTokenView, AccountSettings, AccountView, ClientCertificate, Condition, CredentialView, EnvView, ExecutionView, HookInput,
    HookView, InputRules, LimitsView, NewCredentialView, OnNoHook, Operator, Scope, Scopes, Source, Status, TopLevel, read_roles,
};
pub use service::{
    Action, Applied, AppliedEnv, AppliedHook, DoorAnswer, Engine, ExecutionFilter, ExecutionForm, ExecutionPage, FoundHook, HookFilter,
    OpenError, Opened, Page, PageView, Paged, Service, ServiceConfig, read_body,
};
pub use sources::{FileBody, reached};
