//! Users made for one test each, so that tests can run side by side.

use anyhow::{Context as _, Result, bail};

use crate::bind::BindAnswer;
use crate::dc::Dc;
use crate::forest::Forest;
use crate::sd;
use crate::text::{escape_dn_value, guid_text, ldif, modify, unicode_pwd};
use crate::userspec::{TestUser, UserSpec};

/// SD-flags control (DACL only): owner and group stay as they are. As a line of
/// LDIF, because OpenLDAP's option for it does not take binary values.
const DACL_ONLY: &str = "control: 1.2.840.113556.1.4.801 true:: MAMCAQQ=\n";
/// Samba's own control, valid only on the DC itself: pwdLastSet takes any time.
const BYPASS_LAST_SET: &str = "local_oid:1.3.6.1.4.1.7165.4.3.20:0";
/// 2020-01-01 in 100 ns since 1601.
const LONG_AGO: &str = "132223104000000000";

impl Forest {
    /// Creates a user on the first DC, as the administrator. Takes about 150 ms.
    pub fn create_user(&self, spec: UserSpec) -> Result<TestUser> {
        self.create_user_at(self.first_dc()?, spec)
    }

    /// As [`Self::create_user`], on this DC.
    pub fn create_user_at(&self, dc: &Dc, spec: UserSpec) -> Result<TestUser> {
        let admin = self.administrator(dc);
        let spec = spec.with_defaults();
        let user = self.planned(&spec);
        admin
            .change(&self.records(&spec, &user))
            .with_context(|| format!("cannot create {}", user.dn))?;
        let found = admin.read(&user.dn, &["objectGUID", "nTSecurityDescriptor"])?;
        let guid: [u8; 16] = found
            .bytes("objectGUID")
            .context("no objectGUID")?
            .try_into()
            .context("objectGUID")?;
        let mut descriptor = found
            .bytes("nTSecurityDescriptor")
            .context("no security descriptor")?
            .to_vec();
        if spec.cannot_change {
            descriptor = sd::deny_change_password(&descriptor)?;
        }
        if spec.no_inheritance {
            descriptor = sd::without_inheritance(&descriptor)?;
        }
        if spec.cannot_change || spec.no_inheritance {
            let change = ldif("nTSecurityDescriptor", &descriptor);
            let record = modify(&user.dn, "replace", "nTSecurityDescriptor", &change);
            admin.change(&record.replacen("changetype", &format!("{DACL_ONLY}changetype"), 1))?;
        }
        let user = TestUser {
            guid,
            guid_text: guid_text(&guid),
            ..user
        };
        if spec.password_expired {
            let record = modify(
                &user.dn,
                "replace",
                "pwdLastSet",
                &ldif("pwdLastSet", LONG_AGO),
            );
            dc.change_database(&record, BYPASS_LAST_SET)?;
        }
        if spec.locked {
            self.lock_out(&user.upn, dc)?;
        }
        Ok(user)
    }

    /// Deletes a user.
    pub fn delete_user(&self, user: &TestUser) -> Result<()> {
        self.change(&format!("{}changetype: delete\n", ldif("dn", &user.dn)))
    }

    /// Locks an account the only honest way: wrong passwords until it is.
    pub fn lock_out(&self, upn: &str, dc: &Dc) -> Result<()> {
        for _ in 0..50 {
            if let BindAnswer::Refused { data_code } = self.can_bind(upn, "Wrong-Password-0", dc)?
                && data_code == "775"
            {
                return Ok(());
            }
        }
        bail!("{upn} is not locked after 50 wrong passwords: is the lockout threshold set?")
    }

    fn planned(&self, spec: &UserSpec) -> TestUser {
        let sam = spec.sam.clone().unwrap_or_default();
        let people = format!("OU=People,{}", self.base_dn);
        let ou = spec.ou.clone().unwrap_or(people);
        let display_name = spec.display_name.clone().unwrap_or_default();
        let digits = sam
            .bytes()
            .fold(7u32, |sum, b| sum.wrapping_mul(31).wrapping_add(b.into()));
        TestUser {
            upn: format!("{sam}@{}", self.domain),
            // The sam makes it unique, the display name makes it real.
            dn: format!(
                "CN={},{ou}",
                escape_dn_value(&format!("{display_name} ({sam})"))
            ),
            guid: [0; 16],
            guid_text: String::new(),
            password: spec.password.clone().unwrap_or_default(),
            mail: format!("{sam}@{}", self.domain),
            recovery_mail: format!("{sam}@mail.example"),
            mobile: format!("+62 812 {:07}", digits % 10_000_000),
            display_name,
            sam,
        }
    }

    fn records(&self, spec: &UserSpec, user: &TestUser) -> String {
        let control = 0x200
            + if spec.disabled { 2 } else { 0 }
            + if spec.never_expires { 0x10000 } else { 0 };
        let mut text = ldif("dn", &user.dn) + "changetype: add\nobjectClass: user\n";
        let control = control.to_string();
        let values = [
            ("sAMAccountName", user.sam.as_str()),
            ("userPrincipalName", &user.upn),
            ("givenName", spec.given_name.as_deref().unwrap_or_default()),
            ("sn", spec.surname.as_deref().unwrap_or_default()),
            ("displayName", &user.display_name),
            ("mail", &user.mail),
            ("otherMailbox", &user.recovery_mail),
            ("mobile", &user.mobile),
            ("userAccountControl", &control),
        ];
        values
            .iter()
            .for_each(|(name, value)| text += &ldif(name, value));
        spec.extra
            .iter()
            .for_each(|(name, value)| text += &ldif(name, value));
        text += &ldif("unicodePwd", unicode_pwd(&user.password));
        let flags = [
            (spec.must_change, "pwdLastSet: 0\n".to_owned()),
            (spec.expired, format!("accountExpires: {LONG_AGO}\n")),
            (spec.admin_count, "adminCount: 1\n".to_owned()),
        ];
        flags
            .iter()
            .filter(|(set, _)| *set)
            .for_each(|(_, line)| text += line);
        for group in &spec.groups {
            let dn = if group.contains('=') {
                group.clone()
            } else {
                format!("CN={},CN=Users,{}", escape_dn_value(group), self.base_dn)
            };
            text += "\n";
            text += &modify(&dn, "add", "member", &ldif("member", &user.dn));
        }
        if let Some(pso) = &spec.pso {
            let applies = "msDS-PSOAppliesTo";
            text += "\n";
            text += &modify(&self.pso_dn(pso), "add", applies, &ldif(applies, &user.dn));
        }
        text
    }

    pub(crate) fn pso_dn(&self, name: &str) -> String {
        format!(
            "CN={name},CN=Password Settings Container,CN=System,{}",
            self.base_dn
        )
    }
}
