//! Tokens of others: JSON Web Tokens that an authorization server outside has signed for callers of a hook. Its keys are fetched through the
//! way out that functions have, under the account's and the server's bounds on hosts, and kept for a while.
//!
//! What is kept is a copy of what anybody can fetch, so each process has its own.

mod algorithm;
mod der;
mod issuer;
mod keys;
mod refusal;
mod shelf;
#[cfg(test)]
mod tests;
mod token;

pub use algorithm::Algorithm;
pub use issuer::Issuer;
pub use refusal::TokenRefusal;
pub(crate) use shelf::Shelf;
