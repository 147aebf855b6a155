//! Tarballs, good ones and others.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// Something in a tarball.
pub(crate) enum Part<'a> {
    /// A file.
    File(&'a str, &'a [u8]),
    /// So many zeros.
    Zeros(&'a str, u64),
    /// Something that points elsewhere.
    Link(EntryType, &'a str, &'a str),
    /// A device, or what else has no content.
    Odd(EntryType, &'a str),
}

/// A header with a path that no honest library would write.
fn header(path: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    let name = &mut header.as_old_mut().name;
    name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o755);
    header.set_cksum();
    header
}

/// A compressed tarball.
pub(crate) fn tarball(parts: &[Part<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for part in parts {
        match part {
            Part::File(path, bytes) => builder.append(&header(path, EntryType::Regular, bytes.len() as u64), *bytes).unwrap(),
            Part::Zeros(path, size) => {
                let zeros = std::io::Read::take(std::io::repeat(0), *size);
                builder.append(&header(path, EntryType::Regular, *size), zeros).unwrap();
            }
            Part::Link(kind, path, target) => {
                let mut header = header(path, *kind, 0);
                header.set_link_name(target).unwrap();
                header.set_cksum();
                builder.append(&header, &[][..]).unwrap();
            }
            Part::Odd(kind, path) => builder.append(&header(path, *kind, 0), &[][..]).unwrap(),
        }
    }
    let mut encoder = builder.into_inner().unwrap();
    encoder.flush().unwrap();
    encoder.finish().unwrap()
}
