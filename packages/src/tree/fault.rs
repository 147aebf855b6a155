//! Why a module cannot be found, in the codes and words of Node.js.

use super::kind::Kind;

/// An error that Node would throw. A `require` adds its stack to the message, which the loader knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ResolveError {
    /// Node's code.
    pub code: &'static str,
    /// Node's message.
    pub message: String,
}

/// Who asks for what.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) importer: &'a str,
    pub(super) specifier: &'a str,
    pub(super) kind: Kind,
    /// The absolute path that is meant, unless it is a package.
    pub(super) path: Option<&'a str>,
    /// Whether that is a folder.
    pub(super) is_folder: bool,
}

impl ResolveError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Nothing was found.
    pub(super) fn not_found(asked: Asked<'_>) -> Self {
        let Asked { importer, specifier, kind, path, is_folder } = asked;
        match (kind, path) {
            (Kind::Require, _) => Self::new("MODULE_NOT_FOUND", format!("Cannot find module '{specifier}'")),
            (Kind::Import, Some(path)) if is_folder => {
                let message = format!("Directory import '{path}' is not supported resolving ES modules imported from {importer}");
                Self::new("ERR_UNSUPPORTED_DIR_IMPORT", message)
            }
            (Kind::Import, Some(path)) => {
                Self::new("ERR_MODULE_NOT_FOUND", format!("Cannot find module '{path}' imported from {importer}"))
            }
            (Kind::Import, None) => {
                let name = package_name(specifier);
                Self::new("ERR_MODULE_NOT_FOUND", format!("Cannot find package '{name}' imported from {importer}"))
            }
        }
    }

    /// What the library says, as Node says it.
    pub(super) fn of(error: &oxc_resolver::ResolveError, asked: Asked<'_>) -> Self {
        use oxc_resolver::ResolveError as Library;
        let from = if asked.kind == Kind::Import { format!(" imported from {}", asked.importer) } else { String::new() };
        match error {
            Library::PackagePathNotExported { subpath, package_json_path, .. } => {
                let file = package_json_path.display();
                let message = match subpath.as_str() {
                    "." | "" | "./" => format!("No \"exports\" main defined in {file}{from}"),
                    subpath => format!("Package subpath '{}' is not defined by \"exports\" in {file}{from}", dotted(subpath)),
                };
                Self::new("ERR_PACKAGE_PATH_NOT_EXPORTED", message)
            }
            Library::PackageImportNotDefined(specifier, file) => {
                let message = format!("Package import specifier \"{specifier}\" is not defined in package {}{from}", file.display());
                Self::new("ERR_PACKAGE_IMPORT_NOT_DEFINED", message)
            }
            Library::InvalidPackageTarget(target, key, file) => {
                let message =
                    format!("Invalid \"exports\" target \"{target}\" defined for '{key}' in the package config {}{from}", file.display());
                Self::new("ERR_INVALID_PACKAGE_TARGET", message)
            }
            Library::InvalidModuleSpecifier(specifier, file) => {
                let reason = format!("request is not a valid match in pattern for the \"exports\" resolution of {}", file.display());
                Self::new("ERR_INVALID_MODULE_SPECIFIER", format!("Invalid module \"{specifier}\" {reason}{from}"))
            }
            Library::InvalidPackageConfig(file)
            | Library::InvalidPackageConfigDefault(file)
            | Library::InvalidPackageConfigDirectory(file) => {
                Self::new("ERR_INVALID_PACKAGE_CONFIG", format!("Invalid package config {}.", file.display()))
            }
            Library::Json(error) => Self::new("ERR_INVALID_PACKAGE_CONFIG", format!("Invalid package config {}.", error.path.display())),
            Library::Specifier(_) => Self::new("ERR_INVALID_ARG_VALUE", "The argument 'id' must be a non-empty string. Received ''"),
            _ => Self::not_found(asked),
        }
    }
}

fn dotted(subpath: &str) -> String {
    if subpath.starts_with("./") { subpath.to_owned() } else { format!("./{}", subpath.trim_start_matches('/')) }
}

/// The package in a specifier: `@scope/name` of `@scope/name/file`.
pub(super) fn package_name(specifier: &str) -> &str {
    let slashes = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(slashes - 1).map_or(specifier.len(), |(at, _)| at);
    specifier.get(..end).unwrap_or(specifier)
}
