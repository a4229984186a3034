//! A process that appends, is killed with `kill -9`, and is started again, many times.

use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use oasis_core::{EventFilter, EventStore, EventStoreExt, GroupCommit, Position, Query};

use crate::event;

/// Where the process finds the ledger, and from which event it goes on; only a test sets them.
const LEDGER: &str = "OASIS_TEST_KILLED_LEDGER";
const FROM: &str = "OASIS_TEST_KILLED_FROM";
const WRITERS: u64 = 8;
/// How many acknowledgements come before each kill; it differs, so that the moments do. With none
/// it is killed while it opens the ledger, which has no tables the first time.
const BETWEEN: [usize; 7] = [0, 90, 10, 0, 150, 40, 70];

/// The ledger to append to, where this is the process that will be killed.
pub(crate) fn ledger() -> Option<String> {
    env::var(LEDGER).ok()
}

/// Tells that the ledger is about to be opened, which may be the last that is heard.
pub(crate) fn opening() {
    eprintln!("opening");
}

/// What the process does until it is killed.
pub(crate) async fn append_for_ever(store: impl EventStore + 'static) {
    let from: u64 = env::var(FROM).unwrap().parse().unwrap();
    let store = Arc::new(GroupCommit::new(Arc::new(store)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in (from + writer..).step_by(WRITERS as usize) {
                    let position = store.append_one(event(n)).await.unwrap().recorded.position;
                    // In one write, which death can't cut.
                    let line = format!("acknowledged {n} {position}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// Starts the test of this name as that process and kills it, so many times; what it was
/// acknowledged, each event with its position. Whatever was not is brought again by the next one.
pub(crate) fn kill_and_restart(
    test: &str,
    ledger: impl AsRef<OsStr>,
    kills: usize,
) -> HashMap<u64, Position> {
    let mut told = HashMap::new();
    for between in BETWEEN.into_iter().cycle().take(kills) {
        let from = (0..).find(|n| !told.contains_key(n)).unwrap();
        let mut process = Command::new(env::current_exe().unwrap());
        process.args(["--exact", test, "--nocapture"]).env(LEDGER, ledger.as_ref());
        process.env(FROM, from.to_string()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = process.spawn().unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        assert_eq!(said.next().unwrap().unwrap(), "opening");
        let mut heard = 0;
        loop {
            if heard == between {
                process.kill().unwrap();
            }
            // What it said before it died counts.
            let Some(line) = said.next() else { break };
            let line = line.unwrap();
            let numbers = line.strip_prefix("acknowledged ").and_then(|rest| rest.split_once(' '));
            let Some((n, position)) = numbers else { panic!("the process failed: {line}") };
            let position = position.parse().ok().and_then(Position::new);
            let (n, position) = (n.parse().unwrap(), position.unwrap());
            assert_eq!(*told.entry(n).or_insert(position), position, "the first row for ever");
            heard += 1;
        }
        assert!(!process.wait().unwrap().success());
    }
    told
}

/// Each event that was acknowledged is in the ledger, where it was said to be; none is there twice;
/// positions are dense.
pub(crate) async fn nothing_is_lost(store: &impl EventStore, told: &HashMap<u64, Position>) {
    let mut there = HashMap::new();
    let mut after = None;
    loop {
        let rows = store.read_after(after, Query::MAX_LIMIT).await.unwrap();
        let Some(last) = rows.last() else { break };
        let next = after.map_or(1, |after: Position| after.get() + 1);
        assert!(rows.iter().map(|row| row.position.get()).eq(next..=last.position.get()), "dense");
        after = Some(last.position);
        for row in rows {
            let delivery = row.event.delivery_id.unwrap();
            assert_eq!(there.insert(delivery, row.position), None, "a delivery is there twice");
        }
    }
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), there.len() as u64);
    for (n, position) in told {
        assert_eq!(there.get(&n.to_string()), Some(position), "{n} was acknowledged");
    }
    eprintln!("{} acknowledged, {} rows, none lost, none twice", told.len(), there.len());
}
