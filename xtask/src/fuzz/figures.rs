//! What libFuzzer tells at its end.

use std::fmt;

/// The figures of a target's runs, added up.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) executed: u64,
    pub(super) seconds: f64,
    /// The most memory that one of them had, in MiB.
    pub(super) peak: u64,
    /// How often a run was started again because the machine, and not an input, took a second.
    pub(super) paused: u64,
    /// The inputs that are kept, and what the slowest of them takes.
    pub(super) kept: usize,
    pub(super) slowest: String,
}

impl Figures {
    /// Adds what a run has told.
    pub(super) fn add(&mut self, told: &str, seconds: f64) {
        self.executed += stat(told, "number_of_executed_units");
        self.peak = self.peak.max(stat(told, "peak_rss_mb"));
        self.seconds += seconds;
    }
}

/// The number behind `stat::name:`; 0 where a run ended before it told.
fn stat(told: &str, name: &str) -> u64 {
    let mut lines = told.lines().filter_map(|line| line.strip_prefix("stat::"));
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executed, seconds, peak, paused, kept, slowest } = self;
        #[expect(clippy::cast_precision_loss, reason = "a rate is told in round numbers")]
        let rate = *executed as f64 / seconds.max(0.001);
        write!(f, "{executed} | {rate:.0} | {seconds:.0} | {kept} | {slowest} | {peak} | {paused}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_added_up() {
        let told = "#8\tDONE   cov: 1\nstat::number_of_executed_units: 1500\n\
                    stat::peak_rss_mb:              41\n";
        let mut figures = Figures::default();
        figures.add(told, 2.0);
        figures.add("stat::number_of_executed_units: 500\nstat::peak_rss_mb: 40", 2.0);
        figures.add("killed", 0.0);
        assert_eq!((figures.executed, figures.peak), (2000, 41));
        assert!(figures.to_string().starts_with("2000 | 500 | 4 |"), "{figures}");
    }
}
