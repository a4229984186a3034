//! Signed bodies as large as GitHub sends them, of shapes that cost most to read.

use std::time::Instant;

use anyhow::{Result, ensure};
use oasis_benches::Payload;

use crate::client::Connection;
use crate::delivery::Delivery;
use crate::server::Server;

/// GitHub's own limit.
const SIZE: usize = 25 * 1024 * 1024;

/// The slowest shape: its name, how long it took in milliseconds, and the most memory that one needed,
/// as a multiple of its size.
pub async fn measure(gateway: &Server) -> Result<(&'static str, f64, f64)> {
    let mut connection = Connection::open(gateway.address).await?;
    // What the first one starts is not of those that are looked at.
    let small = Payload { name: "small", event: "push", body: b"{}".to_vec() };
    connection.send(Delivery::new(&small).numbered(1_000)).await?;
    let before = gateway.process().resident()?;
    let mut slowest = ("", 0.0_f64);
    for (number, (name, body)) in (0..).zip(shapes()) {
        let mut delivery = Delivery::new(&Payload { name, event: "push", body });
        let request = delivery.numbered(number);
        let began = Instant::now();
        let status = connection.send(request).await?.status;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        ensure!(status == 200, "{name} was answered {status}");
        if took > slowest.1 {
            slowest = (name, took);
        }
    }
    let grown = (gateway.process().peak()? - before) as f64 * 1024.0 / SIZE as f64;
    Ok((slowest.0, slowest.1, grown))
}

fn shapes() -> [(&'static str, Vec<u8>); 8] {
    let filled = |start: &str, one: &str, end: &str| {
        let times = (SIZE - start.len() - end.len()) / one.len();
        format!("{start}{}{end}", one.repeat(times)).into_bytes()
    };
    let deep = |open: &str, close: &str| {
        let times = SIZE / (open.len() + close.len());
        format!("{}{}", open.repeat(times), close.repeat(times)).into_bytes()
    };
    let commit = r#",{"message":"DEV-CICDL-0031: say \"why\"","id":"1"}"#;
    [
        ("commits", filled(r#"{"commits":[{}"#, commit, "]}")),
        ("tiny objects", filled(r#"{"commits":[{}"#, ",{}", "]}")),
        ("numbers", filled(r#"{"a":[1"#, ",1", "]}")),
        ("members", filled(r#"{"a":1"#, r#","a":1"#, "}")),
        ("one text", filled(r#"{"ref":""#, "x", r#""}"#)),
        ("escapes", filled(r#"{"ref":""#, r"\u0041", r#""}"#)),
        ("arrays", deep("[", "]")),
        ("objects", deep(r#"{"a":"#, "}")),
    ]
}
