//! Groups and who is in them.

use anyhow::{Context as _, Result};

use crate::edit::Edit;
use crate::text::{escape_dn_value, ldif, modify};

/// Members per modification. A DC takes more, but only up to the size of a
/// request (10 MB on Windows).
const AT_ONCE: usize = 1000;

impl Edit {
    /// Creates a global security group below `parent` with these members (DNs)
    /// and gives its DN. Its sAMAccountName is its name.
    pub fn create_group(
        &self,
        parent: &str,
        name: &str,
        members: &[impl AsRef<str>],
    ) -> Result<String> {
        let dn = format!("CN={},{parent}", escape_dn_value(name));
        let change = format!(
            "changetype: add\nobjectClass: group\n{}",
            ldif("sAMAccountName", name)
        );
        self.record(&dn, &change)
            .with_context(|| format!("cannot create {dn}"))?;
        self.add_members(&dn, members)?;
        Ok(dn)
    }

    /// Adds members by DN, thousands too, and also the group itself, which a
    /// directory permits.
    pub fn add_members(&self, group: &str, members: &[impl AsRef<str>]) -> Result<()> {
        self.change_members(group, "add", members)
    }

    /// Takes members out, by DN.
    pub fn remove_members(&self, group: &str, members: &[impl AsRef<str>]) -> Result<()> {
        self.change_members(group, "delete", members)
    }

    fn change_members(&self, group: &str, how: &str, members: &[impl AsRef<str>]) -> Result<()> {
        let records: Vec<_> = members
            .chunks(AT_ONCE)
            .map(|some| {
                let lines: String = some
                    .iter()
                    .map(|member| ldif("member", member.as_ref()))
                    .collect();
                modify(group, how, "member", &lines)
            })
            .collect();
        if records.is_empty() {
            return Ok(());
        }
        self.admin
            .change(&records.join("\n"))
            .with_context(|| format!("cannot {how} {} members of {group}", members.len()))
    }
}
