//! The npm packages of functions: resolved and fetched when a version is deployed, and found by its lock from then on.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hookbox_packages::{
    Format, Kind, Limits, Listener, Lock, NpmConfig, Packages, Places, Registry, Request, Resolver, Settings, Store, Tree,
};
use hookbox_runtime::{AdmissionError, Asks, Form, FunctionDigest, Lead, Modules, NoLead, Node};

/// Packages that the engine has itself: what they compute takes seconds in an interpreter.
const BUILT_IN: [&str; 3] = ["argon2", "bcrypt", "bcryptjs"];

/// How long packages stay that no hook needs: a deployment may be about to.
const UNUSED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Where npm's settings for all users are, by how it was installed.
const GLOBAL: [&str; 3] = ["/usr/local/etc/npmrc", "/usr/etc/npmrc", "/etc/npmrc"];

/// The path of a function's own source among its files.
const MAIN: &str = "/hook.js";

/// Where packages come from and where they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackagesConfig {
    /// npm's settings; those of the server's own user where it is not said. `npm_config_*` variables come first.
    pub npmrc: Option<PathBuf>,
    /// A folder of tarballs that is the registry, for a machine without a network.
    pub folder: Option<PathBuf>,
    /// How old a release has to be before it is taken; zero is any.
    pub minimum_age: Duration,
}

/// What a function was resolved to, by what it declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dependencies {
    /// Ranges by name.
    pub(crate) declared: BTreeMap<String, String>,
    /// The versions, once a deployment has found them.
    pub(crate) lock: Option<Arc<Lock>>,
}

/// The packages of this server.
#[derive(Clone)]
pub(crate) struct Npm(Arc<Packages>);

impl fmt::Debug for Npm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Npm")
    }
}

impl Npm {
    /// Packages that are kept in `folder`.
    ///
    /// # Errors
    /// A setting of npm's makes no sense, or the folder cannot be made.
    pub(crate) fn open(config: &PackagesConfig, folder: &Path) -> Result<Self, hookbox_packages::Error> {
        let limits = Limits::default();
        let registry = match &config.folder {
            Some(folder) => Registry::folder(folder, &limits)?,
            None => Registry::npm(NpmConfig::load(&places(config), &std::env::vars().collect())?, &limits)?,
        };
        let minimum_age = Some(config.minimum_age).filter(|age| !age.is_zero());
        let settings = Settings { limits, builtins: BUILT_IN.map(str::to_owned).into(), minimum_age, ..Settings::default() };
        Ok(Self(Arc::new(Packages::new(registry, Arc::new(Store::open(folder)?), settings))))
    }

    /// Removes packages that no lock needs and that were not fetched lately. A failure leaves them.
    pub(crate) fn sweep<'l>(&self, locks: impl Iterator<Item = &'l Lock>) {
        let needed = locks.flat_map(Lock::contents).cloned().collect();
        match self.0.sweep(&needed, UNUSED_FOR) {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "packages that no hook needs were removed"),
            Err(error) => tracing::warn!(%error, "packages that no hook needs could not be removed"),
        }
    }

    /// The files of a function, and the lock that they are of. It may wait for the registry, unless a lock is given whose packages are here.
    ///
    /// # Errors
    /// A package cannot be had, or the registry or the disk fails.
    pub(crate) fn files(
        &self,
        dependencies: &Dependencies,
        source: &str,
        listener: Listener<'_>,
    ) -> Result<(Arc<Lock>, Arc<dyn Modules>), AdmissionError> {
        let request = Request::of_packages(&dependencies.declared, &self.0.settings().limits).map_err(|error| failed(&error))?;
        let resolved =
            self.0.resolve(&request, dependencies.lock.as_deref(), SystemTime::now(), listener).map_err(|error| failed(&error))?;
        let installed = self.0.install(&resolved.lock, listener).map_err(|error| failed(&error))?;
        let tree = Tree::new(installed.tree, [(MAIN.to_owned(), source.as_bytes().to_vec())]).map_err(|error| failed(&error))?;
        let old_bcryptjs = lock_asks_for_old_bcryptjs(&installed.lock);
        let files = Files { digest: digest(&installed.lock), resolver: Resolver::new(tree), old_bcryptjs };
        Ok((Arc::new(installed.lock), Arc::new(files)))
    }
}

