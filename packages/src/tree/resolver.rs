//! How Node.js 22 finds modules, over a tree.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use oxc_resolver::{Resolution, ResolveOptions, ResolverGeneric};
use serde_json::Value;

use super::adapter::Disk;
use super::fault::{Asked, ResolveError, package_name};
use super::files::{Node, Tree, normal};
use super::kind::Kind;
use crate::builtins::{Builtin, builtin};

/// What a module is evaluated as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A function with `exports`, `require`, `module`, `__filename` and `__dirname`.
    CommonJs,
    /// An ES module.
    Module,
    /// JSON.
    Json,
    /// A module of Node's, or a package that the host answers for.
    Builtin,
    /// A native add-on, which cannot be loaded.
    Addon,
}

/// A module that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The absolute path; for what is built in its name, without `node:`.
    pub path: String,
    /// What it is evaluated as.
    pub format: Format,
    /// Whether the extension or a package.json says so. If not, Node looks whether the source has the syntax of an ES module.
    pub declared: bool,
}

/// Finds modules in one tree. It remembers what it found; the tree cannot change.
pub struct Resolver {
    tree: Tree,
    require: ResolverGeneric<Disk>,
    import: ResolverGeneric<Disk>,
    /// `type` of the package.json that governs a folder.
    types: Mutex<HashMap<String, Option<Format>>>,
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

/// What both ways of asking have in common. `browser` and other fields are nobody's on a server.
fn options(own: &str) -> ResolveOptions {
    ResolveOptions {
        cwd: Some("/".into()),
        condition_names: ["node", own, "module-sync", "default"].map(str::to_owned).to_vec(),
        extensions: [".js", ".json", ".node"].map(str::to_owned).to_vec(),
        main_fields: vec!["main".to_owned()],
        symlinks: false,
        builtin_modules: false,
        ..ResolveOptions::default()
    }
}

impl Resolver {
    /// A resolver for a tree.
    pub fn new(tree: Tree) -> Self {
        let require = ResolverGeneric::new_with_file_system(Disk(tree.clone()), options("require"));
        let import = require.clone_with_options(ResolveOptions { fully_specified: true, ..options("import") });
        Self { tree, require, import, types: Mutex::default() }
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Finds what the file `importer` means by `specifier`.
    ///
    /// # Errors
    /// Node's own, with its code.
    pub fn resolve(&self, importer: &str, specifier: &str, kind: Kind) -> Result<Resolved, ResolveError> {
        match builtin(specifier) {
            Builtin::Known(name) => return Ok(built_in(name)),
            Builtin::Unknown => {
                return Err(ResolveError::new("ERR_UNKNOWN_BUILTIN_MODULE", format!("No such built-in module: {specifier}")));
            }
            Builtin::None if self.tree.packages().is_builtin(specifier) => return Ok(built_in(specifier)),
            Builtin::None => {}
        }
        let decoded = if kind == Kind::Import { of_url(specifier)? } else { None };
        let specifier = decoded.as_deref().unwrap_or(specifier);
        let folder = importer.rsplit_once('/').map(|(folder, _)| folder).filter(|folder| !folder.is_empty()).unwrap_or("/");
        let library = if kind == Kind::Require { &self.require } else { &self.import };
        let found = library.resolve(folder, specifier);
        let path = is_path(specifier)
            .then(|| if specifier.starts_with('/') { normal(specifier) } else { normal(&format!("{folder}/{specifier}")) });
        let is_folder = path.as_deref().is_some_and(|path| self.tree.stat(path) == Some(Node::Folder));
        let asked = Asked { importer, specifier, kind, path: path.as_deref(), is_folder };
        if kind == Kind::Import && is_folder {
            return Err(ResolveError::not_found(asked));
        }
        if kind == Kind::Import && path.is_none() && !specifier.starts_with('#') {
            self.check_import(folder, asked, found.as_ref().ok())?;
        }
        let found = found.map_err(|error| ResolveError::of(&error, asked))?;
        let path = found.path().to_str().ok_or_else(|| ResolveError::not_found(asked))?;
        self.formatted(path, kind)
    }

    /// `import` looks into the first folder that has the package's name, or into its own package if that has the name, and no further. The library
    /// goes on upwards, as `require` does.
    fn check_import(&self, folder: &str, asked: Asked<'_>, found: Option<&Resolution>) -> Result<(), ResolveError> {
        let name = package_name(asked.specifier);
        let is_own = |found: &Resolution| found.package_json().is_some_and(|own| own.name() == Some(name) && in_folder(folder, own.path()));
        let Some(first) = self.first_package(folder, name).filter(|first| !self.has_exports(first) && !found.is_some_and(is_own)) else {
            return Ok(());
        };
        let path = format!("{first}{}", asked.specifier.get(name.len()..).unwrap_or_default());
        let is_folder = path != first && self.tree.stat(&path) == Some(Node::Folder);
        let is_there = found.is_some_and(|found| found.path().starts_with(&first));
        if is_there && !is_folder { Ok(()) } else { Err(ResolveError::not_found(Asked { path: Some(&path), is_folder, ..asked })) }
    }

    /// The folder of the package that a name means for the files in a folder.
    fn first_package(&self, folder: &str, name: &str) -> Option<String> {
        let above = folder.rmatch_indices('/').filter_map(|(at, _)| folder.get(..at));
        let places = std::iter::once(folder.trim_end_matches('/')).chain(above).filter(|above| !above.ends_with("/node_modules"));
        places.map(|above| format!("{above}/node_modules/{name}")).find(|package| self.tree.stat(package) == Some(Node::Folder))
    }

    fn has_exports(&self, package: &str) -> bool {
        let manifest = self.tree.read(&format!("{package}/package.json")).ok();
        // One that cannot be read has an error of its own.
        manifest.is_some_and(|bytes| serde_json::from_slice::<Value>(&bytes).map_or(true, |manifest| manifest.get("exports").is_some()))
    }

    /// What a file of the tree is evaluated as.
    ///
    /// # Errors
    /// `import` of a file whose extension says nothing to it.
    pub fn formatted(&self, path: &str, kind: Kind) -> Result<Resolved, ResolveError> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rfind('.').filter(|at| *at > 0).and_then(|at| name.get(at..)).unwrap_or_default();
        let (format, declared) = match (extension, kind) {
            (".cjs", _) => (Format::CommonJs, true),
            (".mjs", _) => (Format::Module, true),
            (".json", _) => (Format::Json, true),
            (".node", _) => (Format::Addon, true),
            (".js", _) | ("", Kind::Import) => match self.type_of(path) {
                Some(format) => (format, true),
                None => (Format::CommonJs, false),
            },
            (_, Kind::Require) => (Format::CommonJs, true),
            (extension, Kind::Import) => {
                let message = format!("Unknown file extension \"{extension}\" for {path}");
                return Err(ResolveError::new("ERR_UNKNOWN_FILE_EXTENSION", message));
            }
        };
        Ok(Resolved { path: path.to_owned(), format, declared })
    }

