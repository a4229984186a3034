//! What Postgres can't keep as it is, in a form that it keeps.

use std::borrow::Cow;
use std::io;

use oasis_core::{Event, Meta};
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// Replaces each NUL, which neither `text` nor `jsonb` can hold, by U+FFFD.
pub(super) fn without_nul(mut event: Event) -> Event {
    let required = [&mut event.layer, &mut event.module, &mut event.source, &mut event.kind];
    let optional = [&mut event.reference, &mut event.delivery_id];
    for text in required.into_iter().chain(optional.into_iter().flatten()) {
        clean(text);
    }
    if event.meta.iter().any(|(name, value)| has_nul(name) || value_has_nul(value)) {
        event.meta = std::mem::take(&mut event.meta)
            .into_iter()
            .map(|(name, value)| (cleaned(name.into_owned()).into(), clean_value(value)))
            .collect();
    }
    event
}

pub(super) fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

fn clean(text: &mut String) {
    if let Cow::Owned(replaced) = replace(text) {
        *text = replaced;
    }
}

fn cleaned(mut text: String) -> String {
    clean(&mut text);
    text
}

fn replace(text: &str) -> Cow<'_, str> {
    if has_nul(text) { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

fn value_has_nul(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => has_nul(text),
        Value::Array(values) => values.iter().any(value_has_nul),
        Value::Object(members) => {
            members.iter().any(|(name, value)| has_nul(name) || value_has_nul(value))
        }
    }
}

fn clean_value(value: Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
        Value::String(text) => Value::String(cleaned(text)),
        Value::Array(values) => Value::Array(values.into_iter().map(clean_value).collect()),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(name, value)| (cleaned(name), clean_value(value))).collect(),
        ),
    }
}

/// The text of `meta` for a `jsonb`.
///
/// `jsonb` keeps a number's digits and forgets its exponent: `1e16` would come back as an integer.
/// Written as `10000000000000000.0` it comes back as the float that it is.
pub(super) fn json(meta: &Meta) -> Result<String, serde_json::Error> {
    use serde::Serialize;
    let mut bytes = Vec::with_capacity(256);
    meta.serialize(&mut Serializer::with_formatter(&mut bytes, Digits))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

struct Digits;

impl Formatter for Digits {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let fraction = if value.fract() == 0.0 { ".0" } else { "" };
        write!(writer, "{value}{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use oasis_core::{Arrival, Timestamp};
    use serde_json::json;

    use super::*;

    #[test]
    fn no_field_keeps_a_nul() {
        let mut event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]), "a\0b", "c\0");
        event.layer = "\0".to_owned();
        event.reference = Some("d\0e".to_owned());
        event.delivery_id = Some("f\0g".to_owned());
        event.meta.insert("h\0".into(), json!([{"i\0": ["\0j", 1, null]}]));
        let clean = without_nul(event);
        let mut text = format!("{clean:?}");
        text.push_str(&json(&clean.meta).unwrap());
        assert!(!text.contains('\0') && !text.contains("\\0") && !text.contains("u0000"), "{text}");
        assert_eq!(clean.delivery_id.as_deref(), Some("f\u{fffd}g"));
        assert_eq!(
            clean.meta.get("h\u{fffd}"),
            Some(&json!([{"i\u{fffd}": ["\u{fffd}j", 1, null]}]))
        );
    }

    #[test]
    fn a_float_is_written_as_digits() {
        let meta = Meta::from([("a".into(), json!([1e16, -2.5, 0.1, 5e-324, 1, -0.0]))]);
        let text = json(&meta).unwrap();
        assert!(text.starts_with(r#"{"a":[10000000000000000.0,-2.5,0.1,0.000"#), "{text}");
        let read: Meta = serde_json::from_str(&text).unwrap();
        assert_eq!(read, meta);
    }
}
