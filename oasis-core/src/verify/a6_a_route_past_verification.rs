//! Row A6 of `docs/reliability.md`, a route past verification: what must not compile. Beside each stands
//! what does, so that it fails for the reason that is meant.
//!
//! A proof is passed on, and nobody else puts one together:
//!
//! ```
//! use oasis_core::verify::Verified;
//!
//! fn pass_on<'a>(proven: Verified<'a>, body: &'a [u8]) -> Verified<'a> {
//!     assert_eq!(body, b"{}");
//!     proven
//! }
//! ```
//!
//! ```compile_fail,E0451
//! use oasis_core::verify::Verified;
//!
//! fn forge<'a>(proven: Verified<'a>, body: &'a [u8]) -> Verified<'a> {
//!     Verified { body, ..proven }
//! }
//! ```
//!
//! Only what is proven becomes an event:
//!
//! ```
//! use oasis_core::verify::Verified;
//! use oasis_core::{Arrival, Event, Normalizer};
//!
//! fn normalise(normalizer: &Normalizer, proven: &Verified<'_>, arrival: Arrival) -> Event {
//!     normalizer.github(proven, arrival)
//! }
//! ```
//!
//! ```compile_fail,E0308
//! use oasis_core::verify::Verified;
//! use oasis_core::{Arrival, Event, Normalizer};
//!
//! fn normalise(normalizer: &Normalizer, body: &[u8], arrival: Arrival) -> Event {
//!     normalizer.github(body, arrival)
//! }
//! ```
