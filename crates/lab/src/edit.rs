//! Changes to a directory as an administrator makes them.

use anyhow::{Context as _, Result};

use crate::dc::Dc;
use crate::forest::Forest;
use crate::ldap::Ldap;
use crate::text::{escape_dn_value, ldif, modify, split_dn, unique_name};

/// userAccountControl bit "account disabled".
const DISABLED: u32 = 2;
/// Deletes what is below, too (LDAP_SERVER_TREE_DELETE_OID).
const TREE_DELETE: &str = "control: 1.2.840.113556.1.4.805 true\n";

/// Directory edits by LDAPS on one DC, as the administrator; one process of some
/// 30 ms each. Wherever a DN is asked for, `<GUID=...>` will do
/// ([`crate::TestUser::by_guid`]), except to rename or move.
pub struct Edit {
    pub(crate) admin: Ldap,
    pub(crate) base_dn: String,
}

impl Forest {
    /// Edits on the first DC.
    pub fn edit(&self) -> Result<Edit> {
        Ok(self.edit_at(self.first_dc()?))
    }

    /// Edits on this DC.
    pub fn edit_at(&self, dc: &Dc) -> Edit {
        Edit {
            admin: self.administrator(dc),
            base_dn: self.base_dn.clone(),
        }
    }
}

impl Edit {
    /// Creates an organizational unit below `parent` and gives its DN.
    pub fn create_ou(&self, parent: &str, name: &str) -> Result<String> {
        let dn = format!("OU={},{parent}", escape_dn_value(name));
        self.record(&dn, "changetype: add\nobjectClass: organizationalUnit\n")
            .with_context(|| format!("cannot create {dn}"))?;
        Ok(dn)
    }

    /// Creates an organizational unit of a name that nobody has, below the head
    /// of the domain, and gives its DN.
    pub fn create_unique_ou(&self) -> Result<String> {
        self.create_ou(&self.base_dn, &unique_name("ou"))
    }

    /// Deletes an object that has none below it.
    pub fn delete(&self, dn: &str) -> Result<()> {
        self.record(dn, "changetype: delete\n")
            .with_context(|| format!("cannot delete {dn}"))
    }

    /// Deletes an object with everything below it.
    pub fn delete_tree(&self, dn: &str) -> Result<()> {
        self.record(dn, &format!("{TREE_DELETE}changetype: delete\n"))
            .with_context(|| format!("cannot delete {dn} with all below it"))
    }

    /// Gives an object another relative name, without its attribute and not
    /// escaped (modrdn); gives the new DN. Of a user this changes `cn` and
    /// `name`, of an organizational unit the DNs of all below it.
    pub fn rename(&self, dn: &str, name: &str) -> Result<String> {
        let (rdn, parent) = split_dn(dn);
        self.modrdn(dn, &rdn_of(rdn, name), parent)
    }

    /// Moves a user, a group or an organizational unit below `parent`; gives the
    /// new DN.
    pub fn move_below(&self, dn: &str, parent: &str) -> Result<String> {
        let (rdn, _) = split_dn(dn);
        self.modrdn(dn, rdn, parent)
    }

    fn modrdn(&self, dn: &str, rdn: &str, parent: &str) -> Result<String> {
        let change = format!(
            "changetype: modrdn\n{}deleteoldrdn: 1\n{}",
            ldif("newrdn", rdn),
            ldif("newsuperior", parent)
        );
        let new = format!("{rdn},{parent}");
        self.record(dn, &change)
            .with_context(|| format!("cannot make {dn} {new}"))?;
        Ok(new)
    }

    /// Replaces all values of an attribute; without values it is removed, and
    /// whether it was there does not matter.
    pub fn set(&self, dn: &str, attribute: &str, values: &[impl AsRef<[u8]>]) -> Result<()> {
        self.modify(dn, "replace", attribute, values)
    }

    /// Adds values to an attribute.
    pub fn add(&self, dn: &str, attribute: &str, values: &[impl AsRef<[u8]>]) -> Result<()> {
        self.modify(dn, "add", attribute, values)
    }

    /// Takes values from an attribute; without values all of them, which must
    /// exist.
    pub fn take(&self, dn: &str, attribute: &str, values: &[impl AsRef<[u8]>]) -> Result<()> {
        self.modify(dn, "delete", attribute, values)
    }

    /// Disables an account.
    pub fn disable(&self, dn: &str) -> Result<()> {
        let control = self.account_control(dn)?;
        self.set(
            dn,
            "userAccountControl",
            &[(control | DISABLED).to_string()],
        )
    }

    /// Enables an account.
    pub fn enable(&self, dn: &str) -> Result<()> {
        let control = self.account_control(dn)?;
        self.set(
            dn,
            "userAccountControl",
            &[(control & !DISABLED).to_string()],
        )
    }

    fn account_control(&self, dn: &str) -> Result<u32> {
        let entry = self.admin.read(dn, &["userAccountControl"])?;
        let text = entry
            .text("userAccountControl")
            .with_context(|| format!("{dn} is no account"))?;
        text.parse().context("userAccountControl")
    }

    fn modify(
        &self,
        dn: &str,
        how: &str,
        attribute: &str,
        values: &[impl AsRef<[u8]>],
    ) -> Result<()> {
        let lines: String = values.iter().map(|value| ldif(attribute, value)).collect();
        self.admin
            .change(&modify(dn, how, attribute, &lines))
            .with_context(|| format!("cannot {how} {attribute} of {dn}"))
    }

    pub(crate) fn record(&self, dn: &str, change: &str) -> Result<()> {
        self.admin.change(&(ldif("dn", dn) + change))
    }
}

/// `name` as a relative name of the same attribute as `old`.
fn rdn_of(old: &str, name: &str) -> String {
    let attribute = old.split_once('=').map_or("CN", |(attribute, _)| attribute);
    format!("{attribute}={}", escape_dn_value(name))
}
