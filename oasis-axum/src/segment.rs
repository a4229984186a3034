//! The part of a path that names one thing.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::problem::Problem;

/// The one part of a route's path that isn't fixed, decoded. `axum` answers one that is no UTF-8 with
/// a text of its own; this says it as everything else is said.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text))
            .map_err(|_| Problem::malformed("the path holds %-escapes that are no UTF-8"))
    }
}
