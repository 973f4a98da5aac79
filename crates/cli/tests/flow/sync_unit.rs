//! An organizational unit for one test alone: nobody else's changes are in it.

use std::process::Command;

use anyhow::{Context as _, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use writeback_lab::{Forest, TestUser, UserSpec, guid_text, unique_name};

/// Accounts in one call of `ldapmodify`.
const AT_ONCE: usize = 500;

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
}

impl Unit {
    /// A unit below the head of the domain.
    pub fn new(forest: &Forest) -> Result<Self> {
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

    /// Many in it at once, enabled and without a password.
    pub fn people(&self, count: usize) -> Result<Vec<Listed>> {
        let series = unique_name("p");
        let numbers: Vec<usize> = (0..count).collect();
        for some in numbers.chunks(AT_ONCE) {
            let records: Vec<String> = some
                .iter()
                .map(|number| self.record(&format!("{series}{number:04}")))
                .collect();
            self.forest.change(&records.join("\n"))?;
        }
        let filter = format!("(&(objectClass=user)(sAMAccountName={series}*))");
        self.list(&filter)
    }

    fn record(&self, sam: &str) -> String {
        let domain = &self.forest.domain;
        format!(
            "dn: CN={sam},{}\nchangetype: add\nobjectClass: user\nsAMAccountName: {sam}\n\
             userPrincipalName: {sam}@{domain}\nmail: {sam}@{domain}\ndisplayName: Person {sam}\n\
             userAccountControl: 544\n",
            self.dn
        )
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
        // One that a test deleted, or that was in another, is gone already.
        let _ = self.forest.edit().and_then(|edit| edit.delete_tree(&name));
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
