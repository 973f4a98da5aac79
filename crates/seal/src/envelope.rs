//! Sealing and opening.

use base64::{Engine, prelude::BASE64_STANDARD};
use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::AesGcm256, kdf::HkdfSha256,
    kem::X25519HkdfSha256 as Kem,
};
use writeback_model::{Entropy, KeyId};
use writeback_wire::{SealedSecret, SealingKey};
use zeroize::Zeroizing;

use crate::{Binding, Contents};

/// HPKE's `info`: the same for every envelope; what differs is in the [`Binding`].
const INFO: &[u8] = b"writeback password v1";

/// Bytes of an X25519 private key.
const PRIVATE_KEY_BYTES: usize = 32;

/// Why a password was not sealed, or an envelope not opened. Says nothing of what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A public key or envelope that is not base64 of the right length.
    #[error("the sealing key or the envelope is malformed")]
    Malformed,
    /// The envelope names another key: the agent's keys were rolled or restored.
    #[error("the envelope is sealed to another key")]
    OtherKey,
    /// The envelope was damaged, or belongs to another request.
    #[error("the envelope does not open: it was damaged or belongs to another request")]
    DoesNotOpen,
    /// It opened, but what is inside is not laid out as passwords are.
    #[error("the envelope holds no password")]
    Contents,
    /// Longer than Active Directory takes.
    #[error("the password is longer than Active Directory takes")]
    PasswordTooLong,
}

/// The private half of an agent's sealing key. Does not print and is not serialised;
/// [`PrivateKey::to_bytes`] is for the agent's key file alone.
pub struct PrivateKey {
    id: KeyId,
    key: <Kem as hpke::Kem>::PrivateKey,
}

impl PrivateKey {
    /// A new key.
    pub fn generate(id: KeyId, entropy: &dyn Entropy) -> Self {
        let mut material = Zeroizing::new([0_u8; PRIVATE_KEY_BYTES]);
        entropy.fill(material.as_mut());
        let (key, _) = Kem::derive_keypair(material.as_ref());
        Self { id, key }
    }

    /// A key that was kept.
    pub fn from_bytes(id: KeyId, bytes: &[u8]) -> Result<Self, SealError> {
        let key =
            <Kem as hpke::Kem>::PrivateKey::from_bytes(bytes).map_err(|_| SealError::Malformed)?;
        Ok(Self { id, key })
    }

    /// The key, to be kept.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.key.to_bytes().to_vec())
    }

    /// Its name.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The half that everybody may know.
    pub fn public(&self) -> SealingKey {
        SealingKey {
            id: self.id,
            public: BASE64_STANDARD.encode(Kem::sk_to_pk(&self.key).to_bytes()),
        }
    }

    /// Opens an envelope that was sealed to this key for this very request.
    pub fn open(&self, sealed: &SealedSecret, binding: &Binding) -> Result<Contents, SealError> {
        open_bytes(self, sealed, INFO, &binding.bytes(self.id))
    }
}

/// Opens what was sealed to a key with that `info` and additional data.
pub(crate) fn open_bytes(
    key: &PrivateKey,
    sealed: &SealedSecret,
    info: &[u8],
    bound: &[u8],
) -> Result<Contents, SealError> {
    if sealed.key != key.id {
        return Err(SealError::OtherKey);
    }
    let decode = |text: &str| {
        BASE64_STANDARD
            .decode(text)
            .map_err(|_| SealError::Malformed)
    };
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&decode(&sealed.encapsulated)?)
        .map_err(|_| SealError::Malformed)?;
    let plain = hpke::single_shot_open::<AesGcm256, HkdfSha256, Kem>(
        &OpModeR::Base,
        &key.key,
        &encapsulated,
        info,
        &decode(&sealed.ciphertext)?,
        bound,
    )
    .map_err(|_| SealError::DoesNotOpen)?;
    Contents::from_padded_bytes(&Zeroizing::new(plain))
}

/// Seals passwords to one agent's key for one request.
pub fn seal(
    contents: &Contents,
    key: &SealingKey,
    binding: &Binding,
) -> Result<SealedSecret, SealError> {
    seal_bytes(contents, key, INFO, &binding.bytes(key.id))
}

/// Seals to a key with that `info` and additional data.
pub(crate) fn seal_bytes(
    contents: &Contents,
    key: &SealingKey,
    info: &[u8],
    bound: &[u8],
) -> Result<SealedSecret, SealError> {
    let public = BASE64_STANDARD
        .decode(&key.public)
        .map_err(|_| SealError::Malformed)?;
    let public =
        <Kem as hpke::Kem>::PublicKey::from_bytes(&public).map_err(|_| SealError::Malformed)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Kem>(
        &OpModeS::Base,
        &public,
        info,
        &contents.to_padded_bytes()?,
        bound,
    )
    .map_err(|_| SealError::Malformed)?;
    Ok(SealedSecret {
        key: key.id,
        encapsulated: BASE64_STANDARD.encode(encapsulated.to_bytes()),
        ciphertext: BASE64_STANDARD.encode(ciphertext),
    })
}
