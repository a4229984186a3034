//! How far long work is: a bar where a terminal watches, a line now and then elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a line is said.
const PAUSE: Duration = Duration::from_secs(5);

/// Long work, from a number to a number.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    end: u64,
    said: Instant,
}

impl Progress {
    /// `what` is in front of the numbers: `exported up to position`.
    pub(crate) fn new(what: &'static str, start: u64, end: u64) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(end).with_position(start);
            let style = ProgressStyle::with_template("{msg} {pos} of {len} {wide_bar} {eta}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_message(what)
        });
        Self { bar, what, end, said: Instant::now() }
    }

    /// The work is this far.
    pub(crate) fn reached(&mut self, at: u64) {
        match &self.bar {
            Some(bar) => bar.set_position(at),
            None if self.said.elapsed() >= PAUSE => {
                tracing::info!("{} {at} of {}", self.what, self.end);
                self.said = Instant::now();
            }
            None => {}
        }
    }

    /// It is done, or it ends; the bar goes.
    pub(crate) fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
