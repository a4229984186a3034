//! The tables of `docs/performance.md`, written between markers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::Part;
use super::kept::{Figure, Kept};
use super::targets::{TARGETS, Target};
use crate::project::Project;

const PAGE: &str = "docs/performance.md";
const BEGINS: &str = "<!-- written by `cargo xtask bench` from here -->";
const ENDS: &str = "<!-- to here -->";

/// Writes what is kept of all measurements. What was measured elsewhere stays as it stands on the page.
pub(super) fn write(project: &Project) -> Result<()> {
    let mut all = Vec::new();
    for part in Part::value_variants() {
        all.extend(Kept::read(project, &part.name())?);
    }
    let file = project.root().join(PAGE);
    let page = std::fs::read_to_string(&file).with_context(|| format!("can't read {PAGE}"))?;
    let (before, rest) = page.split_once(BEGINS).with_context(|| format!("{PAGE}: no marker"))?;
    let (old, after) = rest.split_once(ENDS).with_context(|| format!("{PAGE}: no end marker"))?;
    let page = format!("{before}{BEGINS}\n\n{}{ENDS}{after}", tables(&all, old));
    std::fs::write(&file, page).with_context(|| format!("can't write {PAGE}"))?;
    println!("\nthe tables of {PAGE} are written");
    Ok(())
}

fn tables(all: &[Kept], old: &str) -> String {
    let stands = |begin: String| old.lines().find(|line| line.starts_with(&begin));
    let figures: BTreeMap<&str, &Figure> =
        all.iter().flat_map(|kept| &kept.figures).map(|f| (f.key.as_str(), f)).collect();
    let mut text = "| | what | aim | seen | of what | `cargo xtask bench` |\n".to_owned();
    text += "| --- | --- | --- | --- | --- | --- |\n";
    for target in TARGETS {
        let figure = figures.get(target.key).copied();
        match stands(format!("| {} | {} |", target.name, target.what)) {
            Some(line) if figure.is_none() => text += &format!("{line}\n"),
            _ => text += &row(target, figure),
        }
    }
    text += "\nWhat was measured when, and on what:\n\n";
    text += "| | when (UTC) | commit | scheduled | machine |\n| --- | --- | --- | --- | --- |\n";
    for part in Part::value_variants().iter().map(|part| part.name()) {
        if let Some(kept) = all.iter().find(|kept| kept.part == part) {
            let scheduled = if kept.realtime { "`chrt -r 10`" } else { "as usual" };
            let Kept { date, commit, machine, .. } = kept;
            let _ = writeln!(text, "| {part} | {date} | {commit} | {scheduled} | {machine} |");
        } else if let Some(line) = stands(format!("| {part} | ")) {
            text += &format!("{line}\n");
        }
    }
    let more = beside(all, &figures, old);
    if !more.is_empty() {
        text += "\n| beside these | seen | |\n| --- | --- | --- |\n";
        more.values().for_each(|line| text += &format!("{line}\n"));
    }
    text.push('\n');
    text
}

/// The rows of figures that are no target's, by their keys, which begin with their part's name.
fn beside(all: &[Kept], figures: &BTreeMap<&str, &Figure>, old: &str) -> BTreeMap<String, String> {
    let known = |key: &str| TARGETS.iter().any(|target| target.key == key);
    let of = |key: &str, part: &str| key.strip_prefix(part).is_some_and(|k| k.starts_with('.'));
    let stood = old.split_once("\n| beside these |").map_or("", |(_, rows)| rows);
    let mut rows: BTreeMap<_, _> = stood
        .lines()
        .filter_map(|line| Some((line.strip_prefix("| ")?.split_once(" |")?.0, line)))
        .filter(|(key, _)| key.contains('.') && !all.iter().any(|kept| of(key, &kept.part)))
        .map(|(key, line)| (key.to_owned(), line.to_owned()))
        .collect();
    for Figure { key, seen, detail } in figures.values().filter(|figure| !known(&figure.key)) {
        rows.insert(key.clone(), format!("| {key} | {seen:.2} | {detail} |"));
    }
    rows
}

fn row(target: &Target, figure: Option<&Figure>) -> String {
    let Target { name, what, bound, unit, part, .. } = target;
    let (sign, aim) = match bound {
        super::targets::Bound::AtMost(most) => ("≤", most),
        super::targets::Bound::AtLeast(least) => ("≥", least),
    };
    let (seen, detail) = match figure {
        Some(Figure { seen, detail, .. }) => {
            let missed = if bound.holds(*seen) { "" } else { ", missed" };
            // A detail may begin with its unit, for a terminal.
            let detail = detail.strip_prefix(unit).unwrap_or(detail);
            (format!("{} {unit}{missed}", digits(*seen)), detail.trim_start_matches([',', ' ']))
        }
        None => ("–".to_owned(), "not measured yet"),
    };
    format!("| {name} | {what} | {sign} {aim} {unit} | {seen} | {detail} | `{part}` |\n")
}

/// Three digits that count.
fn digits(seen: f64) -> String {
    match seen.abs() {
        under if under < 10.0 => format!("{seen:.2}"),
        under if under < 100.0 => format!("{seen:.1}"),
        _ => format!("{seen:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::targets::Bound;

    #[test]
    fn a_row_tells_when_an_aim_is_missed_or_nobody_has_measured() {
        let target = TARGETS.iter().find(|target| target.key == "T6");
        let Some(target @ Target { bound: Bound::AtMost(1.6), .. }) = target else {
            unreachable!("a lone delivery takes at most 1.6 times a lone insert")
        };
        let good = row(target, Some(&Figure::new("T6", 1.599, "×, 0.27 ms")));
        assert!(good.contains("| ≤ 1.6 × | 1.60 × | 0.27 ms | `ingest` |"), "{good}");
        let bad = row(target, Some(&Figure::new("T6", 12.34, "")));
        assert!(bad.contains("| 12.3 ×, missed |"), "{bad}");
        assert!(row(target, None).contains("| – | not measured yet |"));
    }

    #[test]
    fn what_was_measured_elsewhere_stays_on_the_page() {
        let kept = |part: &str, figures| Kept {
            part: part.to_owned(),
            date: "2026-11-25 10:28".to_owned(),
            commit: "abc".to_owned(),
            realtime: false,
            machine: "one".to_owned(),
            figures,
        };
        let core = vec![Figure::new("T1", 1.48, ""), Figure::new("core.push", 4.84, "µs")];
        let first = tables(&[kept("core", core)], "");
        assert_eq!(tables(&[], &first), first, "with nothing new it is as it was");
        let both = tables(&[kept("size", vec![Figure::new("T14", 17.4, "")])], &first);
        for row in [
            "| 1.48 ×",
            "| 17.4 MB, missed",
            "| core.push | 4.84",
            "| core | 2026",
            "| size | 2026",
        ] {
            assert!(both.contains(row), "{row}: {both}");
        }
        let again = tables(&[kept("core", vec![Figure::new("T1", 1.4, "")])], &both);
        assert!(again.contains("| 1.40 ×") && !again.contains("core.push"), "{again}");
    }

    #[test]
    fn each_figure_has_one_row_and_a_part_that_measures_it() {
        for (n, target) in TARGETS.iter().enumerate() {
            assert!(TARGETS.iter().skip(n + 1).all(|other| other.key != target.key));
            let parts = Part::value_variants();
            assert!(parts.iter().any(|part| part.name() == target.part), "{target:?}");
        }
    }
}
