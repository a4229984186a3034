//! JSON with a slip in it, judged beside `serde_json`.

use proptest::prelude::*;
use proptest::sample::Index;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::Shape;

/// An object on one line or on many, some of whose members are wanted.
fn json() -> impl Strategy<Value = String> {
    let name = prop_oneof!["a|b|x|list|o", "[a-z_]{0,40}", any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "[ -~]{0,80}".prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    (value, any::<bool>()).prop_map(|(value, pretty)| {
        let root = serde_json::json!({ "a": value, "list": [value, { "x": value }], "o": value });
        let write = if pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        write(&root).unwrap()
    })
}

/// What a slip of the keyboard, or of an attacker, puts in a byte's place, or beside it.
fn slip() -> impl Strategy<Value = (Index, &'static str, usize)> {
    const PUT: [&str; 20] = [
        "", "\"", "\\", ",", ":", "{", "}", "[", "]", " ", "\n", "\u{1}", "0", "-", "t", "\":\"",
        ",,", "{}", "\\u00", "é",
    ];
    (any::<Index>(), prop::sample::select(&PUT[..]), 0_usize..2)
}

fn slipped(json: &str, (at, put, taken): &(Index, &str, usize)) -> String {
    let start = json.floor_char_boundary(at.index(json.len()));
    let end = json.ceil_char_boundary((start + taken).min(json.len()));
    format!("{}{put}{}", &json[..start], &json[end..])
}

proptest! {
    #[test]
    fn json_with_a_slip_is_judged_as_serde_json_judges_it(json in json(), slip in slip()) {
        let shape = Shape::of(["a", "a.b", "list[].x", "list[]", "o!"]);
        for body in [slipped(&json, &slip), json] {
            // JSON that is no object is told apart elsewhere.
            let object = body.trim_ascii_start().starts_with('{');
            let legal = object && serde_json::from_str::<IgnoredAny>(&body).is_ok();
            prop_assert_eq!(shape.pick(body.as_bytes()).is_ok(), legal, "{}", body);
        }
    }
}
