//! What a request brings.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;

/// A request's headers and its body, which is not read yet. Of headers alone axum makes a copy, with an
/// allocation for each name that is the sender's own.
#[derive(Debug)]
pub(crate) struct Brought {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl<S: Sync> FromRequest<S> for Brought {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let (head, body) = request.into_parts();
        Ok(Self { headers: head.headers, body })
    }
}
