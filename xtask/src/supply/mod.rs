//! What is in a release, who vouches for it, and whether it is what its sources give.

mod reproducible;
mod sbom;
mod vet;

pub(crate) use reproducible::run as reproducible;
pub(crate) use sbom::run as sbom;
pub(crate) use vet::{locked, run as vet};
