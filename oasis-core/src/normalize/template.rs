//! A text with places of a payload in it: `{repository.html_url}/tree/{ref}`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::json::Facts;

/// The paths that a template names; a template without braces is a path itself.
pub(super) fn paths(template: &'static str) -> impl Iterator<Item = &'static str> {
    let plain = (!template.contains('{')).then_some(template);
    plain.into_iter().chain(braced(template))
}

/// The paths that stand in a template's braces.
pub(super) fn braced(template: &'static str) -> impl Iterator<Item = &'static str> {
    template.split('{').skip(1).filter_map(|part| part.split('}').next())
}

/// The text that the first template gives whose places are all there.
pub(super) fn fill_first(templates: &[&'static str], facts: &Facts<'_>) -> Option<String> {
    templates.iter().find_map(|template| fill(template, facts))
}

fn fill(template: &'static str, facts: &Facts<'_>) -> Option<String> {
    if template.contains('{') {
        fill_braces(template, facts)
    } else {
        facts.shown(template).map(str::to_owned)
    }
}

/// The text that a template gives if its places are all there; one without braces is the text.
pub(super) fn fill_braces(template: &'static str, facts: &Facts<'_>) -> Option<String> {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (path, rest) = part.split_once('}')?;
        let value = facts.shown(path)?;
        if text.contains("://") {
            text.extend(utf8_percent_encode(value, PATH));
        } else {
            text.push_str(value);
        }
        text.push_str(rest);
    }
    Some(text)
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
}
