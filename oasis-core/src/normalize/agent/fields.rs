//! The members of a client's object, taken one by one; what nobody took is kept in `meta`.

use serde_json::{Map, Value};

use super::PayloadError;
use crate::event::{Link, Meta, Status, Title};
use crate::time::Timestamp;
use crate::vtid::{Found, UNSET, VtidSearch};

/// The longest body, in bytes.
const MAX_BODY: usize = 256 * 1024;

/// The longest name, in bytes: names become keys of indexes.
const MAX_NAME: usize = 128;

/// The longest `ref`, title, layer and delivery id, in bytes.
const MAX_REF: usize = 2048;
const MAX_TITLE: usize = 512;
const MAX_LAYER: usize = 16;
pub(super) const MAX_ID: usize = 512;

/// The largest `meta` as JSON, in bytes, and how deep it may be nested.
const MAX_META: usize = 64 * 1024;
const MAX_DEPTH: u32 = 16;

#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

type Result<T> = std::result::Result<T, PayloadError>;

impl Fields {
    pub(super) fn read(body: &[u8]) -> Result<Self> {
        if body.len() > MAX_BODY {
            return Err(PayloadError::new("body", "at most 256 KiB long"));
        }
        let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            _ => Err(PayloadError::new("body", "a JSON object")),
        }
    }

    /// Whether there is a text under this name.
    pub(super) fn has_text(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_string)
    }

    /// Whether this text stands under this name.
    pub(super) fn says(&self, name: &str, text: &str) -> bool {
        self.0.get(name).and_then(Value::as_str) == Some(text)
    }

    /// The same for a word, whose letters come in any case.
    pub(super) fn says_word(&self, name: &str, word: &str) -> bool {
        let said = self.0.get(name).and_then(Value::as_str);
        said.is_some_and(|said| said.eq_ignore_ascii_case(word))
    }

    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Takes a member out; null is none.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Moves what stands in this object among the members, where there is nothing of that name.
    pub(super) fn lift(&mut self, object: &mut Map<String, Value>, names: &[&str]) {
        for name in names {
            if !self.0.contains_key(*name)
                && let Some(value) = object.remove(*name)
            {
                self.0.insert((*name).to_owned(), value);
            }
        }
    }

    /// An object.
    pub(super) fn object(&mut self, name: &'static str) -> Result<Map<String, Value>> {
        match self.take(name) {
            None => Ok(Map::new()),
            Some(Value::Object(members)) => Ok(members),
            Some(_) => Err(PayloadError::new(name, "an object")),
        }
    }

    /// A text that isn't blank, without the white space around it.
    pub(super) fn text(&mut self, name: &'static str, max: usize) -> Result<Option<String>> {
        let fault = || PayloadError::new(name, format!("a text of at most {max} bytes"));
        let text = match self.take(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text,
            Some(_) => return Err(fault()),
        };
        let text = text.trim();
        if text.len() > max || text.contains(char::is_control) {
            return Err(fault());
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    /// A text that may be a key: visible ASCII without spaces.
    pub(super) fn name(&mut self, name: &'static str) -> Result<Option<String>> {
        let expected = "a text of at most 128 visible ASCII characters without spaces";
        let text = self.text(name, MAX_NAME).map_err(|_| PayloadError::new(name, expected))?;
        match text {
            Some(text) if !text.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(PayloadError::new(name, expected))
            }
            text => Ok(text),
        }
    }

    /// A name that must be there, under the first of these names that is.
    pub(super) fn needed(&mut self, names: &[&'static str]) -> Result<String> {
        for name in names {
            if let Some(text) = self.text(name, MAX_NAME)? {
                return Ok(text);
            }
        }
        let first = names.first().copied().unwrap_or("body");
        Err(PayloadError::new(first, "there, a text of at most 128 bytes"))
    }

    /// What kind of event it is; before, `event`, `type` and `topic` said it, in any characters.
    pub(super) fn kind(&mut self, is_older: bool) -> Result<String> {
        if !is_older {
            return self.name("kind")?.ok_or_else(|| PayloadError::new("kind", "there"));
        }
        for name in ["event", "type", "topic"] {
            if let Some(text) = self.text(name, MAX_NAME)? {
                let visible = |c: char| if c.is_ascii_graphic() { c } else { '_' };
                return Ok(text.chars().map(visible).collect());
            }
        }
        Err(PayloadError::new("kind", "there"))
    }

    /// Where it comes from; before, any name would do.
    pub(super) fn source(&mut self, is_older: bool) -> Result<Option<String>> {
        let expected = "words of small letters, digits, _ and -, joined by dots";
        let Some(text) = self.text("source", MAX_NAME)? else { return Ok(None) };
        let word = |word: &str| {
            let fits = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
            !word.is_empty() && word.bytes().all(fits)
        };
        let source = if is_older { text.to_ascii_lowercase() } else { text.clone() };
        if source.split('.').all(word) {
            return Ok(Some(source));
        }
        if !is_older {
            return Err(PayloadError::new("source", expected));
        }
        self.put("source_name", text);
        Ok(None)
    }

    /// The client's own id for what it sends.
    pub(super) fn delivery_id(&mut self) -> Result<Option<String>> {
        self.text("delivery_id", MAX_ID)
    }

    /// A word of letters, in capitals.
    pub(super) fn layer(&mut self) -> Result<Option<String>> {
        match self.text("layer", MAX_LAYER)? {
            Some(text) if !text.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Err(PayloadError::new("layer", "a word of the letters A to Z"))
            }
            text => Ok(text.map(|text| text.to_ascii_uppercase())),
        }
    }

    /// A title that the client made.
    pub(super) fn title(&mut self) -> Result<Option<Title>> {
        let expected = "LAYER-MODULE-ACTION in capitals, such as CICDL-PR-MERGED";
        let Some(text) = self.text("title", MAX_TITLE)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| PayloadError::new("title", expected))
    }

    pub(super) fn reference(&mut self) -> Result<Option<String>> {
        self.text("ref", MAX_REF)
    }

    /// A link; one that leads elsewhere than to the web is none.
    pub(super) fn link(&mut self) -> Result<Option<Link>> {
        match self.take("link") {
            None => Ok(None),
            Some(Value::String(link)) => Ok(link.parse().ok()),
            Some(_) => Err(PayloadError::new("link", "an http or https URL")),
        }
    }

    pub(super) fn moment(&mut self, name: &'static str) -> Result<Option<Timestamp>> {
        let expected = "a date and time such as 2025-10-29T12:00:00Z";
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => {
                text.parse().map(Some).map_err(|_| PayloadError::new(name, expected))
            }
            Some(_) => Err(PayloadError::new(name, expected)),
        }
    }

    /// A status, by one of these words beside the eight, in any letter case.
    pub(super) fn status(&mut self, words: &[(&str, Status)]) -> Result<Option<Status>> {
        let Some(word) = self.text("status", MAX_NAME)? else { return Ok(None) };
        let word = word.to_ascii_lowercase();
        let older = words.iter().find(|(older, _)| *older == word).map(|(_, status)| *status);
        older.or_else(|| word.parse().ok()).map(Some).ok_or_else(|| {
            let all = Status::ALL.map(Status::as_str).join(", ");
            PayloadError::new("status", format!("one of {all}"))
        })
    }

    /// A task id, the whole text of it; `UNSET` and `IDLE` say that there is none.
    pub(super) fn vtid(&mut self, search: &VtidSearch) -> Result<Option<Found>> {
        let Some(text) = self.text("vtid", MAX_NAME)? else { return Ok(None) };
        let capitals = text.to_ascii_uppercase();
        if capitals == UNSET || capitals == "IDLE" {
            return Ok(None);
        }
        let found = search.find(&capitals).filter(|found| found.vtid().as_str() == capitals);
        found
            .map(Some)
            .ok_or_else(|| PayloadError::new("vtid", "a task id such as DEV-CICDL-0031, or UNSET"))
    }

    /// What was not taken, under what the client calls `meta`.
    pub(super) fn into_meta(self, named: Map<String, Value>) -> Result<Meta> {
        let mut meta = Meta::new();
        for (name, mut value) in named.into_iter().chain(self.0) {
            if name.len() > MAX_NAME {
                let expected = "an object whose names have at most 128 bytes";
                return Err(PayloadError::new("meta", expected));
            }
            if name.contains(char::is_control) {
                let expected = "an object whose names have no control character";
                return Err(PayloadError::new("meta", expected));
            }
            tidy(&mut value, 1)?;
            meta.entry(name.into()).or_insert(value);
        }
        let size = serde_json::to_vec(&meta).map_or(usize::MAX, |json| json.len());
        if size > MAX_META {
            return Err(PayloadError::new("meta", "at most 64 KiB of JSON"));
        }
        Ok(meta)
    }
}

/// Checks how deep a value is, and puts U+FFFD in place of NUL, which not every ledger can store.
fn tidy(value: &mut Value, depth: u32) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(PayloadError::new("meta", "nested at most 16 levels deep"));
    }
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => {
            for item in items {
                tidy(item, depth + 1)?;
            }
        }
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                return Err(PayloadError::new("meta", "an object whose names have no NUL"));
            }
            for member in members.values_mut() {
                tidy(member, depth + 1)?;
            }
        }
        _ => {}
    }
    Ok(())
}
