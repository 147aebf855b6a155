//! Compiles a hook in C to a WASI command with clang, which must have the WASI libraries. Their absence is clang's to tell.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::kind::Names;

/// Names another compiler.
const CHOICE: &str = "HOOKBOX_GUEST_CC";
/// Tried in this order.
const COMPILERS: [&str; 3] = ["clang-19", "clang", "wasm32-wasi-clang"];

/// Compiles one source file.
pub(super) fn compile(source: &Path, out: &Path, names: Names) -> Result<()> {
    let compiler = match std::env::var(CHOICE) {
        Ok(name) if !name.is_empty() => name,
        _ => installed()
            .context("there is no clang to compile C with; on Debian: apt install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32")?,
    };
    let mut command = Command::new(&compiler);
    let strip = match names {
        Names::Stripped => "-s",
        Names::Kept => "-Wl,--strip-debug",
    };
    command.args(["--target=wasm32-wasi", "-Os", strip, "-Wall", "-Wextra"]).arg(source).arg("-o").arg(out);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().with_context(|| format!("cannot start {compiler}"))?;
    if !status.success() {
        bail!("{compiler} could not compile {} (its messages are above)", source.display());
    }
    Ok(())
}

fn installed() -> Option<String> {
    let works = |name: &&str| {
        let version = Command::new(name).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    COMPILERS.iter().find(|name| works(name)).map(|name| (*name).to_owned())
}
