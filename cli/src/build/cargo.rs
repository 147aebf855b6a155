//! Runs cargo on a guest crate and finds the module it made. Cargo's own output is the progress and the error message.
//!
//! Which folder cargo builds in is cargo's business (`CARGO_TARGET_DIR`, workspaces): guests that share one compile the SDK,
//! and the standard library where it is built, once.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::kind::Names;
use super::toolchain::Toolchain;

/// The core module of a guest, as the linker left it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// Its file, `<target folder>/<target>/release/<library>.wasm`.
    pub(super) path: PathBuf,
}

impl Module {
    /// Beside cargo's own outputs, under the name a person would look for.
    pub(super) fn default_out(&self) -> PathBuf {
        let folder = self.path.ancestors().nth(3).unwrap_or_else(|| Path::new("."));
        let name = self.path.file_name().map(|name| name.to_string_lossy().replace('_', "-")).unwrap_or_default();
        folder.join("hookbox").join(name)
    }
}

/// Compiles the crate of the folder, an absolute path.
pub(super) fn build(dir: &Path, toolchain: Toolchain, names: Names) -> Result<Module> {
    let mut note = std::io::stderr().lock();
    // A closed stderr is no reason not to build.
    let _ = writeln!(note, "building {}{}", dir.display(), toolchain.note());
    drop(note);
    let mut command = toolchain.cargo_build();
    command.arg("--message-format=json-render-diagnostics").current_dir(dir).stdin(Stdio::null()).stdout(Stdio::piped());
    if names == Names::Kept {
        // The code is the same: only what the linker leaves out of it differs.
        command.env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
    }
    let mut cargo = command.spawn().with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let messages = cargo.stdout.take().context("cargo has no output")?;
    let found = find_module(BufReader::new(messages), &dir.join("Cargo.toml"));
    let status = cargo.wait().context("cannot wait for cargo")?;
    if !status.success() {
        bail!("cargo could not build {} (its messages are above)", dir.display());
    }
    found?.with_context(|| {
        format!("{} makes no WebAssembly module: its Cargo.toml needs `[lib]` with `crate-type = [\"cdylib\"]`", dir.display())
    })
}

/// Reads to the end in any case, so that cargo is never stopped by a full pipe.
fn find_module(messages: impl BufRead, manifest: &Path) -> Result<Option<Module>> {
    let mut found = None;
    for line in messages.lines() {
        let line = line.context("cannot read cargo's messages")?;
        if let Some(module) = module_of(&line, manifest) {
            found = Some(module);
        }
    }
    Ok(found)
}

/// The module a message tells of, if it is this crate's: a dependency may make one, too.
fn module_of(message: &str, manifest: &Path) -> Option<Module> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is = |field: &str, value: &str| message.get(field).and_then(Value::as_str) == Some(value);
    if !is("reason", "compiler-artifact") || !is("manifest_path", manifest.to_str()?) {
        return None;
    }
    let files = message.get("filenames")?.as_array()?;
    let path = files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".wasm"))?;
    Some(Module { path: PathBuf::from(path) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = concat!(
        r#"{"reason":"compiler-artifact","manifest_path":"/dep/Cargo.toml","filenames":["/t/wasm32-unknown-unknown/release/dep.wasm"]}"#,
        "\nnot json\n",
        r#"{"reason":"compiler-artifact","manifest_path":"/my/Cargo.toml","filenames":["/t/wasm32-unknown-unknown/release/my_hook.wasm"]}"#,
        "\n",
        r#"{"reason":"build-finished","success":true}"#,
    );

    #[test]
    fn finds_the_crates_own_module_among_the_messages() {
        let module = find_module(MESSAGES.as_bytes(), Path::new("/my/Cargo.toml")).unwrap().unwrap();
        assert_eq!(module.path, Path::new("/t/wasm32-unknown-unknown/release/my_hook.wasm"));
        assert_eq!(module.default_out(), Path::new("/t/hookbox/my-hook.wasm"));
    }

    #[test]
    fn a_library_that_makes_no_module_is_not_found() {
        let messages = r#"{"reason":"compiler-artifact","manifest_path":"/my/Cargo.toml","filenames":["/t/libmy.rlib"]}"#;
        assert_eq!(find_module(messages.as_bytes(), Path::new("/my/Cargo.toml")).unwrap(), None);
    }
}
