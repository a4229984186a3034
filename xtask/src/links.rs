//! Links between the Markdown pages, and the tests that a page names.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::floors::files;
use crate::project::Project;

/// Do the relative links lead to files that are there, and do the tests that are named exist?
pub(crate) fn run(project: &Project) -> Result<()> {
    let mut broken = Vec::new();
    let mut checked = 0;
    let mut named = 0;
    for page in files::of(project)? {
        if page.extension().is_none_or(|end| end != "md") {
            continue;
        }
        let text = std::fs::read_to_string(project.root().join(&page))
            .with_context(|| format!("can't read {}", page.display()))?;
        let folder = project.root().join(page.parent().unwrap_or(Path::new("")));
        for (test, link) in named_tests(&text) {
            named += 1;
            let source = std::fs::read_to_string(folder.join(link)).unwrap_or_default();
            if !source.contains(&format!("fn {test}()"))
                && !source.contains(&format!("def {test}("))
            {
                broken.push(format!("{}: there is no test {test} in {link}", page.display()));
            }
        }
        for (line, link) in relative_links(&text) {
            checked += 1;
            let file = link.split(['#', '?']).next().unwrap_or_default();
            if !folder.join(file).exists() {
                broken.push(format!("{}:{line}: {link}", page.display()));
            }
        }
    }
    println!("{checked} relative links, {named} tests that are named");
    ensure!(broken.is_empty(), "these lead nowhere:\n  {}", broken.join("\n  "));
    Ok(())
}

/// The targets of `[text](target)` outside code, with their lines; other sites and places on the
/// same page are left out.
fn relative_links(page: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (number, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second part stands between back-ticks.
        for part in line.split('`').step_by(2) {
            for rest in part.split("](").skip(1) {
                let target = rest.split([')', ' ']).next().unwrap_or_default();
                let elsewhere = target.contains("://") || target.starts_with("mailto:");
                if !target.is_empty() && !elsewhere && !target.starts_with('#') {
                    links.push((number + 1, target));
                }
            }
        }
    }
    links
}

/// The tests that cells of a table name as [`name`](file.rs), with their files.
fn named_tests(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let rows = page.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split("[`").skip(1)).filter_map(|rest| {
        let (test, rest) = rest.split_once("`](")?;
        let (file, _) = rest.split_once(')')?;
        let is_source = file.ends_with(".rs") || file.ends_with(".py");
        let is_name = test.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
        (is_source && is_name).then_some((test, file))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_files_outside_code_are_taken() {
        let page = "See [a](docs/a.md#x), `[b](b.md)` and [c](https://c/d).\n\
                    ```md\n[d](d.md)\n```\n[e](#here) [f](../f.md \"title\") [`g`](g.md)";
        assert_eq!(relative_links(page), [(1, "docs/a.md#x"), (5, "../f.md"), (5, "g.md")]);
    }

    #[test]
    fn only_names_in_a_table_that_lead_to_a_source_are_tests() {
        let page = "| a | [`one`](x.rs), [`two`](../y.py) and [`a b`](z.rs) |\n\
                    | b | [`page`](p.md) |\n[`three`](x.rs)";
        assert_eq!(named_tests(page).collect::<Vec<_>>(), [("one", "x.rs"), ("two", "../y.py")]);
    }
}
