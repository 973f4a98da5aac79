//! What each role may do.

use writeback_model::Role::{
    self, AuthenticationAdministrator, DirectorySynchronizationAccount, GlobalAdministrator,
    HelpdeskAdministrator, ReportsReader, UserAdministrator,
};

/// What an administrator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Reads the audit trail and reports.
    ReadReports,
    /// Looks at people, groups, roles, licences and why somebody may do something.
    ReadDirectory,
    /// Makes people of the cloud, changes, disables, deletes and restores them.
    ManageUsers,
    /// Makes groups of the cloud and changes who is in them.
    ManageGroups,
    /// Assigns licences and takes them back.
    AssignLicences,
    /// Adds what was bought, sets seats and states.
    ManageSubscriptions,
    /// Sets somebody else's password.
    ResetPassword,
    /// Ends somebody else's sign-in sessions.
    RevokeSessions,
    /// Changes or removes the gates that somebody else registered.
    ManageAuthenticationMethods,
    /// Grants and revokes roles.
    ManageRoles,
    /// Sets who may reset, by which methods, banned passwords and throttles.
    ManagePolicies,
    /// Switches writeback on and off, for the tenant or a forest.
    SwitchWriteback,
    /// Runs synchronisation and sets its rules; agents and forests.
    ManageSynchronization,
    /// Sets the tenant's name and domains.
    ManageTenant,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::ReadReports,
        Self::ReadDirectory,
        Self::ManageUsers,
        Self::ManageGroups,
        Self::AssignLicences,
        Self::ManageSubscriptions,
        Self::ResetPassword,
        Self::RevokeSessions,
        Self::ManageAuthenticationMethods,
        Self::ManageRoles,
        Self::ManagePolicies,
        Self::SwitchWriteback,
        Self::ManageSynchronization,
        Self::ManageTenant,
    ];

    /// Its name in the API.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ReadReports => "read-reports",
            Self::ReadDirectory => "read-directory",
            Self::ManageUsers => "manage-users",
            Self::ManageGroups => "manage-groups",
            Self::AssignLicences => "assign-licences",
            Self::ManageSubscriptions => "manage-subscriptions",
            Self::ResetPassword => "reset-password",
            Self::RevokeSessions => "revoke-sessions",
            Self::ManageAuthenticationMethods => "manage-authentication-methods",
            Self::ManageRoles => "manage-roles",
            Self::ManagePolicies => "manage-policies",
            Self::SwitchWriteback => "switch-writeback",
            Self::ManageSynchronization => "manage-synchronization",
            Self::ManageTenant => "manage-tenant",
        }
    }

    /// The roles that may, the mightiest first.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::ReadReports => &[GlobalAdministrator, ReportsReader],
            Self::ReadDirectory => &[
                GlobalAdministrator,
                AuthenticationAdministrator,
                HelpdeskAdministrator,
                UserAdministrator,
                ReportsReader,
            ],
            Self::ManageUsers | Self::ManageGroups | Self::AssignLicences => {
                &[GlobalAdministrator, UserAdministrator]
            }
            Self::ResetPassword | Self::RevokeSessions => &[
                GlobalAdministrator,
                AuthenticationAdministrator,
                HelpdeskAdministrator,
                UserAdministrator,
            ],
            Self::ManageAuthenticationMethods => {
                &[GlobalAdministrator, AuthenticationAdministrator]
            }
            Self::ManageSynchronization => &[GlobalAdministrator, DirectorySynchronizationAccount],
            Self::ManageSubscriptions
            | Self::ManageRoles
            | Self::ManagePolicies
            | Self::SwitchWriteback
            | Self::ManageTenant => &[GlobalAdministrator],
        }
    }

    /// Whether it is done to a person, whose own roles then count.
    pub const fn has_target(self) -> bool {
        matches!(
            self,
            Self::ManageUsers
                | Self::ResetPassword
                | Self::RevokeSessions
                | Self::ManageAuthenticationMethods
        )
    }

    /// Whether the administrator must have shown a second factor a short while ago: it opens an
    /// account to somebody else, or changes who can do so.
    pub const fn needs_recent_second_factor(self) -> bool {
        match self {
            Self::ReadReports
            | Self::ReadDirectory
            | Self::ManageGroups
            | Self::AssignLicences
            | Self::RevokeSessions => false,
            Self::ManageUsers
            | Self::ManageSubscriptions
            | Self::ResetPassword
            | Self::ManageAuthenticationMethods
            | Self::ManageRoles
            | Self::ManagePolicies
            | Self::SwitchWriteback
            | Self::ManageSynchronization
            | Self::ManageTenant => true,
        }
    }

    /// Whether the administrator's account must be the cloud's own. What switches the way to a
    /// directory must not hang on an account of that directory.
    pub const fn needs_cloud_account(self) -> bool {
        matches!(self, Self::SwitchWriteback)
    }
}

