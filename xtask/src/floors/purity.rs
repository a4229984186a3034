//! What the core may not touch: files, the network, clocks, and state that all share.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::core::FOLDER;
use super::files;
use crate::project::Project;

/// Names of the standard library that do IO, read the machine, start threads or tell the time.
const WORLD: [&str; 9] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
];

/// What makes a state of all who use the process.
const SHARED: [&str; 2] = ["static mut", "thread_local!"];

/// What a `static` must not hold: it changes, if only once. In a value that the host has made it is the
/// host's.
const CHANGING: [&str; 6] = ["Atomic", "Cell<", "LazyLock", "Mutex", "OnceLock", "RwLock"];

/// The lines of the core, outside its tests, that touch any of it.
pub(super) fn faults(project: &Project) -> Result<Vec<String>> {
    let mut sources: Vec<(PathBuf, String)> = Vec::new();
    for file in files::of(project)? {
        // The laws of the stores are run by tests only, and some of them need threads.
        let laws = file.starts_with(Path::new(FOLDER).join("conformance"));
        if file.starts_with(FOLDER) && !laws && file.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(project.root().join(&file))
                .with_context(|| format!("can't read {}", file.display()))?;
            sources.push((file, text));
        }
    }
    let for_tests: Vec<_> = sources
        .iter()
        .flat_map(|(file, text)| {
            test_modules(text).map(move |name| file.with_file_name(format!("{name}.rs")))
        })
        .collect();
    let shipped = sources.iter().filter(|(file, _)| !for_tests.contains(file));
    Ok(shipped
        .flat_map(|(file, text)| {
            impure(text).into_iter().map(move |(line, what)| {
                format!("{}:{line}: the core does without `{what}`", file.display())
            })
        })
        .collect())
}

/// The modules that stand in files of their own and are compiled for tests only.
fn test_modules(text: &str) -> impl Iterator<Item = &str> {
    text.split(FOR_TESTS).skip(1).filter_map(|rest| {
        let declared = rest.trim_start().strip_prefix("mod ")?;
        declared.lines().next()?.strip_suffix(';')
    })
}

const FOR_TESTS: &str = "#[cfg(test)]";

/// What is touched before the tests at a file's end, with the lines.
fn impure(text: &str) -> Vec<(usize, &'static str)> {
    let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut found = Vec::new();
    for (number, line) in shipped.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let named = WORLD.iter().chain(&SHARED).filter(|name| has_word(code, name));
        let is_static = has_word(code, "static") && !code.contains("'static");
        let changing = CHANGING.iter().filter(|name| is_static && code.contains(**name));
        found.extend(named.chain(changing).map(|name| (number + 1, *name)));
    }
    found
}

/// Whether a name stands in a line, and not as a part of a longer one.
fn has_word(line: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_the_world_is_found_outside_the_tests() {
        for (line, what) in [
            ("use std::fs;", Some("std::fs")),
            ("    let now = SystemTime::now();", Some("SystemTime")),
            ("static COUNT: AtomicU64 = AtomicU64::new(0);", Some("Atomic")),
            ("static mut COUNT: u64 = 0;", Some("static mut")),
            ("static TABLE: LazyLock<u8> = LazyLock::new(f);", Some("LazyLock")),
            ("// std::fs is what this does without", None),
            ("struct InstantMessage;", None),
            ("fn f(lock: &'static Mutex<u8>) {}", None),
            ("    made: OnceLock<Table>,", None),
            ("static RULES: &[Rule] = &[];", None),
        ] {
            let found = impure(line);
            assert_eq!(found.first().map(|(_, what)| *what), what, "{line}");
        }
        assert!(impure("fn f() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n").is_empty());
    }

    #[test]
    fn a_file_that_only_tests_see_is_known() {
        let text = "mod a;\n#[cfg(test)]\nmod table;\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(test_modules(text).collect::<Vec<_>>(), ["table"]);
    }
}
