//! All at once that takes memory, beside a gateway that may have 512 MiB.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio::task::JoinSet;

use super::endless::pouring;
use super::{Siege, long};
use crate::feed_load::{open, raise_open_files};
use crate::gateway::{Gateway, command, data_dir};
use crate::heavy::memory;

/// What the gateway may have, in bytes: of its own data, to which the files that it reads don't count.
const LIMIT: u64 = 512 << 20;

/// How many feeds are open that nobody reads, and how many bring GitHub's largest bodies and read long
/// pages, one after the other.
const STUCK: usize = 200;
const BUSY: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f18_a_limit_of_memory() {
    let siege = if long() {
        Siege { strangers: 256, lasts: Duration::from_secs(600), slow: Duration::from_secs(1) }
    } else {
        Siege { strangers: 32, lasts: Duration::from_secs(3), slow: Duration::from_secs(5) }
    };
    raise_open_files(2048);
    let dir = data_dir();
    let mut command = command(dir.path());
    command.env("OASIS_RATE_LIMIT", "off").args(["--listen", "127.0.0.1:0"]);
    let gateway = Arc::new(Gateway::spawn(command.args(["--log-format", "json"])));
    let process = Pid::from_raw(i32::try_from(gateway.pid()).unwrap());
    let limit = Rlimit { current: Some(LIMIT), maximum: Some(LIMIT) };
    prlimit(process, Resource::Data, limit).unwrap();
    gateway.push("d-first").await;

    let mut stuck = Vec::new();
    for _ in 0..STUCK {
        stuck.push(open(&gateway).await);
    }
    let until = Instant::now() + siege.lasts;
    let strangers = pouring_in_turns(siege, gateway.address());
    let busy = (0..BUSY).map(|n| keep_busy(Arc::clone(&gateway), n, until)).collect::<JoinSet<_>>();
    let took = siege.deliver(&gateway).await;
    let taken: usize = busy.join_all().await.into_iter().sum();
    let poured = strangers.join().unwrap();
    drop(stuck);

    let limits = std::fs::read_to_string(format!("/proc/{}/limits", gateway.pid())).unwrap();
    let data = limits.lines().find(|line| line.starts_with("Max data size")).unwrap();
    assert!(data.contains(&LIMIT.to_string()), "{data}");
    let most = memory(&gateway, "VmHWM") / 1024;
    let more = format!(
        "{} MiB poured, {taken} bodies of 25 MiB taken, memory at most {most} MiB of {}",
        poured >> 20,
        LIMIT >> 20
    );
    siege.judge("a limit of memory", &took, &more);
    assert!(poured > 1 << 28, "{more}");
    // Bodies have 128 of it, and as much again while one is read.
    assert!(most <= 320, "{more}");
}

/// They come for some seconds and stay away for one, in which what is large and genuine gets through.
fn pouring_in_turns(siege: Siege, address: &str) -> JoinHandle<u64> {
    let until = Instant::now() + siege.lasts;
    let round = Siege { lasts: (siege.lasts / 3).min(Duration::from_secs(5)), ..siege };
    let address = address.to_owned();
    std::thread::spawn(move || {
        let mut poured = 0;
        while Instant::now() < until {
            poured += pouring(round, &address).join().unwrap();
            std::thread::sleep(Duration::from_secs(1));
        }
        poured
    })
}

/// Brings a body of 25 MiB and reads a thousand rows, again and again, and until one of the bodies was
/// taken; how many were. The others were refused for now.
async fn keep_busy(gateway: Arc<Gateway>, name: usize, until: Instant) -> usize {
    // A client of its own: who is refused before the body was read may learn of it by a connection that
    // ends, on which nothing else should come.
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let body = format!(r#"{{"ref":"{}"}}"#, "x".repeat((25 << 20) - 10)).into_bytes();
    let signature = gateway.sign(&body);
    let (mut taken, mut brought) = (0, 0);
    while taken == 0 || Instant::now() < until {
        assert!(Instant::now() < until + Duration::from_secs(60), "no large body is taken");
        let request = client
            .post(format!("{}/webhooks/github", gateway.url))
            .header("x-github-event", "push")
            .header("x-github-delivery", format!("heavy-{name}-{brought}"))
            .header("x-hub-signature-256", &signature);
        if let Ok(answer) = request.body(body.clone()).send().await {
            assert!([200, 503].contains(&answer.status().as_u16()), "{answer:?}");
            taken += usize::from(answer.status() == 200);
        }
        brought += 1;
        gateway.get_json("/events?limit=1000").await;
    }
    taken
}
