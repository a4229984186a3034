//! A strict reader of JSON text that skips at the speed of a search.

use std::borrow::Cow;

use super::{MAX_DEPTH, Unparsed, text};

type Result<T> = std::result::Result<T, Unparsed>;

/// A value that holds no other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    /// As it was written: no digit of a large number is lost.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// An object as it was written.
    Object(&'a str),
}

/// What stands between two quotes, undecoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Quoted<'a> {
    pub(super) fn decode(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(text::unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// The text, if it holds no escape.
    pub(super) fn plain(self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    pub(super) fn is(self, key: &str) -> bool {
        if self.escaped { text::unescape(self.raw) == key } else { self.raw == key }
    }
}

#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Reads from the start; a byte order mark there is passed over, as RFC 8259 allows.
    pub(super) fn new(text: &'a str) -> Self {
        let mark = text.starts_with('\u{feff}');
        let at = if mark { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at }
    }

    /// The next byte that is no white space, without taking it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Takes this byte, which must come next after white space.
    pub(super) fn expect(&mut self, wanted: u8) -> Result<()> {
        if self.accept(wanted) { Ok(()) } else { Err(self.fault()) }
    }

    /// Takes this byte if it comes next after white space.
    pub(super) fn accept(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    pub(super) fn fault(&self) -> Unparsed {
        Unparsed::NotJson(self.at)
    }

    /// A string, the next thing after white space.
    pub(super) fn string(&mut self) -> Result<Quoted<'a>> {
        let (start, escaped) = self.pass_string()?;
        let raw = self.text.get(start..self.at - 1).ok_or_else(|| self.fault())?;
        Ok(Quoted { raw, escaped })
    }

    /// Passes over a string and its end; where it starts, and whether it holds an escape.
    #[inline]
    fn pass_string(&mut self) -> Result<(usize, bool)> {
        self.expect(b'"')?;
        let start = self.at;
        self.pass_plain();
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok((start, false));
        }
        self.pass_escapes().map(|()| (start, true))
    }

    fn pass_escapes(&mut self) -> Result<()> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                _ => return Err(self.fault()),
            }
            self.pass_plain();
        }
    }

    #[inline]
    fn pass_plain(&mut self) {
        self.at += text::plain_len(self.text.as_bytes().get(self.at..).unwrap_or_default());
    }

    /// A value that holds no other, the next thing after white space.
    pub(super) fn scalar(&mut self) -> Result<Scalar<'a>> {
        match self.peek() {
            Some(b'"') => self.string().map(|quoted| Scalar::Text(quoted.decode())),
            Some(b't') => self.word("true").map(|()| Scalar::Bool(true)),
            Some(b'f') => self.word("false").map(|()| Scalar::Bool(false)),
            Some(b'n') => self.word("null").map(|()| Scalar::Null),
            _ => self.number().map(Scalar::Number),
        }
    }

    /// Passes over one value, `outside` levels deep, checking it all the same.
    ///
    /// No recursion: which of the open containers are objects is one bit each.
    pub(super) fn skip(&mut self, outside: u32) -> Result<()> {
        let (mut objects, mut open) = (0_u128, 0_u32);
        loop {
            let opened = match self.peek() {
                Some(b'{') => Some((b'}', 1)),
                Some(b'[') => Some((b']', 0)),
                _ => None,
            };
            if let Some((close, bit)) = opened {
                self.at += 1;
                open += 1;
                if outside + open > MAX_DEPTH {
                    return Err(Unparsed::TooDeep);
                }
                objects = objects << 1 | bit;
                if !self.accept(close) {
                    if bit == 1 {
                        self.pass_key()?;
                    }
                    continue;
                }
                open -= 1;
                objects >>= 1;
            } else {
                self.skip_scalar()?;
            }
            loop {
                if open == 0 {
                    return Ok(());
                }
                let in_object = objects & 1 == 1;
                if self.accept(b',') {
                    if in_object {
                        self.pass_key()?;
                    }
                    break;
                }
                self.expect(if in_object { b'}' } else { b']' })?;
                open -= 1;
                objects >>= 1;
            }
        }
    }

    /// The text that `take` passes over.
    pub(super) fn taken(&mut self, take: impl FnOnce(&mut Self) -> Result<()>) -> Result<&'a str> {
        let start = self.at;
        take(self)?;
        self.text.get(start..self.at).ok_or_else(|| self.fault())
    }

    /// A member's name and its colon.
    pub(super) fn key(&mut self) -> Result<Quoted<'a>> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    fn pass_key(&mut self) -> Result<()> {
        self.pass_string()?;
        self.expect(b':')
    }

    fn skip_scalar(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'"') => self.pass_string().map(drop),
            _ => self.scalar().map(drop),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn word(&mut self, word: &str) -> Result<()> {
        for wanted in word.bytes() {
            if self.byte() != Some(wanted) {
                return Err(self.fault());
            }
            self.at += 1;
        }
        Ok(())
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<()> {
        let digits = match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
            Some(b'u') => 4,
            _ => return Err(self.fault()),
        };
        self.at += 1;
        for _ in 0..digits {
            if !self.byte().is_some_and(|b| b.is_ascii_hexdigit()) {
                return Err(self.fault());
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str> {
        let start = self.at;
        self.take(b"-");
        if self.take(b"0") == 0 {
            self.digits()?;
        }
        if self.take(b".") == 1 {
            self.digits()?;
        }
        if self.take(b"eE") == 1 {
            self.take(b"+-");
            self.digits()?;
        }
        self.text.get(start..self.at).ok_or_else(|| self.fault())
    }

    /// Takes the next byte if it is one of these; how many were taken.
    fn take(&mut self, any: &[u8]) -> usize {
        let found = usize::from(self.byte().is_some_and(|b| any.contains(&b)));
        self.at += found;
        found
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault()) } else { Ok(()) }
    }
}
