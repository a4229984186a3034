//! How the gateway's process is, and how long deliveries took, window by window.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::gateway::Gateway;

/// What a window of time looked like.
#[derive(Debug, Clone, Default)]
pub(super) struct Vitals {
    pub(super) acknowledged: usize,
    /// Answered by 503.
    pub(super) refused: usize,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    pub(super) worst: Duration,
    /// The memory in use, in KiB.
    pub(super) resident: u64,
    pub(super) descriptors: usize,
    /// Of the ledger's files, in MiB.
    pub(super) disk: u64,
}

impl Vitals {
    /// Of a window that ends now and in which acknowledged deliveries took so long.
    pub(super) fn of(gateway: &Gateway, dir: &Path, took: &mut [Duration], refused: usize) -> Self {
        let (p50, p99, worst) = quantiles(took);
        let process = format!("/proc/{}", gateway.pid());
        let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let files = std::fs::read_dir(dir).unwrap().flatten();
        let bytes: u64 = files.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
        Self {
            acknowledged: took.len(),
            refused,
            p50,
            p99,
            worst,
            resident: resident.trim().strip_suffix(" kB").unwrap().parse().unwrap(),
            descriptors: std::fs::read_dir(format!("{process}/fd")).unwrap().count(),
            disk: bytes >> 20,
        }
    }

    pub(super) const HEAD: &str = "| window | acknowledged | refused | p50 ms | p99 ms | worst ms | RSS KiB | open files | disk MiB |";
}

impl fmt::Display for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |took: Duration| took.as_secs_f64() * 1000.0;
        write!(
            f,
            "{} | {} | {:.1} | {:.1} | {:.0} | {} | {} | {} |",
            self.acknowledged,
            self.refused,
            ms(self.p50),
            ms(self.p99),
            ms(self.worst),
            self.resident,
            self.descriptors,
            self.disk
        )
    }
}

/// The median, what 99 of 100 stay below, and the worst.
pub(super) fn quantiles(took: &mut [Duration]) -> (Duration, Duration, Duration) {
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    (at(50), at(99), took.last().copied().unwrap_or_default())
}

/// The one in the middle.
pub(super) fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}
