//! The headers that a source sends, each at most once.

use super::{RefuseReason, Refused};

/// The values of these headers, whose names come in any case; other headers are passed over.
pub(super) fn once<'a, const N: usize>(
    names: &[&'static str; N],
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<[Option<&'a [u8]>; N], Refused> {
    let mut values = [None; N];
    for (name, value) in headers {
        let known = names.iter().zip(&mut values).find(|(n, _)| n.eq_ignore_ascii_case(name));
        if let Some((name, slot)) = known
            && slot.replace(value).is_some()
        {
            return Err(Refused::new(RefuseReason::RepeatedHeader, name));
        }
    }
    Ok(values)
}
