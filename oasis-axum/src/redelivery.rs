//! A delivery that is known: is it still the same?

use oasis_core::Event;

/// What a gateway itself notes in `meta`, so that it says nothing of a body.
const OWN_NOTES: [&str; 2] = ["suspected_replay", "verified"];

/// The fields in which what came again differs from what the ledger keeps. A body's time is not
/// looked at: where the body has none, it is that of the receipt.
pub(crate) fn differences(kept: &Event, came: &Event) -> Vec<&'static str> {
    let noted = |event: &Event| {
        let mut meta = event.meta.clone();
        meta.retain(|name, _| !OWN_NOTES.contains(&name.as_ref()));
        meta
    };
    let fields = [
        ("kind", kept.kind == came.kind),
        ("vtid", kept.vtid == came.vtid),
        ("status", kept.status == came.status),
        ("title", kept.title == came.title),
        ("ref", kept.reference == came.reference),
        ("link", kept.link == came.link),
        ("meta", noted(kept) == noted(came)),
    ];
    fields.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
