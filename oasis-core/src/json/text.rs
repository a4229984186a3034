//! What stands between the quotes of a JSON string.

/// Resolves the escapes of a string that was checked; a lone surrogate becomes U+FFFD, and so
/// does NUL, which not every ledger can store.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = escape.chars();
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let (c, after) = unicode(chars.as_str());
                out.push(c);
                chars = after.chars();
            }
            Some(itself) => out.push(itself),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The character that four hex digits, or two such escapes in a row, stand for; and what follows.
fn unicode(text: &str) -> (char, &str) {
    let (high, rest) = unit(text);
    if (0xD800..0xDC00).contains(&high)
        && let Some((low, after)) = rest.strip_prefix("\\u").map(unit)
        && (0xDC00..0xE000).contains(&low)
    {
        let scalar = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), after);
    }
    let shown = char::from_u32(high).filter(|&c| c != '\0');
    (shown.unwrap_or(char::REPLACEMENT_CHARACTER), rest)
}

fn unit(text: &str) -> (u32, &str) {
    let (digits, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    (u32::from_str_radix(digits, 16).unwrap_or(0), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn surrogates_pair_up_or_are_replaced() {
        for (raw, text) in [
            (r"\ud83d\ude80", "🚀"),
            (r"\ud83d", "\u{fffd}"),
            (r"\ude80x", "\u{fffd}x"),
            (r"\ud83dA", "\u{fffd}A"),
            (r"\ud83d\n", "\u{fffd}\n"),
            (r"\ud83d\ud83d\ude80", "\u{fffd}🚀"),
            (r"\u0000", "\u{fffd}"),
            (r#"\"\\\/\b\f\n\r\t\u00e9"#, "\"\\/\u{8}\u{c}\n\r\té"),
        ] {
            assert_eq!(unescape(raw), text, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_serde_json_escapes_comes_back(text in any::<String>()) {
            let quoted = serde_json::to_string(&text).unwrap();
            let raw = quoted.get(1..quoted.len() - 1).unwrap();
            prop_assert_eq!(unescape(raw), text.replace('\0', "\u{fffd}"));
        }
    }
}
