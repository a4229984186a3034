//! Reads a folder of payloads `NAME.EVENT.json`, verifies and reads each with octocrab again and again,
//! and prints a line `NAME MICROSECONDS` of CPU time, the median of some rounds.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use octocrab::models::webhook_events::WebhookEvent;
use rustix::time::{ClockId, clock_gettime};
use sha2::Sha256;

const SECRET: &[u8] = b"It's a Secret to Everybody";
const ROUNDS: usize = 30;
const ROUND: Duration = Duration::from_millis(10);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder of payloads?")?;
    let mut files: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|f| f.path()).collect();
    files.sort();
    let keyed = Hmac::<Sha256>::new_from_slice(SECRET)?;
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("an odd name")?;
        let Some((name, event)) = name.split_once('.') else { continue };
        let body = std::fs::read(Path::new(&file))?;
        let signature = keyed.clone().chain_update(&body).finalize().into_bytes();
        let once = || {
            let mac = keyed.clone().chain_update(black_box(&body));
            mac.verify_slice(&signature).is_ok()
                && WebhookEvent::try_from_header_and_body(event, black_box(&body)).is_ok()
        };
        if once() {
            println!("{name} {:.2}", median(once).as_secs_f64() * 1e6);
        }
    }
    Ok(())
}

fn median(once: impl Fn() -> bool) -> Duration {
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        let (start, mut times) = (now(), 0);
        while now().saturating_sub(start) < ROUND {
            black_box(once());
            times += 1;
        }
        taken.push(now().saturating_sub(start) / times);
    }
    taken.sort();
    taken[ROUNDS / 2]
}

fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}
