//! Crash loops: the real binary under load, and `kill -9` of it, of Postgres or of both at moments that
//! a seed decides. Then what the senders were told is compared with what the ledger holds.
//!
//! `cargo xtask chaos` runs the long form, by the variables that [`Plan`] reads.

mod book;
mod follower;
mod machine;
mod sender;

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::sync::{mpsc, watch};

use book::Book;
use machine::{Machine, Store};

/// How much is done.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Decides what is killed and when. A run with the same seed makes the same choices; how far the
    /// senders have come by then is up to the machine.
    seed: u64,
    /// How often something is killed.
    kills: usize,
    deliveries: usize,
}

impl Plan {
    /// `OASIS_CHAOS_SEED`, `OASIS_CHAOS_KILLS` and `OASIS_CHAOS_DELIVERIES`; a short run by default.
    fn read() -> Self {
        let number = |name: &str| {
            let text = std::env::var(name).ok()?;
            Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text:?}")))
        };
        Self {
            seed: number("OASIS_CHAOS_SEED").unwrap_or_else(|| RandomState::new().hash_one("seed")),
            kills: number("OASIS_CHAOS_KILLS").map_or(6, |kills| kills as usize),
            deliveries: number("OASIS_CHAOS_DELIVERIES").map_or(1200, |count| count as usize),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_on_sqlite() {
    run(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_on_postgres() {
    run(Store::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_with_a_spool() {
    run(Store::Spool).await;
}

async fn run(store: Store) {
    let plan = Plan::read();
    eprintln!("chaos: {store:?}, {plan:?} (OASIS_CHAOS_SEED={} makes the same choices)", plan.seed);
    let began = Instant::now();
    let mut rng = Rng::with_seed(plan.seed);
    let mut machine = Machine::start(store).await;

    let (addresses, address) = watch::channel(machine.gateway.url.clone());
    let following = tokio::spawn(follower::follow(address.clone(), plan.deliveries as u64));
    let (tell, mut told) = mpsc::unbounded_channel();
    for sender in 0..sender::COUNT {
        let count = sender::share(plan.deliveries, sender);
        tokio::spawn(sender::send(sender, count, rng.fork(), address.clone(), tell.clone()));
    }
    drop(tell);

    let mut book = Book::default();
    // On the average all of them come before nine tenths of the deliveries.
    let pause = |rng: &mut Rng| 1 + rng.usize(..=plan.deliveries * 9 / 10 / plan.kills.max(1));
    let (mut next, mut left) = (pause(&mut rng), plan.kills);
    while let Some(answer) = told.recv().await {
        book.note(answer);
        next = next.saturating_sub(1);
        if next == 0 && left > 0 {
            left -= 1;
            // In the middle of whatever is under way.
            tokio::time::sleep(Duration::from_micros(rng.u64(..20_000))).await;
            machine.kill(&mut rng);
            addresses.send_replace(machine.gateway.url.clone());
            next = pause(&mut rng);
        }
    }
    assert_eq!(left, 0, "each kill came before the last delivery");
    let followed = following.await.unwrap();
    let rows = book.compare(&machine.gateway).await;
    assert_eq!((followed, rows), (plan.deliveries as u64, plan.deliveries as u64));
    eprintln!(
        "chaos: {store:?}: {} kills of the gateway, {} of Postgres; {} acknowledged ({} from the \
         spool), {} answers lost on the way and asked for again; {rows} rows: lost 0, doubled 0, out of \
         order 0, positions dense, the feed exact; {:.0?}",
        machine.gateway_kills,
        machine.postgres_kills,
        book.acknowledged(),
        book.spooled(),
        book.repeated(),
        began.elapsed()
    );
}
