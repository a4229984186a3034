//! The manual: why the core is made as it is, what others learned the hard way, and what becomes
//! of every kind of event. It holds no code.

#[doc = include_str!("design.md")]
pub mod design {}

#[doc = include_str!("events.md")]
pub mod events {}

#[doc = include_str!("pitfalls.md")]
pub mod pitfalls {}
