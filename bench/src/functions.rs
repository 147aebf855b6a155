//! The functions that are run: the examples as `make guests` builds them, and one that only burns.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The context of one login, as OneLogin documents it for its pre-authentication hook.
pub(crate) const LOGIN: &str = include_str!("../../examples/contexts/pre-authentication.json");

/// The JavaScript example: it logs its context and lets every login go on.
pub(crate) const PASS_THROUGH: &str = include_str!("../../examples/javascript/pass-through/hook.js");

/// The login as a client would send it: without the spaces that people like.
pub(crate) fn login() -> Result<String> {
    Ok(serde_json::from_str::<Value>(LOGIN)?.to_string())
}

/// An example's function.
pub(crate) fn example(name: &str) -> Result<Vec<u8>> {
    let path = Path::new("target/guests").join(format!("{name}.wasm"));
    std::fs::read(&path).with_context(|| format!("cannot read {}: `make guests` builds it", path.display()))
}

/// A command that computes until it is stopped.
pub(crate) fn burner() -> Result<Vec<u8>> {
    Ok(wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))"#)?)
}

/// The same function with other bytes, by a custom section that nobody reads.
pub(crate) fn variant(function: &[u8], number: u8) -> Vec<u8> {
    const NAME: &[u8; 7] = b"variant";
    let mut bytes = function.to_vec();
    bytes.extend([0, 9, 7]);
    bytes.extend(NAME);
    bytes.push(number);
    bytes
}

/// A small JavaScript function, another one for each number.
pub(crate) fn small(number: u32) -> String {
    format!(
        "const policy = {number};\nexports.handler = async ({{ user }}) => ({{ success: true, user: {{ ...user, policy_id: policy }} }});\n"
    )
}

/// What the files below a folder take of the disk.
pub(crate) fn bytes_below(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        sum += entry.metadata()?.blocks() * 512;
        if entry.file_type()?.is_dir() {
            sum += bytes_below(&entry.path())?;
        }
    }
    Ok(sum)
}

/// Another program of the same build, beside this one.
pub(crate) fn beside(program: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(program);
    anyhow::ensure!(path.is_file(), "there is no {}: `make build` builds it", path.display());
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_valid_and_differ() {
        let burner = burner().unwrap();
        let engine = wasmtime::Engine::default();
        for number in [0, 255] {
            assert!(wasmtime::Module::validate(&engine, &variant(&burner, number)).is_ok());
        }
        assert_ne!(variant(&burner, 1), variant(&burner, 2));
    }
}
