//! The directory of a spool: its segments, its lock, and what was set aside.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::OpenError;
use super::record::{self, Piece, Pieces};

/// Events that the ledger refuses for what they are, as records.
const REJECTED: &str = "rejected";

/// What was no record any more, as it was found.
const DAMAGED: &str = "damaged";

const LOCK: &str = "lock";
const ENDING: &str = ".spool";
const UNREADABLE: &str = "unreadable";

/// A directory that this process alone works in.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked until it is closed, also by a process that is killed.
    _lock: File,
}

/// A segment as it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) number: u64,
    pub(super) records: u64,
    pub(super) bytes: u64,
}

impl Folder {
    /// Takes the directory for this process; it is made now if it isn't there.
    pub(super) fn take(path: &Path) -> Result<Self, OpenError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)?;
        let lock = private().create(true).truncate(false).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Taken),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let folder = Self { path: path.to_owned(), _lock: lock };
        folder.sync()?;
        Ok(folder)
    }

    /// The segments, from the oldest on.
    pub(super) fn segments(&self) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(ENDING));
            let Some(number) = number.and_then(|number| number.parse().ok()) else { continue };
            let bytes = self.read(number).unwrap_or_else(|error| {
                tracing::error!(%error, number, "a segment of the spool can't be read");
                Vec::new()
            });
            found.push(Found { number, records: records(&bytes), bytes: bytes.len() as u64 });
        }
        found.sort_unstable_by_key(|segment| segment.number);
        Ok(found)
    }

    pub(super) fn create(&self, number: u64) -> io::Result<File> {
        let file = private().create_new(true).open(self.segment(number))?;
        // Without this a power cut could take the file's name away, and its rows with it.
        self.sync()?;
        Ok(file)
    }

    pub(super) fn read(&self, number: u64) -> io::Result<Vec<u8>> {
        std::fs::read(self.segment(number))
    }

    pub(super) fn remove(&self, number: u64) -> io::Result<()> {
        std::fs::remove_file(self.segment(number))
    }

    /// Gives a segment another ending, so that it is none any more.
    pub(super) fn leave_out(&self, number: u64) -> io::Result<()> {
        let segment = self.segment(number);
        std::fs::rename(&segment, segment.with_extension(UNREADABLE))?;
        self.sync()
    }

    /// Keeps an event that the ledger refuses; it is on the disk when this returns.
    pub(super) fn reject(&self, json: &[u8]) -> io::Result<()> {
        let mut line = Vec::new();
        record::write(json, &mut line);
        self.set_aside(REJECTED, &line)
    }

    /// Keeps what is no record any more; it is on the disk when this returns.
    pub(super) fn keep_damaged(&self, bytes: &[u8]) -> io::Result<()> {
        self.set_aside(DAMAGED, &[bytes, b"\n"].concat())
    }

    /// How many events stand in the file of the rejected ones.
    pub(super) fn rejected(&self) -> io::Result<u64> {
        match std::fs::read(self.path.join(REJECTED)) {
            Ok(bytes) => Ok(records(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn set_aside(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = private().append(true).create(true).open(self.path.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        self.sync()
    }

    fn segment(&self, number: u64) -> PathBuf {
        self.path.join(format!("{number:020}{ENDING}"))
    }

    /// Makes the names in the directory durable.
    fn sync(&self) -> io::Result<()> {
        #[cfg(unix)]
        File::open(&self.path)?.sync_all()?;
        Ok(())
    }
}

fn records(bytes: &[u8]) -> u64 {
    Pieces::of(bytes).filter(|piece| matches!(piece, Piece::Record(_))).count() as u64
}

/// Files that only their owner reads: they hold what was delivered.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
