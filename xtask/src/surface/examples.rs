//! Whether the core shows how each of its public items is used.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::project::Project;

/// Do the documentation of each public type, trait and function of the core, or that of one of its
/// methods, hold an example?
///
/// Read from the JSON that rustdoc has just written. The laws of the stores are left out: nobody
/// calls them by name.
pub(super) fn shown(project: &Project) -> Result<()> {
    let json = std::fs::read(project.made("doc/oasis_core.json"))
        .context("can't read what rustdoc wrote of the core")?;
    let json: Value = serde_json::from_slice(&json).context("rustdoc's JSON is none")?;
    let index = json.get("index").and_then(Value::as_object);
    let (Some(index), Some(root)) = (index, json.get("root")) else {
        bail!("rustdoc's JSON has no index");
    };
    let mut items = Vec::new();
    gather(index, root, "oasis_core", &mut items);
    items.sort_unstable();
    items.dedup();
    let bare: Vec<_> =
        items.iter().filter(|(_, shown)| !shown).map(|(path, _)| path.as_str()).collect();
    ensure!(!items.is_empty(), "rustdoc's JSON names no public item");
    ensure!(bare.is_empty(), "these have no example:\n  {}", bare.join("\n  "));
    println!("{} public items of oasis-core have an example", items.len());
    Ok(())
}

/// The public items below a module and below what it shows of others, each with whether it has an
/// example.
fn gather(index: &Map<String, Value>, id: &Value, path: &str, items: &mut Vec<(String, bool)>) {
    let Some(item) = index.get(&id.to_string()) else { return };
    let Some((kind, inner)) = item["inner"].as_object().and_then(|inner| inner.iter().next())
    else {
        return;
    };
    if item["visibility"] != "public" {
        return;
    }
    match kind.as_str() {
        "module" if item["name"] != "conformance" => {
            for id in inner["items"].as_array().into_iter().flatten() {
                gather(index, id, path, items);
            }
        }
        "use" => gather(index, &inner["id"], path, items),
        "struct" | "enum" | "trait" | "function" | "type_alias" => {
            let name = item["name"].as_str().unwrap_or_default();
            let shown = has_example(item) || methods(index, inner).any(has_example);
            items.push((format!("{path}::{name}"), shown));
        }
        _ => {}
    }
}

/// The methods of a type that are its own and no trait's.
fn methods<'j>(index: &'j Map<String, Value>, inner: &'j Value) -> impl Iterator<Item = &'j Value> {
    let impls = inner["impls"].as_array().into_iter().flatten();
    let impls = impls.filter_map(|id| index.get(&id.to_string())?.pointer("/inner/impl"));
    let own = impls.filter(|block| block["trait"].is_null());
    let items = own.flat_map(|block| block["items"].as_array().into_iter().flatten());
    items.filter_map(|id| index.get(&id.to_string()))
}

fn has_example(item: &Value) -> bool {
    item["docs"].as_str().is_some_and(|docs| docs.contains("```"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_or_one_of_its_methods_shows_how_it_is_used() {
        let item = |name: &str, docs: &str, inner: Value| json!({ "name": name, "docs": docs, "visibility": "public", "inner": inner });
        let json = json!({
            "0": item("oasis_core", "", json!({ "module": { "items": [1, 2, 3, 9] } })),
            "1": item("Shown", "```\n```", json!({ "struct": { "impls": [] } })),
            "2": item("ByMethod", "", json!({ "struct": { "impls": [4] } })),
            "3": item("x", "", json!({ "use": { "id": 6 } })),
            "4": item("", "", json!({ "impl": { "trait": null, "items": [5] } })),
            "5": item("new", "```\n```", json!({ "function": {} })),
            "6": item("Bare", "words", json!({ "enum": { "impls": [] } })),
            "9": item("conformance", "", json!({ "module": { "items": [6] } })),
        });
        let mut items = Vec::new();
        gather(json.as_object().unwrap(), &json!(0), "c", &mut items);
        let named = [("c::Shown", true), ("c::ByMethod", true), ("c::Bare", false)];
        assert!(items.iter().map(|(path, shown)| (path.as_str(), *shown)).eq(named), "{items:?}");
    }
}
