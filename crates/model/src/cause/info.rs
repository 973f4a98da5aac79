//! The one table that maps each cause to all that people see of it.

use super::{Cause, Component};
use crate::event;

/// Everything people see of a cause, beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CauseInfo {
    /// Its stable name: key of the words (`cause-<id>`), of the API error and of the docs page.
    pub id: &'static str,
    /// The event id that agents and the cloud log; [`event`] has the table.
    pub event_id: u32,
    /// The reference product's portal code, where it has one.
    pub portal_code: Option<&'static str>,
    /// Who can do something about it.
    pub component: Component,
    /// Whether the same person can try again at once with another password.
    pub another_password_helps: bool,
}

impl Cause {
    /// The one table. A new cause gets its row here.
    pub const fn info(&self) -> CauseInfo {
        use Component::{Account, Agent, Cloud, Directory, Person};
        use event::*;
        // The reference product: an administrator must mend something on the premises.
        const ON_PREMISES: Option<&str> = Some("SSPR_0029");
        // The reference product: the premises could not be reached.
        const CONNECTIVITY: Option<&str> = Some("SSPR_0030");
        const WRITEBACK_OFF: Option<&str> = Some("SSPR_0010");

        let (id, event_id, portal_code, component, another_password_helps) = match self {
            Self::PasswordTooShort { .. } => {
                ("password-too-short", PASSWORD_POLICY, None, Person, true)
            }
            Self::PasswordTooLong { .. } => {
                ("password-too-long", PASSWORD_POLICY, None, Person, true)
            }
            Self::PasswordNotComplex => {
                ("password-not-complex", PASSWORD_POLICY, None, Person, true)
            }
            Self::PasswordContainsName => (
                "password-contains-name",
                PASSWORD_POLICY,
                None,
                Person,
                true,
            ),
            Self::PasswordInHistory { .. } => {
                ("password-in-history", PASSWORD_POLICY, None, Person, true)
            }
            Self::PasswordIsCurrent => ("password-is-current", PASSWORD_POLICY, None, Person, true),
            Self::PasswordTooYoung { .. } => {
                ("password-too-young", PASSWORD_POLICY, None, Person, false)
            }
            Self::HistoryOrFilter => ("history-or-filter", PASSWORD_POLICY, None, Person, true),
            Self::PasswordBanned { .. } => ("password-banned", PASSWORD_POLICY, None, Person, true),
            Self::PasswordUnusable => ("password-unusable", PASSWORD_POLICY, None, Person, true),
            Self::WrongCurrentPassword => (
                "wrong-current-password",
                WRONG_CURRENT_PASSWORD,
                None,
                Person,
                true,
            ),
            Self::AccountDisabled => ("account-disabled", ACCOUNT_DISABLED, None, Account, false),
            Self::AccountLocked => ("account-locked", ACCOUNT_LOCKED, None, Account, false),
            Self::AccountExpired => ("account-expired", ACCOUNT_EXPIRED, None, Account, false),
            Self::CannotChangePassword => (
                "cannot-change-password",
                CANNOT_CHANGE_PASSWORD,
                None,
                Account,
                false,
            ),
            Self::ProtectedAccount { .. } => (
                "protected-account",
                ACCESS_DENIED,
                ON_PREMISES,
                Account,
                false,
            ),
            Self::OutOfScope => ("out-of-scope", OUT_OF_SCOPE, ON_PREMISES, Agent, false),
            Self::ObjectNotFound => (
                "object-not-found",
                OBJECT_NOT_FOUND,
                ON_PREMISES,
                Account,
                false,
            ),
            Self::AnchorNotUnique => (
                "anchor-not-unique",
                ANCHOR_NOT_UNIQUE,
                ON_PREMISES,
                Directory,
                false,
            ),
            Self::AccessDenied { .. } => (
                "access-denied",
                ACCESS_DENIED,
                ON_PREMISES,
                Directory,
                false,
            ),
            Self::AgentCredentialsRefused => (
                "agent-credentials-refused",
                AGENT_CREDENTIALS_REFUSED,
                ON_PREMISES,
                Agent,
                false,
            ),
            Self::PdcEmulatorUnreachable => (
                "pdc-emulator-unreachable",
                PDC_EMULATOR_UNREACHABLE,
                CONNECTIVITY,
                Directory,
                false,
            ),
            Self::CertificateRefused => (
                "certificate-refused",
                CERTIFICATE_REFUSED,
                ON_PREMISES,
                Directory,
                false,
            ),
            Self::PolicyHintsUnsupported => (
                "policy-hints-unsupported",
                POLICY_HINTS_UNSUPPORTED,
                ON_PREMISES,
                Directory,
                false,
            ),
            Self::DirectoryBusy => (
                "directory-busy",
                DIRECTORY_BUSY,
                CONNECTIVITY,
                Directory,
                false,
            ),
            Self::DirectoryRefused { .. } => (
                "directory-refused",
                DIRECTORY_REFUSED,
                ON_PREMISES,
                Directory,
                false,
            ),
            Self::NoAgent => ("no-agent", AGENT_STOPPED, CONNECTIVITY, Agent, false),
            Self::NotStartedInTime => (
                "not-started-in-time",
                NOT_STARTED_IN_TIME,
                CONNECTIVITY,
                Agent,
                false,
            ),
            Self::SealKeyUnknown => (
                "seal-key-unknown",
                SEAL_KEY_UNKNOWN,
                ON_PREMISES,
                Agent,
                false,
            ),
            Self::SealBroken => ("seal-broken", SEAL_BROKEN, ON_PREMISES, Cloud, false),
            Self::JournalUnwritable => (
                "journal-unwritable",
                STATE_UNWRITABLE,
                ON_PREMISES,
                Agent,
                false,
            ),
            Self::ForestNotServed => (
                "forest-not-served",
                FOREST_NOT_SERVED,
                ON_PREMISES,
                Agent,
                false,
            ),
            Self::WritebackDisabled => (
                "writeback-disabled",
                WRITEBACK_DISABLED,
                WRITEBACK_OFF,
                Cloud,
                false,
            ),
            Self::AgentDisabled => (
                "agent-disabled",
                AGENT_DISABLED,
                WRITEBACK_OFF,
                Agent,
                false,
            ),
            Self::Internal => ("internal", INTERNAL, ON_PREMISES, Cloud, false),
        };
        CauseInfo {
            id,
            event_id,
            portal_code,
            component,
            another_password_helps,
        }
    }
}
