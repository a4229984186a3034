//! Passing over what no rule wants, and checking it all the same.

use super::scan::{Result, Scanner};
use super::{MAX_DEPTH, Unparsed};

impl<'c, 'a: 'c> Scanner<'c, 'a> {
    /// Behind one value, `outside` levels deep.
    ///
    /// No recursion: which of the open containers are objects is one bit each.
    #[inline(never)]
    pub(super) fn past_value(self, outside: u32) -> Result<Self> {
        let mut this = self.own();
        let mut open = Open { objects: 0, depth: outside };
        let mut passed = false;
        loop {
            if !std::mem::take(&mut passed) {
                match this.peek() {
                    b'"' => drop(this.pass_string()?),
                    b'{' => {
                        this.step();
                        open.push(true)?;
                        if !this.accept(b'}') {
                            passed = this.pass_members()?;
                            continue;
                        }
                        open.pop();
                    }
                    b'[' => {
                        this.step();
                        open.push(false)?;
                        if !this.accept(b']') {
                            continue;
                        }
                        open.pop();
                    }
                    _ => this.pass_bare()?,
                }
            }
            loop {
                if open.depth == outside {
                    return Ok(this);
                }
                if this.accept(b',') {
                    if open.is_object() {
                        passed = this.pass_members()?;
                    }
                    break;
                }
                this.expect(if open.is_object() { b'}' } else { b']' })?;
                open.pop();
            }
        }
    }

    /// Passes over a member's name and colon; and, as long as no white space is between the tokens,
    /// over all the members from there on whose values hold no other, as those of most don't. Whether
    /// the last one's value was passed over too.
    #[inline(always)]
    fn pass_members(&mut self) -> Result<bool> {
        self.peek();
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
