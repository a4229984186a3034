//! What Google's headers say of a delivery: a CloudEvent's attributes, or those of an unwrapped
//! message.

use super::{RefuseReason, Refused, header};

/// The headers of a Pub/Sub push or an Eventarc delivery that say what the body is.
///
/// A wrapped push has none of them: then all of it stands in the body, and
/// `GcpHeaders::default()` will do.
#[derive(Debug, Clone, Copy, Default)]
pub struct GcpHeaders<'a> {
    values: [Option<&'a str>; NAMES.len()],
}

impl<'a> GcpHeaders<'a> {
    /// Reads the headers of a delivery; names in any case, other headers are passed over.
    ///
    /// ```
    /// use oasis_core::verify::{GcpHeaders, RefuseReason};
    ///
    /// let twice = [("ce-id", b"1".as_slice()), ("CE-ID", b"2")];
    /// assert_eq!(GcpHeaders::read(twice).unwrap_err().reason(), RefuseReason::RepeatedHeader);
    /// ```
    ///
    /// # Errors
    /// [`Refused`] when one of them is there twice, is longer than 1,024 bytes or has something
    /// else than visible ASCII in it.
    pub fn read(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, Refused> {
        let mut values = [None; NAMES.len()];
        let read = header::once(&NAMES, headers)?;
        for ((name, bytes), value) in NAMES.iter().zip(read).zip(&mut values) {
            if let Some(bytes) = bytes {
                *value =
                    Some(visible(bytes).ok_or(Refused::new(RefuseReason::MalformedHeader, name))?);
            }
        }
        Ok(Self { values })
    }

    /// Whether the body is a whole CloudEvent.
    pub(crate) fn is_structured(&self) -> bool {
        let media_type = self.value("Content-Type").and_then(|value| value.split(';').next());
        media_type
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/cloudevents+json"))
    }

    /// The attributes of an unwrapped message, as facts.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        ATTRIBUTES.iter().filter_map(|(name, fact)| Some((*fact, self.value(name)?)))
    }

    /// The value of one of [`NAMES`] that isn't empty.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        let at = NAMES.iter().position(|known| *known == name)?;
        self.values.get(at).copied().flatten().filter(|value| !value.is_empty())
    }
}

const NAMES: [&str; 26] = [
    "Content-Type",
    // A CloudEvent in binary mode.
    "ce-id",
    "ce-source",
    "ce-type",
    "ce-time",
    "ce-subject",
    // An unwrapped message.
    "x-goog-pubsub-message-id",
    "x-goog-pubsub-publish-time",
    "x-goog-pubsub-subscription-name",
    // Its attributes.
    "Action",
    "buildId",
    "DeliveryPipelineId",
    "JobId",
    "JobRunId",
    "JobType",
    "Location",
    "PhaseId",
    "ProjectNumber",
    "ReleaseId",
    "Resource",
    "ResourceType",
    "Rollout",
    "RolloutId",
    "status",
    "TargetId",
    "vtid",
];

/// The attributes of a message that are read, which come as headers of their own names when it is
/// unwrapped.
const ATTRIBUTES: [(&str, &str); 17] = [
    ("Action", "attributes.Action"),
    ("buildId", "attributes.buildId"),
    ("DeliveryPipelineId", "attributes.DeliveryPipelineId"),
    ("JobId", "attributes.JobId"),
    ("JobRunId", "attributes.JobRunId"),
    ("JobType", "attributes.JobType"),
    ("Location", "attributes.Location"),
    ("PhaseId", "attributes.PhaseId"),
    ("ProjectNumber", "attributes.ProjectNumber"),
    ("ReleaseId", "attributes.ReleaseId"),
    ("Resource", "attributes.Resource"),
    ("ResourceType", "attributes.ResourceType"),
    ("Rollout", "attributes.Rollout"),
    ("RolloutId", "attributes.RolloutId"),
    ("status", "attributes.status"),
    ("TargetId", "attributes.TargetId"),
    ("vtid", "attributes.vtid"),
];

/// The longest value that is taken, in bytes.
const MAX_VALUE: usize = 1024;

fn visible(value: &[u8]) -> Option<&str> {
    let fits = value.len() <= MAX_VALUE && value.iter().all(|b| matches!(b, b' '..=b'~'));
    std::str::from_utf8(value).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_visible_and_comes_once() {
        let read =
            GcpHeaders::read([("CE-ID", b"7".as_slice()), ("x-other", b"\xff"), ("ce-type", b"")]);
        let headers = read.unwrap();
        assert_eq!(headers.value("ce-id"), Some("7"));
        assert_eq!(headers.value("ce-type"), None);
        for bad in ["a\nb", "\u{e9}", "\u{0}", &"x".repeat(1025)] {
            let refused = GcpHeaders::read([("ce-source", bad.as_bytes())]).unwrap_err();
            assert_eq!(
                (refused.reason(), refused.header()),
                (RefuseReason::MalformedHeader, "ce-source")
            );
        }
    }

    #[test]
    fn a_whole_cloud_event_is_told_by_its_type() {
        for (value, wanted) in [
            ("application/cloudevents+json", true),
            ("Application/CloudEvents+JSON; charset=utf-8", true),
            ("application/json", false),
            ("application/cloudevents-batch+json", false),
        ] {
            let headers = GcpHeaders::read([("content-type", value.as_bytes())]).unwrap();
            assert_eq!(headers.is_structured(), wanted, "{value}");
        }
    }
}