    /// What the nearest package.json says of files without an extension of their own.
    fn type_of(&self, path: &str) -> Option<Format> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(known) = self.types.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return *known;
        }
        let found = self.read_type(folder);
        self.types.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), found);
        found
    }

    fn read_type(&self, folder: &str) -> Option<Format> {
        // The folder of packages ends a package's own.
        if folder.ends_with("/node_modules") {
            return None;
        }
        match self.tree.read(&format!("{folder}/package.json")) {
            Ok(bytes) => match serde_json::from_slice::<Value>(&bytes).ok()?.get("type")?.as_str()? {
                "module" => Some(Format::Module),
                "commonjs" => Some(Format::CommonJs),
                _ => None,
            },
            Err(_) if folder.is_empty() => None,
            Err(_) => self.type_of(folder),
        }
    }
}

/// Whether a folder is that of a package.json, or below.
fn in_folder(folder: &str, manifest: &Path) -> bool {
    manifest.parent().is_some_and(|own| Path::new(folder).starts_with(own))
}

fn built_in(name: &str) -> Resolved {
    Resolved { path: name.to_owned(), format: Format::Builtin, declared: true }
}

fn is_path(specifier: &str) -> bool {
    specifier.starts_with('/') || specifier == "." || specifier == ".." || specifier.starts_with("./") || specifier.starts_with("../")
}

/// The path in a URL, which `import` understands; nothing if it is none.
fn of_url(specifier: &str) -> Result<Option<String>, ResolveError> {
    let Some((scheme, _)) = specifier.split_once(':') else { return Ok(None) };
    let is_scheme =
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme {
        return Ok(None);
    }
    let path = url::Url::parse(specifier).ok().filter(|url| url.scheme() == "file").and_then(|url| url.to_file_path().ok());
    match path.and_then(|path| path.to_str().map(str::to_owned)) {
        Some(path) => Ok(Some(path)),
        None => {
            let message = format!(
                "Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol '{scheme}:'"
            );
            Err(ResolveError::new("ERR_UNSUPPORTED_ESM_URL_SCHEME", message))
        }
    }
}
