//! Texts of strangers in a terminal.

use std::borrow::Cow;

/// The text without what would move the cursor, change colours or turn the line around.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Control characters, and those that change the direction of what follows.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_reaches_the_terminal_but_the_text() {
        assert_eq!(plain("feat: Überblick 📦"), "feat: Überblick 📦");
        assert_eq!(
            plain("\x1b[2Ja\r\nb\u{9b}c\u{202e}d"),
            "\u{FFFD}[2Ja\u{FFFD}\u{FFFD}b\u{FFFD}c\u{FFFD}d"
        );
    }
}
