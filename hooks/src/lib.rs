//! The Hookbox service: resources, store, dispatcher and REST API.

mod admission;
mod auth;
mod backup;
mod clock;
pub mod config;
mod directory;
mod dispatch;
mod error;
mod fields;
mod http;
mod ids;
mod limits;
mod local;
mod logs;
mod message;
mod metrics;
pub mod offline;
mod resources;
mod sandbox;
mod service;
mod state;
mod store;
mod uuid_pool;
mod vault;

pub use backup::{BackupError, Contents, check_backup};
pub use clock::{Clock, SystemClock, Timestamp};
pub use dispatch::Answer;
pub use error::ServiceError;
pub use hookbox_runtime::{Frame, Profile, ProfileError, Sample, compile_worker};
pub use http::{Listener, ServerError, Tls, TlsError, openapi_document};
pub use ids::{AccountId, ClientId, EnvId, ExecutionId, HookId, InvalidId};
pub use limits::ServiceLimits;
pub use local::{LocalError, LocalOutcome, LocalRun};
pub use resources::{
    AccountView, Client, CredentialView, EnvLinks, EnvView, ExecutionView, HookDetail, HookView, OnNoHook, Scope, Scopes, Settings, Status,
    TopLevel,
};
pub use service::{Engine, ExecutionFilter, HookFilter, OpenError, Opened, Page, Paged, Service, ServiceConfig};
