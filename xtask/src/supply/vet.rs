//! Who vouches for a dependency: the record below `supply-chain/`, in the form of cargo-vet.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process;
use crate::project::Project;
use crate::provision::CARGO_VET;

/// Asks cargo-vet, without the network.
pub(crate) fn run(project: &Project) -> Result<()> {
    CARGO_VET.find_or_install(project)?;
    // It wants to be called by cargo, so it must be where cargo looks.
    let tools = project.made("tools").join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(tools).chain(std::env::split_paths(&path));
    let paths = std::env::join_paths(paths).context("a folder of PATH has a colon")?;
    process::run(project.program("cargo").env("PATH", paths).args(["vet", "--locked"]))
}

/// Is each dependency that is locked in the record, in that version? The same question in a moment
/// and without a tool, for each change.
pub(crate) fn locked(project: &Project) -> Result<()> {
    let read = |file: &str| {
        let text = std::fs::read_to_string(project.root().join(file));
        text.with_context(|| format!("can't read {file}"))
    };
    let lock: Lock = toml::from_str(&read("Cargo.lock")?).context("Cargo.lock is no TOML")?;
    let mut known = BTreeSet::new();
    for file in ["supply-chain/config.toml", "supply-chain/audits.toml"] {
        let record: Record = toml::from_str(&read(file)?).with_context(|| file.to_owned())?;
        for (name, entries) in record.exemptions.into_iter().chain(record.audits) {
            known.extend(entries.into_iter().filter_map(|one| Some((name.clone(), one.version?))));
        }
    }
    let foreign = lock.package.into_iter().filter(|package| package.source.is_some());
    let missing: Vec<_> = foreign
        .map(|package| (package.name, package.version))
        .filter(|package| !known.contains(package))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    ensure!(
        missing.is_empty(),
        "nobody vouches for {}; read what changed, then `cargo vet certify` or `cargo vet add-exemption` \
         (`cargo vet regenerate exemptions` takes all as they are)",
        missing.join(", ")
    );
    println!("{} dependencies are in supply-chain/, each in its version", known.len());
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(default)]
    exemptions: std::collections::BTreeMap<String, Vec<Entry>>,
    #[serde(default)]
    audits: std::collections::BTreeMap<String, Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    version: Option<String>,
}
