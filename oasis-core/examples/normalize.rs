//! Explains payloads that lie on a disk: one line for each on standard input, tab-separated, and
//! one event as JSON on standard output.
//!
//! ```sh
//! printf 'github\tpush\t72d3162e\t019a2fd6-d600-7707-8707-070707070707\tpush.json\n' |
//!     cargo run -p oasis-core --example normalize
//! ```
//!
//! The columns are `github` or `gcp`, the event's name, the delivery's id, the id of the event
//! that is to be made, which holds the time of receipt, and the file of the body.

use std::error::Error;
use std::io::{BufRead, Write};

use oasis_core::verify::{GcpHeaders, danger};
use oasis_core::{Arrival, Event, EventId, Normalizer, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let normalizer = Normalizer::default();
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let columns: Vec<&str> = line.split('\t').collect();
        let [source, kind, delivery, id, file] = columns.as_slice() else {
            return Err(format!("five columns are needed: {line}").into());
        };
        let body = std::fs::read(file)?;
        let arrival = arrival(id.parse()?)?;
        let event: Event = match *source {
            "github" => normalizer.github(&danger::trust_github(kind, delivery, &body), arrival),
            "gcp" => normalizer.gcp(&danger::trust_gcp(&GcpHeaders::default(), &body), arrival),
            other => return Err(format!("neither github nor gcp: {other}").into()),
        };
        writeln!(output, "{}", serde_json::to_string(&event)?)?;
    }
    Ok(())
}

/// The arrival that this id was made of: six bytes of time, ten of randomness.
fn arrival(id: EventId) -> Result<Arrival, Box<dyn Error>> {
    let (time, entropy) = id
        .to_bytes()
        .split_first_chunk()
        .map(|(t, e): (&[u8; 6], _)| (*t, e.to_vec()))
        .ok_or("no id")?;
    let millis = time.iter().fold(0, |sum, byte| sum << 8 | i64::from(*byte));
    let entropy = entropy.try_into().map_err(|_| "no id")?;
    Ok(Arrival::new(Timestamp::from_unix_millis(millis), entropy))
}
