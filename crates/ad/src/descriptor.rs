//! Security descriptors: who may do what to an object (MS-DTYP 2.4.6).

use uuid::Uuid;

use crate::sid::Sid;

/// Self-relative descriptors begin with this revision.
const REVISION: u8 = 1;
/// Nothing is inherited: `SE_DACL_PROTECTED`.
const DACL_PROTECTED: u16 = 0x1000;
/// The entry is for what is below, not for the object itself.
const INHERIT_ONLY: u8 = 0x08;
/// Extended rights: `ADS_RIGHT_DS_CONTROL_ACCESS`.
const CONTROL_ACCESS: u32 = 0x100;
/// Everything: `GENERIC_ALL`.
const GENERIC_ALL: u32 = 0x1000_0000;

/// An extended right, by its GUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedRight(pub Uuid);

impl ExtendedRight {
    /// `User-Force-Change-Password`: "Reset Password".
    pub const RESET_PASSWORD: Self = Self(Uuid::from_u128(0x00299570_246d_11d0_a768_00aa006e0529));
    /// `User-Change-Password`: "Change Password".
    pub const CHANGE_PASSWORD: Self = Self(Uuid::from_u128(0xab721a53_1e2f_11d0_9819_00aa0040529b));
    /// `Unexpire-Password`, on the head of a domain.
    pub const UNEXPIRE_PASSWORD: Self =
        Self(Uuid::from_u128(0xccc2dc7d_a6ad_4a7a_8846_c04e3cc53501));
}

/// The access control list of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    protected: bool,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    allows: bool,
    flags: u8,
    mask: u32,
    object: Option<Uuid>,
    who: Sid,
}

/// Bytes that are taken from the front.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn guid(&mut self) -> Option<Uuid> {
        Some(Uuid::from_bytes_le(self.take(16)?.try_into().ok()?))
    }
}

impl Descriptor {
    /// Takes the bytes of `nTSecurityDescriptor`. `None` if they are none, or have no list.
    pub fn try_from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut head = Bytes(bytes);
        if head.byte()? != REVISION {
            return None;
        }
        head.byte()?;
        let control = head.word()?;
        // Owner, group and system list.
        head.take(12)?;
        let at = usize::try_from(head.long()?).ok()?;
        if at == 0 {
            return None;
        }
        let mut list = Bytes(bytes.get(at..)?);
        list.take(4)?;
        let count = list.word()?;
        list.take(2)?;
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.extend(Entry::take(&mut list)?);
        }
        Some(Self {
            protected: control & DACL_PROTECTED != 0,
            entries,
        })
    }

    /// Whether inheritance is switched off.
    pub const fn protected(&self) -> bool {
        self.protected
    }

    /// Whether somebody with these identifiers, own and of groups, has an extended right: the
    /// first entry that says anything of it decides, as in the directory (MS-ADTS 5.1.3.3.4).
    pub fn grants(&self, right: ExtendedRight, token: &[Sid]) -> bool {
        self.first(right, token).is_some_and(|entry| entry.allows)
    }

    /// Whether an entry forbids somebody an extended right by name.
    pub fn denies(&self, right: ExtendedRight, who: &Sid) -> bool {
        self.entries
            .iter()
            .any(|it| !it.allows && it.is_about(right) && it.object.is_some() && it.who == *who)
    }

    fn first(&self, right: ExtendedRight, token: &[Sid]) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|it| it.is_about(right) && token.contains(&it.who))
    }
}

