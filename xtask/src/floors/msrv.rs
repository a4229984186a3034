//! The oldest Rust that works: one number, in every manifest, and told where users read.

use anyhow::Result;

use super::crates::Package;
use crate::project::Project;

/// The pages of a published package that a user reads before its code.
const PAGES: [&str; 2] = ["README.md", "src/lib.rs"];

/// The packages that state no oldest Rust or another one, and the pages that don't tell it.
pub(super) fn faults(project: &Project, packages: &[Package]) -> Result<Vec<String>> {
    let stated = packages.iter().find_map(|package| package.rust_version.as_deref());
    let Some(stated) = stated else {
        return Ok(vec!["no package states a `rust-version`".to_owned()]);
    };
    let told = format!("Rust {stated}");
    let mut faults = Vec::new();
    for package in packages {
        if package.rust_version.as_deref() != Some(stated) {
            faults.push(format!("{} does not state `rust-version = \"{stated}\"`", package.name));
        }
        if !package.is_published() {
            continue;
        }
        for page in PAGES {
            let file = package.manifest_path.with_file_name(page);
            // A program has no library page.
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            if !text.contains(&told) {
                let shown = file.strip_prefix(project.root()).unwrap_or(&file);
                faults.push(format!("{} does not tell `{told}`", shown.display()));
            }
        }
    }
    Ok(faults)
}
