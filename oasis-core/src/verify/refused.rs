//! Why a delivery is refused: always the sender's fault.

/// A delivery was refused; nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct Refused {
    reason: RefuseReason,
    header: &'static str,
}

/// What is wrong with a refused delivery.
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
        }
    }
}
