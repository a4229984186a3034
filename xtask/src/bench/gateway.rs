//! The gateway, as it is released, under `oasis-load`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Priority;
use super::kept::{Figure, figures};
use super::peers;
use crate::process;
use crate::project::Project;
use crate::provision::{self, CDVIZ_COLLECTOR};

/// The core of the load where the server has one of its own.
const LOAD_CORE: u32 = 1;

/// Runs one of the comparisons of `oasis-load`.
pub(super) fn measure(project: &Project, priority: Priority, part: &str) -> Result<Vec<Figure>> {
    let gateway = gateway(project)?;
    let load = load(project)?;
    let file = project.made("bench-load.json");
    let mut run = priority.program(project, (part == "fanout").then_some(LOAD_CORE));
    run.arg(load).args(["compare", part, "--json"]).arg(&file).arg("--gateway").arg(gateway);
    match part {
        "ingest" => {
            run.arg("--express").arg(peers::express(project)?);
        }
        "fanout" => provision::nchan(project)?,
        "collector" => {
            run.arg("--collector").arg(CDVIZ_COLLECTOR.find_or_install(project)?);
        }
        _ => {}
    }
    process::run(&mut run)?;
    figures(&file)
}

/// The size of the gateway with its default features.
pub(super) fn size(project: &Project) -> Result<Vec<Figure>> {
    let gateway = gateway(project)?;
    let bytes = std::fs::metadata(&gateway).context("there is no gateway")?.len();
    let figure = Figure::new("T14", bytes as f64 / 1e6, "MB, stripped, default features");
    println!("{:.1} {}", figure.seen, figure.detail);
    Ok(vec![figure])
}

fn gateway(project: &Project) -> Result<PathBuf> {
    process::run(project.cargo("build").args(["--release", "--package", "oasis-gateway"]))?;
    Ok(project.made("release").join("oasis-gateway"))
}

/// The load program.
pub(super) fn load(project: &Project) -> Result<PathBuf> {
    let mut build = project.cargo_in("benches", "build");
    process::run(build.args(["--release", "--features", "load", "--bin", "oasis-load"]))?;
    Ok(project.made("release").join("oasis-load"))
}
