//! Many clients of one gateway's feed: each gets every event in order, also beside some that are
//! stuck, and one that is idle costs little.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{MissedTickBehavior, interval};

use crate::gateway::{Gateway, command, data_dir};

/// How many clients read, and how many events they get.
struct Load {
    clients: usize,
    events: u64,
}

/// The long form is the one that is promised; it wants an optimised build (`--release`).
fn load() -> Load {
    let long = std::env::var_os("OASIS_TEST_LONG").is_some_and(|long| long == "1");
    if long { Load { clients: 1000, events: 1000 } } else { Load { clients: 100, events: 200 } }
}

/// As many open files as the system lets this process have, and the gateway that it starts.
pub(crate) fn raise_open_files(needed: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < needed) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum }).unwrap();
    }
}

/// A client with so small a buffer that it is full soon.
async fn open(gateway: &Gateway) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(gateway.address().parse().unwrap()).await.unwrap();
    let request = "GET /api/v1/devhub/feed?last_event_id=0 HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
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

/// The memory of the gateway that is in use, in KiB.
fn resident(gateway: &Gateway) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", gateway.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_gets_every_event_in_order_beside_ten_that_are_stuck() {
    let load = load();
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

    let before = resident(&gateway);
    let mut clients = vec![first];
    while clients.len() <= load.clients {
        let mut client = BufReader::with_capacity(1024, open(&gateway).await);
        follow(&mut client, 0, 1).await;
        clients.push(client);
    }
    let each = (resident(&gateway) - before) as f64 / load.clients as f64;
    println!("{} idle clients, {each:.1} KiB each", load.clients);
    assert!(each < 20.0, "an idle client costs {each:.1} KiB");

    let mut stuck = Vec::new();
    for _ in 0..10 {
        stuck.push(open(&gateway).await);
    }
    let started = std::time::Instant::now();
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
