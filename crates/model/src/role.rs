//! Administrators' roles.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an administrator of a tenant is. A person may hold several; what each may do stands in
/// `policy::roles`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything in the tenant.
    GlobalAdministrator,
    /// The gates and passwords of people and of lesser administrators.
    AuthenticationAdministrator,
    /// Passwords of people and of lesser administrators.
    HelpdeskAdministrator,
    /// People, their groups and licences.
    UserAdministrator,
    /// Reads the audit trail and reports.
    ReportsReader,
    /// The account that synchronisation runs under; nobody's to sign in with.
    DirectorySynchronizationAccount,
}

/// Text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no role; the roles are {list}", list = Role::list())]
pub struct UnknownRole(String);

impl Role {
    /// All roles, the mightiest first.
    pub const ALL: [Self; 6] = [
        Self::GlobalAdministrator,
        Self::AuthenticationAdministrator,
        Self::HelpdeskAdministrator,
        Self::UserAdministrator,
        Self::ReportsReader,
        Self::DirectorySynchronizationAccount,
    ];

    /// Its name in the database, the API and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "global-administrator",
            Self::AuthenticationAdministrator => "authentication-administrator",
            Self::HelpdeskAdministrator => "helpdesk-administrator",
            Self::UserAdministrator => "user-administrator",
            Self::ReportsReader => "reports-reader",
            Self::DirectorySynchronizationAccount => "directory-synchronization-account",
        }
    }

    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "global administrator",
            Self::AuthenticationAdministrator => "authentication administrator",
            Self::HelpdeskAdministrator => "helpdesk administrator",
            Self::UserAdministrator => "user administrator",
            Self::ReportsReader => "reports reader",
            Self::DirectorySynchronizationAccount => "directory synchronization account",
        }
    }

    /// The role of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    fn list() -> String {
        Self::ALL.map(Self::id).join(", ")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_id(text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_by_the_name_it_is_written_with() {
        for role in Role::ALL {
            assert_eq!(role.id().parse(), Ok(role));
            let json = serde_json::to_string(&role).unwrap();
            assert_eq!(json, format!("\"{}\"", role.id()));
        }
        let error = "Global-Administrator".parse::<Role>().unwrap_err();
        assert!(
            error
                .to_string()
                .contains("the roles are global-administrator, ")
        );
    }
}
