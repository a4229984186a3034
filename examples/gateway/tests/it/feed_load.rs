//! Many clients of one gateway's feed: each gets every event in order, also beside some that are
//! stuck, and one that is idle costs little.

use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::gateway::{Gateway, command, data_dir};
use crate::heavy::memory;
use crate::siege::long;

/// How many clients read, and how many events they get.
struct Load {
    clients: usize,
    events: u64,
}

/// The long form is the one that is promised; it wants an optimised build (`--release`).
fn load(short: Load, promised: Load) -> Load {
    if long() { promised } else { short }
}

/// As many open files as the system lets this process have, and the gateway that it starts: other
/// tests of this process have theirs at the same time.
pub(crate) fn raise_open_files(needed: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let most = maximum.unwrap_or(1 << 20);
    assert!(most >= needed, "{needed} open files are needed, and {most} allowed");
    if current.is_some_and(|current| current < most) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum }).unwrap();
    }
}

const FROM_THE_START: &[u8] =
    b"GET /api/v1/devhub/feed?last_event_id=0 HTTP/1.1\r\nHost: x\r\n\r\n";

/// A client with so small a buffer that it is full soon.
pub(crate) async fn open(gateway: &Gateway) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(gateway.address().parse().unwrap()).await.unwrap();
    stream.write_all(FROM_THE_START).await.unwrap();
    stream
}

/// Reads up to this event; each id must be the one after the last.
async fn follow(stream: &mut BufReader<TcpStream>, from: u64, to: u64) {
    let mut last = from;
    let mut line = String::new();
    while last < to {
        line.clear();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the feed ended after {last}");
        if let Some(id) = line.strip_prefix("id: ") {
            assert_eq!(id.trim().parse::<u64>().unwrap(), last + 1);
            last += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_gets_every_event_in_order_beside_ten_that_are_stuck() {
    let load = load(Load { clients: 100, events: 200 }, Load { clients: 1000, events: 1000 });
    raise_open_files(2 * load.clients as u64 + 200);
    let dir = data_dir();
    let mut command = command(dir.path());
    let gateway = Gateway::spawn(command.env("OASIS_RATE_LIMIT", "off").args([
        "--listen",
        "127.0.0.1:0",
        "--log-format",
        "json",
    ]));
    gateway.push("d-0").await;
    // What the first one starts is not of the clients after it.
    let mut first = BufReader::with_capacity(1024, open(&gateway).await);
    follow(&mut first, 0, 1).await;

    let before = memory(&gateway, "VmRSS");
    let mut clients = vec![first];
    while clients.len() <= load.clients {
        let mut client = BufReader::with_capacity(1024, open(&gateway).await);
        follow(&mut client, 0, 1).await;
        clients.push(client);
    }
    let each = (memory(&gateway, "VmRSS") - before) as f64 / load.clients as f64;
    println!("{} idle clients, {each:.1} KiB each", load.clients);
    assert!(each < 20.0, "an idle client costs {each:.1} KiB");

    let mut stuck = Vec::new();
    for _ in 0..10 {
        stuck.push(open(&gateway).await);
    }
    let started = Instant::now();
    let last = load.events + 1;
    let following = clients
        .into_iter()
        .map(|mut client| tokio::spawn(async move { follow(&mut client, 1, last).await }));
    let following: Vec<_> = following.collect();
    let mut pace = interval(Duration::from_millis(10));
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for n in 1..=load.events {
        pace.tick().await;
        gateway.push(&format!("d-{n}")).await;
    }
    let brought = started.elapsed();
    let count = following.len() as u64;
    for client in following {
        client.await.unwrap();
    }
    println!(
        "{} events brought in {brought:.1?}; {count} clients had all {} of them in order after {:.1?}",
        load.events,
        count * load.events,
        started.elapsed()
    );
    drop(stuck);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_a_storm_of_clients_behind_a_long_history() {
    let load = load(Load { clients: 50, events: 500 }, Load { clients: 1000, events: 10_000 });
    raise_open_files(2 * load.clients as u64 + 200);
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    for n in 1..=load.events {
        gateway.push(&format!("d-{n}")).await;
    }
    // What a process keeps of the newest events goes with it, so that all clients are behind.
    gateway.kill();
    let mut command = command(dir.path());
    command.env("OASIS_RATE_LIMIT", "off").args(["--listen", "127.0.0.1:0"]);
    let gateway = Gateway::spawn(command.args(["--log-format", "json"]));
    let quiet = took(&gateway, "quiet", 100).await;

    let before = memory(&gateway, "VmRSS");
    let started = Instant::now();
    let last = load.events + 100;
    // On a thread of their own, as they are on machines of their own: a delivery doesn't queue for it.
    let crowd = Builder::new_multi_thread().worker_threads(1).enable_io().build().unwrap();
    let mut storm = JoinSet::new();
    for _ in 0..load.clients {
        let address = gateway.address().to_owned();
        let client = async move {
            let stream = TcpStream::connect(address).await.unwrap();
            let mut client = BufReader::with_capacity(64 * 1024, stream);
            client.write_all(FROM_THE_START).await.unwrap();
            follow(&mut client, 0, last).await;
        };
        storm.spawn_on(client, crowd.handle());
    }
    let meanwhile = took(&gateway, "meanwhile", 100).await;
    while let Some(client) = storm.join_next().await {
        client.unwrap();
    }
    crowd.shutdown_background();
    let (lasted, grown) = (started.elapsed(), memory(&gateway, "VmHWM").saturating_sub(before));
    println!(
        "{} clients had {last} events each, in order, after {lasted:.1?}; {} MiB more; \
         deliveries p50 {:.1?}, p99 {:.1?} before it and {:.1?}, {:.1?} meanwhile",
        load.clients,
        grown / 1024,
        quiet[50],
        quiet[98],
        meanwhile[50],
        meanwhile[98],
    );
    assert!(lasted < Duration::from_secs(60), "{lasted:?}");
    // What all share is kept once: the newest 16 MiB of events.
    assert!(grown < 64 * load.clients as u64 + 32 * 1024, "{grown} KiB");
}

/// How long so many deliveries took, fifty a second, from the shortest on.
async fn took(gateway: &Gateway, name: &str, count: usize) -> Vec<Duration> {
    let mut pace = interval(Duration::from_millis(20));
    let mut took = Vec::new();
    for n in 0..count {
        pace.tick().await;
        let asked = Instant::now();
        gateway.push(&format!("{name}-{n}")).await;
        took.push(asked.elapsed());
    }
    took.sort();
    took
}
