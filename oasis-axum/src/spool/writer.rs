//! The thread that writes: what comes while it writes goes along with the next write.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::Disk;
use crate::clock;

/// How large a segment gets before the next one is begun, in bytes.
const SEGMENT: u64 = 4 * 1024 * 1024;

/// How much is written at once at most, in bytes; a record that is larger goes alone.
const WRITE: usize = 8 * 1024 * 1024;

/// What the thread is asked to do.
pub(super) enum Job {
    /// Make these lines durable.
    Write(Lines),
    /// Write no more into the newest segment; told when that is so.
    Seal(oneshot::Sender<()>),
}

pub(super) struct Lines {
    pub(super) text: Vec<u8>,
    pub(super) records: u64,
    pub(super) done: oneshot::Sender<Result<(), Arc<io::Error>>>,
}

pub(super) struct Writer {
    disk: Arc<Disk>,
    /// The segment that is written into; `None` until something is to be written.
    open: Option<Open>,
    /// The number of the newest segment.
    last: u64,
}

struct Open {
    file: File,
    number: u64,
    /// How much of it is durable.
    bytes: u64,
}

impl Writer {
    /// Writes behind a segment of this number.
    pub(super) fn new(disk: Arc<Disk>, last: u64) -> Self {
        Self { disk, open: None, last }
    }

    /// Works until nobody can ask for anything any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let (mut group, mut bytes, mut next) = (Vec::new(), 0, Some(first));
            while let Some(Job::Write(lines)) = next {
                bytes += lines.text.len();
                group.push(lines);
                next = if bytes < WRITE { jobs.try_recv().ok() } else { None };
            }
            if !group.is_empty() {
                self.commit(group);
            }
            if let Some(Job::Seal(sealed)) = next {
                self.open = None;
                // Who asked may have gone.
                let _ = sealed.send(());
            }
        }
    }

    /// Makes all lines durable with one write, and tells each who waits.
    fn commit(&mut self, group: Vec<Lines>) {
        let records = group.iter().map(|lines| lines.records).sum();
        let text: Vec<_> = group.iter().flat_map(|lines| &lines.text).copied().collect();
        let bytes = text.len() as u64;
        let outcome = match self.write(&text) {
            Ok(number) => {
                self.disk.change(|state| state.written(number, records, bytes));
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the spool can't be written");
                self.give_up();
                self.disk.change(|state| state.not_written(records, bytes));
                Err(Arc::new(error))
            }
        };
        for lines in group {
            let _ = lines.done.send(outcome.clone());
        }
    }

    /// Gives the number of the segment that holds the text.
    fn write(&mut self, text: &[u8]) -> io::Result<u64> {
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                // The time of its first record, in milliseconds, unless the clock went back.
                let now = u64::try_from(clock::now().unix_millis()).unwrap_or(0);
                let number = now.max(self.last + 1);
                let file = self.disk.folder.create(number)?;
                self.last = number;
                self.open.insert(Open { file, number, bytes: 0 })
            }
        };
        open.file.write_all(text)?;
        open.file.sync_data()?;
        open.bytes += text.len() as u64;
        let number = open.number;
        if open.bytes >= SEGMENT {
            self.open = None;
        }
        Ok(number)
    }

    /// Takes back what was written of a write that failed, and writes no more into that file:
    /// after an error nobody knows what of it is on the disk.
    fn give_up(&mut self) {
        let Some(Open { file, number, bytes }) = self.open.take() else { return };
        let undone = match bytes {
            0 => self.disk.folder.remove(number),
            bytes => file.set_len(bytes).and_then(|()| file.sync_data()),
        };
        if let Err(error) = undone {
            // What stays is drained like the rest: it was delivered, though nobody was told so.
            tracing::warn!(%error, "a write that failed can't be taken back");
        }
    }
}
