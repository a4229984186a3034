//! Why a delivery is refused: always the sender's fault.

/// A delivery was refused; nothing of it is stored.
///
/// ```
/// use oasis_core::verify::{GithubHeaders, RefuseReason};
///
/// let refused = GithubHeaders::read([("X-GitHub-Event", b"push".as_slice())]).unwrap_err();
/// assert_eq!(refused.reason(), RefuseReason::MissingHeader);
/// assert_eq!(refused.to_string(), "the header X-GitHub-Delivery is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct Refused {
    reason: RefuseReason,
    header: &'static str,
}

/// What is wrong with a refused delivery.
///
/// ```
/// use oasis_core::verify::RefuseReason;
///
/// // GitHub, or somebody who is not GitHub?
/// let forged = |reason| matches!(reason, RefuseReason::MissingSignature | RefuseReason::WrongSignature);
/// assert!(forged(RefuseReason::WrongSignature) && !forged(RefuseReason::MissingHeader));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefuseReason {
    /// A header that must be there isn't.
    MissingHeader,
    /// A header that may come once came more often.
    RepeatedHeader,
    /// A header's value has not the form it must have.
    MalformedHeader,
    /// The body is of a type that the source doesn't send.
    UnsupportedMediaType,
    /// The delivery carries no signature.
    MissingSignature,
    /// The signature is no `sha256=` and 64 hexadecimal digits.
    MalformedSignature,
    /// The signature is of another body or made with another secret.
    WrongSignature,
    /// The token's claims are not those that a token of Google's for a push has.
    MalformedToken,
    /// The token was not made by Google.
    WrongIssuer,
    /// The token is for somebody else.
    WrongAudience,
    /// The token is of another account than the one that may push, or its address is not verified.
    WrongAccount,
    /// The token's time is over.
    ExpiredToken,
}

impl Refused {
    pub(crate) const fn new(reason: RefuseReason, header: &'static str) -> Self {
        Self { reason, header }
    }

    /// What is wrong.
    #[must_use]
    pub const fn reason(&self) -> RefuseReason {
        self.reason
    }

    /// The header it is about.
    #[must_use]
    pub const fn header(&self) -> &'static str {
        self.header
    }

    fn message(&self) -> String {
        let header = self.header;
        match self.reason {
            RefuseReason::MissingHeader => format!("the header {header} is missing"),
            RefuseReason::RepeatedHeader => format!("the header {header} came more than once"),
            RefuseReason::MalformedHeader => format!("the header {header} is malformed"),
            RefuseReason::UnsupportedMediaType => {
                format!("the header {header} names a type that this source doesn't send")
            }
            RefuseReason::MissingSignature => {
                format!("the delivery is not signed: the header {header} is missing")
            }
            RefuseReason::MalformedSignature => {
                format!("the header {header} is not sha256= and 64 hexadecimal digits")
            }
            RefuseReason::WrongSignature => {
                format!("the header {header} does not match the body and any configured secret")
            }
            RefuseReason::MalformedToken => {
                format!("the token in {header} does not claim what Google's tokens do")
            }
            RefuseReason::WrongIssuer => format!("the token in {header} was not made by Google"),
            RefuseReason::WrongAudience => format!("the token in {header} is for somebody else"),
            RefuseReason::WrongAccount => {
                format!("the token in {header} is not of the account that may push")
            }
            RefuseReason::ExpiredToken => format!("the token in {header} has expired"),
        }
    }
}
