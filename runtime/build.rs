//! Makes sure that the JavaScript engine is there to be embedded.

use std::path::Path;

fn main() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/js-engine/engine.wasm");
    // Only a build without debug assertions embeds it; another reads it when it starts.
    if std::env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        println!("cargo::rerun-if-changed={}", engine.display());
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
    if !engine.exists() {
        println!("cargo::error=there is no target/js-engine/engine.wasm, which runs JavaScript hooks: `make engine` builds it");
    }
}
