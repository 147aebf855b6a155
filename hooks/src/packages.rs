//! The npm packages of functions: resolved and fetched when a version is deployed, and found by its lock from then on. With the author's own files
//! they are what a function sees beside its source.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hookbox_packages::{
    Format, Installed, Kind, Limits, Listener, Lock, NpmConfig, Packages, Places, Registry, Request, Resolved, Resolver, Settings, Store,
    Tree,
};
use hookbox_runtime::{AdmissionError, Asks, Form, FunctionDigest, Lead, Modules, NoLead, Node};

use crate::sources::Sources;

/// Packages that the engine has itself: what they compute takes seconds in an interpreter.
const BUILT_IN: [&str; 3] = ["argon2", "bcrypt", "bcryptjs"];

/// How long packages stay that no hook needs: a deployment may be about to.
const UNUSED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Where npm's settings for all users are, by how it was installed.
const GLOBAL: [&str; 3] = ["/usr/local/etc/npmrc", "/usr/etc/npmrc", "/etc/npmrc"];

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

/// What a function has beside its source.
#[derive(Default)]
pub(crate) struct FunctionFiles {
    /// What its packages were resolved to; nothing where it declares none.
    pub(crate) lock: Option<Arc<Lock>>,
    /// Its files; nothing where there are none.
    pub(crate) modules: Option<Arc<dyn Modules>>,
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

    /// What ranges resolve to.
    ///
    /// # Errors
    /// A package cannot be had, or the registry fails.
    pub(crate) fn lock(&self, declared: &BTreeMap<String, String>, listener: Listener<'_>) -> Result<Lock, hookbox_packages::Error> {
        let request = Request::of_packages(declared, &self.0.settings().limits)?;
        Ok(self.0.resolve(&request, None, SystemTime::now(), listener)?.lock)
    }

    /// Puts the tarballs of a lock into a folder. Returns how many were fetched.
    ///
    /// # Errors
    /// A package cannot be had, or the disk fails.
    pub(crate) fn vendor(&self, lock: &Lock, folder: &Path, listener: Listener<'_>) -> Result<usize, hookbox_packages::Error> {
        self.0.vendor(lock, folder, listener)
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
        sources: &Sources,
        listener: Listener<'_>,
    ) -> Result<FunctionFiles, AdmissionError> {
        let (lock, packages) = match dependencies.declared.is_empty() {
            true if sources.files.is_empty() => return Ok(FunctionFiles::default()),
            true => (None, Arc::default()),
            false => {
                let Installed { lock, tree, .. } = self.installed(dependencies, listener)?;
                (Some(Arc::new(lock)), tree)
            }
        };
        let tree = Tree::new(packages, sources.all()).map_err(|error| failed(&error))?;
        let old_bcryptjs = lock.as_deref().is_some_and(lock_asks_for_old_bcryptjs);
        let digest = digest(lock.as_deref(), sources).unwrap_or_else(|| FunctionDigest::of(&[]));
        let files = Files { main: format!("/{}", sources.main), digest, resolver: Resolver::new(tree), old_bcryptjs };
        Ok(FunctionFiles { lock, modules: Some(Arc::new(files)) })
    }

    fn installed(&self, dependencies: &Dependencies, listener: Listener<'_>) -> Result<Installed, AdmissionError> {
        let request = Request::of_packages(&dependencies.declared, &self.0.settings().limits).map_err(|error| failed(&error))?;
        let resolved =
            self.0.resolve(&request, dependencies.lock.as_deref(), SystemTime::now(), listener).map_err(|error| failed(&error))?;
        self.0.install(&resolved.lock, listener).map_err(|error| failed(&error))
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

/// Tells a function's files from all others, beside its source; nothing where there are none.
pub(crate) fn digest(lock: Option<&Lock>, sources: &Sources) -> Option<FunctionDigest> {
    let lock = lock.map(|lock| lock.digest().as_bytes());
    let own = (!sources.files.is_empty()).then(|| sources.stored());
    let has_any = lock.is_some() || own.is_some();
    has_any.then(|| FunctionDigest::of(&[lock.unwrap_or_default(), &[0], &own.unwrap_or_default()].concat()))
}

/// A function's files in the sandbox.
#[derive(Debug)]
struct Files {
    resolver: Resolver,
    /// The path of the function's source.
    main: String,
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

impl Files {
    /// What a file is. Of the author's own, one that nothing declares to be a module is one if it is written as one, which Node finds out too.
    fn form(&self, found: &Resolved) -> Option<Form> {
        let is_open = found.format == Format::CommonJs && !found.declared && !is_of_package(&found.path);
        let is_module = is_open && self.resolver.tree().read(&found.path).is_ok_and(|bytes| is_written_as_module(&bytes));
        if is_module { Some(Form::Module) } else { form(found.format) }
    }
}

fn is_of_package(path: &str) -> bool {
    path.starts_with("/node_modules/")
}

/// Whether a source has a line that begins as only a module's can, and nothing of CommonJS.
fn is_written_as_module(source: &[u8]) -> bool {
    let Ok(source) = str::from_utf8(source) else { return false };
    let begins = |line: &str| {
        let line = line.trim_start();
        let after = |word: &str| line.strip_prefix(word).and_then(|rest| rest.trim_start().chars().next().zip(rest.chars().next()));
        let is_import = after("import").is_some_and(|(next, first)| match next {
            '{' | '*' | '"' | '\'' => true,
            next => first.is_whitespace() && (next.is_alphabetic() || next == '_' || next == '$'),
        });
        let is_export =
            after("export").is_some_and(|(next, first)| matches!(next, '{' | '*') || (first.is_whitespace() && next.is_alphabetic()));
        is_import || is_export
    };
    let is_common = ["module.exports", "exports."].iter().any(|word| source.contains(word));
    !is_common && source.lines().any(begins)
}

impl Modules for Files {
    fn resolve(&self, from: &str, name: &str, asks: Asks) -> Result<Lead, NoLead> {
        let kind = if asks == Asks::Require { Kind::Require } else { Kind::Import };
        let found = self.resolver.resolve(from, name, kind).map_err(|error| NoLead { code: error.code, message: error.message })?;
        Ok(match self.form(&found) {
            Some(form) => Lead::File(found.path, form),
            None if found.path == "bcryptjs" && self.old_bcryptjs => Lead::BuiltIn("bcryptjs@2".to_owned()),
            None => Lead::BuiltIn(found.path),
        })
    }

    fn read(&self, path: &str) -> Option<(Form, Bytes)> {
        let found = self.resolver.formatted(path, Kind::Require).ok()?;
        let bytes = self.resolver.tree().read(path).ok()?;
        Some((self.form(&found)?, Bytes::from_owner(bytes)))
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
        let reached = self.resolver.reachable([self.main.as_str()]).into_iter().filter(|file| is_of_package(&file.path));
        reached.filter_map(|file| Some((file.path, form(file.format)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_told_by_how_it_is_written() {
        for source in [
            "import a from 'b';",
            "import{a}from 'b'",
            "import 'b'",
            "// x\n  export const a = 1;",
            "export{a}",
            "export * from './b'",
            "export default 1",
        ] {
            assert!(is_written_as_module(source.as_bytes()), "{source}");
        }
        for source in [
            "",
            "const a = import('b');",
            "import('b')",
            "exported = 1",
            "// export const a",
            "importScripts('a')",
            "module.exports = `\nexport default 1`",
        ] {
            assert!(!is_written_as_module(source.as_bytes()), "{source}");
        }
    }
}
