use oasis_core::verify::{GithubHeaders, RefuseReason, Refused};

use crate::request::read;
use crate::road::VERIFIER;

const NAMES: [&str; 5] = [
    "x-github-event",
    "x-github-delivery",
    "x-hub-signature-256",
    "content-type",
    "content-encoding",
];

/// Lines of `name: value`, and a body after the first empty line: what is refused says why, and
/// what is taken is proven only by the right signature.
pub fn signature_headers(data: &[u8]) {
    let (headers, body) = read(data);
    let taken = match GithubHeaders::read(headers.iter().copied()) {
        Ok(taken) => taken,
        Err(refused) => return check_refusal(&refused),
    };
    for value in [taken.event(), taken.delivery_id()] {
        assert!((1..=128).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic()));
    }

    // The case of a name says nothing, and neither does the order.
    let capitals: Vec<_> =
        headers.iter().rev().map(|(name, value)| (name.to_ascii_uppercase(), *value)).collect();
    let again = GithubHeaders::read(capitals.iter().map(|(name, value)| (name.as_str(), *value)))
        .expect("the same headers in capitals");
    assert_eq!(again.event(), taken.event());
    assert_eq!(again.delivery_id(), taken.delivery_id());

    // None of them may come a second time.
    let known = |name: &str| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    for twice in headers.iter().copied().filter(|(name, _)| known(name)) {
        let refused = GithubHeaders::read(headers.iter().copied().chain([twice]))
            .expect_err("a header came twice");
        assert_eq!(refused.reason(), RefuseReason::RepeatedHeader);
    }

    // Nobody but us has the secret.
    let refused = VERIFIER.verify(&taken, body).expect_err("it was not signed");
    assert_eq!(refused.reason(), RefuseReason::WrongSignature);
    let signature = VERIFIER.sign(body);
    let signed = headers.iter().copied().map(|(name, value)| {
        if name.eq_ignore_ascii_case("x-hub-signature-256") {
            (name, signature.as_bytes())
        } else {
            (name, value)
        }
    });
    let signed = GithubHeaders::read(signed).expect("the signature is well formed");
    let verified = VERIFIER.verify(&signed, body).expect("we signed it");
    assert_eq!(verified.kind(), taken.event());
    let longer = [body, b" "].concat();
    assert!(VERIFIER.verify(&signed, &longer).is_err());
}

fn check_refusal(refused: &Refused) {
    let header = refused.header();
    assert!(NAMES.iter().any(|name| name.eq_ignore_ascii_case(header)), "{header}");
    assert!(refused.to_string().contains(header));
    assert_ne!(refused.reason(), RefuseReason::WrongSignature);
}
