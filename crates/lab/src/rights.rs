//! The least rights of the agent's account, on the domain head.

use anyhow::{Context as _, Result};

use crate::forest::Forest;
use crate::userspec::TestUser;

const USER: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";
/// Inherited by user objects: reset password, write lockoutTime, write pwdLastSet.
const INHERITED: &[(&str, &str)] = &[
    ("CR", "00299570-246d-11d0-a768-00aa006e0529"),
    ("WP", "28630ebf-41d5-11d1-a9c1-0000f80367c1"),
    ("WP", "bf967a0a-0de6-11d0-a285-00aa003049e2"),
];
/// On the head itself: unexpire password.
const UNEXPIRE: &str = "ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501";
/// On the head itself: *Replicating Directory Changes*, without which DirSync
/// refuses flags 0. It reads no secrets (those need another right).
const REPLICATE: &str = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2";

/// DACL of `CN=Deleted Objects` as a domain is born with it: nobody but
/// administrators sees what was deleted.
const DELETED_DACL: &str = "(A;;CCDCLCSWRPWPSDRCWDWO;;;SY)(A;;LCRP;;;BA)";

pub(crate) fn grant(forest: &Forest, agent: &TestUser) -> Result<()> {
    let dc = forest.first_dc()?;
    let sid = sid_of(&forest.attribute(dc, &agent.dn, "objectSid")?.concat())?;
    let inherited = INHERITED
        .iter()
        .map(|(right, object)| format!("(OA;CIIO;{right};{object};{USER};{sid})"));
    let replicate = forest.agent_replicates.then_some(REPLICATE);
    let on_head = [UNEXPIRE]
        .into_iter()
        .chain(replicate)
        .map(|right| format!("(OA;;CR;{right};;{sid})"));
    for sddl in inherited.chain(on_head) {
        let object = format!("--objectdn={}", forest.base_dn);
        dc.samba_tool(&[
            "dsacl",
            "set",
            &object,
            "--action=allow",
            &format!("--sddl={sddl}"),
        ])?;
    }
    if forest.agent_replicates {
        show_deleted(forest, &sid)?;
    }
    Ok(())
}

/// *List contents* and *read property* on `CN=Deleted Objects`. Windows does not
/// ask for them when the account may replicate; Samba since 4.19 does
/// (CVE-2023-4154): there DirSync shows nobody what an ordinary search would not.
/// It is inherited (`CI`): a DC that hears of a deletion by replication gives the
/// object what it inherits from its new place, and nothing of the old one.
fn show_deleted(forest: &Forest, sid: &str) -> Result<()> {
    let record = format!(
        "dn: CN=Deleted Objects,{}\nchangetype: modify\nreplace: nTSecurityDescriptor\n\
         nTSecurityDescriptor: D:PAI(A;CI;LCRP;;;{sid}){DELETED_DACL}\n-\n",
        forest.base_dn
    );
    // The container belongs to the system and counts as deleted itself; only its
    // DACL is written (SD flags 4).
    forest
        .first_dc()?
        .change_database(&record, "show_deleted:1,sd_flags:1:4")
}

/// Text form of a binary SID (MS-DTYP 2.4.2).
fn sid_of(sid: &[u8]) -> Result<String> {
    let (head, rest) = sid
        .split_at_checked(8)
        .context("a SID has at least 8 bytes")?;
    let [revision, _, _, _, _, _, _, authority] = <[u8; 8]>::try_from(head)?;
    let mut text = format!("S-{revision}-{authority}");
    for part in rest.chunks_exact(4) {
        text += &format!("-{}", u32::from_le_bytes(part.try_into()?));
    }
    Ok(text)
}
