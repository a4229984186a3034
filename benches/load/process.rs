//! What the system tells of a process.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// A process that is measured.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    /// The time that it and those it has waited for had a processor, to a hundredth of a second.
    pub fn cpu(self) -> Result<Duration> {
        const TICKS: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // After its name, which may hold anything: user time is the twelfth, the system's the next.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: Option<f64> = fields.skip(11).take(2).map(|f| f.parse::<f64>().ok()).sum();
        Ok(Duration::from_secs_f64(ticks.context("the system tells no CPU time")? / TICKS))
    }

    /// How much of its memory is in use, in KiB.
    pub fn resident(self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most that was in use, in KiB.
    pub fn peak(self) -> Result<u64> {
        self.status("VmHWM:")
    }

    fn status(self, name: &str) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let text = line.and_then(|line| line.trim().strip_suffix(" kB"));
        text.and_then(|text| text.parse().ok()).context("the system tells no memory")
    }
}

/// Lets this process and those it starts have as many open files as it may.
pub fn raise_open_files() -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_this_process_something_is_told() {
        let this = Process(std::process::id());
        let spin = std::time::Instant::now();
        while spin.elapsed() < Duration::from_millis(50) {
            std::hint::spin_loop();
        }
        assert!(this.cpu().unwrap() >= Duration::from_millis(10));
        assert!(this.resident().unwrap() <= this.peak().unwrap());
    }
}