/// The settings of npm's own client that this process would have.
fn places(config: &PackagesConfig) -> Places {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".npmrc"));
    let named = || std::env::var_os("NPM_CONFIG_GLOBALCONFIG").map(PathBuf::from);
    let global = named().or_else(|| GLOBAL.map(Path::new).into_iter().find(|path| path.is_file()).map(Path::to_path_buf));
    Places { project: None, user: config.npmrc.clone().or_else(home), global }
}

fn failed(error: &hookbox_packages::Error) -> AdmissionError {
    let message = format!("packages: {error}");
    if error.is_of_the_host() { AdmissionError::Host(message) } else { AdmissionError::Rejected(message) }
}

/// Tells a function's files from all others, beside its source.
pub(crate) fn digest(lock: &Lock) -> FunctionDigest {
    FunctionDigest::of(lock.digest().as_bytes())
}

/// A function's files in the sandbox.
#[derive(Debug)]
struct Files {
    resolver: Resolver,
    digest: FunctionDigest,
    /// Whether `bcryptjs` is that of version 2.
    old_bcryptjs: bool,
}

/// Whether the range for `bcryptjs` is one of version 2, which differs from the later ones in what it makes.
fn lock_asks_for_old_bcryptjs(lock: &Lock) -> bool {
    lock.requested().get("bcryptjs").is_some_and(|range| range.trim_start_matches(|first: char| !first.is_ascii_digit()).starts_with('2'))
}

fn form(format: Format) -> Option<Form> {
    match format {
        Format::CommonJs => Some(Form::CommonJs),
        Format::Module => Some(Form::Module),
        Format::Json => Some(Form::Json),
        Format::Addon => Some(Form::Addon),
        Format::Builtin => None,
    }
}

impl Modules for Files {
    fn resolve(&self, from: &str, name: &str, asks: Asks) -> Result<Lead, NoLead> {
        let kind = if asks == Asks::Require { Kind::Require } else { Kind::Import };
        let found = self.resolver.resolve(from, name, kind).map_err(|error| NoLead { code: error.code, message: error.message })?;
        Ok(match form(found.format) {
            Some(form) => Lead::File(found.path, form),
            None if found.path == "bcryptjs" && self.old_bcryptjs => Lead::BuiltIn("bcryptjs@2".to_owned()),
            None => Lead::BuiltIn(found.path),
        })
    }

    fn read(&self, path: &str) -> Option<(Form, Bytes)> {
        let found = self.resolver.formatted(path, Kind::Require).ok()?;
        let bytes = self.resolver.tree().read(path).ok()?;
        Some((form(found.format)?, Bytes::from_owner(bytes)))
    }

    fn look(&self, path: &str) -> Option<Node> {
        let tree = self.resolver.tree();
        let name =
            |(name, node): (String, hookbox_packages::Node)| if node == hookbox_packages::Node::Folder { format!("{name}/") } else { name };
        Some(match tree.stat(path)? {
            hookbox_packages::Node::File(len) => Node::File(len),
            hookbox_packages::Node::Folder => Node::Folder(tree.list(path).ok()?.into_iter().map(name).collect()),
        })
    }

    fn digest(&self) -> FunctionDigest {
        self.digest
    }

    fn expected(&self) -> Vec<(String, Form)> {
        let reached = self.resolver.reachable([MAIN]).into_iter().filter(|file| file.path != MAIN);
        reached.filter_map(|file| Some((file.path, form(file.format)?))).collect()
    }
}
