use std::sync::LazyLock;

use oasis_core::{Found, Vtid, VtidSearch};

static SEARCH: LazyLock<VtidSearch> = LazyLock::new(VtidSearch::default);

/// A text: what is found in it stands there, between ends, and is found again when it stands
/// alone.
pub fn vtid_search(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    let found: Vec<Found> = SEARCH.find_all(text).collect();
    assert_eq!(SEARCH.find(text).as_ref(), found.first());

    let capitals = text.to_ascii_uppercase();
    for one in &found {
        let id = one.vtid().as_str();
        assert_eq!(id.parse::<Vtid>().as_ref(), Ok(one.vtid()));
        assert!(stands_between_ends(&capitals, id), "{id}");
        assert_eq!(SEARCH.find(id).as_ref(), Some(one), "{id} alone");
        if let Some(layer) = one.layer() {
            assert!(id.split('-').any(|word| word == layer), "{id}: {layer}");
        }
    }

    // A character beyond ASCII is an end, whichever it is.
    let plain: String = text.chars().map(|c| if c.is_ascii() { c } else { '#' }).collect();
    assert!(SEARCH.find_all(&plain).eq(found.iter().cloned()));

    // What is explained as an id is what was found.
    let mut explained: Vec<Found> =
        SEARCH.explain(text).into_iter().filter_map(|one| one.verdict.ok()).collect();
    let mut same = found.clone();
    for ids in [&mut explained, &mut same] {
        ids.sort_by(|a, b| a.vtid().cmp(b.vtid()));
    }
    assert_eq!(explained, same);

    // What is meant in a body is mentioned in it.
    for meant in SEARCH.find_in_body(text) {
        assert!(found.contains(&meant), "{meant:?}");
    }
}

fn stands_between_ends(capitals: &str, id: &str) -> bool {
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    capitals.match_indices(id).any(|(at, _)| {
        let before = capitals[..at].chars().next_back();
        let mut after = capitals[at + id.len()..].chars();
        let next = after.next();
        let cut_short = next == Some('-') && after.next().is_some_and(|c| c.is_ascii_digit());
        !touches(before) && !touches(next) && !cut_short
    })
}
