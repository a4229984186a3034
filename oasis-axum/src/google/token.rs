//! The signature of a token (RFC 7515); what it claims is for the core to judge.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto, decode_header};
use oasis_core::verify::SignedClaims;

use super::keys::Keys;
use crate::auth;
use crate::problem::Problem;

/// The longest token that is read, in bytes; Google's have about 1,200.
const MAX_LEN: usize = 8 * 1024;

/// The claims of the request's token, whose signature was found right.
pub(super) async fn claims(headers: &HeaderMap, keys: &Keys) -> Result<SignedClaims, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let token = match (values.next(), values.next()) {
        (Some(value), None) => auth::bearer(value.as_bytes()),
        (Some(_), Some(_)) => {
            return Err(Problem::malformed("the header Authorization came twice"));
        }
        (None, _) => None,
    };
    let token = token.and_then(|token| std::str::from_utf8(token).ok());
    let token = token.filter(|token| token.len() <= MAX_LEN).ok_or_else(Problem::no_push_token)?;

    let parts = decode_header(token).ok().filter(|head| head.alg == Algorithm::RS256);
    let key_id = parts.and_then(|head| head.kid).ok_or_else(Problem::no_push_token)?;
    let Some(key) = keys.get(&key_id).await? else { return Err(Problem::no_push_token()) };

    let (message, signature) = token.rsplit_once('.').ok_or_else(Problem::no_push_token)?;
    // The algorithm is fixed here: what the token says of it was only compared.
    let signed = crypto::verify(signature, message.as_bytes(), &key, Algorithm::RS256);
    if !signed.unwrap_or(false) {
        return Err(Problem::no_push_token());
    }
    let (_, payload) = message.split_once('.').ok_or_else(Problem::no_push_token)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(|_| Problem::no_push_token())?;
    Ok(SignedClaims::from_verified_jwt(&payload)?)
}
