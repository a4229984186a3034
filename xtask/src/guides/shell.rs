//! What the pages tell a reader to type.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::{Context, Result};

use super::block::Block;
use crate::process;
use crate::project::Project;

/// How a reader types it, and what starting a server means here.
const READER: &str = include_str!("reader.sh");

/// Types the blocks of one page into one shell, in a folder that looks like a fresh checkout, with
/// the gateway running.
pub(super) fn run(project: &Project, page: &Path, blocks: &[&Block<'_>]) -> Result<()> {
    let folder = checkout(project, page)?;
    let address = free_port()?.to_string();
    let port = address.rsplit(':').next().unwrap_or_default();
    let host_port = free_port()?.port();

    let mut script = READER.to_owned();
    script.push_str("\nBLOCK=start\nstart_gateway\n");
    for block in blocks {
        writeln!(script, "BLOCK={}:{}", page.display(), block.line)?;
        for line in &block.lines {
            // The pages name the ports that the gateway and the embedding example have by default.
            let line = line.replace(":8080", &format!(":{port}"));
            writeln!(script, "{}", line.replace(":3000", &format!(":{host_port}")))?;
        }
    }
    let file = folder.join("typed.sh");
    std::fs::write(&file, script).with_context(|| format!("can't write {}", file.display()))?;

    let mut shell = project.program("bash");
    shell
        .arg("typed.sh")
        .env("OASIS_GATEWAY", project.made("debug").join("oasis-gateway"))
        .env("EMBED_AXUM", project.made("debug").join("embed-axum"))
        .env("APP_LISTEN", format!("127.0.0.1:{host_port}"))
        .env("OASIS_LISTEN", &address)
        .env("GATEWAY_ADDRESS", &address)
        .current_dir(&folder);
    process::run(&mut shell)
}

/// A new folder with a link to each thing of the checkout, so that what a page makes stays there.
fn checkout(project: &Project, page: &Path) -> Result<std::path::PathBuf> {
    let name = page.to_string_lossy().replace(['/', '.'], "-");
    let folder = project.made("guides").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("can't delete the folder of the last run")?;
    }
    std::fs::create_dir_all(&folder).context("can't make a folder for a page's commands")?;
    for entry in std::fs::read_dir(project.root())? {
        let entry = entry?;
        if !matches!(entry.file_name().to_str(), Some("target" | ".git" | "oasis-data")) {
            std::os::unix::fs::symlink(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    Ok(folder)
}

fn free_port() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("can't find a free port")?;
    Ok(listener.local_addr()?)
}
