//! Every reason for which an account is not changed; `info` has the one table that maps each to
//! all that people see of it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::BannedRule;

mod info;

pub use info::CauseInfo;

/// Why a request changed nothing.
///
/// A cause is added here and in [`Cause::info`]; its words are added to the language
/// files under the key `cause-<id>`, and a test fails until they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    // --- the password itself ---
    /// Fewer characters than the account's policy asks for.
    PasswordTooShort {
        /// The policy's minimum, where it is known.
        minimum: Option<u16>,
    },
    /// More characters than Active Directory takes.
    PasswordTooLong {
        /// The most it takes.
        maximum: u16,
    },
    /// Not enough character classes.
    PasswordNotComplex,
    /// Holds the account name or a part of the person's name.
    PasswordContainsName,
    /// One of the passwords the directory remembers.
    PasswordInHistory {
        /// How many it remembers, where that is known.
        remembered: Option<u16>,
    },
    /// The password the account has now.
    PasswordIsCurrent,
    /// Changed too short a time ago.
    PasswordTooYoung {
        /// From when it may be changed again, where that is known.
        possible_after: Option<Timestamp>,
    },
    /// The directory refused it by a rule that it does not name: its history, or a password
    /// filter installed on the domain controller. Length, age and complexity were checked.
    HistoryOrFilter,
    /// A password that others would guess.
    PasswordBanned {
        /// The rule that refused it; never the term.
        rule: BannedRule,
    },
    /// Characters that cannot be part of a password.
    PasswordUnusable,
    /// The current password given for a change is wrong.
    WrongCurrentPassword,

    // --- the account ---
    /// The account is disabled.
    AccountDisabled,
    /// The account is locked after failed sign-ins.
    AccountLocked,
    /// The account itself, not its password, has expired.
    AccountExpired,
    /// The account is marked "user cannot change password".
    CannotChangePassword,
    /// An administrator's or system account, which this software never touches.
    ProtectedAccount {
        /// What makes it one.
        by: ProtectedBy,
    },
    /// The agent's configuration does not let it act on this object.
    OutOfScope,
    /// The directory has no such object any more.
    ObjectNotFound,
    /// More than one object carries the same source anchor.
    AnchorNotUnique,

    // --- rights ---
    /// The agent's account lacks a right on this very object.
    AccessDenied {
        /// Which.
        right: Right,
    },
    /// The directory no longer takes the agent's own credentials.
    AgentCredentialsRefused,

    // --- the directory ---
    /// The domain controller that holds the PDC emulator role cannot be reached.
    PdcEmulatorUnreachable,
    /// The domain controller's certificate is not trusted or does not name it.
    CertificateRefused,
    /// The domain controller cannot hold a reset to history and minimum age, and the
    /// forest's setting does not allow resets without.
    PolicyHintsUnsupported,
    /// The domain controller is busy or shutting down.
    DirectoryBusy,
    /// The domain controller was reached and said something that has no name here.
    DirectoryRefused {
        /// The LDAP result code.
        ldap_code: u32,
        /// The Active Directory code in the text, where there is one.
        ad_code: Option<u32>,
    },

    // --- the way there ---
    /// No agent of the forest is connected.
    NoAgent,
    /// No agent began in time. It never ran.
    NotStartedInTime,
    /// The agent could not open the sealed password: it was sealed to another key.
    SealKeyUnknown,
    /// The sealed password was damaged, or belongs to another request.
    SealBroken,
    /// The agent could not write its journal, and so did not begin.
    JournalUnwritable,
    /// The agent does not serve this forest or domain.
    ForestNotServed,
    /// Writeback is switched off.
    WritebackDisabled,
    /// Writeback is switched off on the agents' machines.
    AgentDisabled,
    /// Something went wrong inside the software before anything was written.
    Internal,
}

/// What makes an account a protected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProtectedBy {
    /// `adminCount` is 1: it is, or once was, in a protected group.
    AdminCount,
    /// It is a member, directly or through groups, of a protected group.
    ProtectedGroup,
    /// It is a built-in account of the domain, such as Administrator or krbtgt.
    WellKnownAccount,
    /// It is the agent's own account.
    AgentAccount,
    /// It is not an ordinary user: a computer, a trust or a managed service account.
    NotAnOrdinaryUser,
}

/// A right that the agent's account needs on an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// The extended right "Reset Password".
    ResetPassword,
    /// The person's own extended right "Change Password".
    ChangePassword,
    /// Write access to `lockoutTime`.
    WriteLockoutTime,
    /// Write access to `pwdLastSet`.
    WritePwdLastSet,
    /// Read access to the object.
    Read,
}

/// Who can do something about a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// The person, by choosing or typing something else.
    Person,
    /// Whoever administers the account.
    Account,
    /// Whoever administers the directory and the agent's rights in it.
    Directory,
    /// Whoever runs the agent and the network it is in.
    Agent,
    /// Whoever runs the cloud.
    Cloud,
}

impl Cause {
    /// One of each kind, for tests that every kind has its words, its page and its row.
    pub fn one_of_each() -> Vec<Self> {
        vec![
            Self::PasswordTooShort { minimum: Some(12) },
            Self::PasswordTooLong { maximum: 256 },
            Self::PasswordNotComplex,
            Self::PasswordContainsName,
            Self::PasswordInHistory {
                remembered: Some(24),
            },
            Self::PasswordIsCurrent,
            Self::PasswordTooYoung {
                possible_after: None,
            },
            Self::HistoryOrFilter,
            Self::PasswordBanned {
                rule: BannedRule::TooFewPoints,
            },
            Self::PasswordUnusable,
            Self::WrongCurrentPassword,
            Self::AccountDisabled,
            Self::AccountLocked,
            Self::AccountExpired,
            Self::CannotChangePassword,
            Self::ProtectedAccount {
                by: ProtectedBy::AdminCount,
            },
            Self::OutOfScope,
            Self::ObjectNotFound,
            Self::AnchorNotUnique,
            Self::AccessDenied {
                right: Right::ResetPassword,
            },
            Self::AgentCredentialsRefused,
            Self::PdcEmulatorUnreachable,
            Self::CertificateRefused,
            Self::PolicyHintsUnsupported,
            Self::DirectoryBusy,
            Self::DirectoryRefused {
                ldap_code: 53,
                ad_code: None,
            },
            Self::NoAgent,
            Self::NotStartedInTime,
            Self::SealKeyUnknown,
            Self::SealBroken,
            Self::JournalUnwritable,
            Self::ForestNotServed,
            Self::WritebackDisabled,
            Self::AgentDisabled,
            Self::Internal,
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_cause_has_a_name_of_its_own_that_survives_json() {
        let mut ids = BTreeSet::new();
        for cause in Cause::one_of_each() {
            assert!(
                ids.insert(cause.info().id),
                "{} is used twice",
                cause.info().id
            );
            let json = serde_json::to_value(&cause).unwrap();
            assert_eq!(
                json["cause"].as_str().unwrap().replace('_', "-"),
                cause.info().id
            );
            assert_eq!(serde_json::from_value::<Cause>(json).unwrap(), cause);
        }
        // Tells whoever adds a cause to add it to `one_of_each` too.
        assert_eq!(ids.len(), 35);
    }
}
