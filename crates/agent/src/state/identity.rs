//! The key by which the cloud knows the agent.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_STANDARD};
use writeback_model::Entropy;
use zeroize::Zeroizing;

use super::{StateDir, StateError};

const FILE: &str = "identity.key";
/// Bytes of an Ed25519 seed (RFC 8032).
const SEED_BYTES: usize = 32;

/// An Ed25519 key pair. Does not print.
pub struct Identity {
    seed: Zeroizing<Vec<u8>>,
    pair: Ed25519KeyPair,
}

impl Identity {
    /// Draws a key. It is kept only when [`save`](Self::save)d.
    pub(crate) fn draw(dir: &StateDir, entropy: &dyn Entropy) -> Result<Self, StateError> {
        let mut seed = Zeroizing::new(vec![0_u8; SEED_BYTES]);
        entropy.fill(&mut seed);
        Self::from_seed(dir, seed)
    }

    /// Keeps it.
    pub(crate) fn save(&self, dir: &StateDir) -> Result<(), StateError> {
        let text = Zeroizing::new(BASE64_STANDARD.encode(&*self.seed));
        dir.write(FILE, text.as_bytes())
    }

    /// The key that was kept; `None` when there is none.
    pub fn load(dir: &StateDir) -> Result<Option<Self>, StateError> {
        let Some(text) = dir.read(FILE)? else {
            return Ok(None);
        };
        let seed = BASE64_STANDARD
            .decode(text.trim())
            .map(Zeroizing::new)
            .map_err(|_| StateError::Damaged(dir.file(FILE)))?;
        Self::from_seed(dir, seed).map(Some)
    }

    fn from_seed(dir: &StateDir, seed: Zeroizing<Vec<u8>>) -> Result<Self, StateError> {
        Ed25519KeyPair::from_seed_unchecked(&seed)
            .map(|pair| Self { seed, pair })
            .map_err(|_| StateError::Damaged(dir.file(FILE)))
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signs a message: 64 bytes.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    #[test]
    fn the_key_is_the_same_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        assert!(Identity::load(&dir).unwrap().is_none());
        let made = Identity::draw(&dir, &Chance::new(1)).unwrap();
        made.save(&dir).unwrap();
        let kept = Identity::load(&dir).unwrap().unwrap();
        assert_eq!(made.public_key(), kept.public_key());
        assert_eq!(made.sign(b"x"), kept.sign(b"x"));
    }

    #[test]
    fn a_damaged_key_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let dir = StateDir::open(folder.path()).unwrap();
        dir.write(FILE, b"AAAA").unwrap();
        assert!(matches!(Identity::load(&dir), Err(StateError::Damaged(_))));
    }
}
