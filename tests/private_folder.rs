//! The data folder is private: nobody but the server's user enters it, whatever was there before the server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::harness::guests::allowing;
use crate::harness::{Hook, ServerBuilder, context};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The files and folders below `folder` that the group or others have a permission on.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if mode(&path) & 0o077 != 0 {
            found.push(format!("{} {:o}", path.display(), mode(&path)));
        }
        if path.is_dir() {
            found.extend(open_to_others(&path));
        }
    }
    found
}

/// A builder whose data folder exists and can be read by everybody.
fn readable_folder(engine: &str) -> ServerBuilder {
    let builder = ServerBuilder::new().config(&format!("store.engine = \"{engine}\""));
    fs::create_dir(builder.data()).unwrap();
    fs::set_permissions(builder.data(), fs::Permissions::from_mode(0o755)).unwrap();
    builder
}

#[test]
fn an_empty_folder_and_all_that_comes_into_it_become_private() {
    for engine in ["redb", "sled"] {
        let server = readable_folder(engine).start();
        server.admin().deploy(&Hook::wat(&allowing(1)));
        assert_eq!(server.admin().trigger(&context(1))["outcome"], "completed");
        assert_eq!(mode(&server.data()), 0o700, "{engine}");
        assert_eq!(open_to_others(&server.data()), [""; 0], "{engine}");
    }
}

#[test]
fn a_folder_of_a_server_becomes_private_at_its_next_start() {
    let builder = ServerBuilder::new().start().stop();
    fs::set_permissions(builder.data(), fs::Permissions::from_mode(0o750)).unwrap();
    let server = builder.start();
    assert_eq!(mode(&server.data()), 0o700);
}

#[test]
fn a_folder_that_holds_something_else_is_refused_and_left_as_it_is() {
    for mode_before in [0o755, 0o710, 0o701] {
        let builder = readable_folder("redb");
        fs::set_permissions(builder.data(), fs::Permissions::from_mode(mode_before)).unwrap();
        fs::write(builder.data().join("notes.txt"), "not the server's").unwrap();
        let said = builder.refused();
        assert!(said.contains("chmod 700") && said.contains(builder.data().to_str().unwrap()), "{said}");
        assert_eq!(mode(&builder.data()), mode_before);
        assert!(!builder.data().join("lock").exists());
    }
}

#[test]
fn a_private_folder_may_hold_something_else() {
    let builder = readable_folder("redb");
    fs::set_permissions(builder.data(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(builder.data().join("notes.txt"), "not the server's").unwrap();
    builder.start();
}
