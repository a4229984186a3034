//! A signed delivery, of which only the id is another each time: the signature is over the body.

use oasis_benches::Payload;
use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};

/// What every server here is told to expect.
pub const SECRET: &str = "It's a Secret to Everybody";
/// What stands before the number in each delivery id.
pub const PREFIX: &str = "load-";
/// How many digits the number has, so that all requests are as long.
pub const DIGITS: usize = 12;

/// A whole request in memory; sending it copies nothing.
#[derive(Debug, Clone)]
pub struct Delivery {
    request: Vec<u8>,
    number: usize,
}

impl Delivery {
    pub fn new(payload: &Payload) -> Self {
        Self::to("/webhooks/github", payload)
    }

    /// The same to another path, as peers have it.
    pub fn to(path: &str, payload: &Payload) -> Self {
        let verifier = Secret::new(SECRET).map(|secret| GithubVerifier::new(&KeyRing::new(secret)));
        let signature = verifier.expect("the secret is not empty").sign(&payload.body);
        let (event, length) = (payload.event, payload.body.len());
        let before = format!(
            "POST {path} HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\n\
             X-GitHub-Event: {event}\r\nX-Hub-Signature-256: {signature}\r\n\
             Content-Length: {length}\r\nX-GitHub-Delivery: {PREFIX}"
        );
        let mut request = before.into_bytes();
        let number = request.len();
        request.extend([b'0'; DIGITS]);
        request.extend(b"\r\n\r\n");
        request.extend(&payload.body);
        Self { request, number }
    }

    /// The request of the delivery with this number.
    pub fn numbered(&mut self, number: u64) -> &[u8] {
        let digits = format!("{number:0width$}", width = DIGITS);
        self.request[self.number..self.number + DIGITS].copy_from_slice(digits.as_bytes());
        &self.request
    }
}

#[cfg(test)]
mod tests {
    use oasis_core::verify::GithubHeaders;

    use super::*;

    #[test]
    fn each_is_signed_and_has_an_id_of_its_own() {
        let payload = oasis_benches::all().swap_remove(0);
        let mut delivery = Delivery::new(&payload);
        let verifier = GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap()));
        for number in [0, 7, 123_456] {
            let mut headers = [httparse::EMPTY_HEADER; 16];
            let mut request = httparse::Request::new(&mut headers);
            let sent = delivery.numbered(number).to_vec();
            let len = request.parse(&sent).unwrap().unwrap();
            let named = request.headers.iter().map(|header| (header.name, header.value));
            let read = GithubHeaders::read(named).unwrap();
            assert_eq!(verifier.verify(&read, &sent[len..]).unwrap().kind(), "push");
            let id = request.headers.iter().find(|h| h.name == "X-GitHub-Delivery").unwrap();
            assert_eq!(id.value, format!("load-{number:012}").as_bytes());
        }
    }
}
