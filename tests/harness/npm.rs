//! Packages of npm's registry for tests that need real ones: tarballs that are fetched once, by npm, and are what a lock file says.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The folder with the tarballs of all packages of a package-lock.json, for a server's setting `packages.folder`.
pub(crate) fn tarballs(lock: &Path) -> PathBuf {
    let text = fs::read_to_string(lock).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("npm-{}", digest("sha1sum", lock)));
    fs::create_dir_all(&folder).unwrap();
    // Tests are processes that run at the same time.
    let guard = File::create(folder.join("lock")).unwrap();
    guard.lock().unwrap();
    let packages = packages(&serde_json::from_str(&text).unwrap());
    let place = |spec: &str| folder.join(format!("{}.tgz", spec.trim_start_matches('@').replace(['/', '@'], "-")));
    let missing: Vec<&String> = packages.keys().filter(|spec| !place(spec).exists()).collect();
    if !missing.is_empty() {
        fetch(&missing, &packages, &place);
    }
    folder
}

/// The packages of a lock, by name and version, with their digests.
fn packages(lock: &Value) -> BTreeMap<String, String> {
    let packages = lock["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty());
    let package = |(path, entry): (&String, &Value)| {
        let name = entry["name"].as_str().unwrap_or_else(|| path.rsplit("node_modules/").next().unwrap());
        (format!("{name}@{}", entry["version"].as_str().unwrap()), entry["integrity"].as_str().unwrap().to_owned())
    };
    packages.map(package).collect()
}

fn fetch(missing: &[&String], packages: &BTreeMap<String, String>, place: &dyn Fn(&str) -> PathBuf) {
    let fresh = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["pack", "--ignore-scripts", "--silent", "--pack-destination"]).arg(fresh.path()).args(missing).current_dir(fresh.path());
    let ran = npm.output().expect("the tests need npm, and a registry that it can reach");
    assert!(ran.status.success(), "npm has not fetched what the tests need: {}", String::from_utf8_lossy(&ran.stderr));
    for spec in missing {
        let target = place(spec);
        let packed = fresh.path().join(target.file_name().unwrap());
        assert_eq!(integrity(&packed), packages[*spec], "{spec} is not what the lock says");
        fs::rename(packed, target).unwrap();
    }
}

fn integrity(file: &Path) -> String {
    let hex = digest("sha512sum", file);
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    format!("sha512-{}", STANDARD.encode(bytes))
}

fn digest(program: &str, file: &Path) -> String {
    let output = Command::new(program).arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}
