//! HTTP: messages, connections, the pool of them, and what is done to bodies on their way.

mod change;
mod decode;
mod download;
mod faults;
mod headers;
mod heads;
mod line;
mod message;
mod pool;
mod redirect;
mod spelling;
mod upload;

pub(crate) use change::{Change, Changed};
pub(crate) use decode::{decoder, too_long as answer_too_long};
pub(crate) use download::{Download, Kept};
pub(crate) use headers::{check_answer, latin1, read_headers};
pub(crate) use line::{Line, Lost};
pub(crate) use message::Manner;
pub use message::{Hop, Redirect, Reply, ReplyBody, Request, Wire, reply_body};
pub(crate) use pool::{Key, Pool};
pub(crate) use redirect::{Last, next_hop, redirects};
pub(crate) use spelling::Spelling;
pub use upload::{Body, BodySender};
pub(crate) use upload::{Upload, too_long as request_too_long};
