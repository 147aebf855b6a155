//! npm packages for hooks: from what an author asks for to files that a program requires. It knows nothing of engines, HTTP servers and accounts,
//! runs nothing of any package, and is blocking throughout: call it from a thread that may wait.

mod audit;
mod builtins;
mod counting;
mod error;
mod install;
mod integrity;
mod limits;
mod lock;
mod manifest;
mod name;
mod native;
mod npmrc;
mod packument;
mod parallel;
mod platform;
mod progress;
mod registry;
mod request;
mod resolve;
mod settings;
mod spec;
mod store;
#[cfg(test)]
mod testing;
mod tree;
mod vendor;

pub use audit::{Advisories, Finding};
pub use error::Error;
pub use install::{Installed, Packages, Resolution};
pub use integrity::{Integrity, IntegrityError};
pub use limits::Limits;
pub use lock::{Entry, Lock};
pub use name::{NameError, PackageName};
pub use npmrc::{NpmConfig, Places};
pub use platform::Platform;
pub use progress::{Listener, Progress, silent};
pub use registry::Registry;
pub use request::Request;
pub use settings::Settings;
pub use store::Store;
pub use tree::{FileError, Format, Kind, Node, PackageTree, Reached, ResolveError, Resolved, Resolver, Tree};
