//! What was picked out of a payload.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::Unparsed;
use super::scalar::Scalar;
use super::shape::Shape;

/// The values that stand at the paths of a [`Shape`], in the order of the payload.
///
/// Where a name comes twice in an object, the later one counts, as in JavaScript and in Postgres.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    shape: &'a Shape,
    picked: Vec<(usize, Scalar<'a>)>,
    /// Of each path the places of its first and its last value in `picked`.
    ends: Vec<Option<(u32, u32)>>,
}

impl<'a> Facts<'a> {
    /// None as yet.
    pub(crate) fn new(shape: &'a Shape) -> Self {
        Self { shape, picked: Vec::with_capacity(EXPECTED), ends: vec![None; shape.len()] }
    }

    /// Keeps a value, unless there are too many.
    pub(super) fn push(&mut self, slot: usize, scalar: Scalar<'a>) {
        let at = u32::try_from(self.picked.len()).unwrap_or(u32::MAX);
        if let Some(ends) = self.ends.get_mut(slot) {
            *ends = Some((ends.map_or(at, |(first, _)| first), at));
            self.picked.push((slot, scalar));
        }
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        self.picked.len() < MAX_FACTS
    }

    /// Adds what stands in a body, as if the body stood at this path; at `""`, it is the whole.
    pub(crate) fn read(&mut self, under: &str, body: &'a [u8]) -> Result<(), Unparsed> {
        self.shape.read(under, body, self)
    }

    /// Adds a text that comes from elsewhere, unless nobody wants it.
    pub(crate) fn put(&mut self, path: &str, text: impl Into<Cow<'a, str>>) {
        if let Some(slot) = self.shape.slot(path) {
            self.push(slot, Scalar::Text(text.into()));
        }
    }

    /// The object at a path that ends in `!`, as it was written.
    pub(crate) fn object(&self, path: &str) -> Option<&'a str> {
        match self.scalar(path)? {
            Scalar::Object(written) => Some(written),
            _ => None,
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.picked.len()
    }

    /// The text at a path that isn't empty.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match self.scalar(path)? {
            Scalar::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// All the texts at a path that runs through an array, in their order.
    pub(crate) fn texts(&self, path: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.all(path).filter_map(|scalar| match scalar {
            Scalar::Text(text) if !text.is_empty() => Some(text.as_ref()),
            _ => None,
        })
    }

    /// How many values stand at a path that runs through an array.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.all(path).count()
    }

    /// Whether `true` stands at a path.
    pub(crate) fn is_true(&self, path: &str) -> bool {
        self.scalar(path) == Some(&Scalar::Bool(true))
    }

    /// The whole number at a path, in quotes or not.
    pub(crate) fn integer(&self, path: &str) -> Option<i64> {
        match self.scalar(path)? {
            Scalar::Number(digits) => digits.parse().ok(),
            Scalar::Text(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// What stands at a path, as text for people: words as they are, numbers as written.
    pub(crate) fn shown(&self, path: &str) -> Option<&str> {
        match self.scalar(path)? {
            Scalar::Text(text) if !text.is_empty() => Some(text),
            Scalar::Number(digits) => Some(digits),
            _ => None,
        }
    }

    /// What stands at a path, for `meta`; `None` for null and for an empty text.
    pub(crate) fn value(&self, path: &str) -> Option<Value> {
        match self.scalar(path)? {
            Scalar::Null | Scalar::Object(_) => None,
            Scalar::Bool(flag) => Some(Value::Bool(*flag)),
            Scalar::Number(digits) => Some(number(digits)),
            Scalar::Text(text) if text.is_empty() => None,
            Scalar::Text(text) => Some(Value::from(clipped(text))),
        }
    }

    fn scalar(&self, path: &str) -> Option<&Scalar<'a>> {
        // In an array the first item is the one that is meant; of a repeated name the last.
        let slot = self.shape.slot(path)?;
        let (first, last) = self.ends.get(slot).copied()??;
        let at = if self.shape.is_listed(slot) { first } else { last };
        self.picked.get(at as usize).map(|(_, scalar)| scalar)
    }

    fn all(&self, path: &str) -> impl DoubleEndedIterator<Item = &Scalar<'a>> {
        let slot = self.shape.slot(path).unwrap_or(usize::MAX);
        let ends = self.ends.get(slot).copied().flatten();
        let near = ends
            .and_then(|(first, last)| self.picked.get(first as usize..=last as usize))
            .unwrap_or_default();
        near.iter().filter(move |(wanted, _)| *wanted == slot).map(|(_, scalar)| scalar)
    }
}

/// How many values are kept of one payload. A push of the 2,048 commits that GitHub lists at
/// most has half as many.
const MAX_FACTS: usize = 16_384;

/// How many a payload is expected to have at most.
const EXPECTED: usize = 32;

/// The longest text that `meta` keeps, in bytes.
const MAX_TEXT: usize = 1024;

/// A text cut to what `meta` keeps, at a character, with an ellipsis where something is missing.
pub(crate) fn clipped(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MAX_TEXT);
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// A number that JSON's readers agree on; one they would round stays text.
fn number(digits: &str) -> Value {
    if let Ok(whole) = digits.parse::<i64>() {
        return Value::from(whole);
    }
    if let Ok(whole) = digits.parse::<u64>() {
        return Value::from(whole);
    }
    let plain = digits.len() <= 17 && digits.contains(['.', 'e', 'E']);
    match digits.parse::<f64>().ok().filter(|_| plain).and_then(Number::from_f64) {
        Some(number) => Value::Number(number),
        None => Value::from(clipped(digits)),
    }
}
