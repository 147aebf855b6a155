//! How to reach registries, said in the files and variables that npm's own client is configured with.

mod auth;
mod file;
mod origin;
mod settings;

pub(crate) use settings::shown;
pub use settings::{NpmConfig, Places};
