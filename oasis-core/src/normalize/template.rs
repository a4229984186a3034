//! A text with places of a payload in it: `{repository.html_url}/tree/{ref}`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::json::Facts;

/// The paths that a template names; a template without braces is a place itself.
pub(super) fn paths(template: &'static str) -> impl Iterator<Item = &'static str> {
    let plain = (!template.contains('{')).then_some(template);
    plain.map(|place| split_place(place).0).into_iter().chain(braced(template))
}

/// The paths that stand in a template's braces.
pub(super) fn braced(template: &'static str) -> impl Iterator<Item = &'static str> {
    let places = template.split('{').skip(1).filter_map(|part| part.split('}').next());
    places.map(|place| split_place(place).0)
}

/// Whether a template is just a path: what stands there may be a number and stay one.
pub(super) fn is_path(template: &str) -> bool {
    !template.contains('{') && split_place(template).1.is_none()
}

/// The text that the first template gives whose places are all there.
pub(super) fn fill_first<'f>(
    templates: &[&'static str],
    facts: &'f Facts<'_>,
) -> Option<Cow<'f, str>> {
    templates.iter().find_map(|template| fill(template, facts))
}

/// The text that a template gives if its places are all there.
pub(super) fn fill<'f>(template: &'static str, facts: &'f Facts<'_>) -> Option<Cow<'f, str>> {
    if template.contains('{') {
        fill_braces(template, facts).map(Cow::Owned)
    } else {
        shown_at(template, facts).map(Cow::Borrowed)
    }
}

/// The text that a template gives if its places are all there; one without braces is the text.
pub(super) fn fill_braces(template: &'static str, facts: &Facts<'_>) -> Option<String> {
    let mut parts = template.split('{');
    let mut text = String::with_capacity(template.len() + 64);
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (place, rest) = part.split_once('}')?;
        let value = shown_at(place, facts)?;
        if is_url(&text) {
            text.extend(utf8_percent_encode(value, PATH));
        } else {
            text.push_str(value);
        }
        text.push_str(rest);
    }
    Some(text)
}

/// Whether a text starts as a URL does.
fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, rest)| rest.starts_with("//"))
}

/// What stands at a place: at a path, or in the part of a resource's name there that follows a
/// word. Where `projects/p/builds/b` stands at `name`, `name/builds` is `b`.
fn shown_at<'f>(place: &str, facts: &'f Facts<'_>) -> Option<&'f str> {
    let (path, word) = split_place(place);
    let shown = facts.shown(path)?;
    let Some(word) = word else { return Some(shown) };
    let mut parts = shown.split('/');
    parts.find(|part| *part == word)?;
    parts.next().filter(|part| !part.is_empty())
}

/// The path of a place and the word after it; a `/` between quotes belongs to a member's name.
fn split_place(place: &str) -> (&str, Option<&str>) {
    match place.rsplit_once('/') {
        Some((path, word)) if !word.contains('"') => (path, Some(word)),
        _ => (place, None),
    }
}

/// What a value in a URL's path may hold as it is (RFC 3986, section 3.3); with anything else it
/// could end the path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'@')
    .remove(b':')
    .remove(b'+')
    .remove(b',')
    .remove(b'=');

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Shape;

    #[test]
    fn the_first_template_whose_places_are_there_wins() {
        let body = br#"{"repo":"https://h/o/r","ref":"a#b/c d","n":7,"none":null}"#;
        let shape = Shape::of(["repo", "ref", "n", "none"]);
        let facts = shape.pick(body).unwrap();
        let fill = |templates: &[&'static str]| fill_first(templates, &facts);
        assert_eq!(fill(&["none", "ref"]).as_deref(), Some("a#b/c d"));
        assert_eq!(fill(&["{none}/x", "#{n}"]).as_deref(), Some("#7"));
        assert_eq!(fill(&["{repo}/tree/{ref}"]).as_deref(), Some("https://h/o/r/tree/a%23b/c%20d"));
        assert_eq!(fill(&["none"]), None);
        assert_eq!(paths("{repo}/tree/{ref}").collect::<Vec<_>>(), ["repo", "ref"]);
    }

    #[test]
    fn a_part_of_a_resource_s_name_is_a_place() {
        let body = br#"{"name":"projects/p/builds/b-1","l":{"run/job":"j"},"end":"a/builds/"}"#;
        let shape = Shape::of(["name", "l.\"run/job\"", "end"]);
        let facts = shape.pick(body).unwrap();
        let fill = |template: &'static str| fill(template, &facts);
        assert_eq!(fill("name/builds").as_deref(), Some("b-1"));
        assert_eq!(fill("{name/projects}:{name/builds}").as_deref(), Some("p:b-1"));
        assert_eq!(fill("l.\"run/job\"").as_deref(), Some("j"));
        assert_eq!(fill("name/jobs"), None);
        assert_eq!(fill("end/builds"), None);
        assert_eq!(paths("name/builds").collect::<Vec<_>>(), ["name"]);
    }
}
