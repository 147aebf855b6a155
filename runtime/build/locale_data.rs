//! Unpacks the table of locale data, which is read in place by the host and kept deflated in the repository.

use std::error::Error;
use std::path::Path;

pub(crate) fn unpack(here: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let packed = here.join("src/host/intl/data/cldr.bin");
    println!("cargo::rerun-if-changed={}", packed.display());
    let table = miniz_oxide::inflate::decompress_to_vec(&std::fs::read(packed)?).map_err(|error| error.to_string())?;
    std::fs::write(out.join("cldr.bin"), table)?;
    Ok(())
}
