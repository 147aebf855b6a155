//! A hook's own cache of answers: what is asked under which name, what is kept, and what the rules of RFC 9111 say of both. Where it is kept is
//! the caller's ([`Keep`]); the answerer that asks it is in `answer`.
//!
//! The hook is one user to the rules, and many people to its servers. So more than they ask for is told apart: an answer is only given to a
//! request with the same headers, under the same policy (`name`).

mod keep;
mod name;
mod rules;
mod stored;
mod tee;

pub use keep::{Keep, Keeping};
pub(crate) use name::{Question, url_name};
pub(crate) use stored::{Found, Stored};
pub(crate) use tee::Tee;
