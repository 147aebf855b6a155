//! An upgrade replaces the program's file while the former one still runs: what runs must not start what it did not come from.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::harness::guests::allowing;
use crate::harness::{Hook, ServerBuilder, context};

/// Replaces the program of a running server, then deploys WebAssembly, which the server compiles in a process of its own.
fn deploys_after(replace: impl Fn(&std::path::Path)) {
    let builder = ServerBuilder::new();
    let program = builder.folder().join("hookbox");
    fs::copy(env!("CARGO_BIN_EXE_hookbox"), &program).unwrap();
    let script = format!("shift; exec '{}' \"$@\"", program.display());
    let server = builder.wrapper(&["sh", "-c", &script, "sh"]).start();
    replace(&program);
    server.admin().deploy(&Hook::wat(&allowing(1)));
    assert_eq!(server.admin().trigger(&context(1))["outcome"], "completed");
}

#[test]
fn a_server_whose_program_was_replaced_compiles() {
    deploys_after(|program| {
        let next = program.with_extension("next");
        fs::write(&next, "#!/bin/sh\nexit 1\n").unwrap();
        fs::set_permissions(&next, fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(next, program).unwrap();
    });
}

#[test]
fn a_server_whose_program_was_deleted_compiles() {
    deploys_after(|program| fs::remove_file(program).unwrap());
}
