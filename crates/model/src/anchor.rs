//! The source anchor: the value that ties a cloud user to one directory object for life.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The object's GUID, 16 bytes in the order the directory stores them.
///
/// Written as text it is base64 (24 characters), the form in which other
/// directory products show a source anchor ("immutable id").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct SourceAnchor(#[schemars(with = "String")] [u8; 16]);

/// Text or bytes that are no source anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// The bytes were not a GUID.
    #[error("a source anchor has 16 bytes, this has {0}")]
    Length(usize),
    /// The text was not base64.
    #[error("a source anchor is written in base64")]
    Encoding,
}

impl SourceAnchor {
    /// Takes the bytes of `objectGUID` as the directory gave them.
    pub fn try_from_bytes(bytes: &[u8]) -> Result<Self, AnchorError> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| AnchorError::Length(bytes.len()))
    }

    /// The bytes of `objectGUID` in the directory's own order.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The GUID as administrators read it: the directory stores the first three groups
    /// with their bytes swapped.
    pub fn guid(&self) -> Uuid {
        Uuid::from_bytes_le(self.0)
    }
}

impl fmt::Display for SourceAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for SourceAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceAnchor({})", self.guid())
    }
}

impl FromStr for SourceAnchor {
    type Err = AnchorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|_| AnchorError::Encoding)?;
        Self::try_from_bytes(&bytes)
    }
}

impl TryFrom<String> for SourceAnchor {
    type Error = AnchorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SourceAnchor> for String {
    fn from(anchor: SourceAnchor) -> Self {
        anchor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guid_is_read_in_the_directorys_byte_order() {
        let bytes = [
            0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff,
        ];
        let anchor = SourceAnchor::try_from_bytes(&bytes).unwrap();
        assert_eq!(
            anchor.guid().to_string(),
            "00112233-4455-6677-8899-aabbccddeeff"
        );
        assert_eq!(anchor.to_string().parse::<SourceAnchor>().unwrap(), anchor);
    }

    #[test]
    fn what_is_no_anchor_is_refused() {
        assert_eq!(
            SourceAnchor::try_from_bytes(&[1; 15]),
            Err(AnchorError::Length(15))
        );
        assert_eq!("%%%".parse::<SourceAnchor>(), Err(AnchorError::Encoding));
    }
}
