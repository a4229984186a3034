//! A client's proof: a token that it was given.

/// A client that presented a token which lets it write.
///
/// The core sees no tokens: who makes one of these guarantees that this very request carried one,
/// and that it was compared in constant time with those that are valid.
///
/// ```
/// use oasis_core::verify::VerifiedClient;
///
/// # fn token_is_valid(request: &str) -> bool { request.contains("token") }
/// # let request = "token";
/// let client = token_is_valid(request).then(VerifiedClient::after_token_check);
/// assert!(client.is_some());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct VerifiedClient(());

impl VerifiedClient {
    /// The proof of one request, right after its token was found to be valid; see
    /// [what the caller guarantees](VerifiedClient).
    #[must_use]
    pub const fn after_token_check() -> Self {
        Self(())
    }
}
