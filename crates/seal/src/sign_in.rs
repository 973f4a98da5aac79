//! A password that is only shown to the directory: bound to one try to sign in.

use jiff::Timestamp;
use writeback_model::{KeyId, Secret, SignInId, Target, TenantId};
use writeback_wire::{SealedSecret, SealingKey};

use crate::{
    Contents, PrivateKey, SealError,
    envelope::{open_bytes, seal_bytes},
};

/// The first line of what is bound: an envelope of a sign-in can never be opened as one of a
/// request, nor the other way round.
const DOMAIN: &str = "writeback sign-in v1";

/// HPKE's `info`, another one than that of requests.
const INFO: &[u8] = b"writeback sign-in password v1";

/// The one try that an envelope is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInBinding {
    /// Whose try.
    pub tenant: TenantId,
    /// Which try.
    pub sign_in: SignInId,
    /// Whose password it is said to be.
    pub target: Target,
    /// When it expires, to the millisecond.
    pub expires_at: Timestamp,
}

impl SignInBinding {
    fn bytes(&self, key: KeyId) -> Vec<u8> {
        [
            DOMAIN.to_owned(),
            self.tenant.to_string(),
            self.sign_in.to_string(),
            self.target.forest.to_string(),
            self.target.domain.to_string(),
            self.target.anchor.to_string(),
            self.expires_at.as_millisecond().to_string(),
            key.to_string(),
        ]
        .join("\n")
        .into_bytes()
    }
}

/// Seals a password to one agent's key for one try to sign in.
pub fn seal_sign_in(
    password: Secret,
    key: &SealingKey,
    binding: &SignInBinding,
) -> Result<SealedSecret, SealError> {
    let contents = Contents {
        new: password,
        current: None,
    };
    seal_bytes(&contents, key, INFO, &binding.bytes(key.id))
}

impl PrivateKey {
    /// Opens an envelope that was sealed to this key for this very try.
    pub fn open_sign_in(
        &self,
        sealed: &SealedSecret,
        binding: &SignInBinding,
    ) -> Result<Secret, SealError> {
        let contents = open_bytes(self, sealed, INFO, &binding.bytes(self.id()))?;
        Ok(contents.new)
    }
}
