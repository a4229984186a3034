//! A length of time as settings write it.

use std::str::FromStr;
use std::time::Duration;

/// Such as `500ms`, `30s`, `10m`, `24h` or `7d`, or a number alone, which is seconds; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let millis = match unit {
            "ms" => Some(1),
            "s" | "" => Some(1000),
            "m" => Some(60 * 1000),
            "h" => Some(3_600 * 1000),
            "d" => Some(86_400 * 1000),
            _ => None,
        };
        let number = number.parse::<u32>().ok().filter(|number| *number > 0);
        let span = number.zip(millis).map(|(number, unit)| u64::from(number) * unit);
        span.map(|millis| Self(Duration::from_millis(millis)))
            .ok_or("not a length of time such as 500ms, 30s, 10m, 24h or 7d")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        for (text, millis) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("30", 30_000),
            ("10m", 600_000),
            ("24h", 86_400_000),
            ("7d", 604_800_000),
        ] {
            assert_eq!(text.parse(), Ok(Span(Duration::from_millis(millis))));
        }
        for bad in ["", "0", "s", "0s", "-1s", "1.5s", "30 s", "99999999999s", "1w"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }
}
