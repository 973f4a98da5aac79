//! A password sealed to an agent's public key and bound to one request.
//!
//! HPKE in base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! AES-256-GCM: what a browser's WebCrypto can do too. The envelope opens only
//! - with the private key it was sealed to,
//! - for exactly the tenant, request, operation, object and expiry it was sealed for
//!   ([`Binding`]): moved to another request it does not open,
//! - and is of the same size whatever the password's length ([`Contents`]).
//!
//! The cloud holds public keys and envelopes only, and cannot open one.

mod binding;
mod contents;
mod envelope;
mod sign_in;

pub use binding::Binding;
pub use contents::{Contents, PASSWORD_BYTES_MAX};
pub use envelope::{PrivateKey, SealError, seal};
pub use sign_in::{SignInBinding, seal_sign_in};

#[cfg(test)]
mod tests;
