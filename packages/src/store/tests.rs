//! What is kept, and what is not: tarballs of people who mean well, and of others.

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use tar::EntryType;

use super::{Budget, Pack, Store};
use crate::error::Error;
use crate::integrity::Integrity;
use crate::limits::Limits;
use crate::testing::{Part, tarball};

struct Shelf {
    folder: tempfile::TempDir,
    store: Store,
}

fn shelf() -> Shelf {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    Shelf { folder, store }
}

impl Shelf {
    fn add_with(&self, bytes: &[u8], limits: &Limits) -> Result<Arc<Pack>, Error> {
        self.store.add(&Integrity::of(bytes), "a@1.0.0", &mut &bytes[..], &Budget::new(limits))
    }

    fn add(&self, parts: &[Part<'_>]) -> Result<Arc<Pack>, Error> {
        self.add_with(&tarball(parts), &Limits::default())
    }

    /// Everything on the disk, the store's own folders aside.
    fn files(&self) -> Vec<std::path::PathBuf> {
        let inside = |name| std::fs::read_dir(self.folder.path().join("store").join(name)).unwrap();
        inside("packs").chain(inside("unfinished")).map(|entry| entry.unwrap().path()).collect()
    }
}

fn paths(pack: &Pack) -> Vec<&str> {
    pack.below("").collect()
}

#[test]
fn files_are_read_as_they_were_published() {
    let shelf = shelf();
    let manifest = br#"{"name": "a", "scripts": {"postinstall": "x"}}"#;
    let parts = [
        Part::Odd(EntryType::Directory, "package/lib"),
        Part::File("package/package.json", manifest),
        Part::File("package/lib/a.js", b"first"),
        Part::File("package/lib/a.js", b"second"),
        Part::File("package/lib/a.d.ts", b"types"),
        Part::File("package/lib/a.js.map", b"map"),
        Part::File("package/empty", b""),
    ];
    let pack = shelf.add(&parts).unwrap();
    assert_eq!(paths(&pack), ["empty", "lib/a.js", "package.json"]);
    assert_eq!(pack.read("lib/a.js").unwrap(), b"second");
    assert_eq!(pack.read("empty").unwrap(), b"");
    assert!(pack.read("lib").is_err() && pack.size("lib/a.js") == Some(6) && pack.below("lib").eq(["a.js"]));
    assert!(pack.has_scripts() && pack.native().is_none() && pack.weight().0 == 6);
}

#[test]
fn only_the_owner_may_look_and_nothing_is_executable() {
    let shelf = shelf();
    shelf.add(&[Part::File("package/run.sh", b"#!/bin/sh")]).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&shelf.folder.path().join("store")), 0o700);
    let files = shelf.files();
    assert_eq!((files.len(), mode(&files[0])), (1, 0o600));
}

#[test]
fn links_and_devices_are_left_out() {
    let shelf = shelf();
    let parts = [
        Part::Link(EntryType::Symlink, "package/passwd", "/etc/passwd"),
        Part::Link(EntryType::Link, "package/hard", "/etc/passwd"),
        Part::Link(EntryType::Symlink, "package/lib", "/tmp"),
        Part::File("package/lib/evil.js", b"x"),
        Part::Odd(EntryType::Char, "package/null"),
        Part::Odd(EntryType::Fifo, "package/fifo"),
    ];
    let pack = shelf.add(&parts).unwrap();
    assert_eq!((paths(&pack), pack.left_out()), (vec!["lib/evil.js"], 5));
}

#[test]
fn paths_that_lead_out_refuse_the_package() {
    let shelf = shelf();
    let hostile = ["../../evil", "/etc/evil", "package/../../evil", "package/..", "package/a\\b"];
    for path in hostile {
        let error = shelf.add(&[Part::File("package/ok.js", b"x"), Part::File(path, b"evil")]).unwrap_err().to_string();
        assert!(error.starts_with("a@1.0.0: its tarball has the path"), "{error}");
    }
    let error = shelf.add(&[Part::File("package/a", b"x"), Part::File("package/a/b", b"y")]).unwrap_err().to_string();
    assert_eq!(error, "a@1.0.0: its tarball has \"a\" as a file and as a folder");
    assert_eq!(shelf.files().len(), 0);
}

#[test]
fn another_tarball_than_the_one_that_was_meant_is_not_kept() {
    let shelf = shelf();
    let (meant, given) = (tarball(&[Part::File("package/a", b"x")]), tarball(&[Part::File("package/a", b"y")]));
    let nonsense = b"this is no tarball".to_vec();
    let empty = Vec::new();
    let mut longer = meant.clone();
    longer.push(0);
    for bytes in [&given, &nonsense, &empty, &longer, &meant[..meant.len() / 2].to_vec()] {
        let result = shelf.store.add(&Integrity::of(&meant), "a@1.0.0", &mut &bytes[..], &Budget::new(&Limits::default()));
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with("a@1.0.0: its tarball is not the one that was locked"), "{error}");
    }
    let error = shelf.add_with(&nonsense, &Limits::default()).unwrap_err().to_string();
    assert!(error.starts_with("a@1.0.0: its tarball cannot be read"), "{error}");
    assert_eq!(shelf.files().len(), 0);
}

