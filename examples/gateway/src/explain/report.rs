//! What is told of a payload, for people and for programs.

use std::io::{Write, stdout};

use anyhow::Result;
use oasis_core::{Candidate, Searched, UNSET, Vtid};
use serde_json::{Value, json};

use super::source::Told;
use crate::plain::plain;

pub(super) fn json(told: &Told) -> Result<()> {
    let mut value = serde_json::to_value(told)?;
    let searched: Vec<_> = told.searched.iter().map(|text| searched_json(told, text)).collect();
    if let Some(members) = value.as_object_mut() {
        members.insert("searched".to_owned(), searched.into());
    }
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, &value)?;
    Ok(writeln!(out)?)
}

fn searched_json(told: &Told, searched: &Searched) -> Value {
    let candidate = |one: &Candidate| {
        let mut value = json!({
            "text": one.text, "start": one.at.start, "end": one.at.end, "scheme": one.scheme + 1,
            "verdict": verdict(told, one),
        });
        if let (Some(members), Err(reason)) = (value.as_object_mut(), &one.verdict) {
            members.insert("reason".to_owned(), reason.to_string().into());
        }
        value
    };
    let candidates: Vec<_> = searched.candidates.iter().map(candidate).collect();
    json!({
        "place": searched.place, "path": searched.path, "text": searched.text,
        "candidates": candidates,
    })
}

fn verdict(told: &Told, candidate: &Candidate) -> &'static str {
    match &candidate.verdict {
        Err(_) => "rejected",
        Ok(found) if told.event.vtid.as_ref() == Some(found.vtid()) => "task",
        Ok(_) => "related",
    }
}

pub(super) fn text(told: &Told) -> Result<()> {
    let event = &told.event;
    let mut out = stdout().lock();
    let mut line = |name: &str, value: &str| writeln!(out, "{name:10} {}", plain(value));
    line("event", &format!("{} (by its {})", event.kind, told.named_by))?;
    line("signature", told.signature)?;
    line("title", event.title.as_str())?;
    line("status", &event.status.to_string())?;
    let place = event.meta.get("vtid_source").and_then(Value::as_str);
    let task = event.vtid.as_ref().map_or(UNSET, Vtid::as_str);
    line("task", &place.map_or(task.to_owned(), |place| format!("{task}, found in: {place}")))?;
    line("ts", &event.ts.to_string())?;
    line("source", &event.source)?;
    line("ref", event.reference.as_deref().unwrap_or("-"))?;
    line("link", event.link.as_ref().map_or("-", |link| link.as_str()))?;
    for (name, value) in &event.meta {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line("meta", &format!("{name} = {shown}"))?;
    }
    drop(out);
    searched(told)
}

/// Where a task id was looked for, in the order of the search.
fn searched(told: &Told) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "\nsearched for a task id, in this order:")?;
    if told.searched.is_empty() {
        writeln!(out, "  nothing: no text stands where this event may name one")?;
    }
    for text in &told.searched {
        writeln!(out, "  {} ({}): {}", text.place, text.path, first_line(&text.text))?;
        for one in &text.candidates {
            let reason = one
                .verdict
                .as_ref()
                .err()
                .map(|reason| format!(": {reason} (scheme {})", one.scheme + 1));
            let verdict = verdict(told, one);
            writeln!(out, "    {verdict:8} {}{}", plain(&one.text), reason.unwrap_or_default())?;
        }
    }
    Ok(())
}

/// The start of a text, in one line.
fn first_line(text: &str) -> String {
    const SHOWN: usize = 100;
    let line: String = text.lines().next().unwrap_or_default().chars().take(SHOWN).collect();
    let cut = if line.len() < text.trim_end().len() { " …" } else { "" };
    format!("{}{cut}", plain(&line))
}
