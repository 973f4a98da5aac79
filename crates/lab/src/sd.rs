//! The few changes to a binary security descriptor (MS-DTYP 2.4.6) that make
//! special cases: an ACE in front, or inheritance switched off.

use anyhow::{Context as _, Result, ensure};

/// DACL is protected: nothing is inherited.
const SE_DACL_PROTECTED: u16 = 0x1000;
const INHERITED_ACE: u8 = 0x10;
/// Right "change password" (ab721a53-1e2f-11d0-9819-00aa0040529b) as stored.
const CHANGE_PASSWORD: [u8; 16] = [
    0x53, 0x1a, 0x72, 0xab, 0x2f, 0x1e, 0xd0, 0x11, 0x98, 0x19, 0x00, 0xaa, 0x00, 0x40, 0x52, 0x9b,
];
/// S-1-1-0
const EVERYONE: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
/// S-1-5-10
const SELF: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0];

struct Parts<'a> {
    control: u16,
    aces: Vec<&'a [u8]>,
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    let two = bytes
        .get(at..at + 2)
        .context("security descriptor too short")?;
    Ok(u16::from_le_bytes(two.try_into()?))
}

fn parse(sd: &[u8]) -> Result<Parts<'_>> {
    let offset = sd.get(16..20).context("security descriptor too short")?;
    let dacl = u32::from_le_bytes(offset.try_into()?) as usize;
    ensure!(dacl != 0, "security descriptor without DACL");
    let mut at = dacl + 8;
    let mut aces = Vec::new();
    for _ in 0..u16_at(sd, dacl + 4)? {
        let size = usize::from(u16_at(sd, at + 2)?);
        aces.push(
            sd.get(at..at + size)
                .context("an ACE leaves its security descriptor")?,
        );
        at += size;
    }
    Ok(Parts {
        control: u16_at(sd, 2)?,
        aces,
    })
}

/// A descriptor with nothing but a DACL (to be written with SD flags 4).
fn build(control: u16, aces: &[&[u8]]) -> Result<Vec<u8>> {
    let size = 8 + aces.iter().map(|ace| ace.len()).sum::<usize>();
    // SE_SELF_RELATIVE and SE_DACL_PRESENT.
    let mut sd = vec![1, 0];
    sd.extend((control | 0x8004).to_le_bytes());
    sd.extend([0; 12]);
    sd.extend(20u32.to_le_bytes());
    // Revision 4: the list may hold object ACEs.
    sd.extend([4, 0]);
    sd.extend(u16::try_from(size)?.to_le_bytes());
    sd.extend(u16::try_from(aces.len())?.to_le_bytes());
    sd.extend([0, 0]);
    aces.iter().for_each(|ace| sd.extend(*ace));
    Ok(sd)
}

/// "User cannot change password": denied to Everyone and to the user.
pub(crate) fn deny_change_password(sd: &[u8]) -> Result<Vec<u8>> {
    let parts = parse(sd)?;
    let ace = |sid: &[u8]| -> Result<Vec<u8>> {
        // ACCESS_DENIED_OBJECT_ACE, control access, object type present.
        let size = u16::try_from(4 + 4 + 4 + 16 + sid.len())?;
        let mut ace = vec![6, 0];
        ace.extend(size.to_le_bytes());
        ace.extend(0x100u32.to_le_bytes());
        ace.extend(1u32.to_le_bytes());
        ace.extend(CHANGE_PASSWORD);
        ace.extend(sid);
        Ok(ace)
    };
    let (everyone, own) = (ace(EVERYONE)?, ace(SELF)?);
    let denials = [everyone.as_slice(), own.as_slice()];
    let aces: Vec<_> = denials.into_iter().chain(parts.aces).collect();
    build(parts.control, &aces)
}

/// Inheritance switched off and inherited entries removed.
pub(crate) fn without_inheritance(sd: &[u8]) -> Result<Vec<u8>> {
    let parts = parse(sd)?;
    let own = |ace: &&[u8]| ace.get(1).is_some_and(|flags| flags & INHERITED_ACE == 0);
    let aces: Vec<_> = parts.aces.into_iter().filter(own).collect();
    build(parts.control | SE_DACL_PROTECTED, &aces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inherited_entries_go_and_denials_come_first() {
        let own: &[u8] = &[0, 0, 8, 0, 1, 2, 3, 4];
        let inherited: &[u8] = &[0, INHERITED_ACE, 8, 0, 1, 2, 3, 4];
        let sd = build(0, &[own, inherited]).unwrap();
        let bare = without_inheritance(&sd).unwrap();
        assert_eq!(parse(&bare).unwrap().aces, [own]);
        assert_eq!(
            parse(&bare).unwrap().control & SE_DACL_PROTECTED,
            SE_DACL_PROTECTED
        );
        let denied = deny_change_password(&sd).unwrap();
        let aces = parse(&denied).unwrap().aces;
        assert_eq!(aces.len(), 4);
        assert!(aces[..2].iter().all(|ace| ace[0] == 6));
        assert!(parse(&sd[..24]).is_err());
    }
}
