//! From a tarball to the file that is kept. Everything about a tarball is a stranger's word until its digest is checked, and its author's after.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};
use tar::{Archive, Entry, EntryType};

use super::budget::Used;
use super::format::{Slot, Table, write_table};
use super::path::{is_for_people, within};
use crate::error::Error;
use crate::integrity::{Checked, Integrity};
use crate::manifest::Manifest;
use crate::native::{sign_of_files, sign_of_manifest};

/// A package.json that is longer is none.
const LONGEST_MANIFEST: u64 = 4 << 20;

/// Where the file has got to.
struct Output<'w, W> {
    writer: &'w mut W,
    place: &'w Path,
    at: u64,
    table: Table,
    manifest: Vec<u8>,
}

/// Unpacks and checks.
pub(super) fn unpack(
    tarball: &mut dyn Read,
    integrity: &Integrity,
    title: &str,
    writer: &mut impl Write,
    place: &Path,
    used: &Used<'_>,
) -> Result<(), Error> {
    let mut checked = Checked::new(tarball, integrity);
    let mut output = Output { writer, place, at: 0, table: Table::default(), manifest: Vec::new() };
    let result = files(&mut checked, title, used, &mut output);
    if let Err(error @ (Error::Limit { .. } | Error::Disk { .. })) = result {
        return Err(error);
    }
    // Whatever else is wrong with it: if it is another tarball than the one that was meant, that is what to say.
    let (_, fits) = checked.finish().map_err(|error| Error::package(title, format!("its tarball cannot be read: {error}")))?;
    if !fits {
        return Err(Error::package(title, format!("its tarball is not the one that was locked: it does not have the digest {integrity}")));
    }
    result?;
    output.finish().map_err(Error::disk(place))
}

fn files(tarball: &mut impl Read, title: &str, used: &Used<'_>, output: &mut Output<'_, impl Write>) -> Result<(), Error> {
    let mut plain = MultiGzDecoder::new(tarball).take(used.budget().most());
    let result = {
        let mut archive = Archive::new(&mut plain);
        entries(&mut archive, title, used, output)
    };
    // Whatever the tarball pretends to hold, this much was unpacked.
    if plain.limit() == 0 { Err(used.budget().too_large(title)) } else { result }
}

fn entries(archive: &mut Archive<impl Read>, title: &str, used: &Used<'_>, output: &mut Output<'_, impl Write>) -> Result<(), Error> {
    let unreadable = |error: io::Error| Error::package(title, format!("its tarball cannot be read: {error}"));
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            _ => {
                output.table.left_out += 1;
                used.take(title, 1, 0)?;
                continue;
            }
        }
        // Old tarballs mark folders by their names alone.
        if entry.path_bytes().ends_with(b"/") {
            continue;
        }
        let path = within(&entry.path_bytes()).map_err(|reason| Error::package(title, reason))?;
        used.take(title, 1, entry.size())?;
        (output.table.count, output.table.unpacked) = (output.table.count + 1, output.table.unpacked + entry.size());
        if let Some(path) = path.filter(|path| !is_for_people(path)) {
            output.add(path, &mut entry, title)?;
        }
    }
    output.check_folders(title)
}

impl<W: Write> Output<'_, W> {
    /// Writes a file. A second one at the same path takes the place of the first.
    fn add(&mut self, path: String, entry: &mut Entry<'_, impl Read>, title: &str) -> Result<(), Error> {
        let is_manifest = path == "package.json" && entry.size() <= LONGEST_MANIFEST;
        let mut hasher = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; 64 << 10];
        if is_manifest {
            self.manifest.clear();
        }
        loop {
            let count = entry.read(&mut buffer).map_err(|error| Error::package(title, format!("its tarball cannot be read: {error}")))?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            self.writer.write_all(bytes).map_err(Error::disk(self.place))?;
            hasher.update(bytes);
            size += bytes.len() as u64;
            if is_manifest {
                self.manifest.extend_from_slice(bytes);
            }
        }
        if size != entry.size() {
            return Err(Error::package(title, "its tarball ends in the middle of a file"));
        }
        self.table.files.insert(path, Slot { at: self.at, size, digest: hasher.finalize().into() });
        self.at += size;
        Ok(())
    }

    /// That no path is a file and a folder at once.
    fn check_folders(&self, title: &str) -> Result<(), Error> {
        let mut folders = BTreeSet::new();
        for path in self.table.files.keys() {
            folders.extend(path.match_indices('/').filter_map(|(at, _)| path.get(..at)));
        }
        match folders.into_iter().find(|folder| self.table.files.contains_key(*folder)) {
            Some(folder) => Err(Error::package(title, format!("its tarball has {folder:?} as a file and as a folder"))),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        // A package.json that cannot be read says nothing; whoever requires the package will hear of it.
        let manifest: Manifest = serde_json::from_slice(&self.manifest).unwrap_or_default();
        let files = self.table.files.keys().map(String::as_str);
        self.table.native = sign_of_manifest(&manifest).or_else(|| sign_of_files(files));
        self.table.scripts = manifest.scripts || self.table.files.contains_key("binding.gyp");
        write_table(self.writer, self.at, &self.table)
    }
}
