//! What a user made for a test is like.

use crate::text::random_password;

/// A user to be created. The default is an ordinary user in `OU=People` with a
/// random name and password.
#[derive(Debug, Clone, Default)]
pub struct UserSpec {
    /// sAMAccountName, at most 20 characters; random when not given.
    pub sam: Option<String>,
    /// Password; random when not given. Must satisfy the policy.
    pub password: Option<String>,
    /// Given name; "Test" when not given.
    pub given_name: Option<String>,
    /// Surname; "User" when not given.
    pub surname: Option<String>,
    /// Display name; given name and surname when not given.
    pub display_name: Option<String>,
    /// DN of the container; `OU=People` when not given.
    pub ou: Option<String>,
    /// userAccountControl bit 2.
    pub disabled: bool,
    /// pwdLastSet 0.
    pub must_change: bool,
    /// Locked by real wrong binds (about half a second).
    pub locked: bool,
    /// accountExpires in 2020.
    pub expired: bool,
    /// Password set in 2020, so that it is past its maximum age.
    pub password_expired: bool,
    /// userAccountControl bit 0x10000.
    pub never_expires: bool,
    /// "User cannot change password": deny ACEs for Everyone and SELF.
    pub cannot_change: bool,
    /// adminCount 1, without being member of anything.
    pub admin_count: bool,
    /// Protected DACL without the inherited entries: the agent has no rights.
    pub no_inheritance: bool,
    /// Groups: a DN, or a name below `CN=Users`.
    pub groups: Vec<String>,
    /// Name of a password settings object that applies to the user.
    pub pso: Option<String>,
    /// Further attributes.
    pub extra: Vec<(String, String)>,
}

/// A user that exists.
#[derive(Debug, Clone)]
pub struct TestUser {
    /// sAMAccountName.
    pub sam: String,
    /// userPrincipalName.
    pub upn: String,
    /// Distinguished name.
    pub dn: String,
    /// objectGUID as the directory stores it.
    pub guid: [u8; 16],
    /// objectGUID as Windows writes it.
    pub guid_text: String,
    /// Password at creation.
    pub password: String,
    /// Mail address (attribute `mail`).
    pub mail: String,
    /// Recovery address (attribute `otherMailbox`), unique per user.
    pub recovery_mail: String,
    /// Mobile number.
    pub mobile: String,
    /// Display name.
    pub display_name: String,
}

impl TestUser {
    /// A name in place of the DN that stays when the user is renamed or moved.
    pub fn by_guid(&self) -> String {
        format!("<GUID={}>", self.guid_text)
    }
}

impl UserSpec {
    /// With everything filled in that was left open.
    pub(crate) fn with_defaults(mut self) -> Self {
        let random = || format!("u{}", hex::encode(rand::random::<[u8; 6]>()));
        self.sam.get_or_insert_with(random);
        self.password.get_or_insert_with(random_password);
        let given = self
            .given_name
            .get_or_insert_with(|| "Test".to_owned())
            .clone();
        let surname = self
            .surname
            .get_or_insert_with(|| "User".to_owned())
            .clone();
        self.display_name
            .get_or_insert_with(|| format!("{given} {surname}"));
        self
    }
}
