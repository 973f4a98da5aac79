//! The words of a cause.

use fluent_templates::fluent_bundle::FluentValue;
use writeback_model::{Cause, ProtectedBy, Right};

use super::{Argument, Words};

/// A cause in the words of the person it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseText {
    /// What happened, and why.
    pub what: String,
    /// What the person can do now.
    pub next: String,
}

pub(super) fn text(words: &Words, cause: &Cause) -> CauseText {
    let id = cause.info().id;
    let arguments = arguments(words, cause);
    CauseText {
        what: words.with(&format!("cause-{id}"), &arguments),
        next: words.with(&format!("cause-{id}-next"), &arguments),
    }
}

pub(super) fn remedy(words: &Words, cause: &Cause) -> String {
    let id = cause.info().id;
    words.with(&format!("cause-{id}-admin"), &arguments(words, cause))
}

/// What stands in the words; "unknown" for what is not known.
fn arguments(words: &Words, cause: &Cause) -> Vec<Argument<'static>> {
    match cause {
        Cause::PasswordTooShort { minimum } => vec![("minimum", or_unknown(*minimum))],
        Cause::PasswordTooLong { maximum } => vec![("maximum", (*maximum).into())],
        Cause::PasswordInHistory { remembered } => vec![("remembered", or_unknown(*remembered))],
        Cause::PasswordTooYoung { possible_after } => {
            vec![(
                "when",
                or_unknown(possible_after.map(|after| words.moment(after))),
            )]
        }
        Cause::PasswordBanned { rule } => vec![("rule", rule.id().into())],
        Cause::ProtectedAccount { by } => vec![("by", protected_by(*by).into())],
        Cause::AccessDenied { right } => vec![("right", right_name(*right).into())],
        Cause::DirectoryRefused { ldap_code, ad_code } => vec![
            ("ldapcode", ldap_code.to_string().into()),
            (
                "adcode",
                or_unknown(ad_code.map(|code| format!("0x{code:08X}"))),
            ),
        ],
        Cause::PasswordNotComplex
        | Cause::PasswordContainsName
        | Cause::PasswordIsCurrent
        | Cause::HistoryOrFilter
        | Cause::PasswordUnusable
        | Cause::WrongCurrentPassword
        | Cause::AccountDisabled
        | Cause::AccountLocked
        | Cause::AccountExpired
        | Cause::CannotChangePassword
        | Cause::OutOfScope
        | Cause::ObjectNotFound
        | Cause::AnchorNotUnique
        | Cause::AgentCredentialsRefused
        | Cause::PdcEmulatorUnreachable
        | Cause::CertificateRefused
        | Cause::PolicyHintsUnsupported
        | Cause::DirectoryBusy
        | Cause::NoAgent
        | Cause::NotStartedInTime
        | Cause::SealKeyUnknown
        | Cause::SealBroken
        | Cause::JournalUnwritable
        | Cause::ForestNotServed
        | Cause::WritebackDisabled
        | Cause::AgentDisabled
        | Cause::Internal => Vec::new(),
    }
}

fn or_unknown<T: Into<FluentValue<'static>>>(value: Option<T>) -> FluentValue<'static> {
    value.map_or_else(|| "unknown".into(), Into::into)
}

const fn protected_by(by: ProtectedBy) -> &'static str {
    match by {
        ProtectedBy::AdminCount => "admin-count",
        ProtectedBy::ProtectedGroup => "protected-group",
        ProtectedBy::WellKnownAccount => "well-known-account",
        ProtectedBy::AgentAccount => "agent-account",
        ProtectedBy::NotAnOrdinaryUser => "not-an-ordinary-user",
    }
}

const fn right_name(right: Right) -> &'static str {
    match right {
        Right::ResetPassword => "reset-password",
        Right::ChangePassword => "change-password",
        Right::WriteLockoutTime => "write-lockout-time",
        Right::WritePwdLastSet => "write-pwd-last-set",
        Right::Read => "read",
    }
}
