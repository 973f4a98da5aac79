//! Security identifiers, as bytes and as people read them.

use std::fmt;

/// A security identifier (MS-DTYP 2.4.2): an authority and its numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    authority: u64,
    parts: Vec<u32>,
}

/// No SID has more numbers than this (MS-DTYP 2.4.2.2).
const PARTS_MAX: usize = 15;

impl Sid {
    /// Takes the bytes of `objectSid` or `tokenGroups`. `None` if they are no SID.
    pub fn try_from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(8)?;
        let &[1, count, a, b, c, d, e, f] = head else {
            return None;
        };
        let count = usize::from(count);
        if count > PARTS_MAX || rest.len() != count * 4 {
            return None;
        }
        let parts = rest
            .chunks_exact(4)
            .map(|four| four.try_into().map(u32::from_le_bytes))
            .collect::<Result<_, _>>()
            .ok()?;
        let authority = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        Some(Self { authority, parts })
    }

    /// The last number: the relative identifier of an account or group.
    pub fn rid(&self) -> Option<u32> {
        self.parts.last().copied()
    }

    /// Whether this is the builtin group `S-1-5-32-rid`, which every domain has.
    pub fn is_builtin(&self, rid: u32) -> bool {
        self.authority == 5 && self.parts == [32, rid]
    }

    /// The relative identifier, if this is an account or group of a domain (`S-1-5-21-…-rid`).
    pub fn domain_rid(&self) -> Option<u32> {
        match self.parts.as_slice() {
            &[21, _, _, _, rid] if self.authority == 5 => Some(rid),
            _ => None,
        }
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.parts.iter().try_for_each(|part| write!(f, "-{part}"))
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sid({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_identifiers() {
        let users = [1, 2, 0, 0, 0, 0, 0, 5, 0x20, 0, 0, 0, 0x21, 2, 0, 0];
        let users = Sid::try_from_bytes(&users).unwrap();
        assert_eq!(users.to_string(), "S-1-5-32-545");
        assert!(users.is_builtin(545));
        assert_eq!(users.domain_rid(), None);
        let admin = [
            1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xf4, 1, 0, 0,
        ];
        let admin = Sid::try_from_bytes(&admin).unwrap();
        assert_eq!(admin.to_string(), "S-1-5-21-1-2-3-500");
        assert_eq!((admin.domain_rid(), admin.rid()), (Some(500), Some(500)));
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Sid::try_from_bytes(&bytes).map(|sid| sid.to_string());
        }
    }
}
