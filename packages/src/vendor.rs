//! Fills a folder with the tarballs of a lock, for machines without a network.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use crate::counting::Counting;
use crate::error::Error;
use crate::integrity::{Checked, Integrity};
use crate::limits::Limits;
use crate::lock::{Entry, Lock};
use crate::parallel::each;
use crate::progress::{Listener, Progress};
use crate::registry::{Source, file_name};

/// Fetches what is not there yet, and returns how many that was. Packages for other platforms are fetched too, so that the folder resolves as
/// the registry did.
pub(crate) fn vendor(lock: &Lock, source: &dyn Source, folder: &Path, limits: &Limits, listener: Listener<'_>) -> Result<usize, Error> {
    std::fs::create_dir_all(folder).map_err(Error::disk(folder))?;
    let entries =
        lock.packages().values().filter_map(|entry| Some((file_name(&entry.name, &entry.version), (entry, entry.integrity.as_ref()?))));
    let all: BTreeMap<String, (&Entry, &Integrity)> = entries.collect();
    let of = all.len();
    let missing: Vec<(String, (&Entry, &Integrity))> =
        all.into_iter().filter(|(name, (_, integrity))| !is_there(&folder.join(name), integrity)).collect();
    let (done, bytes) = (AtomicUsize::new(of - missing.len()), AtomicU64::new(0));
    let tell = || listener(Progress::Fetched { done: done.load(Ordering::Relaxed), of, bytes: bytes.load(Ordering::Relaxed) });
    tell();
    let until = Instant::now() + limits.network_time;
    each(&missing, limits.connections, |(name, (entry, integrity))| {
        source.tarball(entry, until, &mut |tarball| keep(&folder.join(name), entry, integrity, &mut Counting::new(tarball, &bytes)))?;
        done.fetch_add(1, Ordering::Relaxed);
        tell();
        Ok(())
    })?;
    Ok(missing.len())
}

fn is_there(path: &Path, integrity: &Integrity) -> bool {
    File::open(path).and_then(|file| Checked::new(file, integrity).finish()).is_ok_and(|(_, fits)| fits)
}

/// Writes a tarball, which has its name only when it is whole and right.
fn keep(path: &Path, entry: &Entry, integrity: &Integrity, tarball: &mut dyn Read) -> Result<(), Error> {
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished).map_err(Error::disk(&unfinished))?;
    let mut checked = Checked::new(tarball, integrity);
    let broken = |error: io::Error| Error::package(entry.title(), format!("its tarball cannot be read: {error}"));
    let copied = io::copy(&mut checked, &mut file).map_err(broken);
    let result = copied.and_then(|_| checked.finish().map_err(broken)).and_then(|(_, fits)| match fits {
        true => file.flush().and_then(|()| file.sync_all()).map_err(Error::disk(&unfinished)),
        false => Err(Error::package(
            entry.title(),
            format!("its tarball is not the one that was locked: it does not have the digest {integrity}"),
        )),
    });
    match result {
        Ok(()) => std::fs::rename(&unfinished, path).map_err(Error::disk(path)),
        Err(error) => {
            let _ = std::fs::remove_file(&unfinished);
            Err(error)
        }
    }
}
