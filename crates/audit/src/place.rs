//! Chains, and places in them.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use writeback_model::TenantId;

use crate::encode::Fields;

/// Whose chain: a tenant's, or that of the installation.
pub type Chain = Option<TenantId>;

/// A SHA-256: 32 bytes, as text in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        // A SHA-256 has 32 bytes: nothing is cut off and nothing is missing.
        for (to, from) in hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
            *to = *from;
        }
        Self(hash)
    }

    /// What the first record of a chain follows.
    pub fn before_first(chain: Chain) -> Self {
        let fields = Fields::of("writeback audit chain 1").id(chain.map(TenantId::uuid));
        Self::of(&fields.done())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex_bytes(deserializer).map(Self)
    }
}

/// So many bytes, written in hexadecimal.
pub(crate) fn hex_bytes<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = hex::decode(text).map_err(serde::de::Error::custom)?;
    bytes
        .try_into()
        .map_err(|_| serde::de::Error::custom(format!("not {N} bytes")))
}

/// A record's place in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its number in the chain, from 1; 0 is the place before the first.
    pub number: u64,
    /// Its number in the whole trail.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
}

impl Place {
    /// Before the first record.
    pub fn before_first(chain: Chain) -> Self {
        Self {
            number: 0,
            seq: 0,
            hash: Hash::before_first(chain),
        }
    }
}
