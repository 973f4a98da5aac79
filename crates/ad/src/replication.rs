//! `replPropertyMetaData`: who wrote an attribute when, and how often (MS-DRSR 5.162).

use jiff::Timestamp;
use uuid::Uuid;

use crate::time::from_seconds_since_1601;

/// `unicodePwd`, by the number under which every Active Directory knows it.
pub(crate) const UNICODE_PWD: u32 = 0x0009_005A;
/// `pwdLastSet`.
pub(crate) const PWD_LAST_SET: u32 = 0x0009_0060;
/// `lockoutTime`.
pub(crate) const LOCKOUT_TIME: u32 = 0x0009_0296;

/// One entry: 4 id, 4 version, 8 seconds, 16 DSA, 8 originating USN, 8 local USN.
const ENTRY: usize = 48;
/// Version 1 (4 bytes, and 4 reserved), count (4 bytes, and 4 reserved).
const HEAD: usize = 16;

/// The last originating write of one attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Rises by one with every originating write, on whichever domain controller.
    pub version: u32,
    /// When, by the clock of the domain controller that wrote it; whole seconds.
    pub at: Timestamp,
    /// Which domain controller wrote it: its `invocationId`.
    pub originating_dsa: Uuid,
    /// The update sequence number it had there.
    pub originating_usn: u64,
}

/// The stamps of the attributes asked for, in their order; `None` for one never written.
/// The whole is `None` if the bytes are not what the document says.
pub(crate) fn stamps<const N: usize>(blob: &[u8], wanted: [u32; N]) -> Option<[Option<Stamp>; N]> {
    let (head, entries) = blob.split_at_checked(HEAD)?;
    let &[1, 0, 0, 0, _, _, _, _, c0, c1, c2, c3, _, _, _, _] = head else {
        return None;
    };
    let count = usize::try_from(u32::from_le_bytes([c0, c1, c2, c3])).ok()?;
    let entries = entries.get(..count.checked_mul(ENTRY)?)?;
    let mut found = [None; N];
    for entry in entries.chunks_exact(ENTRY) {
        let id = u32::from_le_bytes(entry.get(0..4)?.try_into().ok()?);
        let slots = wanted.iter().zip(found.iter_mut());
        if let Some((_, slot)) = slots.into_iter().find(|(wanted, _)| **wanted == id) {
            *slot = Some(stamp(entry)?);
        }
    }
    Some(found)
}

fn stamp(entry: &[u8]) -> Option<Stamp> {
    let seconds = u64::from_le_bytes(entry.get(8..16)?.try_into().ok()?);
    Some(Stamp {
        version: u32::from_le_bytes(entry.get(4..8)?.try_into().ok()?),
        at: from_seconds_since_1601(seconds)?,
        originating_dsa: Uuid::from_bytes_le(entry.get(16..32)?.try_into().ok()?),
        originating_usn: u64::from_le_bytes(entry.get(32..40)?.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two entries of a blob that a Samba 4.24 domain controller gave.
    const BLOB: &[u8] = &[
        1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, //
        0x5a, 0, 9, 0, 1, 0, 0, 0, 0xbc, 0x2a, 0x14, 0x21, 3, 0, 0, 0, 0x70, 0x9c, 0xb6, 0x74, 0,
        0x5e, 0xce, 0x47, 0xa3, 0x2a, 3, 0xe8, 0xf0, 0xf0, 0x53, 1, 0x85, 0x10, 0, 0, 0, 0, 0, 0,
        0x85, 0x10, 0, 0, 0, 0, 0, 0, //
        0x60, 0, 9, 0, 2, 0, 0, 0, 0xbc, 0x2a, 0x14, 0x21, 3, 0, 0, 0, 0x70, 0x9c, 0xb6, 0x74, 0,
        0x5e, 0xce, 0x47, 0xa3, 0x2a, 3, 0xe8, 0xf0, 0xf0, 0x53, 1, 0x85, 0x10, 0, 0, 0, 0, 0, 0,
        0x85, 0x10, 0, 0, 0, 0, 0, 0,
    ];

    #[test]
    fn a_real_blob_is_read() {
        let [password, lockout, set] =
            stamps(BLOB, [UNICODE_PWD, LOCKOUT_TIME, PWD_LAST_SET]).unwrap();
        let password = password.unwrap();
        assert_eq!(password.version, 1);
        assert_eq!(password.at.to_string(), "2026-11-23T01:41:16Z");
        assert_eq!(
            password.originating_dsa.to_string(),
            "74b69c70-5e00-47ce-a32a-03e8f0f05301"
        );
        assert_eq!(password.originating_usn, 0x1085);
        assert_eq!(lockout, None);
        assert_eq!(set.unwrap().version, 2);
        assert_eq!(stamps(&BLOB[..60], [UNICODE_PWD]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = stamps(&bytes, [UNICODE_PWD]);
        }

        #[test]
        fn no_count_ends_the_program(count: u32) {
            let mut blob = BLOB.to_vec();
            blob[8..12].copy_from_slice(&count.to_le_bytes());
            let _ = stamps(&blob, [UNICODE_PWD]);
        }
    }
}
