//! Bytes as choices: so a fuzzer changes what happens, and a property test makes it less.

/// Where the bytes end there is nothing more to choose, and each choice is the first.
#[derive(Debug)]
pub(super) struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn ended(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) const fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below this one.
    pub(super) fn below(&mut self, bound: u8) -> u8 {
        self.byte() % bound.max(1)
    }

    /// One of these.
    pub(super) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        let nth = usize::from(self.byte()) % choices.len().max(1);
        match choices.get(nth) {
            Some(choice) => choice.clone(),
            None => panic!("there is nothing to choose from"),
        }
    }

    /// One of these, or none at all.
    pub(super) fn perhaps<T: Clone>(&mut self, choices: &[T]) -> Option<T> {
        if self.below(2) == 0 { None } else { Some(self.pick(choices)) }
    }
}
