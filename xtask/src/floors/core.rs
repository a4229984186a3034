//! The floors inside the core: a module imports only what stands before it.

use anyhow::{Context, Result};

use super::files;
use crate::project::Project;

pub(super) const FOLDER: &str = "oasis-core/src";

/// The core's modules from the bottom up. The front page, `lib.rs`, names them all.
const ORDER: [&str; 12] = [
    "time",
    "secret",
    "vtid",
    "json",
    "arrival",
    "event",
    "verify",
    "normalize",
    "store",
    "ingest",
    "conformance",
    "manual",
];

/// Macros that the core exports: the language puts them at its root, wherever they are written.
const MACROS: [&str; 1] = ["event_store_conformance"];

/// The imports that point up.
pub(super) fn faults(project: &Project) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in files::of(project)? {
        let Ok(inside) = file.strip_prefix(FOLDER) else {
            continue;
        };
        let first = inside.iter().next().unwrap_or_default().to_string_lossy();
        let module = first.trim_end_matches(".rs");
        if file.extension().is_none_or(|end| end != "rs") || module == "lib" {
            continue;
        }
        let Some(own) = rank(module) else {
            faults.push(format!(
                "{} is a module that has no floor yet: give it one in the list of `floors`",
                file.display()
            ));
            continue;
        };
        let text = std::fs::read_to_string(project.root().join(&file))
            .with_context(|| format!("can't read {}", file.display()))?;
        for name in named_from_root(&text) {
            match rank(&name) {
                None if MACROS.contains(&name.as_str()) => {}
                Some(other) if other <= own => {}
                Some(_) => faults.push(format!(
                    "{}: `{module}` stands below `{name}` and names it",
                    file.display()
                )),
                None => faults.push(format!(
                    "{}: `crate::{name}` hides which module is meant: name the module",
                    file.display()
                )),
            }
        }
    }
    Ok(faults)
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == module)
}

/// What follows each `crate::` outside comments, sorted; a group in braces gives all its names.
fn named_from_root(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => names.push(first_word(rest)),
            Some(group) => names.extend(heads(group)),
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The first words of a group's items, up to the brace that closes it.
fn heads(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut item) = (0_u32, String::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => names.push(std::mem::take(&mut item)),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    names.push(item);
    names.iter().map(|item| first_word(item.trim_start())).filter(|name| !name.is_empty()).collect()
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_module_is_seen_and_comments_are_not() {
        let source = "use crate::time::Timestamp; // crate::ingest\n\
                      /// [`x`](crate::store)\n\
                      pub(crate) use crate::{\n    event::{Event, Meta}, vtid::Vtid,\n    json,\n};\n\
                      fn f(a: crate::Arrival) {}";
        assert_eq!(named_from_root(source), ["Arrival", "event", "json", "time", "vtid"]);
    }
}
