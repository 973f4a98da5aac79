//! Signed statements about a chain.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use writeback_model::TenantId;

use crate::{
    encode::Fields,
    key::{PublicKey, SigningKey},
    place::{Chain, Place, hex_bytes},
};

/// What is stated of a place. A statement of one purpose is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It was the last record of the chain.
    Checkpoint,
    /// It and all before it were removed, as their time was over.
    Pruned,
    /// An export begins behind it.
    ExportBegin,
    /// An export ends with it.
    ExportEnd,
}

impl Purpose {
    /// Whether it says something of the chain as it is kept. What begins and ends an export says
    /// something of the export.
    pub const fn is_of_the_chain(self) -> bool {
        matches!(self, Self::Checkpoint | Self::Pruned)
    }

    /// Its name, as it is kept and written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::Pruned => "pruned",
            Self::ExportBegin => "export-begin",
            Self::ExportEnd => "export-end",
        }
    }

    /// The purpose of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Checkpoint,
            Self::Pruned,
            Self::ExportBegin,
            Self::ExportEnd,
        ];
        all.into_iter().find(|purpose| purpose.name() == name)
    }
}

/// A place in a chain, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// What is stated.
    pub purpose: Purpose,
    /// Whose chain.
    #[serde(rename = "tenant")]
    pub chain: Chain,
    /// The place.
    pub place: Place,
    /// When it was signed, to the microsecond.
    pub at: Timestamp,
    /// The key that signed.
    pub key: PublicKey,
    /// The signature, 64 bytes.
    #[serde(serialize_with = "to_hex", deserialize_with = "hex_bytes")]
    pub signature: [u8; 64],
}

/// Why a checkpoint states nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureProblem {
    /// Signed by another key.
    #[error(
        "it is signed by a key that is not trusted here; where the installation had another key \
             before, give that one, too"
    )]
    UnknownKey,
    /// Not signed, or changed since.
    #[error("its signature does not fit: the checkpoint was changed")]
    Forged,
}

impl Checkpoint {
    /// Signs a place.
    pub fn sign(
        purpose: Purpose,
        chain: Chain,
        place: Place,
        at: Timestamp,
        key: &SigningKey,
    ) -> Self {
        let mut checkpoint = Self {
            purpose,
            chain,
            place,
            at: Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at),
            key: key.public(),
            signature: [0; 64],
        };
        checkpoint.signature = key.sign(&checkpoint.canonical());
        checkpoint
    }

    /// Whether one of these keys signed it as it is.
    pub fn check(&self, trusted: &[PublicKey]) -> Result<(), SignatureProblem> {
        if !trusted.contains(&self.key) {
            return Err(SignatureProblem::UnknownKey);
        }
        match self.key.has_signed(&self.canonical(), &self.signature) {
            true => Ok(()),
            false => Err(SignatureProblem::Forged),
        }
    }

    /// What is signed, version 1: the name `writeback audit checkpoint 1` and these fields, in
    /// this order: purpose, chain, number, seq, hash, at, key.
    fn canonical(&self) -> Vec<u8> {
        let number = i64::try_from(self.place.number).unwrap_or(i64::MAX);
        Fields::of("writeback audit checkpoint 1")
            .text(self.purpose.name())
            .id(self.chain.map(TenantId::uuid))
            .number(Some(number))
            .number(Some(self.place.seq))
            .bytes(Some(&self.place.hash.0))
            .number(Some(self.at.as_microsecond()))
            .bytes(Some(&self.key.0))
            .done()
    }
}

fn to_hex<S: Serializer>(bytes: &[u8; 64], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}
