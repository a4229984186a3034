//! What was measured, for people and for `cargo xtask bench`.

use std::io;
use std::path::Path;

use serde_json::{Value, json};

/// Figures in the order in which they were seen.
#[derive(Debug, Default)]
pub struct Figures(Vec<Value>);

impl Figures {
    /// One that a target is about: its name there, the figure, and what it was made of.
    pub fn see(&mut self, key: &str, seen: f64, detail: impl Into<String>) {
        let detail = detail.into();
        println!("{key:<20} {seen:>10.2}   {detail}");
        self.0.push(json!({ "key": key, "seen": seen, "detail": detail }));
    }

    /// Keeps them in a file.
    pub fn write(self, file: &Path) -> io::Result<()> {
        std::fs::write(file, Value::from(self.0).to_string())
    }
}
