//! What `hookbox dev` stands on: a server in this process, and the keys of the terminal.

pub(crate) mod keys;
pub(crate) mod server;
