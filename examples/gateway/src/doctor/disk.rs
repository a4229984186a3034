//! The directories: can they be written, and is there room?

use std::path::Path;

use super::finding::Finding;
use crate::config::{Config, SPOOL_ALLOW_EPHEMERAL, SPOOL_DIR, SPOOL_MAX_BYTES};
use crate::ephemeral::{self, existing};

const MIB: u64 = 1024 * 1024;
/// Below this a ledger will soon be full.
const LITTLE: u64 = 1024 * MIB;
/// Below this it is.
const NOTHING: u64 = 64 * MIB;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![directory("data directory", config.data_dir(), LITTLE, "data_dir")];
    if let Some(spool) = config.get(SPOOL_DIR).map(Path::new) {
        let wanted = config.parse(SPOOL_MAX_BYTES).ok().flatten().unwrap_or(LITTLE);
        findings.push(directory("spool", spool, wanted, "spool.dir"));
        findings.extend(forgets(config, spool));
        findings.extend(set_aside(spool));
    }
    findings
}

fn directory(check: &'static str, dir: &Path, wanted: u64, setting: &str) -> Finding {
    let found = existing(dir);
    let shown = dir.display();
    if !found.is_dir() {
        let what = format!("{} is no directory", found.display());
        return Finding::fault(check, what, format!("choose another one with {setting}"));
    }
    if let Err(error) = tempfile_in(&found) {
        return Finding::fault(
            check,
            format!("{} can't be written: {error}", found.display()),
            format!("give it to this user, or choose another one with {setting}"),
        );
    }
    let Some(free) = free(&found) else {
        return Finding::fine(check, format!("{shown} can be written"));
    };
    let told = format!("{shown} can be written, {} MiB free", free / MIB);
    if free < NOTHING {
        Finding::fault(check, told, "make room: a delivery that can't be written gets 503")
    } else if free < wanted {
        Finding::warning(check, told, format!("make room: {} MiB are wanted here", wanted / MIB))
    } else {
        Finding::fine(check, told)
    }
}

/// Makes a file and removes it.
fn tempfile_in(dir: &Path) -> std::io::Result<()> {
    let file = dir.join(format!(".oasis-doctor-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
    std::fs::remove_file(file)
}

/// How many bytes may be written there.
#[cfg(unix)]
fn free(dir: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(dir).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// A spool on a disk that forgets is none; where that is wanted, it is only said.
fn forgets(config: &Config, dir: &Path) -> Option<Finding> {
    let told = format!("{} is on {}", dir.display(), ephemeral::file_system(dir)?);
    let remedy = "choose a directory on a disk with spool.dir (OASIS_SPOOL_DIR)";
    Some(match config.parse(SPOOL_ALLOW_EPHEMERAL) {
        Ok(Some(true)) => Finding::warning("spool", told, remedy),
        _ => Finding::fault("spool", told, remedy),
    })
}

/// What the spool had to set aside waits for somebody.
fn set_aside(dir: &Path) -> Vec<Finding> {
    let waits = |name: &str| std::fs::metadata(dir.join(name)).is_ok_and(|file| file.len() > 0);
    let files = [
        ("rejected", "events that the ledger refused are in its file rejected"),
        ("damaged", "what the disk damaged is in its file damaged"),
    ];
    let found = files.into_iter().filter(|(name, _)| waits(name));
    found
        .map(|(_, told)| Finding::warning("spool", told, "look at it, then move it away"))
        .collect()
}
