//! Passing over what no rule wants, and checking it all the same.

use super::scan::{Result, Scanner};
use super::{MAX_DEPTH, Unparsed};

impl Scanner<'_> {
    /// Passes over one value, `outside` levels deep.
    ///
    /// No recursion: which of the open containers are objects is one bit each.
    pub(super) fn skip(&mut self, outside: u32) -> Result<()> {
        let mut open = Open { objects: 0, depth: outside };
        let mut passed = false;
        loop {
            if !std::mem::take(&mut passed) {
                match self.peek() {
                    b'"' => drop(self.pass_string()?),
                    b'{' => {
                        self.step();
                        open.push(true)?;
                        if !self.accept(b'}') {
                            passed = self.pass_members()?;
                            continue;
                        }
                        open.pop();
                    }
                    b'[' => {
                        self.step();
                        open.push(false)?;
                        if !self.accept(b']') {
                            continue;
                        }
                        open.pop();
                    }
                    _ => self.pass_bare()?,
                }
            }
            loop {
                if open.depth == outside {
                    return Ok(());
                }
                if self.accept(b',') {
                    if open.is_object() {
                        passed = self.pass_members()?;
                    }
                    break;
                }
                self.expect(if open.is_object() { b'}' } else { b']' })?;
                open.pop();
            }
        }
    }

    /// Passes over a member's name and colon; and, as long as no white space is between the tokens,
    /// over all the members from there on whose values hold no other, as those of most don't. Whether
    /// the last one's value was passed over too.
    #[inline(always)]
    fn pass_members(&mut self) -> Result<bool> {
        loop {
            self.pass_string()?;
            if self.stands(b":\"") {
                self.step();
                self.pass_string()?;
            } else {
                self.expect(b':')?;
                if !matches!(self.byte(), b'-' | b'0'..=b'9' | b'f' | b'n' | b't') {
                    return Ok(false);
                }
                self.pass_bare()?;
            }
            if !self.stands(b",\"") {
                return Ok(true);
            }
            self.step();
        }
    }
}

/// The containers around a place.
struct Open {
    /// Whether each is an object, the innermost in the lowest bit.
    objects: u128,
    depth: u32,
}

impl Open {
    fn push(&mut self, object: bool) -> Result<()> {
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        if self.depth > MAX_DEPTH { Err(Unparsed::TooDeep) } else { Ok(()) }
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.objects >>= 1;
    }

    fn is_object(&self) -> bool {
        self.objects & 1 == 1
    }
}
