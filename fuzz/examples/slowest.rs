//! Says what the slowest input of a folder takes, the best of three times: `slowest TARGET FOLDER`.

use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(target), Some(folder)) = (args.next(), args.next()) else {
        return Err("usage: slowest TARGET FOLDER".into());
    };
    let (_, run) = oasis_fuzz::TARGETS
        .into_iter()
        .find(|(name, _)| *name == target)
        .ok_or_else(|| format!("there is no target {target}"))?;
    let mut slowest = Duration::ZERO;
    for file in std::fs::read_dir(folder)? {
        let input = std::fs::read(file?.path())?;
        let once = |_| {
            let begun = Instant::now();
            run(&input);
            begun.elapsed()
        };
        slowest = slowest.max((0..3).map(once).min().unwrap_or_default());
    }
    println!("{:.1} ms", slowest.as_secs_f64() * 1000.0);
    Ok(())
}
