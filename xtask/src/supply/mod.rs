//! Who vouches for what a release is made of.

mod vet;

pub(crate) use vet::{locked, run as vet};
