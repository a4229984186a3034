//! Others who verify and read GitHub's deliveries, on the same payloads, one after the other on the
//! same core, by CPU time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Priority;
use super::core::CORE;
use super::gateway;
use super::kept::{Figure, Kept};
use crate::process;
use crate::project::Project;
use crate::provision::{self, Venv};

/// Microseconds by payload.
type Times = BTreeMap<String, f64>;

/// Measures each peer that can be installed here.
pub(super) fn measure(project: &Project, priority: Priority) -> Result<Vec<Figure>> {
    let core = Kept::read(project, "core")?.context("first `cargo xtask bench core`")?;
    let own: Times = core
        .figures
        .iter()
        .filter_map(|figure| Some((figure.key.strip_prefix("core.")?.to_owned(), figure.seen)))
        .collect();
    let payloads = project.made("bench-payloads");
    if payloads.exists() {
        std::fs::remove_dir_all(&payloads).context("can't delete the payloads of the last run")?;
    }
    process::run(project.program(gateway::load(project)?).arg("payloads").arg(&payloads))?;

    let run = |key: &str, name: &str, mut peer: Command| -> Result<Figure> {
        let text = process::capture(peer.arg(&payloads))?;
        let figure = beside(&own, &times(&text), key, name)?;
        println!("{key:<14} {:>7.2}   {}", figure.seen, figure.detail);
        Ok(figure)
    };
    let on_core = || priority.program(project, Some(CORE));
    let mut figures = Vec::new();

    let octocrab = "peers/octocrab";
    process::run(project.cargo_in(&format!("benches/{octocrab}"), "build").arg("--release"))?;
    let mut peer = on_core();
    peer.arg(project.made("release").join("oasis-peer-octocrab"));
    figures.push(run("T2.octocrab", "octocrab 0.54.9", peer)?);

    let folder = npm(project, "octokit")?;
    let mut peer = on_core();
    peer.arg("node").arg(folder.join("core.mjs"));
    figures.push(run("T2.octokit", "@octokit/webhooks 14.2.0", peer)?);

    let mut peer = on_core();
    peer.arg(Venv::peers(project)?.program("python"));
    peer.arg(project.root().join("benches/peers/gidgethub_core.py"));
    figures.push(run("T2.gidgethub", "gidgethub 6.0.0", peer)?);

    let mut peer = on_core();
    peer.arg(go(project)?);
    figures.push(run("T2.go-github", "go-github 48, Debian's Go", peer)?);
    Ok(figures)
}

/// A line for each payload: its name, and microseconds.
fn times(text: &str) -> Times {
    text.lines()
        .filter_map(|line| {
            let (name, time) = line.split_once(' ')?;
            Some((name.to_owned(), time.trim().parse().ok()?))
        })
        .collect()
}

/// The geometric mean of how many times longer it takes, over the payloads that it can read.
fn beside(own: &Times, peer: &Times, key: &str, name: &str) -> Result<Figure> {
    let pairs = peer.iter().filter_map(|(payload, time)| Some((own.get(payload)?, time)));
    let ratios: Vec<f64> = pairs.map(|(own, time)| time / own).collect();
    ensure!(!ratios.is_empty(), "{name} read none of the payloads");
    let sum: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    let detail = format!("{name}, {} payloads, {least:.1} to {most:.1} ×", ratios.len());
    Ok(Figure::new(key, (sum / ratios.len() as f64).exp(), detail))
}

/// The Express gateway with what it needs.
pub(super) fn express(project: &Project) -> Result<PathBuf> {
    npm(project, "express")
}

/// A peer for Node, copied below the target directory with its packages.
fn npm(project: &Project, name: &str) -> Result<PathBuf> {
    let from = project.root().join("benches/peers").join(name);
    let to = project.made("bench-peers").join(name);
    std::fs::create_dir_all(&to).context("can't make a folder for a peer")?;
    for entry in std::fs::read_dir(&from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    let quiet = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    process::run(project.program("npm").args(quiet).current_dir(&to))?;
    Ok(to)
}

/// The peer in Go, built with what Debian packages.
fn go(project: &Project) -> Result<PathBuf> {
    provision::go_github(project)?;
    let program = project.made("bench-peers").join("go-github");
    let mut build = project.program("go");
    build
        .args(["build", "-o"])
        .arg(&program)
        .arg(Path::new("main.go"))
        .current_dir(project.root().join("benches/peers/go-github"))
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOFLAGS", "-buildvcs=false");
    process::run(&mut build)?;
    Ok(program)
}
