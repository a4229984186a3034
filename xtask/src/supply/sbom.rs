//! What is in a release: a bill of materials of each package that people get.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;
use crate::provision::CARGO_CYCLONEDX;

/// The packages that people get, each with its folder.
const PUBLISHED: [(&str, &str); 5] = [
    ("oasis-core", "oasis-core"),
    ("oasis-sqlx", "oasis-sqlx"),
    ("oasis-axum", "oasis-axum"),
    ("oasis-gateway", "examples/gateway"),
    ("oasis-py", "oasis-py"),
];

/// The workspace's other members: the tool makes a document for each, and only beside its manifest.
const OTHERS: [&str; 3] = ["examples/custom-store", "examples/embed-axum", "xtask"];

/// What the documents are called until they are moved.
const NAME: &str = "bill-of-materials";

/// Writes CycloneDX documents below the target directory, of what is locked, with all features. They
/// are the same wherever they are made of the same commit: they have its time and no path.
pub(crate) fn run(project: &Project) -> Result<()> {
    let tool = CARGO_CYCLONEDX.find_or_install(project)?;
    let folder = project.made("sbom");
    fs::create_dir_all(&folder).context("can't make a folder for the documents")?;
    let mut make = project.program(&tool);
    make.args(["cyclonedx", "--format", "json", "--spec-version", "1.5", "--all-features"]);
    let commit = process::ask(project.program("git").args(["log", "-1", "--format=%ct"]));
    make.envs(commit.as_deref().map(|time| ("SOURCE_DATE_EPOCH", time.trim())));
    let made = process::run(make.args(["--override-filename", NAME]));
    let root = project.root().display().to_string();
    let beside = |place: &str| project.root().join(place).join(format!("{NAME}.json"));
    for (name, place) in PUBLISHED {
        let to = folder.join(format!("{name}.cdx.json"));
        if made.is_ok() {
            ensure!(beside(place).exists(), "no document was made for {name}");
            let document = fs::read_to_string(beside(place)).context("can't read a document")?;
            fs::write(&to, document.replace(&root, "."))
                .with_context(|| format!("can't write {}", to.display()))?;
            println!("{}", to.display());
        }
    }
    let places = PUBLISHED.iter().map(|(_, place)| *place).chain(OTHERS);
    for left in places.map(beside).filter(|left| left.exists()) {
        fs::remove_file(&left).with_context(|| format!("can't delete {}", left.display()))?;
    }
    made
}
