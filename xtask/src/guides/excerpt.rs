//! Code on a page that stands in a file which the tests compile and run.

/// Does `file` hold these lines, one after the other, each as far indented as the first is?
///
/// A line that is only `…` stands for any number of others.
pub(super) fn is_in(lines: &[&str], file: &str) -> bool {
    let file: Vec<&str> = file.lines().collect();
    let mut rest = file.as_slice();
    for part in lines.split(|line| matches!(line.trim(), "…" | "// …" | "# …")) {
        let Some(after) = (0..=rest.len()).find_map(|start| {
            let here = rest.get(start..start + part.len())?;
            starts(part, here).then(|| rest.get(start + part.len()..)).flatten()
        }) else {
            return false;
        };
        rest = after;
    }
    true
}

fn starts(part: &[&str], here: &[&str]) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(shift) = part.first().zip(here.first()).map(|(a, b)| indent(b).checked_sub(indent(a)))
    else {
        return true;
    };
    let Some(shift) = shift else { return false };
    part.iter().zip(here).all(|(a, b)| {
        a.trim() == b.trim() && (a.trim().is_empty() || indent(b) == indent(a) + shift)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "fn a() {\n    let b = 1;\n    if b {\n        c();\n    }\n    d();\n}\n";

    #[test]
    fn lines_are_found_at_any_depth() {
        assert!(is_in(&["if b {", "    c();", "}"], FILE));
        assert!(is_in(&["let b = 1;", "…", "d();"], FILE));
        assert!(is_in(&[], FILE));
    }

    #[test]
    fn other_lines_order_or_shape_are_not() {
        assert!(!is_in(&["if b {", "c();", "}"], FILE));
        assert!(!is_in(&["let b = 1;", "d();"], FILE));
        assert!(!is_in(&["d();", "…", "let b = 1;"], FILE));
        assert!(!is_in(&["let b = 2;"], FILE));
    }
}
