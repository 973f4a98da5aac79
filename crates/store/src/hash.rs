//! How tokens and codes are kept.

/// The SHA-256 of a token: enough to know it again, not enough to use it.
///
/// Whoever makes one does so from at least 128 random bits, or hashes a short code together
/// with a random id that only one row has, and limits the tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// The bytes, as a backend keeps them.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
