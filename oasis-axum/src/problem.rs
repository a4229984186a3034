//! Errors as problem documents (RFC 9457); the status of each is decided here and nowhere else.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oasis_core::verify::{RefuseReason, Refused};
use oasis_core::{IngestError, PayloadError, StoreError};
use serde::Serialize;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::dependencies::Dependency;

/// An error as a client sees it: `application/problem+json` with `type`, `title`, `status` and
/// `detail`. Its detail says what to do and never holds a secret, SQL or a path.
///
/// ```
/// use axum::http::{StatusCode, header};
/// use axum::response::IntoResponse;
/// use oasis_axum::Problem;
/// use oasis_core::{StoreError, StoreErrorKind};
///
/// // A route of the host's own answers as those of OASIS do.
/// let away = StoreError::new(StoreErrorKind::Unavailable, "can't append");
/// let problem = Problem::from(away);
/// assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
/// let response = problem.into_response();
/// assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
/// assert!(response.headers().contains_key(header::RETRY_AFTER));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: Kind,
    detail: String,
    /// How soon the client may come again, in seconds.
    retry_after: Option<u64>,
    errors: Vec<FieldError>,
    dependencies: Vec<Dependency>,
}

/// What is wrong with one of the events of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct FieldError {
    /// Which one, from 0.
    index: usize,
    field: String,
    detail: String,
}

impl FieldError {
    pub(crate) fn new(index: usize, error: &PayloadError) -> Self {
        Self { index, field: error.field().to_owned(), detail: error.to_string() }
    }
}

/// One kind for each thing that a client can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    MalformedRequest,
    NotSigned,
    NotAuthorized,
    NotAllowed,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    TooOften,
    Unavailable,
    Busy,
    NotReady,
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::NotSigned | Self::NotAuthorized => StatusCode::UNAUTHORIZED,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Busy | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed-request",
            Self::NotSigned => "not-signed",
            Self::NotAuthorized => "not-authorized",
            Self::NotAllowed => "not-allowed",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Invalid => "invalid",
            Self::TooOften => "too-often",
            Self::Unavailable => "unavailable",
            Self::Busy => "busy",
            Self::NotReady => "not-ready",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::MalformedRequest => "The request is malformed",
            Self::NotSigned => "The delivery is not signed by a known secret",
            Self::NotAuthorized => "A token is needed",
            Self::NotAllowed => "This is not allowed",
            Self::NotFound => "There is nothing here",
            Self::MethodNotAllowed => "This path does not take that method",
            Self::TooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body's type is not taken here",
            Self::Invalid => "A field is not what it must be",
            Self::TooOften => "This client asks too often",
            Self::Unavailable => "The ledger is away",
            Self::Busy => "There is too much to do just now",
            Self::NotReady => "The gateway is not ready",
        }
    }
}

/// How soon a client may come again when the ledger or the gateway has a bad moment, in seconds.
const RETRY_AFTER: u64 = 5;

impl Problem {
    fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let later = matches!(kind, Kind::Unavailable | Kind::Busy | Kind::NotReady);
        Self {
            kind,
            detail: detail.into(),
            retry_after: later.then_some(RETRY_AFTER),
            errors: Vec::new(),
            dependencies: Vec::new(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(Kind::MalformedRequest, detail)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(Kind::TooLarge, format!("a body may have up to {limit} bytes"))
    }

    pub(crate) fn not_authorized() -> Self {
        Self::new(Kind::NotAuthorized, "send a read token as `Authorization: Bearer <token>`")
    }

    pub(crate) fn not_admin() -> Self {
        let detail = "send an admin token as `Authorization: Bearer <token>`, or a read token where \
                      no admin token is set";
        Self::new(Kind::NotAuthorized, detail)
    }

    pub(crate) fn other_site() -> Self {
        Self::new(Kind::NotAllowed, "only the gateway's own pages may sign in or out")
    }

    pub(crate) fn not_json() -> Self {
        Self::new(Kind::UnsupportedMediaType, "send application/json")
    }

    pub(crate) fn packed() -> Self {
        Self::new(Kind::UnsupportedMediaType, "send the body as it is, without Content-Encoding")
    }

    #[cfg(feature = "gcp")]
    pub(crate) fn no_push_token() -> Self {
        let detail = "a push needs one token that Google signed (RS256) as `Authorization: Bearer`";
        Self::new(Kind::NotSigned, detail)
    }

    #[cfg(feature = "gcp")]
    pub(crate) fn keys_unavailable() -> Self {
        let detail = "the keys that tokens are signed with can't be had; send the same push later";
        Self::new(Kind::Busy, detail)
    }

    pub(crate) fn no_such_event() -> Self {
        Self::new(Kind::NotFound, "the ledger holds no event with this id")
    }

    pub(crate) fn no_such_task() -> Self {
        Self::new(Kind::NotFound, "the ledger holds no event of this task")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(Kind::MethodNotAllowed, "the header Allow names the methods that this path takes")
    }

    pub(crate) fn no_ingest_token() -> Self {
        Self::new(Kind::NotAuthorized, "send an ingest token as `Authorization: Bearer <token>`")
    }

    /// These events can't be taken, so none of the request was.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let first = errors.first().map(|error| error.detail.clone()).unwrap_or_default();
        let detail = match errors.len() {
            1 => format!("{first}; nothing was stored"),
            count => {
                format!("{first}, and {} more events are invalid; nothing was stored", count - 1)
            }
        };
        Self { errors, ..Self::new(Kind::Invalid, detail) }
    }

