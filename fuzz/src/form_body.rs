use crate::laws::check_event;
use crate::road::{check_verdict, event_of_form, event_of_json};

/// A form: its field `payload` gives the event that the same bytes give as a JSON body.
pub fn form_body(data: &[u8]) {
    let event = event_of_form("push", data);
    check_event(&event);
    let payload = payload(data);
    check_verdict(&event, payload.as_deref());
    if let Some(payload) = payload {
        assert_eq!(event, event_of_json("push", &payload));
    }
}

/// The first field `payload`, decoded byte by byte: a second way beside the core's.
fn payload(form: &[u8]) -> Option<Vec<u8>> {
    let field = form.split(|&b| b == b'&').find_map(|field| field.strip_prefix(b"payload="))?;
    let mut decoded = Vec::new();
    let mut rest = field;
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        decoded.push(match (escaped, first) {
            (Some((high, low)), _) => {
                rest = &after[2..];
                high << 4 | low
            }
            (None, b'+') => b' ',
            (None, other) => *other,
        });
    }
    Some(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