/// Whether holders of a role may act upon somebody who holds another. Upon whoever holds none
/// everybody may whose role has the act at all.
pub const fn may_act_upon(role: Role, target: Role) -> bool {
    match role {
        GlobalAdministrator => true,
        AuthenticationAdministrator => matches!(
            target,
            AuthenticationAdministrator | HelpdeskAdministrator | ReportsReader
        ),
        HelpdeskAdministrator => matches!(target, HelpdeskAdministrator | ReportsReader),
        UserAdministrator => matches!(
            target,
            UserAdministrator | HelpdeskAdministrator | ReportsReader
        ),
        ReportsReader | DirectorySynchronizationAccount => false,
    }
}

/// Who wants to act.
#[derive(Clone, Copy, Debug)]
pub struct Administrator<'a> {
    /// The roles that they hold.
    pub roles: &'a [Role],
    /// Whether their account is synchronised from a directory.
    pub is_synchronised: bool,
    /// Whether they showed a second factor a short while ago.
    pub has_recent_second_factor: bool,
}

/// Why an administrator may not. `Display` says why and what would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// They hold no role that may.
    #[error("{} needs one of these roles: {}", .0.id(), names(.0.roles()))]
    NoRole(Act),
    /// The person it is about holds a role that theirs may not act upon.
    #[error(
        "{} may not be done to somebody who is {}: {}", .act.id(), with_article(.target),
        "a global administrator can"
    )]
    Target {
        /// What.
        act: Act,
        /// The role of theirs that forbids it.
        target: Role,
    },
    /// Their account is synchronised.
    #[error(
        "synchronised administrator: {} needs an administrator whose account is in the cloud \
         alone; yours is synchronised from a directory, and could lock itself out", .0.id()
    )]
    SynchronisedAdministrator(Act),
    /// Their second factor was too long ago.
    #[error("{} needs a second factor that was shown a short while ago: show it again", .0.id())]
    SecondFactor(Act),
}

impl Refused {
    /// Its name in the API and in the audit trail.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoRole(_) => "no-role",
            Self::Target { .. } => "target-role",
            Self::SynchronisedAdministrator(_) => "synchronised-administrator",
            Self::SecondFactor(_) => "second-factor",
        }
    }
}

fn names(roles: &[Role]) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    names.join(", ")
}

fn with_article(role: &Role) -> String {
    let article = match role {
        AuthenticationAdministrator => "an",
        _ => "a",
    };
    format!("{article} {role}")
}

/// Whether an administrator may do something to somebody who holds those roles; no roles where
/// it is done to nobody. All of the target's roles must allow it by one role of theirs.
pub fn may(
    act: Act,
    administrator: Administrator<'_>,
    target_roles: &[Role],
) -> Result<(), Refused> {
    let has_act = |role: &&Role| act.roles().contains(role);
    let able: Vec<_> = administrator.roles.iter().filter(has_act).collect();
    if able.is_empty() {
        return Err(Refused::NoRole(act));
    }
    if act.has_target() {
        let reaches_all = |role: &&Role| target_roles.iter().all(|it| may_act_upon(**role, *it));
        if !able.iter().any(reaches_all) {
            let beyond = |it: &&Role| !able.iter().any(|role| may_act_upon(**role, **it));
            let target = target_roles.iter().find(beyond).or(target_roles.first());
            return match target {
                Some(target) => Err(Refused::Target {
                    act,
                    target: *target,
                }),
                None => Ok(()),
            };
        }
    }
    if act.needs_cloud_account() && administrator.is_synchronised {
        return Err(Refused::SynchronisedAdministrator(act));
    }
    if act.needs_recent_second_factor() && !administrator.has_recent_second_factor {
        return Err(Refused::SecondFactor(act));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
