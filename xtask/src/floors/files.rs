//! The project's files: how long they are, and what must not stand in them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

/// More code than this in one file is more than one noun.
const MAX_CODE_LINES: usize = 400;

/// The project's files, relative to its top folder: what git tracks and what it would add.
pub(crate) fn of(project: &Project) -> Result<Vec<PathBuf>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let tracked = process::ask(project.program("git").args(list));
    let mut files = match tracked {
        Some(text) => text
            .split_terminator('\0')
            .map(PathBuf::from)
            .filter(|path| project.root().join(path).is_file())
            .collect(),
        // An archive without its history: everything but what is made here.
        None => walk(project.root())?,
    };
    files.sort_unstable();
    files.dedup();
    Ok(files)
}

fn walk(root: &Path) -> Result<Vec<PathBuf>> {
    const MADE: [&str; 6] =
        [".git", ".venv", "__pycache__", "node_modules", "oasis-data", "target"];
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("can't list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let made = path.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made));
            if path.is_dir() && !made {
                folders.push(path);
            } else if path.is_file() {
                files.extend(path.strip_prefix(root).map(Path::to_owned));
            }
        }
    }
    Ok(files)
}

/// The files that are too long or name a path of somebody's machine.
pub(super) fn faults(project: &Project) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in of(project)? {
        let bytes = std::fs::read(project.root().join(&file))
            .with_context(|| format!("can't read {}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in text.lines().enumerate() {
            if let Some(path) = machine_path(line) {
                faults.push(format!(
                    "{}:{}: names a machine's path, {path}",
                    file.display(),
                    number + 1
                ));
            }
        }
        let lines = code_lines(&file, &text);
        if lines > MAX_CODE_LINES && !is_exempt(&file) {
            faults.push(format!(
                "{} has {lines} lines of code, more than {MAX_CODE_LINES}",
                file.display()
            ));
        }
    }
    Ok(faults)
}

/// Tables of cases may be long: they are read line by line, not as one thought.
fn is_exempt(file: &Path) -> bool {
    file.iter().any(|part| part == "tests" || part.to_string_lossy().starts_with("conformance"))
}

/// The lines that are neither blank nor a comment; none in a file that is no source.
fn code_lines(file: &Path, text: &str) -> usize {
    let comments: &[&str] = match file.extension().and_then(|end| end.to_str()) {
        Some("rs") => &["//"],
        Some("py" | "pyi" | "sh") => &["#"],
        Some("js" | "css") => &["//", "/*", "*"],
        Some("html") => &["<!--"],
        _ => return 0,
    };
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !comments.iter().any(|mark| line.starts_with(mark)))
        .count()
}

/// The first place in a line where an absolute path into somebody's folders starts.
fn machine_path(line: &str) -> Option<String> {
    // Put together here, or this file would name them.
    ["home", "root", "work"].iter().find_map(|folder| {
        let path = format!("/{folder}/");
        let starts = line.match_indices(&path).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            !before.is_some_and(|c| c.is_ascii_alphanumeric() || "._-~*}".contains(c))
        });
        starts.then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_what_is_neither_blank_nor_comment() {
        let source = "//! Front.\n\nfn f() {\n    // why\n    g();\n}\n";
        assert_eq!(code_lines(Path::new("a.rs"), source), 3);
        assert_eq!(code_lines(Path::new("a.py"), "# why\nx = 1\n"), 1);
        assert_eq!(code_lines(Path::new("a.json"), source), 0);
    }

    #[test]
    fn a_path_counts_where_it_starts() {
        let home = format!("/{}/", "home");
        for (line, found) in [
            (format!("see {home}me/x"), true),
            (format!("path={home}me"), true),
            (format!("\"{home}me\""), true),
            (format!("https://example.org{home}x"), false),
            (format!("target{home}x"), false),
            ("no path".to_owned(), false),
        ] {
            assert_eq!(machine_path(&line).is_some(), found, "{line}");
        }
    }
}
