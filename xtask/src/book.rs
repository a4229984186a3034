//! The guides as a book.

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;
use crate::provision::MDBOOK;

/// Does the book build, without a word of complaint, and hold every guide?
pub(crate) fn run(project: &Project) -> Result<()> {
    let summary = std::fs::read_to_string(project.root().join("docs/SUMMARY.md"))
        .context("can't read docs/SUMMARY.md")?;
    let mut absent = Vec::new();
    for entry in std::fs::read_dir(project.root().join("docs")).context("can't list docs")? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let is_guide = name.ends_with(".md") && name != "SUMMARY.md";
        if is_guide && !summary.contains(&format!("]({name})")) {
            absent.push(name.into_owned());
        }
    }
    ensure!(absent.is_empty(), "docs/SUMMARY.md does not name {}", absent.join(", "));

    let mdbook = MDBOOK.find_or_install(project)?;
    let mut build = project.program(mdbook);
    build.args(["build", "docs", "--dest-dir"]).arg(project.made("book"));
    let said = process::overheard(&mut build)?;
    let complaints: Vec<_> =
        said.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).collect();
    ensure!(complaints.is_empty(), "mdbook complains:\n  {}", complaints.join("\n  "));
    Ok(())
}
