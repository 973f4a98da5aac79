//! One object as a search gave it.

use ldap3_proto::proto::LdapSearchResultEntry;
use uuid::Uuid;

/// An object's attributes, tolerant of everything that is missing or odd.
pub(crate) struct Entry(pub(crate) LdapSearchResultEntry);

impl Entry {
    pub(crate) fn dn(&self) -> &str {
        &self.0.dn
    }

    /// All values; attribute names have no case.
    pub(crate) fn all(&self, name: &str) -> &[Vec<u8>] {
        let attribute = self
            .0
            .attributes
            .iter()
            .find(|a| a.atype.eq_ignore_ascii_case(name));
        attribute.map_or(&[], |attribute| &attribute.vals)
    }

    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.all(name).first().map(Vec::as_slice)
    }

    /// The first value as text; bytes that are no UTF-8 become U+FFFD.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.bytes(name)
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        std::str::from_utf8(self.bytes(name)?)
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// A number that the directory treats as 32 bits, with or without sign.
    pub(crate) fn bits(&self, name: &str) -> Option<u32> {
        let value = self.integer(name)?;
        u32::try_from(value)
            .ok()
            .or_else(|| i32::try_from(value).ok().map(i32::cast_unsigned))
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.bytes(name)? {
            b"TRUE" => Some(true),
            b"FALSE" => Some(false),
            _ => None,
        }
    }

    pub(crate) fn guid(&self, name: &str) -> Option<Uuid> {
        Some(Uuid::from_bytes_le(self.bytes(name)?.try_into().ok()?))
    }
}
