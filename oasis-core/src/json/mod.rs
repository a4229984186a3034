//! The facts of a payload, picked out of its JSON in one strict pass.
//!
//! A payload holds hundreds of members and a rule wants twenty of them. Nothing is built for the
//! rest: it is checked and skipped, so a hostile body costs time in proportion to its length and
//! no memory. What is accepted is what RFC 8259 calls JSON, at most [`MAX_DEPTH`] levels deep.

mod facts;
mod name;
mod node;
mod scalar;
mod scan;
mod shape;
mod skip;
#[cfg(test)]
mod slips;
mod stops;
mod text;

pub(crate) use facts::{Facts, clipped};
pub(crate) use shape::Shape;

/// How many arrays and objects may stand inside one another.
pub(crate) const MAX_DEPTH: u32 = 128;

/// Why a body is no JSON object that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unparsed {
    #[error("the body is empty")]
    Empty,
    #[error("the body is not valid UTF-8 at byte {0}")]
    NotUtf8(usize),
    #[error("the body is not valid JSON at byte {0}")]
    NotJson(usize),
    #[error("the body is JSON but no object")]
    NotAnObject,
    #[error("the JSON is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn pick(body: &[u8]) -> Result<usize, Unparsed> {
        Shape::of(["a", "a.b", "list[].x"]).pick(body).map(|facts| facts.len())
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(pick(b""), Err(Unparsed::Empty));
        assert_eq!(pick(b" \r\n\t"), Err(Unparsed::Empty));
        assert_eq!(pick(b"{\"a\":\"\xff\"}"), Err(Unparsed::NotUtf8(6)));
        assert_eq!(pick(b"[1]"), Err(Unparsed::NotAnObject));
        assert_eq!(pick(b"\"a\""), Err(Unparsed::NotAnObject));
        assert_eq!(pick(b"1 1"), Err(Unparsed::NotJson(2)));
        assert_eq!(pick(b"not json"), Err(Unparsed::NotJson(1)));
        assert_eq!(pick(b"{\"a\":1"), Err(Unparsed::NotJson(6)));
        assert_eq!(pick(b"{\"a\":1}x"), Err(Unparsed::NotJson(7)));
        assert_eq!(pick(b"{\"a\":01}"), Err(Unparsed::NotJson(6)));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_once() {
        assert_eq!(pick("\u{feff}{\"a\":1}".as_bytes()), Ok(1));
        assert_eq!(pick("\u{feff}".as_bytes()), Err(Unparsed::Empty));
        assert_eq!(pick("\u{feff}\u{feff}{}".as_bytes()), Err(Unparsed::NotJson(3)));
    }

    #[test]
    fn a_star_takes_the_members_that_have_no_place_of_their_own() {
        let shape = Shape::of(["in", "in.id", "in.*"]);
        let facts = |body: &'static str| {
            let facts = shape.pick(body.as_bytes()).unwrap();
            let own = facts.text("in.id").map(str::to_owned);
            let rest: Vec<_> = facts.texts("in.*").map(str::to_owned).collect();
            (facts.text("in").map(str::to_owned), own, rest)
        };
        assert_eq!(
            facts(r#"{"in":{"b":"1","id":"2","c":{"d":"3"},"e":["4"],"a":"5"}}"#),
            (None, Some("2".to_owned()), vec!["1".to_owned(), "5".to_owned()])
        );
        assert_eq!(facts(r#"{"in":"6"}"#), (Some("6".to_owned()), None, vec![]));
    }

    #[test]
    fn a_star_with_an_ending_takes_the_names_that_end_so() {
        let shape = Shape::of(["in.*_ID", "in.A_ID"]);
        let facts = shape.pick(br#"{"in":{"A_ID":"1","B_ID":"2","_ID":"3","C_IDS":"4"}}"#).unwrap();
        assert_eq!(facts.text("in.A_ID"), Some("1"));
        assert_eq!(facts.texts("in.*_ID").collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn a_name_with_a_dot_stands_between_quotes() {
        let paths = ["l.\"a.b/c\"", "l.\"a.b/c\".d", "\"x.y\"", "l.e"];
        let shape = Shape::of(paths);
        let body = br#"{"x.y":"1","l":{"a.b/c":{"d":"2"},"a":{"b/c":"3"},"e":"4"}}"#;
        let facts = shape.pick(body).unwrap();
        assert_eq!(paths.map(|path| facts.text(path)), [None, Some("2"), Some("1"), Some("4")]);
    }

    #[test]
    fn an_object_is_kept_as_it_was_written_and_read_later_where_it_belongs() {
        let shape = Shape::of(["o!", "o", "in.a", "in"]);
        let body = br#"{"o": {"a" : [1, "}"]} }"#;
        let mut facts = shape.pick(body).unwrap();
        assert_eq!(facts.object("o!"), Some(r#"{"a" : [1, "}"]}"#));
        facts.read("in", br#"{"a":"7"}"#).unwrap();
        facts.put("in", "8");
        assert_eq!((facts.text("in.a"), facts.text("in")), (Some("7"), Some("8")));
        assert_eq!(facts.read("in", b"[]"), Err(Unparsed::NotAnObject));
        let facts = shape.pick(br#"{"o":"text"}"#).unwrap();
        assert_eq!((facts.object("o!"), facts.text("o")), (None, Some("text")));
        assert_eq!(pick_all(&shape, br#"{"o":{"a":01}}"#), Err(Unparsed::NotJson(11)));
    }

    fn pick_all(shape: &Shape, body: &[u8]) -> Result<usize, Unparsed> {
        shape.pick(body).map(|facts| facts.len())
    }

    #[test]
    fn b3_depth_is_bounded_wherever_it_stands() {
        for key in ["a", "ignored", "list"] {
            let nested =
                |depth: usize| format!("{{\"{key}\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
            assert!(pick(nested(127).as_bytes()).is_ok(), "{key}");
            for depth in [128, 100_000] {
                assert_eq!(pick(nested(depth).as_bytes()), Err(Unparsed::TooDeep), "{key}");
            }
        }
        assert_eq!(pick("[".repeat(100_000).as_bytes()), Err(Unparsed::TooDeep));
    }

    /// Pieces that JSON is made of, right and wrong, so that a random row of them is often valid.
    fn jsonish() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[{}\\[\\]:,]",
            Just("\"a\"".to_owned()),
            Just("\"list\"".to_owned()),
            Just("\"\\u00e9\\n\\ud800\"".to_owned()),
            Just("\"\\x\"".to_owned()),
            Just("1e400".to_owned()),
            Just("-0.5E+1".to_owned()),
            Just("01".to_owned()),
            Just("null".to_owned()),
            Just("true".to_owned()),
            Just("fals".to_owned()),
            Just(" ".to_owned()),
            Just("\"\u{1}\"".to_owned()),
            Just("\r\n\t".to_owned()),
            // Whatever is looked at in blocks, some of these reach over the edge of one.
            "\"[a-c]{50,70}(\\\\\\\\){0,40}\"",
            "\"(\\\\[n\"\\\\]|é){0,40}\"",
            " {1,70}",
        ];
        prop::collection::vec(piece, 0..12)
            .prop_map(|pieces| format!("{{\"a\":{}}}", pieces.concat()))
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map("a|b|x|list|[a-z]{0,3}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// What serde_json says of the same bytes: the two must never disagree.
    fn serde_accepts(body: &[u8]) -> bool {
        let body = body.trim_ascii_start();
        std::str::from_utf8(body).is_ok()
            && body.first() == Some(&b'{')
            && serde_json::from_slice::<IgnoredAny>(body).is_ok()
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_as_serde_json_judges_them(body in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(pick(&body).is_ok(), serde_accepts(&body));
        }

        #[test]
        fn near_json_is_judged_as_serde_json_judges_it(body in jsonish()) {
            prop_assert_eq!(pick(body.as_bytes()).is_ok(), serde_accepts(body.as_bytes()), "{}", body);
        }

        #[test]
        fn what_is_picked_is_what_serde_json_finds(a in value(), x in value(), pretty: bool) {
            let root = serde_json::json!({ "a": a, "list": [{ "x": x }, 7], "z": a });
            let body = if pretty { serde_json::to_vec_pretty(&root) } else { serde_json::to_vec(&root) }.unwrap();
            let shape = Shape::of(["a", "a.b", "list[].x"]);
            let facts = shape.pick(&body).unwrap();
            for (path, wanted) in [("a", &root["a"]), ("a.b", &root["a"]["b"]), ("list[].x", &root["list"][0]["x"])] {
                let wanted = match wanted {
                    serde_json::Value::String(text) => Some(text.replace('\0', "\u{fffd}")),
                    _ => None,
                };
                prop_assert_eq!(facts.text(path).map(str::to_owned), wanted.filter(|text| !text.is_empty()));
            }
        }
    }
}