#[test]
fn bombs_are_cut_early() {
    let shelf = shelf();
    let limits = Limits { unpacked: 1 << 20, files: 10, ..Limits::default() };
    let large = tarball(&[Part::Zeros("package/zeros", 64 << 20)]);
    assert!(large.len() < 1 << 20);
    let error = shelf.add_with(&large, &limits).unwrap_err().to_string();
    assert_eq!(error, "unpacked packages, at a@1.0.0: the limit is 1 MiB (unpacked)");
    let names: Vec<String> = (0..11).map(|n| format!("package/{n}")).collect();
    let parts: Vec<Part<'_>> = names.iter().map(|name| Part::File(name, b"")).collect();
    let error = shelf.add_with(&tarball(&parts), &limits).unwrap_err().to_string();
    assert_eq!(error, "files of the packages, at a@1.0.0: the limit is 10 (files)");
    // Not even what is left out is unpacked without end.
    let links: Vec<Part<'_>> = names.iter().map(|name| Part::Link(EntryType::Symlink, name, "/")).collect();
    assert!(shelf.add_with(&tarball(&links), &limits).is_err());
    assert_eq!(shelf.files().len(), 0);
}

#[test]
fn a_bomb_in_headers_is_cut_too() {
    let shelf = shelf();
    let limits = Limits { unpacked: 1 << 20, files: 10, ..Limits::default() };
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(64 << 20);
    header.set_cksum();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, header.as_bytes()).unwrap();
    std::io::copy(&mut std::io::repeat(b'a').take(64 << 20), &mut encoder).unwrap();
    let error = shelf.add_with(&encoder.finish().unwrap(), &limits).unwrap_err().to_string();
    assert!(error.contains("(unpacked)"), "{error}");
}

#[test]
fn native_parts_are_seen() {
    let shelf = shelf();
    let gyp = shelf.add(&[Part::File("package/binding.gyp", b"{}")]).unwrap();
    assert_eq!((gyp.native(), gyp.has_scripts()), (Some("it has binding.gyp"), true));
    let built = shelf.add(&[Part::File("package/build/x.node", b"\x7fELF")]).unwrap();
    assert_eq!(built.native(), Some("it has build/x.node"));
}

#[test]
fn what_was_begun_and_not_finished_is_as_if_it_was_not_there() {
    let shelf = shelf();
    let bytes = tarball(&[Part::File("package/a", b"hello")]);
    let place = shelf.folder.path().join("store/packs").join(Integrity::of(&bytes).file_name());
    shelf.add_with(&bytes, &Limits::default()).unwrap();
    let whole = std::fs::read(&place).unwrap();
    // A file that lost its end with the power is fetched again.
    std::fs::write(&place, &whole[..whole.len() - 3]).unwrap();
    assert!(shelf.store.get(&Integrity::of(&bytes)).unwrap().is_none());
    assert_eq!(shelf.add_with(&bytes, &Limits::default()).unwrap().read("a").unwrap(), b"hello");
    // One whose bytes changed is not read.
    let mut damaged = whole;
    damaged[0] ^= 1;
    std::fs::write(&place, &damaged).unwrap();
    assert!(shelf.store.get(&Integrity::of(&bytes)).unwrap().unwrap().read("a").unwrap_err().to_string().contains("is damaged"));
    // What others left behind is removed after a while, and not before.
    let left = shelf.folder.path().join("store/unfinished/x");
    let file = std::fs::File::create(&left).unwrap();
    Store::open(&shelf.folder.path().join("store")).unwrap();
    assert!(left.exists());
    file.set_modified(std::time::SystemTime::now() - Duration::from_secs(7200)).unwrap();
    Store::open(&shelf.folder.path().join("store")).unwrap();
    assert!(!left.exists());
}

#[test]
fn two_who_add_the_same_are_no_trouble() {
    let shelf = shelf();
    let bytes = tarball(&[Part::Zeros("package/a", 1 << 20)]);
    let other = Store::open(&shelf.folder.path().join("store")).unwrap();
    std::thread::scope(|scope| {
        for store in [&shelf.store, &other, &shelf.store, &other] {
            let bytes = &bytes;
            scope.spawn(move || store.add(&Integrity::of(bytes), "a@1", &mut &bytes[..], &Budget::new(&Limits::default())).unwrap());
        }
    });
    assert_eq!(shelf.files().len(), 1);
    assert_eq!(shelf.store.get(&Integrity::of(&bytes)).unwrap().unwrap().read("a").unwrap().len(), 1 << 20);
}

#[test]
fn what_nobody_needs_is_swept() {
    let shelf = shelf();
    let [kept, swept] = [b"x", b"y"].map(|content| tarball(&[Part::File("package/a", content)]));
    for bytes in [&kept, &swept] {
        drop(shelf.add_with(bytes, &Limits::default()).unwrap());
    }
    let needed: BTreeSet<Integrity> = [Integrity::of(&kept)].into();
    assert_eq!(shelf.store.sweep(&needed, Duration::from_secs(3600)).unwrap(), 0);
    assert_eq!(shelf.store.sweep(&needed, Duration::ZERO).unwrap(), 1);
    assert!(shelf.store.get(&Integrity::of(&kept)).unwrap().is_some() && shelf.store.get(&Integrity::of(&swept)).unwrap().is_none());
}
