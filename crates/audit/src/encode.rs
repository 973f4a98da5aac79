//! Fields as bytes, so that different fields never give the same bytes.
//!
//! Each field is one byte 0 where it is absent; otherwise one byte 1, its length in bytes as 4
//! bytes (big-endian), and its bytes. The number and order of the fields are fixed by what is
//! encoded, whose name and version come first and end with a byte 0.

use uuid::Uuid;

/// Fields, one after the other.
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    /// `what` names the kind of thing and its version.
    pub(crate) fn of(what: &str) -> Self {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend_from_slice(what.as_bytes());
        bytes.push(0);
        Self(bytes)
    }

    pub(crate) fn bytes(mut self, field: Option<&[u8]>) -> Self {
        match field {
            None => self.0.push(0),
            Some(field) => {
                self.0.push(1);
                // Nothing that is kept comes near 4 GiB; what did would end at the same length.
                let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
                self.0.extend_from_slice(&length.to_be_bytes());
                self.0.extend_from_slice(field);
            }
        }
        self
    }

    pub(crate) fn text(self, field: &str) -> Self {
        self.bytes(Some(field.as_bytes()))
    }

    pub(crate) fn number(self, field: Option<i64>) -> Self {
        self.bytes(
            field
                .map(i64::to_be_bytes)
                .as_ref()
                .map(<[u8; 8]>::as_slice),
        )
    }

    pub(crate) fn id(self, field: Option<Uuid>) -> Self {
        self.bytes(field.as_ref().map(|id| id.as_bytes().as_slice()))
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}
