//! The one way from a hook to the outside world: policy, resolver, dialler, HTTP, TCP and TLS. It knows nothing of sandboxes and accounts.
//!
//! * [`Egress`] is made once for a server from [`Settings`]; [`Egress::client`] makes a [`Client`] for one execution from a [`Grant`].
//! * [`Policy`] is a list of who may be reached. A hook's, its account's and the server's must all allow a call ([`Layers`]), names are looked
//!   up once, and a connection goes to an address that was checked. What is not public needs an entry that names the address.
//! * [`Limits`] bound an execution, [`Settings`] the server. What crosses one is an [`Error`] that the hook can catch, as is all else.
//! * [`Sealed`] values are put into requests here, so that hooks never hold them.
//! * [`Keep`] keeps answers between executions, for a hook that is granted a cache: what RFC 9111 allows the cache of a single user.
//! * [`Answerer`] is the seam behind which the network stands, or something in its place. The policy is asked before it, whoever it is.

mod answer;
mod cache;
mod calls;
mod client;
mod connection;
mod counters;
mod dialler;
mod egress;
mod error;
mod http;
mod limits;
mod policy;
mod proxy;
mod resolver;
mod response;
mod scene;
mod sealed;
mod stream;
mod tls;

pub use answer::{Answerer, Answering, Asked, Content, Matcher, Mock, Mocks, Nobody, Respond};
pub use answer::{Recorded, RecordedExchange, RecordedLookup, RecordedReply, Recorder, Recording, Replay, Veil};
pub use cache::{Keep, Keeping};
pub use calls::Call;
pub use client::Client;
pub use connection::Connection;
pub use counters::Counts;
pub use egress::{Egress, Grant, Settings};
pub use error::{ACCESS_DENIED, Error, LIMIT};
pub use http::{Body, BodySender, Hop, Redirect, Reply, ReplyBody, Request, Wire, reply_body};
pub use limits::Limits;
pub use policy::{Host, Layers, Policy, PolicyError, Scheme, Target};
pub use proxy::{Proxy, ProxyError};
pub use resolver::{Lookup, LookupError, Resolve, SystemResolver};
pub use response::Response;
pub use scene::Scene;
pub use sealed::Sealed;
pub use stream::{End, Ends, Stream};
pub use tls::{
    CertificateFacts, Identity, Part as CertificatePart, TlsConfig, TlsError, TlsFacts, TlsOptions, TlsSettings, check_authorities,
};
