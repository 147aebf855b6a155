//! Makes sure that the JavaScript engine is there to be embedded.

use std::path::Path;

fn main() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/js-engine/engine.wasm");
    if engine.exists() {
        // What embeds it is compiled again by itself when it changes.
        println!("cargo::rerun-if-changed=build.rs");
    } else {
        println!("cargo::rerun-if-changed={}", engine.display());
        println!("cargo::error=there is no target/js-engine/engine.wasm, which runs JavaScript hooks: `make engine` builds it");
    }
}
