//! What tests of several files need: tarballs, hostile ones too, and a registry that speaks HTTP on a port of this machine.

mod memory;
mod server;
mod tarball;

pub(crate) use memory::Memory;
pub(crate) use server::{Reply, Server};
pub(crate) use tarball::{Part, tarball};

use std::collections::BTreeMap;

use crate::limits::Limits;
use crate::npmrc::{NpmConfig, Places};
use crate::registry::Registry;

/// A request for packages.
pub(crate) fn request(packages: &[(&str, &str)]) -> crate::Request {
    let table = packages.iter().map(|(name, spec)| ((*name).to_owned(), (*spec).to_owned())).collect();
    crate::Request::of_packages(&table, &Limits::default()).unwrap()
}

/// The configuration that a `.npmrc` and variables make.
pub(crate) fn config(npmrc: &str, env: &[(&str, &str)]) -> NpmConfig {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), npmrc).unwrap();
    let env: BTreeMap<String, String> = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    NpmConfig::load(&Places { user: Some(file.path().to_owned()), ..Places::default() }, &env).unwrap()
}

/// A client of a server.
pub(crate) fn client(server: &Server, limits: &Limits) -> Registry {
    Registry::npm(config(&format!("registry={}", server.url()), &[]), limits).unwrap()
}
