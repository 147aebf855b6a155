//! Makes sure that the JavaScript engine is there to be embedded, and makes the types of what it asks of the host's cryptography,
//! and unpacks the data of locales.

#[path = "build/contract.rs"]
mod contract;
#[path = "build/locale_data.rs"]
mod locale_data;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let definition = here.join("../host-api/crypto/contract.json");
    println!("cargo::rerun-if-changed={}", definition.display());
    let definition = serde_json::from_slice(&std::fs::read(definition)?)?;
    let out = std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    std::fs::write(Path::new(&out).join("crypto_contract.rs"), contract::types(&definition))?;
    locale_data::unpack(here, Path::new(&out))?;
    let engine = here.join("../target/js-engine/engine.wasm");
    // What embeds it is compiled again by itself when it changes.
    if !engine.exists() {
        println!("cargo::rerun-if-changed={}", engine.display());
        println!("cargo::error=there is no target/js-engine/engine.wasm, which runs JavaScript hooks: `make engine` builds it");
    }
    Ok(())
}
