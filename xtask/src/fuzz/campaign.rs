//! The long form: millions of executions of each target.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::figures::Figures;
use super::libfuzzer::{LibFuzzer, Sanitizer, make};
use crate::process;
use crate::project::Project;

/// What no input may go beyond: a second, and 512 MiB.
const LIMITS: [&str; 2] = ["-timeout=1", "-rss_limit_mb=512"];

/// Each execution costs less where it is not counted how rare what it reached is, nor looked whether
/// it is shorter than what reached the same: what is kept is minimised in the end.
const QUICK: [&str; 2] = ["-entropic=0", "-reduce_inputs=0"];

/// What libFuzzer ends with when an input took too long.
const TOO_LONG: i32 = 70;

/// How much is done with each target.
#[derive(Debug)]
pub(super) struct Campaign {
    pub(super) executions: u64,
    pub(super) most: Option<Duration>,
    /// Longer inputs than these, which make all others wait, are among the seeds and run in the smoke
    /// test.
    pub(super) longest: usize,
}

/// Runs these targets one after the other, each for so many executions or at most this time, and
/// tells the figures. What one of them finds doesn't keep the next from running.
pub(super) fn run(project: &Project, targets: &[String], campaign: &Campaign) -> Result<()> {
    let mut broken = Vec::new();
    let mut table =
        "| target | executions | a second | seconds | kept | slowest kept | peak MiB | \
                     paused |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for target in targets {
        let mut figures = Figures::default();
        if let Err(error) = one(project, target, campaign, &mut figures) {
            println!("{target} FAILED: {error:#}");
            broken.push(target.as_str());
        }
        let row = format!("| {target} | {figures} |\n");
        print!("{row}");
        table.push_str(&row);
    }
    let file = project.made("fuzz.md");
    fs::write(&file, &table).with_context(|| format!("can't write {}", file.display()))?;
    println!("\n{table}");
    ensure!(broken.is_empty(), "something was found by {}", broken.join(", "));
    Ok(())
}

fn one(project: &Project, target: &str, campaign: &Campaign, figures: &mut Figures) -> Result<()> {
    let Campaign { executions, most, longest } = *campaign;
    let fuzzer = LibFuzzer::of(project, target)?;
    let logs = project.made("fuzz-logs");
    make(&logs)?;
    let log = logs.join(format!("{target}.log"));
    let plain = fuzzer.built(Sanitizer::None)?;
    let begun = Instant::now();
    println!("{target}: {executions} executions; what libFuzzer tells is in {}", log.display());
    while figures.executed < executions {
        let left = most.map(|most| most.saturating_sub(begun.elapsed()));
        if left.is_some_and(|left| left.is_zero()) {
            break;
        }
        let more = Campaign { executions: executions - figures.executed, most: left, longest };
        let ended = stretch(&fuzzer, &plain, &log, &more, figures)?;
        if ended.code() == Some(TOO_LONG) && only_paused(&fuzzer, &plain)? {
            figures.paused += 1;
            continue;
        }
        ensure!(ended.success(), "libFuzzer ended with {ended}; see {}", log.display());
    }
    minimise(&fuzzer, &plain, &log)?;
    figures.kept = fs::read_dir(fuzzer.corpus())?.count();
    let slowest = process::capture(fuzzer.example("slowest").arg(fuzzer.corpus()))?;
    slowest.trim().clone_into(&mut figures.slowest);

    let sanitized = fuzzer.built(Sanitizer::Address)?;
    let mut replay = fuzzer.start(&sanitized);
    replay.args(["-runs=0", "-timeout=60"]).arg(fuzzer.corpus()).args(fuzzer.seeds());
    let ended = quietly(&mut replay, &log)?;
    ensure!(ended.success(), "the address sanitizer found something; see {}", log.display());
    Ok(())
}

/// One run of libFuzzer's.
fn stretch(
    fuzzer: &LibFuzzer<'_>,
    plain: &Path,
    log: &Path,
    more: &Campaign,
    figures: &mut Figures,
) -> Result<ExitStatus> {
    let Campaign { executions, most, longest } = more;
    let mut run = fuzzer.start(plain);
    run.arg(fuzzer.corpus()).args(fuzzer.seeds()).args(LIMITS).args(QUICK);
    run.arg("-print_final_stats=1").arg(format!("-runs={executions}"));
    run.arg(format!("-max_len={longest}"));
    if let Some(most) = most {
        run.arg(format!("-max_total_time={}", most.as_secs().max(1)));
    }
    let begun = Instant::now();
    let ended = quietly(&mut run, log)?;
    let told = fs::read(log).context("can't read what libFuzzer told")?;
    figures.add(&String::from_utf8_lossy(&told), begun.elapsed().as_secs_f64());
    Ok(ended)
}

/// Whether what took a second was the machine: libFuzzer goes by the clock, and a process that gets
/// only the time that nobody else wants may stand still for that long. An input that is slow by
/// itself is so each time.
fn only_paused(fuzzer: &LibFuzzer<'_>, plain: &Path) -> Result<bool> {
    for slow in found(fuzzer, "timeout-")? {
        let again = || {
            let mut again = fuzzer.start(plain);
            again.args(LIMITS).arg(&slow).stdout(Stdio::null()).stderr(Stdio::null());
            again.status().is_ok_and(|ended| ended.success())
        };
        if !(0..5).any(|_| again()) {
            bail!("{} takes more than a second", slow.display());
        }
        fs::remove_file(&slow).context("can't delete what was no finding")?;
    }
    Ok(true)
}

fn found(fuzzer: &LibFuzzer<'_>, prefix: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(fuzzer.findings()).context("can't list what was found")?;
    let files = entries.flatten().map(|entry| entry.path());
    Ok(files
        .filter(|file| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
        })
        .collect())
}

/// Keeps the smallest inputs that reach what all of them reach.
fn minimise(fuzzer: &LibFuzzer<'_>, plain: &Path, log: &Path) -> Result<()> {
    let (corpus, smaller) = (fuzzer.corpus(), fuzzer.corpus().with_extension("smaller"));
    if smaller.exists() {
        fs::remove_dir_all(&smaller).context("can't delete what an earlier run left")?;
    }
    make(&smaller)?;
    let mut merge = fuzzer.start(plain);
    merge.args(["-merge=1", "-timeout=60"]).arg(&smaller).arg(&corpus).args(fuzzer.seeds());
    let ended = quietly(&mut merge, &log.with_extension("merge.log"))?;
    ensure!(ended.success(), "libFuzzer could not minimise: {ended}");
    fs::remove_dir_all(&corpus).context("can't replace the corpus")?;
    fs::rename(&smaller, &corpus).context("can't replace the corpus")
}

/// Runs a program that has much to tell; it goes into a file.
fn quietly(command: &mut std::process::Command, log: &Path) -> Result<ExitStatus> {
    let file = File::create(log).with_context(|| format!("can't make {}", log.display()))?;
    command.stdout(file.try_clone()?).stderr(file);
    command.status().context("can't start the target's program")
}
