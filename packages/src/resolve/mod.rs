//! From a request to a tree: which version of each package, and where it lies, as npm lays packages out.

mod build;
mod edge;
mod finish;
mod graph;
mod order;
mod pick;
mod place;
mod setting;

use std::collections::BTreeSet;
use std::time::Instant;

use crate::error::Error;
use crate::lock::Lock;
use crate::registry::{Documents, Source};
use crate::request::Request;

use build::Builder;
use pick::Picker;
pub(crate) use setting::Setting;

/// Resolves a request. What is worth a word is added to the notes.
pub(crate) fn resolve(request: &Request, source: &dyn Source, setting: &Setting<'_>, notes: &mut BTreeSet<String>) -> Result<Lock, Error> {
    let until = Instant::now() + setting.limits.network_time;
    let packages = Documents::with(source, setting.before.is_some(), until, setting.limits.connections, |documents| {
        let picker = Picker::new(documents, setting);
        let mut builder = Builder::new(request, setting, &picker, documents);
        builder.run()?;
        notes.append(&mut builder.notes);
        let located = |name: &_, tarball: &str| source.locked(name, tarball);
        finish::entries(builder.into_graph(), setting.platform, &located, notes)
    })?;
    let lock = Lock::new(request.requested(), request.overrides.clone(), packages);
    lock.check(setting.limits)?;
    Ok(lock)
}

#[cfg(test)]
mod tests;
