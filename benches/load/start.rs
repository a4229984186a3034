//! From the start of the program to its first durable answer.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::client::Connection;
use crate::delivery::Delivery;
use crate::server::{Server, free_address, gateway};

/// The times of some starts on a ledger that is there already, in milliseconds, from the shortest.
pub async fn measure(
    program: &Path,
    ledger: Option<&str>,
    delivery: &mut Delivery,
    starts: usize,
) -> Result<Vec<f64>> {
    let data = tempfile::tempdir()?;
    // It makes the ledger, and all that is made once.
    let first = Server::gateway_in(program, ledger, data.path(), None).await?;
    Connection::open(first.address).await?.send(delivery.numbered(0)).await?;
    drop(first);
    let mut took = Vec::new();
    for number in 1..=starts {
        let request = delivery.numbered(number as u64).to_vec();
        took.push(once(program, ledger, data.path(), &request).await?);
    }
    took.sort_by(f64::total_cmp);
    Ok(took)
}

async fn once(program: &Path, ledger: Option<&str>, data: &Path, request: &[u8]) -> Result<f64> {
    let address = free_address();
    let mut command = gateway(program, ledger, data, address, None);
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).spawn()?;
    let answered = loop {
        match Connection::open(address).await {
            Ok(mut connection) => break connection.send(request).await.map(|a| a.status),
            Err(error) if began.elapsed() > Duration::from_secs(10) => break Err(error),
            // Nobody listens yet; whoever looks more often takes the time from the other.
            Err(_) => std::thread::sleep(Duration::from_micros(200)),
        }
    };
    let took = began.elapsed().as_secs_f64() * 1000.0;
    child.kill()?;
    child.wait()?;
    match answered {
        Ok(status) => ensure!(status == 200, "the first delivery was answered {status}"),
        Err(error) => bail!("the first delivery was not answered: {error:#}"),
    }
    Ok(took)
}
