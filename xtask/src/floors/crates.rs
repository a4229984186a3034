//! The floors of the workspace's packages: who may depend on whom.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::lint::ISLANDS;
use crate::process;
use crate::project::Project;

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest_path: PathBuf,
    /// The oldest Rust that it says it works with.
    pub(super) rust_version: Option<String>,
    /// The registries that it may go to; of a list that is empty, none.
    publish: Option<Vec<String>>,
    dependencies: Vec<Dependency>,
}

impl Package {
    /// Whether a registry may have it.
    pub(super) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; a normal dependency has none.
    kind: Option<String>,
}

/// The workspace's packages, as cargo sees them.
pub(super) fn read(project: &Project) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let mut metadata = project.cargo("metadata");
    metadata.args(["--format-version", "1", "--no-deps"]);
    let text = process::capture(&mut metadata)?;
    let metadata: Metadata =
        serde_json::from_str(&text).context("`cargo metadata` wrote what can't be read")?;
    Ok(metadata.packages)
}

/// The floor on which a package stands; whatever is named here by nobody is a leaf.
fn floor(package: &str) -> u8 {
    match package {
        "oasis-core" => 1,
        "oasis-sqlx" | "oasis-axum" => 2,
        _ => LEAF,
    }
}

const LEAF: u8 = 3;

/// The dependencies that point up or sideways.
///
/// A normal dependency points to a lower floor. Tests may also use a neighbour on the same one,
/// but the core's use nobody, and nobody's use a leaf.
pub(super) fn faults(packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages {
        let own = floor(&package.name);
        for dependency in &package.dependencies {
            if !packages.iter().any(|other| other.name == dependency.name) {
                continue;
            }
            let other = floor(&dependency.name);
            let for_tests = dependency.kind.as_deref() == Some("dev");
            let allowed =
                if for_tests && own > 1 { other <= own && other != LEAF } else { other < own };
            if !allowed {
                let kind = dependency.kind.as_deref().unwrap_or("normal");
                faults.push(format!(
                    "{} (floor {own}) has the {kind} dependency {} (floor {other})",
                    package.name, dependency.name
                ));
            }
        }
    }
    faults
}

/// The manifests that don't forbid `unsafe`: members inherit the lints, islands repeat the line.
pub(super) fn unlinted(project: &Project, packages: &[Package]) -> Result<Vec<String>> {
    let inherited =
        packages.iter().map(|package| (package.manifest_path.clone(), "[lints]\nworkspace = true"));
    let repeated = ISLANDS.iter().map(|island| {
        let manifest = project.root().join(island).join("Cargo.toml");
        (manifest, "unsafe_code = \"forbid\"")
    });
    let mut faults = Vec::new();
    for (manifest, wanted) in inherited.chain(repeated) {
        let text = std::fs::read_to_string(&manifest)
            .with_context(|| format!("can't read {}", manifest.display()))?;
        if !text.contains(wanted) {
            let shown = manifest.strip_prefix(project.root()).unwrap_or(&manifest);
            faults.push(format!("{} lacks `{}`", shown.display(), wanted.replace('\n', " ")));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
        });
        Package {
            name: name.to_owned(),
            manifest_path: PathBuf::new(),
            rust_version: None,
            publish: None,
            dependencies: dependencies.collect(),
        }
    }

    #[test]
    fn only_what_points_down_is_allowed() {
        let dev = Some("dev");
        for (name, dependency, kind, allowed) in [
            ("oasis-sqlx", "oasis-core", None, true),
            ("oasis-axum", "oasis-sqlx", dev, true),
            ("oasis-axum", "oasis-sqlx", None, false),
            ("oasis-core", "oasis-sqlx", dev, false),
            ("oasis-sqlx", "oasis-gateway", dev, false),
            ("oasis-gateway", "oasis-axum", None, true),
            ("oasis-gateway", "oasis-py", None, false),
            ("oasis-core", "serde", None, true),
        ] {
            let mut packages = vec![package(name, &[(dependency, kind)])];
            if dependency != "serde" {
                packages.push(package(dependency, &[]));
            }
            let faults = faults(&packages);
            assert_eq!(faults.is_empty(), allowed, "{name} -> {dependency}: {faults:?}");
        }
    }
}
