//! Where a page ended.

use std::fmt;
use std::str::FromStr;

use super::Order;
use crate::event::Position;

/// Where a page ended, as a text for the next request. Its form is no promise, but for its
/// version in front: an old cursor is understood or refused, never misread.
///
/// ```
/// use oasis_core::{Cursor, Order, Position};
///
/// let cursor = Cursor::new(Order::Descending, Position::FIRST);
/// assert_eq!(cursor.to_string().parse(), Ok(cursor));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    order: Order,
    position: Position,
}

impl Cursor {
    /// A page in this order ended with this position.
    #[must_use]
    pub const fn new(order: Order, position: Position) -> Self {
        Self { order, position }
    }

    /// The order of the page.
    #[must_use]
    pub const fn order(self) -> Order {
        self.order
    }

    /// The last position of the page.
    #[must_use]
    pub const fn position(self) -> Position {
        self.position
    }
}

/// The text is no cursor of this version.
///
/// ```
/// use oasis_core::{Cursor, InvalidCursor};
///
/// let error: InvalidCursor = "page-2".parse::<Cursor>().unwrap_err();
/// assert!(error.to_string().starts_with("not a"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that this version gave out; start again without one")]
#[non_exhaustive]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (order, digits) = if let Some(digits) = text.strip_prefix("v1a") {
            (Order::Ascending, digits)
        } else if let Some(digits) = text.strip_prefix("v1d") {
            (Order::Descending, digits)
        } else {
            return Err(InvalidCursor);
        };
        // One text for each cursor: no sign, no leading zero.
        if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
            return Err(InvalidCursor);
        }
        let number = digits.parse().map_err(|_| InvalidCursor)?;
        Position::new(number).map(|position| Self { order, position }).ok_or(InvalidCursor)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.order {
            Order::Ascending => 'a',
            Order::Descending => 'd',
        };
        write!(f, "v1{order}{}", self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_a_cursor_only_if_a_cursor_writes_it(text in "(v1[ad])?[0-9+ -]{0,22}|\\PC*") {
            if let Ok(cursor) = text.parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }
}
