//! A strict reader of JSON text: what comes next, and passing over it.

use super::stops::Stops;
use super::{Unparsed, scalar::Quoted};

pub(super) type Result<T> = std::result::Result<T, Unparsed>;

/// Stands for what comes behind the end; no token of JSON starts with it.
const END: u8 = 0;

#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The stops from `at` on.
    stops: Stops<'a>,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Reads from the start; a byte order mark there is passed over, as RFC 8259 allows.
    pub(super) fn new(text: &'a str) -> Self {
        let mark = text.starts_with('\u{feff}');
        let at = if mark { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, stops: Stops::new(text.as_bytes()), at }
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek();
        self.at == self.text.len()
    }

    /// The next byte that is no white space, without taking it.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> u8 {
        let next = self.byte();
        if next > b' ' { next } else { self.pass_white() }
    }

    #[inline(never)]
    fn pass_white(&mut self) -> u8 {
        loop {
            match self.byte() {
                b' ' => {}
                b'\n' | b'\r' | b'\t' => drop(self.stops.take()),
                other => return other,
            }
            self.at += 1;
        }
    }

    /// Takes the byte that [`peek`](Self::peek) gave; it is none of the stops.
    #[inline(always)]
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// Takes this byte, which must come next after white space.
    #[inline(always)]
    pub(super) fn expect(&mut self, wanted: u8) -> Result<()> {
        if self.accept(wanted) { Ok(()) } else { Err(self.fault()) }
    }

    /// Takes this byte if it comes next after white space.
    #[inline(always)]
    pub(super) fn accept(&mut self, wanted: u8) -> bool {
        let found = self.peek() == wanted;
        self.at += usize::from(found);
        found
    }

    #[cold]
    pub(super) fn fault(&self) -> Unparsed {
        Unparsed::NotJson(self.at)
    }

    /// A member's name and its colon.
    #[inline(always)]
    pub(super) fn key(&mut self) -> Result<Quoted<'a>> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// A string, the next thing after white space.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Quoted<'a>> {
        let start = self.peek_start();
        let escaped = self.pass_string()?;
        let raw = self.text.get(start..self.at - 1).ok_or_else(|| self.fault())?;
        Ok(Quoted::new(raw, escaped))
    }

    /// Where the text starts of the string that comes next.
    #[inline(always)]
    fn peek_start(&mut self) -> usize {
        self.peek();
        self.at + 1
    }

    /// Passes over a string, the next thing after white space; whether it holds an escape.
    #[inline(always)]
    pub(super) fn pass_string(&mut self) -> Result<bool> {
        if self.peek() != b'"' {
            return Err(self.fault());
        }
        self.stops.take();
        self.at = self.stops.take();
        if self.byte() == b'"' {
            self.at += 1;
            return Ok(false);
        }
        self.pass_escapes().map(|()| true)
    }

    /// Passes over the rest of a string from its first escape on.
    #[inline(never)]
    fn pass_escapes(&mut self) -> Result<()> {
        loop {
            match self.byte() {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    self.pass_escape()?;
                }
                _ => return Err(self.fault()),
            }
            self.at = self.stops.take();
        }
    }

    /// Passes over what follows a backslash.
    fn pass_escape(&mut self) -> Result<()> {
        match self.byte() {
            b'"' | b'\\' => drop(self.stops.take()),
            b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
            b'u' => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.byte().is_ascii_hexdigit() {
                        return Err(self.fault());
                    }
                }
            }
            _ => return Err(self.fault()),
        }
        self.at += 1;
        Ok(())
    }

    /// Whether these bytes come next, white space or not.
    #[inline(always)]
    pub(super) fn stands<const N: usize>(&self, bytes: &[u8; N]) -> bool {
        self.text.as_bytes().get(self.at..).and_then(|rest| rest.first_chunk()) == Some(bytes)
    }

    /// The text that `pass` passes over.
    #[inline(always)]
    pub(super) fn passed(&mut self, pass: impl FnOnce(&mut Self) -> Result<()>) -> Result<&'a str> {
        let start = self.at;
        pass(self)?;
        self.text.get(start..self.at).ok_or_else(|| self.fault())
    }

    /// The next byte, white space or not.
    #[inline(always)]
    pub(super) fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(END)
    }
}
