//! The manual: why the core is made as it is, what others learned the hard way, and what becomes
//! of every kind of event. It holds no code.

pub mod design;
pub mod pitfalls;

#[doc = include_str!("events.md")]
pub mod events {}
