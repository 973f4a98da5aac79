//! The people every forest is born with: one for each case the product meets.

use anyhow::{Context as _, Result};

use crate::bind::BindAnswer;
use crate::forest::Forest;
use crate::plan::PSO_LONG;
use crate::text::{escape_dn_value, guid_text};
use crate::userspec::{TestUser, UserSpec};

/// Name of an organizational unit full of characters that DNs reserve.
pub const RESERVED_OU: &str = "Sales, \"North\" + <R&D>;#1";

/// Someone who exists in every forest, with [`Forest::people_password`].
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// sAMAccountName.
    pub sam: &'static str,
    /// Given name.
    pub given_name: &'static str,
    /// Surname.
    pub surname: &'static str,
    /// Display name.
    pub display_name: &'static str,
    /// What is special, in a word.
    pub case: &'static str,
}

macro_rules! people {
    ($($sam:literal $given:literal $surname:literal $display:literal $case:literal)*) => {
        &[$(Person {
            sam: $sam, given_name: $given, surname: $surname, display_name: $display, case: $case,
        }),*]
    };
}

/// Everyone, by sAMAccountName.
pub const PEOPLE: &[Person] = people! {
    "alice" "Alice" "Anderson" "Alice Anderson" "ordinary"
    "bob" "Bob" "Baker" "Bob Baker" "ordinary"
    "carol" "Carol" "Clark" "Carol Clark" "ordinary"
    "dewi" "Dewi" "Lestari" "Dewi Lestari" "ordinary"
    "siti" "Siti" "Nurhaliza" "Siti Nurhaliza" "ordinary"
    "zoe" "Zoë" "Müller-Łukasz" "Zoë Müller-Łukasz" "ordinary"
    "yamada" "太郎" "山田" "山田 太郎" "ordinary"
    "emoji" "Ada" "Party" "Ada 🎉 Party 👩‍💻" "ordinary"
    "disabled" "Dora" "Disabled" "Dora Disabled" "disabled"
    "locked" "Lars" "Locked" "Lars Locked" "locked"
    "mustchange" "Mia" "Mustchange" "Mia Mustchange" "must-change"
    "expired" "Emil" "Expired" "Emil Expired" "expired"
    "pwexpired" "Paul" "Pastdate" "Paul Pastdate" "password-expired"
    "neverexpires" "Nora" "Never" "Nora Never" "never-expires"
    "cannotchange" "Carl" "Cannot" "Carl Cannot" "cannot-change"
    "formeradmin" "Fred" "Former" "Fred Former" "admin-count"
    "domadmin" "Diana" "Admin" "Diana Admin" "domain-admin"
    "protected" "Petra" "Protected" "Petra Protected" "no-inheritance"
    "reserved" "Rita" "O'Reilly, Jr." "Rita \"R\" O'Reilly, Jr." "reserved-ou"
    "longpolicy" "Lena" "Long" "Lena Long" "long-policy"
};

impl Person {
    pub(crate) fn spec(&self, forest: &Forest) -> UserSpec {
        let case = |name: &str| self.case == name;
        let in_reserved = || format!("OU={},{}", escape_dn_value(RESERVED_OU), forest.base_dn);
        UserSpec {
            sam: Some(self.sam.to_owned()),
            password: Some(forest.people_password.clone()),
            given_name: Some(self.given_name.to_owned()),
            surname: Some(self.surname.to_owned()),
            display_name: Some(self.display_name.to_owned()),
            ou: case("reserved-ou").then(in_reserved),
            disabled: case("disabled"),
            must_change: case("must-change"),
            expired: case("expired"),
            never_expires: case("never-expires"),
            cannot_change: case("cannot-change"),
            admin_count: case("admin-count"),
            no_inheritance: case("no-inheritance"),
            groups: case("domain-admin")
                .then(|| "Domain Admins".to_owned())
                .into_iter()
                .collect(),
            password_expired: case("password-expired"),
            pso: case("long-policy").then(|| PSO_LONG.to_owned()),
            ..UserSpec::default()
        }
    }
}

impl Forest {
    /// Someone of [`PEOPLE`], read from the directory. Tests must not change
    /// them: they are everyone's.
    pub fn person(&self, sam: &str) -> Result<TestUser> {
        let admin = self.administrator(self.first_dc()?);
        let wanted = [
            "objectGUID",
            "userPrincipalName",
            "mail",
            "mobile",
            "displayName",
            "otherMailbox",
        ];
        let filter = format!("(&(objectClass=user)(sAMAccountName={sam}))");
        let found = admin.search(&self.base_dn, "sub", &filter, &wanted)?;
        let entry = found
            .first()
            .with_context(|| format!("{} has no {sam}", self.domain))?;
        let text = |name: &str| entry.text(name).unwrap_or_default().to_owned();
        let guid: [u8; 16] = entry
            .bytes("objectGUID")
            .context("no objectGUID")?
            .try_into()?;
        Ok(TestUser {
            sam: sam.to_owned(),
            upn: text("userPrincipalName"),
            dn: entry.dn.clone(),
            guid,
            guid_text: guid_text(&guid),
            password: self.people_password.clone(),
            mail: text("mail"),
            recovery_mail: text("otherMailbox"),
            mobile: text("mobile"),
            display_name: text("displayName"),
        })
    }
}

/// Locks those who are to be locked. Lockouts last half an hour, so a snapshot
/// cannot keep them.
pub(crate) fn lock_out(forest: &Forest) -> Result<()> {
    let dc = forest.first_dc()?;
    for person in PEOPLE.iter().filter(|person| person.case == "locked") {
        let upn = format!("{}@{}", person.sam, forest.domain);
        if forest.can_bind(&upn, &forest.people_password, dc)? == BindAnswer::Ok {
            forest.lock_out(&upn, dc)?;
        }
    }
    Ok(())
}
