//! Payloads for measuring: made here, in the shapes and sizes that the real ones have.

mod corpus;
mod event;
mod figures;
mod github;
mod google;
mod text;

pub use corpus::real;
pub use event::event;
pub use figures::Figures;
pub use github::{check_run, pull_request, push, workflow_run};

/// A payload to measure with.
#[derive(Debug, Clone)]
pub struct Payload {
    /// What it is called in the results.
    pub name: &'static str,
    /// GitHub's name of the event.
    pub event: &'static str,
    /// Its JSON.
    pub body: Vec<u8>,
}

/// The payloads that are measured, from the smallest to the largest.
pub fn all() -> Vec<Payload> {
    const KIB: usize = 1024;
    let payload = |name, event, body: serde_json::Value| Payload {
        name,
        event,
        body: body.to_string().into_bytes(),
    };
    vec![
        payload("push-7k", "push", push(7 * KIB)),
        payload("check_run-11k", "check_run", check_run(11 * KIB)),
        payload("workflow_run-19k", "workflow_run", workflow_run(19 * KIB)),
        payload("pull_request-24k", "pull_request", pull_request(24 * KIB)),
        payload("push-1m", "push", push(KIB * KIB)),
    ]
}

/// The real payloads, or where there are none those made here in the sizes that real ones have.
pub fn measured() -> Vec<Payload> {
    let real = real();
    if real.is_empty() { all().into_iter().take(4).collect() } else { real }
}

/// What is measured of Google Cloud's: a name and a body.
pub fn google() -> Vec<(&'static str, Vec<u8>)> {
    let all = [
        ("cloud_build", google::build()),
        ("cloud_deploy", google::rollout()),
        ("cloud_run", google::run()),
        ("cloud_run-request", google::request()),
        ("audit_log", google::audit()),
        ("cloud_event", google::cloud_event()),
        ("pubsub", google::message()),
    ];
    all.map(|(name, body)| (name, body.to_string().into_bytes())).into()
}

/// Texts of a KiB each, in which a task id is looked for: a name and the text.
pub fn texts() -> [(&'static str, String); 4] {
    [
        ("prose", text::prose()),
        ("named", text::named()),
        ("names", text::names()),
        ("near-misses", text::near_misses()),
    ]
}

#[cfg(test)]
mod tests {
    use oasis_core::verify::{GcpHeaders, danger};
    use oasis_core::{Arrival, Normalizer, Timestamp, VtidSearch};

    use super::*;

    #[test]
    fn each_payload_has_about_the_size_in_its_name() {
        for (payload, wanted) in all().iter().zip([7, 11, 19, 24, 1024]) {
            let (size, wanted) = (payload.body.len(), wanted * 1024);
            assert!(size.abs_diff(wanted) * 10 <= wanted, "{}: {size} bytes", payload.name);
        }
    }

    #[test]
    fn each_push_is_of_the_kind_in_its_name() {
        let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
        for (name, body) in google() {
            let trusted = danger::trust_gcp(&GcpHeaders::default(), &body);
            let event = Normalizer::default().gcp(&trusted, arrival);
            assert_eq!(name.split('-').next(), Some(&*event.kind), "{event:?}");
            assert!(!event.meta.contains_key("unparsed"), "{event:?}");
        }
    }

    #[test]
    fn each_text_is_a_kib_with_as_many_ids_as_it_should_have() {
        for (name, text) in texts() {
            let found = VtidSearch::default().find_all(&text).count();
            assert_eq!((text.len(), found), (1024, usize::from(name == "named")), "{name}");
        }
    }
}
