//! A strict reader of JSON text: what comes next, and passing over it.

use super::Unparsed;
use super::name::Name;
use super::stops::{Chunks, Stops};

pub(super) type Result<T> = std::result::Result<T, Unparsed>;

/// Stands for what comes behind the end; no token of JSON starts with it.
const END: u8 = 0;

///
/// It is small and copied freely: a loop works on its [`own`](Self::own), and what is seldom needed
/// or calls itself takes a scanner and gives one back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'c, 'a> {
    text: &'a str,
    /// The stops from `at` on.
    stops: Stops<'c>,
    at: usize,
}

impl<'c, 'a: 'c> Scanner<'c, 'a> {
    /// Reads from the start; a byte order mark there is passed over, as RFC 8259 allows.
    pub(super) fn new(chunks: &'c Chunks<'a>) -> Self {
        let text = chunks.text();
        let mark = text.starts_with('\u{feff}');
        let at = if mark { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, stops: Stops::new(chunks), at }
    }

    /// A copy to work on. What is given to a function stays where its caller put it; this one can
    /// stay in registers.
    #[inline(always)]
    pub(super) fn own(self) -> Self {
        let Self { text, stops, at } = self;
        Self { text, stops: stops.own(), at }
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
        if next > b' ' {
            return next;
        }
        *self = self.past_white();
        self.byte()
    }

    #[inline(never)]
    fn past_white(mut self) -> Self {
        loop {
            match self.byte() {
                b' ' => {}
                b'\n' | b'\r' | b'\t' => drop(self.stops.take()),
                _ => return self,
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
        if found {
            self.step();
        }
        found
    }

    #[cold]
    pub(super) fn fault(&self) -> Unparsed {
        Unparsed::NotJson(self.at)
    }

    /// A member's name and its colon.
    #[inline(always)]
    pub(super) fn name(&mut self) -> Result<Name<'a>> {
        self.peek();
        let start = self.at + 1;
        let escaped = self.pass_string()?;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let name = Name::new(rest, self.at - 1 - start, escaped);
        self.expect(b':')?;
        Ok(name)
    }

    /// What stands between the quotes of a string, which comes next; and whether it holds an escape.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<(&'a str, bool)> {
        let start = self.at + 1;
        let escaped = self.pass_string()?;
        let raw = self.text.get(start..self.at - 1).ok_or_else(|| self.fault())?;
        Ok((raw, escaped))
    }

    /// Passes over one value, the next thing after white space, `outside` levels deep.
    #[inline(always)]
    pub(super) fn pass_value(&mut self, outside: u32) -> Result<()> {
        match self.peek() {
            b'{' | b'[' => {
                *self = self.past_value(outside)?;
                Ok(())
            }
            _ => self.pass_scalar(),
        }
    }

    /// Passes over a string, which comes next; whether it holds an escape.
    #[inline(always)]
    pub(super) fn pass_string(&mut self) -> Result<bool> {
        if self.byte() != b'"' {
            return Err(self.fault());
        }
        self.stops.take();
        self.at = self.stops.take();
        if self.byte() == b'"' {
            self.at += 1;
            return Ok(false);
        }
        *self = self.past_escapes()?;
        Ok(true)
    }

    /// Behind the rest of a string from its first escape on.
    #[inline(never)]
    fn past_escapes(mut self) -> Result<Self> {
        loop {
            match self.byte() {
                b'"' => {
                    self.at += 1;
                    return Ok(self);
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

    /// The text that `past` gets behind.
    #[inline(always)]
    pub(super) fn passed(&mut self, past: impl FnOnce(Self) -> Result<Self>) -> Result<&'a str> {
        let start = self.at;
        *self = past(*self)?;
        self.text.get(start..self.at).ok_or_else(|| self.fault())
    }

    /// The next byte, white space or not.
    #[inline(always)]
    pub(super) fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(END)
    }
}
