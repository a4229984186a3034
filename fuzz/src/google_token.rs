use std::fmt;
use std::sync::LazyLock;

use oasis_core::verify::{GcpHeaders, GoogleVerifier, RefuseReason, SignedClaims};
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::road::ARRIVAL;

const AUDIENCE: &str = "https://oasis.example.com/webhooks/gcp";
const ACCOUNT: &str = "push@p.iam.gserviceaccount.com";

static VERIFIER: LazyLock<GoogleVerifier> =
    LazyLock::new(|| GoogleVerifier::new(AUDIENCE, ACCOUNT).expect("neither is blank"));

/// The payload of a token whose signature was found right: it proves a push if each claim is there
/// once and as it must be, and if not it never does.
pub fn google_token(data: &[u8]) {
    let members = members(data);
    let one = |name: &str| {
        let mut values = members.iter().flatten().filter(|(member, _)| member == name);
        values.next().map(|(_, value)| value).filter(|_| values.next().is_none())
    };
    let text = |name: &str| one(name).and_then(Value::as_str);
    let (verified, exp) = (one("email_verified").and_then(Value::as_bool), one("exp"));
    let exp = exp.and_then(Value::as_i64);
    let well_formed = ["iss", "aud", "email"].iter().all(|name| text(name).is_some())
        && verified.is_some()
        && exp.is_some();
    let proves = well_formed
        && text("iss") == Some("https://accounts.google.com")
        && text("aud") == Some(AUDIENCE)
        && text("email") == Some(ACCOUNT)
        && verified == Some(true)
        // A moment beyond what is written of times never comes.
        && exp.is_some_and(|exp| exp > ARRIVAL.at().unix_millis() / 1000);

    let claims = match SignedClaims::from_verified_jwt(data) {
        Ok(claims) => claims,
        Err(refused) => {
            assert_eq!(refused.reason(), RefuseReason::MalformedToken);
            return assert!(!well_formed, "a token of Google's is taken for none");
        }
    };
    assert!(well_formed, "what is no token of Google's is taken for one");
    let headers = GcpHeaders::default();
    let judged = VERIFIER.verify(&claims, &headers, b"{}", ARRIVAL.at());
    assert_eq!(judged.is_ok(), proves, "{:?}", judged.err());
}

/// The members of an object, each as often as it is there; `None` for anything else.
fn members(data: &[u8]) -> Option<Vec<(String, Value)>> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, Value)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(name) = map.next_key::<String>()? {
                let known = ["iss", "aud", "email", "email_verified", "exp"];
                if known.contains(&&*name) {
                    members.push((name, map.next_value()?));
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            Ok(members)
        }
    }

    let mut json = serde_json::Deserializer::from_slice(data);
    let members = json.deserialize_map(Members).ok()?;
    json.end().ok().map(|()| members)
}
