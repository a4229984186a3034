//! Whether a directory is on a file system that forgets: what is flushed there is not durable.

use std::path::{Path, PathBuf};

/// The kind of the file system that holds the directory, where it is one that forgets.
#[cfg(target_os = "linux")]
pub(crate) fn file_system(dir: &Path) -> Option<&'static str> {
    // The magic numbers of linux/magic.h.
    const FORGETFUL: [(u64, &str); 3] = [
        (0x0102_1994, "tmpfs, which is in memory"),
        (0x8584_58f6, "ramfs, which is in memory"),
        (0x794c_7630, "the overlay of a container, which goes with it"),
    ];
    let found = rustix::fs::statfs(existing(dir)).ok()?;
    // Where the system has it as 32 bits with a sign, a magic number may look negative.
    let kind = u64::try_from(found.f_type).ok()?;
    FORGETFUL.into_iter().find(|(magic, _)| *magic == kind).map(|(_, told)| told)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn file_system(_: &Path) -> Option<&'static str> {
    None
}

/// The directory, or the nearest one above it that is there: the rest is made at the start.
pub(crate) fn existing(dir: &Path) -> PathBuf {
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    dir.ancestors().find(|dir| dir.exists()).unwrap_or(&dir).to_owned()
}
