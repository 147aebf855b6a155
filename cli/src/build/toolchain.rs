//! Finds a Rust compiler that has a standard library for the guests' target, or can build one.
//!
//! In this order: the compiler at hand has it; rustup can add it; Debian's compiler for browsers builds it from the sources
//! that come beside it. It installs nothing but rustup's target: `tools/guest-toolchain` is for the rest.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// The one target of Rust guests: no WASI, so nothing is imported that the hook did not ask for.
const TARGET: &str = "wasm32-unknown-unknown";

/// Forces one way, where a build must not depend on what the machine happens to have.
const CHOICE: &str = "HOOKBOX_GUEST_TOOLCHAIN";

/// Debian's compiler, by full path: rustup's `cargo` and `rustc` come first on most machines' PATH.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Where the standard library's sources lie below a compiler's sysroot; only sources of the same version compile.
const LIBRARY_SOURCES: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";

/// A way to compile guests that was found to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toolchain {
    /// The `cargo` on PATH, whose compiler has the target's standard library.
    Installed,
    /// Debian's, which builds the standard library with the first guest.
    Debian,
}

/// What the environment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Any,
    Rustup,
    Debian,
}

impl Choice {
    fn parse(value: Option<&str>) -> Result<Self> {
        match value {
            None | Some("") => Ok(Self::Any),
            Some("rustup") => Ok(Self::Rustup),
            Some("debian") => Ok(Self::Debian),
            Some(other) => bail!("{CHOICE} is `{other}`; it can be `rustup` or `debian`"),
        }
    }
}

impl Toolchain {
    /// # Errors
    /// None is there; the message says how to get one.
    pub(super) fn find(dir: &Path) -> Result<Self> {
        let choice = Choice::parse(env::var_os(CHOICE).map(|value| value.to_string_lossy().into_owned()).as_deref())?;
        if choice != Choice::Debian && (is_installed(dir) || add_with_rustup(dir)) {
            return Ok(Self::Installed);
        }
        if choice != Choice::Rustup && has_debian() {
            return Ok(Self::Debian);
        }
        bail!("{}", missing(choice))
    }

    /// A `cargo build` for the target, without what depends on the crate.
    pub(super) fn cargo_build(self) -> Command {
        let mut cargo = match self {
            Self::Installed => Command::new("cargo"),
            Self::Debian => debian_cargo(),
        };
        cargo.args(["build", "--release", "--target", TARGET]);
        cargo
    }

    /// What a person should know before a build that may take long.
    pub(super) const fn note(self) -> &'static str {
        match self {
            Self::Installed => "",
            Self::Debian => " with Debian's compiler (the first build makes the standard library, too, and takes minutes)",
        }
    }
}

fn debian_cargo() -> Command {
    let mut cargo = Command::new(DEBIAN_CARGO);
    // Building the standard library is not a stable feature; the variable is how a stable compiler is let use it. A rustup
    // that called us may have named its own toolchain, which must not be mixed in.
    cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC_WRAPPER");
    cargo.arg("-Zbuild-std=std,panic_abort");
    cargo
}

/// Asked in the crate's folder, because rustup's choice of compiler depends on it.
fn is_installed(dir: &Path) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(dir);
    output_of(rustc).is_some_and(|libraries| Path::new(&libraries).is_dir())
}

/// rustup's progress goes to stderr; its failure (offline, say) is no error yet, there may be another way.
fn add_with_rustup(dir: &Path) -> bool {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null());
    rustup.status().is_ok_and(|status| status.success()) && is_installed(dir)
}

fn has_debian() -> bool {
    let mut rustc = Command::new(DEBIAN_RUSTC);
    rustc.args(["--print", "sysroot"]);
    Path::new(DEBIAN_CARGO).is_file() && output_of(rustc).is_some_and(|root| PathBuf::from(root).join(LIBRARY_SOURCES).is_file())
}

fn output_of(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn missing(choice: Choice) -> String {
    let rustup = format!("  rustup target add {TARGET}");
    let debian = "  apt-get install --no-install-recommends rustc-web cargo-web rust-web-src rust-web-llvm lld-22   (Debian 12)";
    let ways = match choice {
        Choice::Any => format!("{rustup}\nor\n{debian}"),
        Choice::Rustup => rustup,
        Choice::Debian => debian.to_owned(),
    };
    format!("no Rust compiler here has a standard library for {TARGET}; get one with\n{ways}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_one_of_two_words() {
        assert_eq!(Choice::parse(None).unwrap(), Choice::Any);
        assert_eq!(Choice::parse(Some("rustup")).unwrap(), Choice::Rustup);
        assert_eq!(Choice::parse(Some("debian")).unwrap(), Choice::Debian);
        let error = Choice::parse(Some("brew")).unwrap_err().to_string();
        assert!(error.contains("brew") && error.contains("rustup"), "{error}");
    }

    #[test]
    fn debians_way_is_spelled_out_whatever_is_first_on_path() {
        let cargo = Toolchain::Debian.cargo_build();
        assert_eq!(cargo.get_program(), DEBIAN_CARGO);
        assert!(cargo.get_envs().any(|(name, value)| name == "RUSTC" && value == Some(DEBIAN_RUSTC.as_ref())));
        assert!(cargo.get_envs().any(|(name, value)| name == "RUSTUP_TOOLCHAIN" && value.is_none()));
        assert!(cargo.get_args().any(|argument| argument == "-Zbuild-std=std,panic_abort"));
    }

    #[test]
    fn what_is_missing_is_said_for_the_way_that_was_asked_for() {
        assert!(missing(Choice::Any).contains("rustup target add") && missing(Choice::Any).contains("apt-get"));
        assert!(!missing(Choice::Rustup).contains("apt-get"));
        assert!(!missing(Choice::Debian).contains("rustup target add"));
    }
}
