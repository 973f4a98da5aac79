//! An organizational unit for one test alone: nobody else's changes are in it.

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context as _, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use writeback_lab::{Forest, Guard, Lab, TestUser, UserSpec, guid_text, unique_name};

/// A user as the directory has it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub dn: String,
    pub guid: [u8; 16],
}

/// An organizational unit that goes with the test.
pub struct Unit {
    pub forest: Forest,
    /// As it was made: a test that renames or moves it knows its new name.
    pub dn: String,
    pub guid: [u8; 16],
    _calm: Option<Guard>,
}

impl Unit {
    /// A unit below the head of the domain, in a lab that nobody disturbs as long as the unit
    /// is there.
    pub fn new(domain: &str) -> Result<Self> {
        let lab = Lab::require()?;
        let calm = lab.calm()?;
        let mut unit = Self::disturbed(lab.forest(domain)?)?;
        unit._calm = Some(calm);
        Ok(unit)
    }

    /// For a test that disturbs the lab and holds the lock for that.
    pub fn disturbed(forest: &Forest) -> Result<Self> {
        let dn = forest.edit()?.create_unique_ou()?;
        Self::there(forest, dn)
    }

    /// A unit in this one.
    pub fn within(&self) -> Result<Self> {
        let edit = self.forest.edit()?;
        let dn = edit.create_ou(&self.dn, &unique_name("ou"))?;
        Self::there(&self.forest, dn)
    }

    fn there(forest: &Forest, dn: String) -> Result<Self> {
        let guid = forest.attribute(forest.first_dc()?, &dn, "objectGUID")?;
        let guid = guid.first().context("no objectGUID")?;
        Ok(Self {
            forest: forest.clone(),
            dn,
            guid: guid.as_slice().try_into()?,
            _calm: None,
        })
    }

    /// The configuration of an agent that imports this unit and no other.
    pub fn included(&self) -> String {
        format!("include_ous = [\"{}\"]", self.dn)
    }

    /// Somebody in it who can sign in.
    pub fn user(&self, spec: UserSpec) -> Result<TestUser> {
        self.forest.create_user(UserSpec {
            ou: Some(self.dn.clone()),
            ..spec
        })
    }

    /// Many in it at once, disabled and without a password: in the order of their names.
    pub fn people(&self, count: usize) -> Result<Vec<Listed>> {
        let made = self.forest.fill_ou(&self.dn, count)?;
        let listed = self.list("(objectClass=user)")?;
        let mut guids: BTreeMap<String, [u8; 16]> =
            listed.into_iter().map(|it| (it.dn, it.guid)).collect();
        made.into_iter()
            .map(|dn| {
                let guid = guids.remove(&dn).context("made, and not there")?;
                Ok(Listed { dn, guid })
            })
            .collect()
    }

    /// What is in it, by `ldapsearch`.
    pub fn list(&self, filter: &str) -> Result<Vec<Listed>> {
        let base = format!("<GUID={}>", guid_text(&self.guid));
        list(&self.forest, &base, filter)
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let name = format!("<GUID={}>", guid_text(&self.guid));
        // Groups first: else each member has to leave them. What a test deleted, or was in
        // another unit, is gone already.
        let groups = self.list("(objectClass=group)").unwrap_or_default();
        if let Ok(edit) = self.forest.edit() {
            let names = groups.iter().map(|group| group.dn.as_str());
            for name in names.chain([name.as_str()]) {
                let _ = edit.delete_tree(name);
            }
        }
    }
}

/// Objects below a name, as OpenLDAP's own tool finds them.
pub fn list(forest: &Forest, base: &str, filter: &str) -> Result<Vec<Listed>> {
    let uri = format!("ldaps://{}", forest.first_dc()?.fqdn);
    let output = Command::new("ldapsearch")
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt"])
        .args(["-H", &uri, "-D", &forest.administrator_upn])
        .args(["-w", &forest.administrator_password, "-b", base])
        .args([filter, "objectGUID"])
        .env("LDAPTLS_CACERT", &forest.ca_pem)
        .output()?;
    anyhow::ensure!(
        output.status.success(),
        "ldapsearch: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    text.split("\n\n")
        .filter_map(|entry| listed(entry).transpose())
        .collect()
}

fn listed(entry: &str) -> Result<Option<Listed>> {
    let value = |name: &str| {
        entry.lines().find_map(|line| {
            let rest = line.strip_prefix(name)?.strip_prefix(':')?;
            match rest.strip_prefix(':') {
                Some(encoded) => BASE64_STANDARD.decode(encoded.trim()).ok(),
                None => Some(rest.trim().as_bytes().to_vec()),
            }
        })
    };
    let (Some(dn), Some(guid)) = (value("dn"), value("objectGUID")) else {
        return Ok(None);
    };
    Ok(Some(Listed {
        dn: String::from_utf8(dn)?,
        guid: guid.as_slice().try_into()?,
    }))
}
