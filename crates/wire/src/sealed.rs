//! A sealed password as it travels. What is inside is the `seal` room's business.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use writeback_model::KeyId;

/// The public half of an agent's sealing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SealingKey {
    /// Names the key in every envelope, so that a mismatch is told apart from damage.
    pub id: KeyId,
    /// X25519 public key, 32 bytes in base64.
    pub public: String,
}

/// A password sealed to one agent key and bound to one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SealedSecret {
    /// The key it is sealed to.
    pub key: KeyId,
    /// HPKE's encapsulated key, 32 bytes in base64.
    pub encapsulated: String,
    /// The ciphertext with its tag, in base64.
    pub ciphertext: String,
}