impl Entry {
    /// The next entry; `Some(None)` for one of a kind that grants nothing.
    fn take(list: &mut Bytes<'_>) -> Option<Option<Self>> {
        let kind = list.byte()?;
        let flags = list.byte()?;
        let size = usize::from(list.word()?);
        let mut body = Bytes(list.take(size.checked_sub(4)?)?);
        let (allows, of_object) = match kind {
            0 => (true, false),
            1 => (false, false),
            5 => (true, true),
            6 => (false, true),
            _ => return Some(None),
        };
        let mask = body.long()?;
        let which = if of_object { body.long()? } else { 0 };
        let object = match which & 1 {
            0 => None,
            _ => Some(body.guid()?),
        };
        if which & 2 != 0 {
            body.guid()?;
        }
        // What follows the identifier are conditions of kinds that are not read here.
        let parts = usize::from(*body.0.get(1)?);
        let who = Sid::try_from_bytes(body.take(8 + 4 * parts)?)?;
        Some(Some(Self {
            allows,
            flags,
            mask,
            object,
            who,
        }))
    }

    fn is_about(&self, right: ExtendedRight) -> bool {
        self.flags & INHERIT_ONLY == 0
            && self.mask & (CONTROL_ACCESS | GENERIC_ALL) != 0
            && self.object.is_none_or(|object| object == right.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sid(rid: u8) -> Vec<u8> {
        vec![1, 1, 0, 0, 0, 0, 0, 5, rid, 0, 0, 0]
    }

    fn entry(kind: u8, flags: u8, mask: u32, object: Option<Uuid>, who: u8) -> Vec<u8> {
        let mut body = mask.to_le_bytes().to_vec();
        if kind >= 5 {
            body.extend(u32::from(object.is_some()).to_le_bytes());
            body.extend(object.iter().flat_map(|it| it.to_bytes_le()));
        }
        body.extend(sid(who));
        let size = u16::try_from(body.len() + 4).unwrap().to_le_bytes();
        [vec![kind, flags], size.to_vec(), body].concat()
    }

    fn descriptor(control: u16, entries: &[Vec<u8>]) -> Descriptor {
        let mut bytes = vec![REVISION, 0];
        bytes.extend(control.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(20_u32.to_le_bytes());
        bytes.extend([4, 0, 0, 0]);
        bytes.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(entries.concat());
        Descriptor::try_from_bytes(&bytes).unwrap()
    }

    #[test]
    fn the_first_entry_that_is_about_it_decides() {
        let reset = ExtendedRight::RESET_PASSWORD;
        let token = [Sid::try_from_bytes(&sid(7)).unwrap()];
        let grants = |entries: &[Vec<u8>]| descriptor(0, entries).grants(reset, &token);
        let allow = entry(5, 0, CONTROL_ACCESS, Some(reset.0), 7);
        let deny = entry(6, 0, CONTROL_ACCESS, Some(reset.0), 7);
        assert!(grants(&[allow.clone(), deny.clone()]));
        assert!(!grants(&[deny.clone(), allow.clone()]));
        // For others, of another right, for what is below only, without the right to rights.
        let other = ExtendedRight::CHANGE_PASSWORD.0;
        assert!(!grants(&[entry(5, 0, CONTROL_ACCESS, Some(reset.0), 8)]));
        assert!(!grants(&[entry(5, 0, CONTROL_ACCESS, Some(other), 7)]));
        assert!(!grants(&[entry(
            5,
            INHERIT_ONLY,
            CONTROL_ACCESS,
            Some(reset.0),
            7
        )]));
        assert!(!grants(&[entry(0, 0, 0x20, None, 7)]));
        // All rights at once.
        assert!(grants(&[entry(0, 0, CONTROL_ACCESS, None, 7)]));
        assert!(descriptor(0, &[deny]).denies(reset, &token[0]));
        assert!(!descriptor(0, &[allow]).denies(reset, &token[0]));
    }

    #[test]
    fn switched_off_inheritance_is_seen() {
        assert!(descriptor(DACL_PROTECTED, &[]).protected());
        assert!(!descriptor(4, &[]).protected());
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(mut bytes in prop::collection::vec(any::<u8>(), 20..200), at in 0_u8..40) {
            bytes[0] = REVISION;
            bytes[16..20].copy_from_slice(&[at, 0, 0, 0]);
            let _ = Descriptor::try_from_bytes(&bytes);
        }
    }
}
