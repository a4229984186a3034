//! Events to try a store with.

use serde_json::json;

use super::chance::Chance;
use crate::arrival::Arrival;
use crate::event::{Event, Link, Meta, Status};
use crate::time::Timestamp;
use crate::vtid::Vtid;

/// 2025-10-29T12:00:00Z: where the samples' time starts.
pub(super) const START: Timestamp = Timestamp::from_unix_seconds(1_761_739_200);

/// The event number `n`; each has an id of its own and no delivery id.
pub(super) fn plain(n: u64) -> Event {
    let mut entropy = [0; 10];
    for (to, from) in entropy.iter_mut().zip(n.to_be_bytes().into_iter().rev()) {
        *to = from;
    }
    let at = START.saturating_add_millis(i64::try_from(n).unwrap_or(0));
    let mut event = Event::new(Arrival::new(at, entropy), "oasis.events", "note");
    event.meta.insert("n".into(), json!(n));
    event
}

/// The event number `n`, with this delivery id.
pub(super) fn delivered(n: u64, delivery_id: &str) -> Event {
    let mut event = plain(n);
    event.delivery_id = Some(delivery_id.to_owned());
    event
}

/// An event with fields from small sets, so that filters find some and not all.
pub(super) fn mixed(n: u64, chance: &mut Chance) -> Event {
    let mut event = plain(n);
    event.ts = START.saturating_add_millis(i64::try_from(chance.below(50)).unwrap_or(0) * 1000);
    event.vtid =
        chance.pick(&[None, Some(vtid("DEV-CICDL-0031")), Some(vtid("VTID-03697"))]).clone();
    event.layer = (*chance.pick(&["CICDL", "cicdl", "AGTL"])).to_owned();
    event.module = (*chance.pick(&["PR", "WORKFLOW", "PUSH"])).to_owned();
    event.source = (*chance.pick(&["github.actions", "gcp.deploy", "oasis.events"])).to_owned();
    event.kind = (*chance.pick(&["pull_request", "pull request", "push"])).to_owned();
    event.status = *chance.pick(&Status::ALL);
    let action = *chance.pick(&["merged", "opened", "ended badly"]);
    event.retitle(action);
    event.reference = chance
        .pick(&[
            None,
            Some("main"),
            Some("vt/dev-cicdl-0031"),
            Some("Straße_100%"),
            Some("a\\b'c\"d"),
        ])
        .map(str::to_owned);
    event.link = chance.pick(&[None, Some(link("https://Example.com/a_b?c=%25'"))]).clone();
    if !chance.once_in(3) {
        event.delivery_id = Some(format!("Delivery-{n}-É"));
    }
    event
}

/// An event whose every field is as hard to keep as it can be.
pub(super) fn hard(n: u64, ts: Timestamp) -> Event {
    let long = "ünïcødé ✓ 🦀 \u{200f}\u{7f} '\"\\%_;--\r\n\t ".repeat(200);
    let mut event = plain(n);
    event.ts = ts;
    event.vtid = Some(vtid("DEV-OASIS-GOV-0109"));
    event.layer = "ŁÄYER 'layer'".to_owned();
    event.module = long.clone();
    event.source = "gïthub.\"actions\"".to_owned();
    event.kind = "𝓴𝓲𝓷𝓭".to_owned();
    event.status = Status::Warning;
    event.retitle(&"very long ".repeat(500));
    event.reference = Some(format!("refs/heads/{long}"));
    event.link = Some(link("https://example.com/%F0%9F%A6%80?a=b&c='d'\"#ü"));
    event.delivery_id = Some(format!("🦀 {n} ' \" \\ %"));
    event.meta = Meta::from([
        ("".into(), json!("a name may be empty")),
        ("long".into(), json!(long)),
        (
            "integers".into(),
            json!([0, -1, 9_007_199_254_740_993_u64, i64::MIN, i64::MAX, u64::MAX]),
        ),
        (
            "floats".into(),
            json!([
                0.1,
                -2.5,
                1.0,
                55.393_536_131_272_924,
                1.5e300,
                2.2e-308,
                0.123_456_789_012_345_68,
                f64::MAX
            ]),
        ),
        ("nothing".into(), json!(null)),
        (
            "nested".into(),
            json!({"a": [{"b": {"c": [[], {}, "", "\u{1}", "'\\\""]}}, true, false]}),
        ),
        ("ключ \"'\\".into(), json!({"é": "é", "e\u{301}": "e\u{301}"})),
    ]);
    event
}

pub(super) fn vtid(text: &str) -> Vtid {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn link(text: &str) -> Link {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
