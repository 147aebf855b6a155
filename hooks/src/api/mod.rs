//! What endpoints are made of: the server's own (`http/v1`) and those of dialects.
//!
//! `endpoint` defines endpoints, `call` what a handler receives, [`respond`] and `errors` what it answers, and `error_style` how errors are
//! written for a caller.

mod call;
mod endpoint;
mod error_style;
mod errors;
mod lines;
mod query;
mod reply_body;
pub mod respond;

pub use crate::auth::{Caller, ClientCredentials, LIFETIME, MAX_SECRET_BYTES};
pub use call::{Call, Core, Credential, Head, IssuedToken, Params};
pub use endpoint::{Access, Answered, Answering, Authenticate, Authenticating, BINARY, BodyKind, Doc, Endpoint, Handler, PAGE};
pub use error_style::ErrorStyle;
pub(crate) use error_style::PLAIN;
pub use errors::{ApiError, Problem, RETRY_AFTER};
pub use lines::LineReceiver;
pub(crate) use lines::{LineSender, lines};
pub use query::Query;
pub use reply_body::ReplyBody;
pub use respond::Reply;
