//! Four times as much as can be taken: what is taken is as fast as before, the rest is told at once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::watch;

use super::audit::{Audit, follow};
use super::crew::{Crew, Told};
use super::vitals::quantiles;
use super::{number, start};
use crate::feed_load::raise_open_files;
use crate::gateway::data_dir;

/// How long is measured, how long too much comes, how long it is looked whether that is over.
#[derive(Debug)]
struct Plan {
    peak: Duration,
    rush: Duration,
    after: Duration,
    /// Whether it is judged how long answers took: not where other tests run beside this one.
    timed: bool,
}

impl Plan {
    /// `OASIS_OVERLOAD_SECONDS`; a short run by default.
    fn read() -> Self {
        let seconds = Duration::from_secs;
        match number("OASIS_OVERLOAD_SECONDS") {
            Some(rush) => {
                Self { peak: seconds(10), rush: seconds(rush), after: seconds(15), timed: true }
            }
            None => Self { peak: seconds(2), rush: seconds(5), after: seconds(6), timed: false },
        }
    }
}

/// How many connections there are at the peak, and in the rush.
const CALM: usize = 64;
const RUSH: usize = 2000;
const BODY: usize = 8 * 1024;
/// For how long the gateway takes all that comes.
const BURST: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_times_the_peak_is_taken_in_part_and_refused_at_once_in_part() {
    let plan = Plan::read();
    raise_open_files(RUSH as u64 + 200);
    let dir = data_dir();
    let gateway = start(dir.path(), "1h");
    let audit = Arc::new(Audit::default());
    let (at, mut seen) = watch::channel(0);
    tokio::spawn(follow(gateway.address().to_owned(), Some(Arc::clone(&audit)), at));
    let crew = Crew::new(gateway.address(), BODY);
    let (tell, mut told) = mpsc::unbounded_channel();

    let peak = crew.peak(CALM, plan.peak, &tell).await;
    let calm = Answers::gather(&mut told, &audit, Duration::ZERO);
    eprintln!("overload: the peak is {peak:.0} deliveries a second; {calm}");
    assert_eq!(calm.refused(), 0);

    crew.at_rate(4.0 * peak, RUSH, plan.rush, &tell).await;
    let rush = Answers::gather(&mut told, &audit, BURST + Duration::from_secs(1));
    eprintln!(
        "overload: at {:.0} a second for {:?}, after the burst: {rush}",
        4.0 * peak,
        plan.rush
    );

    crew.at_rate(peak / 2.0, CALM, plan.after, &tell).await;
    let after = Answers::gather(&mut told, &audit, Duration::from_secs(5));
    eprintln!("overload: five seconds later, at half of the peak: {after}");

    assert_eq!(after.refused(), 0, "it is over: {after}");
    if plan.timed {
        assert!(rush.refused() > 0, "it was too much");
        let soon = Duration::from_millis(250);
        assert!(rush.accepted.p99 <= soon && rush.refused.p99 <= soon, "at once: {rush}");
        // Who comes too early is looked at after a rest, of a second at most.
        assert!(rush.early.p99 <= soon + Duration::from_secs(1), "{rush}");
        let rate = rush.rate();
        assert!(rate >= peak / 2.0, "{rate:.0} a second are taken of {peak:.0}");
        assert!(after.accepted.p99 <= 2 * calm.accepted.p99, "as fast as before: {after}");
    }

    let last = [&calm, &rush, &after].iter().map(|answers| answers.last).max().unwrap();
    let all = seen.wait_for(|seen| *seen >= last);
    tokio::time::timeout(Duration::from_secs(60), all).await.unwrap().unwrap();
    let (matched, missing) = audit.matched();
    assert_eq!((matched, missing, audit.untold()), (last, 0, 0), "told and shown");
    eprintln!("overload: {matched} acknowledged, each shown in its place; lost 0, doubled 0");
}

/// What a time of load was answered.
#[derive(Debug, Default)]
struct Answers {
    taken: usize,
    /// Of who was not told just before to come later.
    accepted: Times,
    refused: Times,
    /// Of who was, and came again at once.
    early: Times,
    /// The newest position that was told.
    last: u64,
    /// From the first to the last of those that count.
    lasted: Duration,
}

#[derive(Debug, Default)]
struct Times {
    times: Vec<Duration>,
    p50: Duration,
    p99: Duration,
    worst: Duration,
}

impl Answers {
    /// All that there are by now; those count that were sent later than this after the first.
    fn gather(told: &mut UnboundedReceiver<Told>, audit: &Audit, later: Duration) -> Self {
        let (mut answers, mut first) = (Self::default(), None);
        while let Ok(told) = told.try_recv() {
            let position = told.position();
            if let Some(position) = position {
                audit.told(told.number, position);
                answers.last = answers.last.max(position);
            }
            let counts = *first.get_or_insert(told.sent) + later;
            if told.sent >= counts {
                answers.lasted = answers.lasted.max(told.sent - counts);
                let answers = &mut answers;
                answers.taken += usize::from(position.is_some());
                let times = match position {
                    _ if told.early => &mut answers.early,
                    Some(_) => &mut answers.accepted,
                    None => &mut answers.refused,
                };
                times.times.push(told.served());
            }
        }
        for times in [&mut answers.accepted, &mut answers.refused, &mut answers.early] {
            (times.p50, times.p99, times.worst) = quantiles(&mut times.times);
        }
        answers
    }

    fn refused(&self) -> usize {
        let all = [&self.accepted, &self.refused, &self.early];
        all.into_iter().map(|times| times.times.len()).sum::<usize>() - self.taken
    }

    /// How many were taken in a second.
    fn rate(&self) -> f64 {
        self.taken as f64 / self.lasted.as_secs_f64()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { taken, accepted, refused, early, .. } = self;
        let rate = self.rate();
        write!(
            f,
            "{taken} taken, {rate:.0} a second; {accepted} at once, {refused} refused at once"
        )?;
        write!(f, ", {early} came again though they were told to come later")
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, p50, p99, worst) = (self.times.len(), self.p50, self.p99, self.worst);
        write!(f, "{count} (p50 {p50:.1?}, p99 {p99:.1?}, worst {worst:.1?})")
    }
}
