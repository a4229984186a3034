use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::laws::check_event;
use crate::road::{check_verdict, event_of_form, event_of_json};

/// A line with the event's name, then its payload: there always is an event, it obeys the laws,
/// and it is the same however the payload is packed.
pub fn github_payload(data: &[u8]) {
    let (name, body) = name_and_body(data);
    let event = event_of_json(name, body);
    assert_eq!(event.kind, name);
    assert_eq!(event.source, "github.actions");
    assert!(event.meta.contains_key("repository"));
    check_verdict(&event, Some(body));
    check_event(&event);

    let form = format!("a=b&payload={}", percent_encode(body, NON_ALPHANUMERIC));
    assert_eq!(event_of_form(name, form.as_bytes()), event);
}

/// What the headers' reader takes as a name, and `push` in place of anything else.
fn name_and_body(data: &[u8]) -> (&str, &[u8]) {
    let line = data.iter().position(|&b| b == b'\n').unwrap_or(data.len());
    let (name, body) = data.split_at(line);
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    let fits = (1..=128).contains(&name.len()) && name.iter().all(u8::is_ascii_graphic);
    let name = std::str::from_utf8(name).ok().filter(|_| fits);
    (name.unwrap_or("push"), body)
}
