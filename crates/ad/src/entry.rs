//! One object as a search gave it.

use uuid::Uuid;

use crate::ber::{OCTET_STRING, SEQUENCE, SET};
use crate::ber_read::Elements;

/// The tag of a search result entry (RFC 4511, 4.5.2).
pub(crate) const ENTRY: u8 = 0x64;

/// An object's attributes, tolerant of everything that is missing or odd.
///
/// It is read here and not by the codec library, which takes a name that is no UTF-8 for the
/// end of the connection: one such object would keep all others from being imported.
pub(crate) struct Entry {
    name: Vec<u8>,
    dn: String,
    attributes: Vec<Attribute>,
}

struct Attribute {
    name: String,
    values: Vec<Vec<u8>>,
}

impl Entry {
    /// Reads the contents of a search result entry. `None` if they are none.
    pub(crate) fn read(contents: &[u8]) -> Option<Self> {
        let mut parts = Elements::new(contents);
        let name = parts.take(OCTET_STRING)?.to_vec();
        let mut list = Elements::new(parts.take(SEQUENCE)?);
        let mut attributes = Vec::new();
        while !list.is_empty() {
            attributes.push(Attribute::read(list.take(SEQUENCE)?)?);
        }
        let dn = String::from_utf8_lossy(&name).into_owned();
        Some(Self {
            name,
            dn,
            attributes,
        })
    }

    /// Its name; bytes that are no UTF-8 become U+FFFD.
    pub(crate) fn dn(&self) -> &str {
        &self.dn
    }

    /// Its name, if it is text.
    pub(crate) fn dn_as_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.name).ok()
    }

    /// All values; attribute names have no case.
    pub(crate) fn all(&self, name: &str) -> &[Vec<u8>] {
        let attribute = self
            .attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        attribute.map_or(&[], |attribute| &attribute.values)
    }

    /// Whether there is such an attribute, with or without values.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes
            .iter()
            .any(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The part of a long attribute that the directory gave, and which part it is: what
    /// follows `;range=` (MS-ADTS 3.1.1.3.1.3.3).
    pub(crate) fn ranged(&self, name: &str) -> Option<(&str, &[Vec<u8>])> {
        self.attributes.iter().find_map(|attribute| {
            let (base, options) = attribute.name.split_once(';')?;
            let (option, range) = options.split_once('=')?;
            let matches = base.eq_ignore_ascii_case(name) && option.eq_ignore_ascii_case("range");
            matches.then_some((range, attribute.values.as_slice()))
        })
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

impl Attribute {
    fn read(contents: &[u8]) -> Option<Self> {
        let mut parts = Elements::new(contents);
        let name = std::str::from_utf8(parts.take(OCTET_STRING)?).ok()?;
        let mut set = Elements::new(parts.take(SET)?);
        let mut values = Vec::new();
        while !set.is_empty() {
            values.push(set.take(OCTET_STRING)?.to_vec());
        }
        Some(Self {
            name: name.to_owned(),
            values,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ber::element;

    /// The contents of an entry.
    pub(crate) fn written(dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> Vec<u8> {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(name, values)| {
                let values: Vec<_> = values.iter().map(|v| element(OCTET_STRING, &[v])).collect();
                let values: Vec<&[u8]> = values.iter().map(|v| v.as_slice()).collect();
                let name = element(OCTET_STRING, &[name.as_bytes()]);
                element(SEQUENCE, &[&name, &element(SET, &values)])
            })
            .collect();
        let parts: Vec<&[u8]> = attributes.iter().map(|a| a.as_slice()).collect();
        let dn = element(OCTET_STRING, &[dn]);
        [dn.as_slice(), &element(SEQUENCE, &parts)].concat()
    }

    /// An entry.
    pub(crate) fn entry(dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> Entry {
        Entry::read(&written(dn, attributes)).unwrap()
    }

    #[test]
    fn an_entry_is_read_whatever_its_bytes_are() {
        let entry = entry(
            b"CN=\xff\xfe,DC=x",
            &[
                ("cn", &[b"\xff\xfe"]),
                ("Member;Range=0-1", &[b"a", b"b"]),
                ("member", &[]),
            ],
        );
        assert_eq!(
            (entry.dn(), entry.dn_as_text()),
            ("CN=\u{fffd}\u{fffd},DC=x", None)
        );
        assert_eq!(entry.bytes("CN"), Some(b"\xff\xfe".as_slice()));
        assert!(entry.has("member") && !entry.has("name") && entry.all("member").is_empty());
        let (range, values) = entry.ranged("member").unwrap();
        assert_eq!((range, values.len()), ("0-1", 2));
        assert!(entry.ranged("cn").is_none());
    }

    #[test]
    fn what_is_no_entry_is_none() {
        for bytes in [
            b"".as_slice(),
            b"\x04\x00",
            b"\x04\x01",
            b"\x04\x00\x30\x02\x04\x00",
            b"\x04\x00\x30\x04\x30\x02\x04\x00",
            b"\x04\x00\x30\x07\x30\x05\x04\x01\xff\x31\x00",
        ] {
            assert!(Entry::read(bytes).is_none(), "{bytes:02x?} was taken");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Entry::read(&bytes);
            let list = element(SEQUENCE, &[&bytes]);
            let _ = Entry::read(&[b"\x04\x00", list.as_slice()].concat());
        }
    }
}
