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

/// What stood between two quotes.
pub(super) fn decode(raw: &str, escaped: bool) -> Cow<'_, str> {
    if escaped { Cow::Owned(text::unescape(raw)) } else { Cow::Borrowed(raw) }
}

impl<'c, 'a: 'c> Scanner<'c, 'a> {
    /// A value that holds no other, which comes next.
    #[inline(always)]
    pub(super) fn scalar(&mut self) -> Result<Scalar<'a>> {
        match self.byte() {
            b'"' => self.string().map(|(raw, escaped)| Scalar::Text(decode(raw, escaped))),
            b't' => self.pass_word(b"true").map(|()| Scalar::Bool(true)),
            b'f' => self.pass_word(b"false").map(|()| Scalar::Bool(false)),
            b'n' => self.pass_word(b"null").map(|()| Scalar::Null),
            _ => self.passed(Self::past_number).map(Scalar::Number),
        }
    }

    /// Passes over a value that holds no other, which comes next.
    #[inline(always)]
    pub(super) fn pass_scalar(&mut self) -> Result<()> {
        match self.byte() {
            b'"' => self.pass_string().map(drop),
            _ => self.pass_bare(),
        }
    }

    /// Passes over a value that neither holds another nor is a string.
    #[inline(always)]
    pub(super) fn pass_bare(&mut self) -> Result<()> {
        match self.byte() {
            b't' => self.pass_word(b"true"),
            b'f' => self.pass_word(b"false"),
            b'n' => self.pass_word(b"null"),
            _ => {
                *self = self.past_number()?;
                Ok(())
            }
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

    /// Behind a number.
    #[inline(always)]
    fn past_number(mut self) -> Result<Self> {
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
        Ok(self)
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
