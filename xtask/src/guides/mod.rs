//! What the pages show: commands are typed into a shell, code stands in a file that the tests run.

mod block;
mod excerpt;
mod shell;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::floors::files;
use crate::process;
use crate::project::Project;
use block::Block;

/// Pages whose code shows how code is written, right and wrong.
const ABOUT_CODE: &[&str] = &["CONTRIBUTING.md", "DESIGN.md", "CHANGELOG.md"];

/// Does what the pages show work?
///
/// A block marked `sh` is run, with the gateway running in a folder of its own; `sh ignore` needs
/// somebody's cloud or machine. Rust and Python must stand, line for line, in the file that a
/// comment above the block names, `<!-- from: FILE -->`: one that the other steps compile and run.
/// A package's README may hold examples of its own, which its documentation's tests run.
pub(crate) fn run(project: &Project) -> Result<()> {
    process::run(project.cargo("build").args([
        "--package",
        "oasis-gateway",
        "--package",
        "embed-axum",
        "--quiet",
    ]))?;
    let mut wrong = Vec::new();
    let (mut typed, mut quoted) = (0, 0);
    for page in pages(project)? {
        let text = read(project, &page)?;
        let blocks = Block::all(&text);
        for block in &blocks {
            if let Some(fault) = fault(project, &page, block)? {
                wrong.push(format!("{}:{}: {fault}", page.display(), block.line));
            }
        }
        quoted += blocks.iter().filter(|block| block.from.is_some()).count();
        let commands: Vec<_> = blocks.iter().filter(|b| b.language == "sh" && !b.ignored).collect();
        if !commands.is_empty() {
            shell::run(project, &page, &commands)?;
            typed += commands.len();
        }
    }
    println!("{typed} blocks typed, {quoted} quoted from what the tests run");
    ensure!(wrong.is_empty(), "code on these pages is run by nobody:\n  {}", wrong.join("\n  "));
    Ok(())
}

fn pages(project: &Project) -> Result<Vec<PathBuf>> {
    let mut pages = files::of(project)?;
    pages.retain(|page| {
        let is_page = page.extension().is_some_and(|end| end == "md");
        is_page && !ABOUT_CODE.iter().any(|other| page == Path::new(other))
    });
    Ok(pages)
}

fn fault(project: &Project, page: &Path, block: &Block<'_>) -> Result<Option<String>> {
    if !matches!(block.language, "rust" | "python") {
        return Ok(None);
    }
    if !block.ignored && is_tested_as_it_is(project, page, block.language) {
        return Ok(None);
    }
    let Some(from) = block.from else {
        return Ok(Some("the line above names no file, `<!-- from: FILE -->`".to_owned()));
    };
    if !project.root().join(from).is_file() {
        return Ok(Some(format!("there is no {from}")));
    }
    let file = read(project, Path::new(from))?;
    let is_there = excerpt::is_in(&block.lines, &file);
    Ok((!is_there).then(|| format!("{from} does not hold these lines")))
}

/// Do the tests of this page's package run the page itself?
fn is_tested_as_it_is(project: &Project, page: &Path, language: &str) -> bool {
    let name = page.file_name().unwrap_or_default().to_string_lossy();
    let beside = |file: &str| {
        let file = project.root().join(page.with_file_name(file));
        std::fs::read_to_string(file).unwrap_or_default()
    };
    match language {
        "rust" => beside("src/lib.rs").contains(&format!("include_str!(\"../{name}\")")),
        _ => beside("tests/test_readme.py").contains(&*name),
    }
}

fn read(project: &Project, file: &Path) -> Result<String> {
    std::fs::read_to_string(project.root().join(file))
        .with_context(|| format!("can't read {}", file.display()))
}
