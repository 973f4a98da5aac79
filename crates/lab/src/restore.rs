//! Bringing deleted objects back.

use anyhow::{Context as _, Result};

use crate::edit::Edit;
use crate::text::{guid_text, ldif, unicode_pwd};
use crate::userspec::TestUser;

/// Lets a search and a modification see deleted objects.
const SHOW_DELETED: &str = "!1.2.840.113556.1.4.417";

impl Edit {
    /// Brings a deleted object back as `dn` by reanimating its tombstone
    /// (MS-ADTS 3.1.1.5.3.7.1), in one modification with `attributes`.
    ///
    /// The lab's forests have no Recycle Bin: Samba calls its own experimental,
    /// and many companies have none either. So what comes back is objectGUID,
    /// objectSid, sAMAccountName and userAccountControl. Everything else is lost
    /// unless `attributes` sets it: the password, all other attributes, all
    /// memberships. (Of itself Samba sets `adminCount` to 0.)
    pub fn restore(&self, guid: &[u8; 16], dn: &str, attributes: &[(&str, &[u8])]) -> Result<()> {
        let deleted = self
            .deleted_dn(guid)?
            .with_context(|| format!("nothing deleted is {dn}"))?;
        let mut record = ldif("dn", &deleted)
            + "changetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\n"
            + &ldif("distinguishedName", dn)
            + "-\n";
        for (name, value) in attributes {
            record += &format!("replace: {name}\n{}-\n", ldif(name, value));
        }
        self.admin
            .change_with(&["-e", SHOW_DELETED], &record)
            .with_context(|| format!("cannot restore {dn}"))
    }

    /// Brings a deleted user back where it was, with its name, addresses and
    /// password.
    pub fn restore_user(&self, user: &TestUser) -> Result<()> {
        let password = unicode_pwd(&user.password);
        self.restore(
            &user.guid,
            &user.dn,
            &[
                ("userPrincipalName", user.upn.as_bytes()),
                ("displayName", user.display_name.as_bytes()),
                ("mail", user.mail.as_bytes()),
                ("otherMailbox", user.recovery_mail.as_bytes()),
                ("mobile", user.mobile.as_bytes()),
                ("unicodePwd", &password),
            ],
        )
    }

    /// Where a deleted object is now; none when there is none with this GUID, or
    /// it is not deleted.
    pub fn deleted_dn(&self, guid: &[u8; 16]) -> Result<Option<String>> {
        let bytes: String = guid.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let filter = format!("(&(isDeleted=TRUE)(objectGUID={bytes}))");
        let found = self
            .admin
            .search_with(
                &["-E", SHOW_DELETED],
                &self.base_dn,
                "sub",
                &filter,
                &["1.1"],
            )
            .with_context(|| format!("cannot look for the deleted {}", guid_text(guid)))?;
        Ok(found.into_iter().next().map(|entry| entry.dn))
    }
}
