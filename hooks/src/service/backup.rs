//! A backup of the running service. `backup` defines its form; the gateways check who may have one, and send it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::Service;
use crate::backup::Writer;
use crate::error::ServiceError;
use crate::state::State;
use crate::state::blocking;
use crate::store::{Digest, KeyRange, KeyReader, Kind, Order, SERVER, StoreError, free_bytes};
use crate::uuid_pool;

/// Bytes that are left free for the store, so that a backup never costs a log entry.
const RESERVED_BYTES: u64 = 64 << 20;
/// Bytes after which the free space is checked again.
const CHECK_INTERVAL_BYTES: usize = 8 << 20;

/// A complete backup in a file without a name, which disappears when this is dropped.
#[derive(Debug)]
pub(crate) struct Backup {
    /// The file, at its beginning.
    pub(crate) file: File,
    /// Its length, in bytes.
    pub(crate) length: u64,
    /// Allows one backup at a time, so that backups cannot fill the disk.
    pub(crate) permit: OwnedSemaphorePermit,
}

impl Service {
    /// Makes a backup, with or without the log entries, as of one moment. Nothing waits for it in a store that has snapshots; one that has none
    /// takes no writes while its records are read.
    pub(crate) async fn backup(&self, with_logs: bool) -> Result<Backup, ServiceError> {
        let permit = Arc::clone(&self.backups).try_acquire_owned();
        let permit = permit.map_err(|_| ServiceError::Conflict("A backup is under way already".into()))?;
        self.log.caught_up().await;
        let (state, data) = (self.state.clone(), self.fixed.data.clone());
        blocking(move || {
            let mut file = nameless(&data).map_err(StoreError::from)?;
            // No function is removed after its record was read and before its bytes are.
            let held = state.functions.hold_all();
            let written = write(&state, &file, with_logs);
            drop(held);
            state.collect_garbage();
            written?;
            let length = file.stream_position().and_then(|length| file.rewind().map(|()| length)).map_err(StoreError::from)?;
            Ok(Backup { file, length, permit })
        })
        .await
    }
}

/// A file that only this process can reach.
fn nameless(folder: &Path) -> io::Result<File> {
    let path = folder.join(format!(".backup-{}", uuid_pool::uuid()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

fn write(state: &State, file: &File, with_logs: bool) -> Result<(), ServiceError> {
    let mut writer = Writer::new(BufWriter::with_capacity(1 << 20, SpaceCheckedWriter::new(file))).map_err(StoreError::from)?;
    let (mut functions, mut failed) = (BTreeSet::new(), None);
    state.store.scan(KeyRange::all(), Order::Ascending, &mut |key, value| {
        // A cache is made anew by who needs it.
        if KeyReader::kind_of(key) == Some(Kind::Cache) {
            return ControlFlow::Continue(());
        }
        if !with_logs && matches!(KeyReader::kind_of(key), Some(Kind::Log | Kind::LogIndex)) {
            return ControlFlow::Continue(());
        }
        functions.extend(reference(key));
        match writer.record(key, value) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(StoreError::from(error).into());
    }
    for digest in functions {
        writer.function(&state.functions.file(&digest)?).map_err(StoreError::from)?;
    }
    writer.finish().map_err(StoreError::from)?;
    Ok(())
}

/// Writes a file as long as enough space is free.
struct SpaceCheckedWriter<'a> {
    file: &'a File,
    free: fn(&File) -> Option<u64>,
    unchecked: usize,
}

impl<'a> SpaceCheckedWriter<'a> {
    fn new(file: &'a File) -> Self {
        Self { file, free: |file| free_bytes(file), unchecked: CHECK_INTERVAL_BYTES }
    }
}

impl Write for SpaceCheckedWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.unchecked >= CHECK_INTERVAL_BYTES {
            self.unchecked = 0;
            if (self.free)(self.file).is_some_and(|free| free < RESERVED_BYTES) {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        let written = self.file.write(bytes)?;
        self.unchecked += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The function that a key refers to, if its bytes lie in a separate file.
fn reference(key: &[u8]) -> Option<Digest> {
    let (account, mut parts) = KeyReader::new(key, Kind::Function)?;
    parts.fixed::<32>().filter(|_| account == SERVER).map(Digest::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::check_backup;
    use crate::testing::{World, refused};

    #[tokio::test]
    async fn there_is_one_at_a_time_and_none_is_left_over() {
        let world = World::new();
        let service = world.first_start().await;
        let mut first = service.backup(true).await.unwrap();
        assert_eq!(refused(service.backup(true).await), "A backup is under way already");
        assert_eq!(check_backup(&mut first.file).unwrap().bytes, first.length);
        drop(first);
        service.backup(false).await.unwrap();
        let mut names = fs::read_dir(world.folder.path()).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap());
        assert!(names.all(|name| !name.starts_with(".backup")));
    }

    #[test]
    fn room_is_left_to_others() {
        let file = tempfile::tempfile().unwrap();
        let mut roomy = SpaceCheckedWriter { file: &file, free: |_| Some(RESERVED_BYTES), unchecked: CHECK_INTERVAL_BYTES };
        roomy.write_all(b"fits").unwrap();
        let mut tight = SpaceCheckedWriter { file: &file, free: |_| Some(RESERVED_BYTES - 1), unchecked: CHECK_INTERVAL_BYTES };
        assert_eq!(tight.write_all(b"does not").unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(file.metadata().unwrap().len(), 4);
    }
}
