//! Writes what real payloads give for a target into a folder, for libFuzzer to start from:
//! `real_seeds TARGET FOLDER`. Says so where there are none.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(target), Some(folder)) = (args.next(), args.next()) else {
        return Err("usage: real_seeds TARGET FOLDER".into());
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    match oasis_fuzz::corpus() {
        Err(missing) => println!("no real payloads among the seeds: {missing}"),
        Ok(corpus) => {
            let seeds = oasis_fuzz::real_seeds(&corpus, &target);
            println!("{} seeds of real payloads", seeds.len());
            for (number, seed) in seeds.iter().enumerate() {
                std::fs::write(folder.join(number.to_string()), seed)?;
            }
        }
    }
    Ok(())
}
