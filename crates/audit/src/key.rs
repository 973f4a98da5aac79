//! The installation's key.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use writeback_model::Entropy;
use zeroize::Zeroizing;

use crate::place::hex_bytes;

/// Bytes of an Ed25519 seed (RFC 8032).
const SEED_BYTES: usize = 32;

/// A key that is none.
#[derive(Debug, thiserror::Error)]
#[error("not an Ed25519 key: it is 32 bytes in base64")]
pub struct KeyError;

/// Signs checkpoints, with Ed25519. Does not print.
pub struct SigningKey {
    seed: Zeroizing<Vec<u8>>,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// Draws a key.
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new(vec![0; SEED_BYTES]);
        entropy.fill(&mut seed);
        Self::from_seed(seed)
    }

    /// The key that [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let seed = BASE64_STANDARD.decode(text.trim()).map_err(|_| KeyError)?;
        Self::from_seed(Zeroizing::new(seed))
    }

    fn from_seed(seed: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        match Ed25519KeyPair::from_seed_unchecked(&seed) {
            Ok(pair) => Ok(Self { seed, pair }),
            Err(_) => Err(KeyError),
        }
    }

    /// The seed in base64: a secret.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(&*self.seed))
    }

    /// What others check signatures with.
    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        for (to, from) in key.iter_mut().zip(self.pair.public_key().as_ref()) {
            *to = *from;
        }
        PublicKey(key)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        for (to, from) in signature.iter_mut().zip(self.pair.sign(message).as_ref()) {
            *to = *from;
        }
        signature
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Checks signatures. As text: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::decode(text.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| "a public key is 64 hexadecimal digits".to_owned())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex_bytes(deserializer).map(Self)
    }
}
