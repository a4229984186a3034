//! What the architecture promises and no compiler checks.

mod core;
mod crates;
pub(crate) mod files;
mod msrv;
mod purity;
mod tree;

use anyhow::{Result, ensure};

use crate::project::Project;

/// Is the architecture kept? All that isn't is said at once.
pub(crate) fn run(project: &Project) -> Result<()> {
    let packages = crates::read(project)?;
    let mut faults = crates::faults(&packages);
    faults.extend(crates::unlinted(project, &packages)?);
    faults.extend(tree::faults(project)?);
    faults.extend(core::faults(project)?);
    faults.extend(purity::faults(project)?);
    faults.extend(msrv::faults(project, &packages)?);
    faults.extend(files::faults(project)?);
    ensure!(faults.is_empty(), "the architecture is not kept:\n  {}", faults.join("\n  "));
    println!("{} packages and every source file keep it", packages.len());
    Ok(())
}
