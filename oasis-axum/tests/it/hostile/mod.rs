//! What nobody means well with, each test named after its row in `docs/reliability.md`.

mod authenticity;
mod edge;
mod order;
mod outage;
mod payload;
mod reader;
mod rush;
mod viewers;
