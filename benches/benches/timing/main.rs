//! What the time of a delivery tells a stranger, and what a stranger can make it cost.
//!
//! A program and no test: on a busy machine it may say nothing, and it takes some seconds.

mod signature;
mod titles;

use std::process::ExitCode;

fn main() -> ExitCode {
    let judged = [signature::judge(), titles::judge()];
    for fault in judged.iter().filter_map(|judged| judged.as_ref().err()) {
        eprintln!("{fault}");
    }
    ExitCode::from(u8::from(judged.iter().any(Result::is_err)))
}
