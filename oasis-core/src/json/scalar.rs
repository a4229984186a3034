//! The values that hold no other.

use std::borrow::Cow;

use super::scan::{Result, Scanner};
use super::text;

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
    pub(super) fn new(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

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

impl<'a> Scanner<'a> {
    /// A value that holds no other, the next thing after white space.
    pub(super) fn scalar(&mut self) -> Result<Scalar<'a>> {
        match self.peek() {
            b'"' => self.string().map(|quoted| Scalar::Text(quoted.decode())),
            b't' => self.pass_word(b"true").map(|()| Scalar::Bool(true)),
            b'f' => self.pass_word(b"false").map(|()| Scalar::Bool(false)),
            b'n' => self.pass_word(b"null").map(|()| Scalar::Null),
            _ => self.passed(Self::pass_number).map(Scalar::Number),
        }
    }

    /// Passes over a value that neither holds another nor is a string.
    #[inline]
    pub(super) fn pass_bare(&mut self) -> Result<()> {
        match self.byte() {
            b't' => self.pass_word(b"true"),
            b'f' => self.pass_word(b"false"),
            b'n' => self.pass_word(b"null"),
            _ => self.pass_number(),
        }
    }

    #[inline(always)]
    fn pass_word<const N: usize>(&mut self, word: &[u8; N]) -> Result<()> {
        if self.stands(word) {
            word.iter().for_each(|_| self.step());
            return Ok(());
        }
        for &wanted in word {
            if self.byte() != wanted {
                break;
            }
            self.step();
        }
        Err(self.fault())
    }

    fn pass_number(&mut self) -> Result<()> {
        self.take(b"-");
        if !self.take(b"0") {
            self.pass_digits()?;
        }
        if self.take(b".") {
            self.pass_digits()?;
        }
        if self.take(b"eE") {
            self.take(b"+-");
            self.pass_digits()?;
        }
        Ok(())
    }

    /// Takes the next byte if it is one of these.
    fn take(&mut self, any: &[u8]) -> bool {
        let found = any.contains(&self.byte());
        if found {
            self.step();
        }
        found
    }

    fn pass_digits(&mut self) -> Result<()> {
        if !self.byte().is_ascii_digit() {
            return Err(self.fault());
        }
        while self.byte().is_ascii_digit() {
            self.step();
        }
        Ok(())
    }
}
