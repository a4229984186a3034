//! An hour at half of what the gateway can do: nothing grows, nothing slows down, nothing is lost.

use std::mem::take;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at};

use super::audit::{Audit, follow};
use super::crew::{Crew, Told};
use super::vitals::{Vitals, median};
use super::{number, start};
use crate::gateway::data_dir;

/// How much is done.
#[derive(Debug)]
struct Plan {
    /// How many windows there are, and how long each is.
    windows: u32,
    window: Duration,
    /// Deliveries in a second; `None` is half of the peak, which is measured first.
    rate: Option<f64>,
    retention: &'static str,
    /// How much more memory, in KiB, and how many more files may be in use in the last sixth of the
    /// windows than in the second. A process that is as young as the short form's still grows.
    memory: fn(u64) -> u64,
    files: usize,
    /// Below that it is the machine that is measured. `None` where other tests run beside this one.
    p99: Option<Duration>,
}

impl Plan {
    /// `OASIS_SOAK_MINUTES` and `OASIS_SOAK_RATE`; a short and quiet run by default.
    fn read() -> Self {
        match number("OASIS_SOAK_MINUTES") {
            Some(minutes) => Self {
                windows: minutes.max(6) as u32,
                window: Duration::from_secs(60),
                rate: number("OASIS_SOAK_RATE").map(|rate| rate as f64),
                retention: "2m",
                memory: |before| before / 20,
                files: 0,
                p99: Some(Duration::from_millis(50)),
            },
            None => Self {
                windows: 12,
                window: Duration::from_secs(1),
                rate: Some(100.0),
                retention: "4s",
                memory: |_| 16 * 1024,
                files: 16,
                p99: None,
            },
        }
    }
}

/// How many deliver and how many watch.
const CONNECTIONS: usize = 64;
const WATCHERS: usize = 4;
/// How large a body is, in bytes.
const BODY: usize = 8 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_grows_slows_down_or_is_lost_in_a_long_run() {
    let plan = Plan::read();
    let dir = data_dir();
    let gateway = start(dir.path(), plan.retention);
    let audit = Arc::new(Audit::default());
    let watchers: Vec<_> = (0..WATCHERS)
        .map(|watcher| {
            let (at, seen) = watch::channel(0);
            let audit = (watcher == 0).then(|| Arc::clone(&audit));
            (tokio::spawn(follow(gateway.address().to_owned(), audit, at)), seen)
        })
        .collect();
    let crew = Crew::new(gateway.address(), BODY);
    let (tell, mut told) = mpsc::unbounded_channel();
    let time = plan.window * plan.windows;
    let rate = match plan.rate {
        Some(rate) => rate,
        None => {
            let peak = crew.peak(CONNECTIONS, Duration::from_secs(20), &tell).await;
            eprintln!("soak: the peak is {peak:.0} deliveries a second");
            (peak / 2.0).round()
        }
    };
    let note = |told: &Told| {
        let position = told.position();
        position.inspect(|position| audit.told(told.number, *position))
    };
    let mut last = 0;
    while let Ok(told) = told.try_recv() {
        last = last.max(note(&told).unwrap_or_default());
    }
    eprintln!("soak: {rate} deliveries of {BODY} bytes a second for {time:?}");
    let bringing = {
        let crew = Arc::clone(&crew);
        tokio::spawn(async move { crew.at_rate(rate, CONNECTIONS, time, &tell).await })
    };
    eprintln!("{}", Vitals::HEAD);
    let mut table = Vec::new();
    let (mut took, mut refused) = (Vec::new(), 0);
    let mut windows = interval_at(Instant::now() + plan.window, plan.window);
    while table.len() < plan.windows as usize {
        tokio::select! {
            Some(told) = told.recv() => match note(&told) {
                Some(position) => {
                    last = last.max(position);
                    took.push(told.took());
                }
                None => refused += 1,
            },
            _ = windows.tick() => {
                let vitals = Vitals::of(&gateway, dir.path(), &mut took, take(&mut refused));
                took.clear();
                table.push(vitals);
                eprintln!("| {} | {}", table.len(), table[table.len() - 1]);
            }
        }
    }
    while let Some(told) = told.recv().await {
        last = last.max(note(&told).unwrap_or_default());
    }
    bringing.await.unwrap();

    for (following, mut seen) in watchers {
        let all = seen.wait_for(|seen| *seen >= last);
        tokio::time::timeout(Duration::from_secs(30), all).await.unwrap().unwrap();
        assert!(!following.is_finished());
        following.abort();
    }
    let (matched, missing) = audit.matched();
    assert_eq!((matched, missing, audit.untold()), (last, 0, 0), "told and shown");
    let mut next = None;
    gateway
        .each_row(|row| {
            let position = row["position"].as_u64().unwrap();
            assert!(next.is_none_or(|next| next == position), "{position}: dense above the oldest");
            next = Some(position + 1);
        })
        .await;
    assert_eq!(next, Some(last + 1), "up to the last that was acknowledged");
    judge(&plan, &table);
    eprintln!(
        "soak: {matched} acknowledged, each shown in its place to {WATCHERS} who watched; lost 0, \
         doubled 0, out of order 0; nothing grew"
    );
}

/// Compares the last sixth of the windows with the second.
fn judge(plan: &Plan, table: &[Vitals]) {
    let sixth = table.len() / 6;
    let (early, late) = (&table[sixth..2 * sixth], &table[table.len() - sixth..]);
    let resident = |part: &[Vitals]| median(part.iter().map(|vitals| vitals.resident));
    let (before, after) = (resident(early), resident(late));
    let more = (plan.memory)(before);
    assert!(after <= before + more, "memory grew from {before} to {after} KiB");
    let files = |part: &[Vitals]| part.iter().map(|vitals| vitals.descriptors).max().unwrap();
    let (before, after) = (files(early), files(late));
    assert!(after <= before + plan.files, "open files grew from {before} to {after}");
    if let Some(least) = plan.p99 {
        let p99 = |part: &[Vitals]| median(part.iter().map(|vitals| vitals.p99));
        let (before, after) = (p99(early), p99(late));
        let bound = before.mul_f64(1.5).max(least);
        assert!(after <= bound, "p99 went from {before:?} to {after:?}");
    }
    let refused: usize = table.iter().map(|vitals| vitals.refused).sum();
    let all: usize = table.iter().map(|vitals| vitals.acknowledged).sum();
    assert!(
        refused * 1000 <= all,
        "{refused} were refused, {all} acknowledged, at half of the peak"
    );
}