    pub(crate) fn too_often(retry_after: u64) -> Self {
        let detail = "this client asks more often than it may; Retry-After says when it may again";
        Self { retry_after: Some(retry_after), ..Self::new(Kind::TooOften, detail) }
    }

    pub(crate) fn overloaded() -> Self {
        Self::new(Kind::Busy, "too many bodies are being taken just now; send it again later")
    }

    pub(crate) fn crowded() -> Self {
        Self::new(Kind::Busy, "more deliveries come than can be taken; send it again later")
    }

    pub(crate) fn too_many_feeds() -> Self {
        Self::new(Kind::Busy, "too many feeds are open; come back later with your last id")
    }

    /// Deliveries are not taken just now; this is how things stand.
    pub(crate) fn not_ready(dependencies: Vec<Dependency>) -> Self {
        let detail = "what is not ok under `dependencies` keeps it from taking deliveries";
        Self { dependencies, ..Self::new(Kind::NotReady, detail) }
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(
            Kind::Unavailable,
            "the ledger can't be asked just now; send the same request again later: a delivery is stored once",
        )
    }
}

/// A fallback for hosts that want unknown paths answered with a problem document too.
///
/// ```
/// use axum::Router;
///
/// let app: Router = Router::new().fallback(oasis_axum::not_found);
/// ```
pub async fn not_found() -> Problem {
    Problem::new(
        Kind::NotFound,
        "no route has this path; look for a slash too many, or the wrong prefix",
    )
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let kind = match refused.reason() {
            RefuseReason::UnsupportedMediaType => Kind::UnsupportedMediaType,
            RefuseReason::MissingSignature
            | RefuseReason::MalformedSignature
            | RefuseReason::WrongSignature
            | RefuseReason::MalformedToken
            | RefuseReason::WrongIssuer
            | RefuseReason::WrongAudience
            | RefuseReason::WrongAccount
            | RefuseReason::ExpiredToken => Kind::NotSigned,
            // Missing, repeated and malformed headers, and what a later version adds.
            _ => Kind::MalformedRequest,
        };
        Self::new(kind, refused.to_string())
    }
}

impl From<StoreError> for Problem {
    /// The cause is for the log; the client learns that it may come again.
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, cause, kind = ?error.kind(), "the ledger failed");
        Self::unavailable()
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Refused(refused) => refused.into(),
            IngestError::Store(error) => error.into(),
        }
    }
}

/// A problem document (RFC 9457).
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Problem))]
pub(crate) struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    /// Of a request with several events, what is wrong with which.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<FieldError>, required = false))]
    errors: &'a [FieldError],
    /// Of a gateway that is not ready, how each thing stands that it depends on.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Dependency>, required = false))]
    dependencies: &'a [Dependency],
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let document = Document {
            r#type: format!("urn:oasis:problem:{}", self.kind.slug()),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
            dependencies: &self.dependencies,
        };
        let mut response = (status, axum::Json(document)).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::NotAuthorized {
            let challenge = HeaderValue::from_static("Bearer realm=\"oasis\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
