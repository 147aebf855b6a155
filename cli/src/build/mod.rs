//! `hookbox build`: a guest crate in, the bytes to upload out.
//!
//! Three steps with a file each: find a compiler that has the target's standard library, run cargo, make the module a
//! component. Nothing is compiled to machine code and nothing is uploaded here.

mod cargo;
mod clang;
mod component;
mod kind;
mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

pub(crate) use kind::{HookKind, Names};
use toolchain::Toolchain;

/// A hook that was built and written to a file.
#[derive(Debug)]
pub(crate) struct BuiltHook {
    /// Where it was written.
    pub(crate) path: PathBuf,
    /// What was written there.
    pub(crate) bytes: Vec<u8>,
    /// The shape it has.
    pub(crate) kind: HookKind,
}

/// Compiles the crate in `dir` and writes the result to `out`, by default to `hookbox/<package>.wasm` in cargo's target folder.
///
/// # Errors
/// No crate there, no compiler for the target, a compiler error (cargo prints it), or a result that no hook could be.
pub(crate) fn build(dir: &Path, out: Option<&Path>) -> Result<BuiltHook> {
    let (module, kind, bytes) = compile(dir, Names::Stripped)?;
    let path = out.map_or_else(|| module.default_out(), Path::to_path_buf);
    write(&path, &bytes)?;
    Ok(BuiltHook { path, bytes, kind })
}

/// The same with the names of its functions, and without a file.
pub(crate) fn build_with_names(dir: &Path) -> Result<Vec<u8>> {
    compile(dir, Names::Kept).map(|(_, _, bytes)| bytes)
}

fn compile(dir: &Path, names: Names) -> Result<(cargo::Module, HookKind, Vec<u8>)> {
    let dir = crate_folder(dir)?;
    let toolchain = Toolchain::find(&dir)?;
    let module = cargo::build(&dir, toolchain, names)?;
    let bytes = fs::read(&module.path).with_context(|| format!("cannot read {}", module.path.display()))?;
    let (kind, bytes) = component::make(&bytes).with_context(|| format!("{} is not a hook", dir.display()))?;
    Ok((module, kind, bytes))
}

/// Compiles a C source to `out`, by default to `build/<name>.wasm` beside it.
///
/// # Errors
/// No compiler, or a compiler error (the compiler prints it).
pub(crate) fn build_c(source: &Path, out: Option<&Path>) -> Result<BuiltHook> {
    let beside = || source.with_file_name("build").join(source.file_name().unwrap_or_default()).with_extension("wasm");
    let path = out.map_or_else(beside, Path::to_path_buf);
    let bytes = compile_c(source, Names::Stripped)?;
    write(&path, &bytes)?;
    Ok(BuiltHook { path, bytes, kind: HookKind::Command })
}

/// The bytes alone.
pub(crate) fn compile_c(source: &Path, names: Names) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().context("there is no room for what the compiler makes")?;
    let made = folder.path().join("hook.wasm");
    clang::compile(source, &made, names)?;
    fs::read(&made).context("the compiler made nothing")
}

fn crate_folder(dir: &Path) -> Result<PathBuf> {
    let found = dir.canonicalize().with_context(|| format!("cannot open the folder {}", dir.display()))?;
    if !found.join("Cargo.toml").is_file() {
        bail!("{} has no Cargo.toml: give the folder of the hook's crate", dir.display());
    }
    Ok(found)
}

/// A file that holds the same bytes already is left as it is: what depends on it by date is not built again.
///
/// Under another name first, so that whoever reads the file meanwhile gets the old hook or the new one, never half of one.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let failed = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}.part", std::process::id()));
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).with_context(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_crate_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = build(folder.path(), None).unwrap_err().to_string();
        assert!(error.contains("has no Cargo.toml") && error.contains(folder.path().to_str().unwrap()), "{error}");
        let error = build(&folder.path().join("absent"), None).unwrap_err().to_string();
        assert!(error.contains("absent"), "{error}");
    }

    #[test]
    fn writes_into_a_new_folder_and_leaves_no_part_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/hook.wasm");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn leaves_a_file_alone_that_holds_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hook.wasm");
        write(&path, b"one").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        write(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
        write(&path, b"two").unwrap();
        assert!(fs::metadata(&path).unwrap().modified().unwrap() > long_ago);
    }
}
