//! Resolves a package.json as a server would, and prints the lock. With a folder for the store it fetches the packages too, prints what was found
//! in them to standard error, and resolves what it is asked for: `lock package.json [store [specifier...]]`. With `--pairs` in the place of
//! specifiers it reads lines of JSON, `[importer, specifier, "require" or "import"]`, and prints what each one means instead of the lock. It is
//! configured by npm's files and variables, as npm is.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use hookbox_packages::{
    Error, Kind, Limits, NpmConfig, Packages, Places, Platform, Registry, Request, Resolver, Settings, Store, Tree, silent,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rest @ ..] = arguments.as_slice() else {
        return fail("usage: lock package.json [store [specifier...]]");
    };
    run(file, rest).map_or_else(|error| fail(&error.to_string()), |()| ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "this is what an example does")]
fn fail(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is what an example does")]
fn run(file: &str, rest: &[String]) -> Result<(), Error> {
    let unreadable = |error: std::io::Error| Error::Config { place: file.to_owned(), reason: error.to_string() };
    let limits = Limits { direct: 200, tree: 2_000, files: 100_000, unpacked: 1 << 30, ..Limits::default() };
    let request = Request::of_package_json(&std::fs::read_to_string(file).map_err(unreadable)?, None, &limits)?;
    let env: BTreeMap<String, String> = std::env::vars().collect();
    let user = env.get("HOME").map(|home| PathBuf::from(home).join(".npmrc"));
    let global = env.get("NPM_GLOBAL_CONFIG").map(PathBuf::from);
    let registry = Registry::npm(NpmConfig::load(&Places { project: None, user, global }, &env)?, &limits)?;
    let store = rest.first().map_or_else(|| std::env::temp_dir().join("hookbox-packages"), PathBuf::from);
    let platform = Platform { node: env.get("NODE_VERSION").cloned().unwrap_or(Platform::default().node), ..Platform::default() };
    let packages = Packages::new(registry, Arc::new(Store::open(&store)?), Settings { limits, platform, ..Settings::default() });
    let resolution = packages.resolve(&request, None, SystemTime::now(), &silent)?;
    resolution.notes.iter().for_each(|note| eprintln!("{note}"));
    if rest.is_empty() {
        println!("{}", resolution.lock.to_json());
        return Ok(());
    }
    let installed = packages.install(&resolution.lock, &silent)?;
    installed.notes.iter().for_each(|note| eprintln!("{note}"));
    let resolver = Resolver::new(Tree::new(installed.tree, [("index.js".to_owned(), Vec::new())])?);
    if rest.iter().any(|one| one == "--pairs") {
        for line in std::io::stdin().lines() {
            println!("{}", meant(&resolver, &line.map_err(unreadable)?));
        }
        return Ok(());
    }
    println!("{}", installed.lock.to_json());
    for specifier in rest.iter().skip(1) {
        match resolver.resolve("/index.js", specifier, Kind::Require) {
            Ok(found) => {
                eprintln!("{specifier}: {} {:?}, {} files", found.path, found.format, resolver.reachable([found.path.as_str()]).len())
            }
            Err(error) => eprintln!("{specifier}: {} {error}", error.code),
        }
    }
    Ok(())
}

/// What a line asks for, as a path or a code.
fn meant(resolver: &Resolver, line: &str) -> String {
    let Ok([importer, specifier, kind]) = serde_json::from_str::<[String; 3]>(line) else { return "not a pair".to_owned() };
    let kind = if kind == "import" { Kind::Import } else { Kind::Require };
    resolver.resolve(&importer, &specifier, kind).map_or_else(|error| error.code.to_owned(), |found| found.path)
}
