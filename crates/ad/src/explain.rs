//! From what a domain controller says to what people are told: tables, and nothing else.
//!
//! Samba names the rule that a password broke; Windows says `0000052D` for all of them. So
//! length, age and complexity are checked beforehand ([`crate::precheck`]), and what Windows
//! then still refuses is its history or a password filter. A text decides only *which* cause
//! it is; no text ever becomes part of one.

use writeback_model::{Cause, Right};

use crate::refusal::{Refusal, ad_code, bind_data};

/// What was tried when the domain controller said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// A reset, perhaps together with an unlock: one modify, all or nothing.
    Reset {
        /// `lockoutTime` was in it.
        unlock: bool,
    },
    /// A change with the old password.
    Change,
    /// `lockoutTime` alone.
    Unlock,
    /// `pwdLastSet` alone.
    ForceChange,
    /// A search.
    Read,
}

impl Attempt {
    const fn writes_password(self) -> bool {
        matches!(self, Self::Reset { .. } | Self::Change)
    }
}

/// LDAP result codes (RFC 4511, 4.1.9) that mean something here.
const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 12;
const CONSTRAINT_VIOLATION: u32 = 19;
const NO_SUCH_OBJECT: u32 = 32;
const INVALID_CREDENTIALS: u32 = 49;
const INSUFFICIENT_ACCESS: u32 = 50;
const BUSY: u32 = 51;
const UNAVAILABLE: u32 = 52;
const UNWILLING: u32 = 53;

/// Windows error numbers (MS-ERREF 2.2) that stand in front of a text.
const ERROR_INVALID_PASSWORD: u32 = 0x56;
const ERROR_PASSWORD_RESTRICTION: u32 = 0x52d;
const ERROR_NO_SUCH_USER: u32 = 0x525;
const ERROR_LOGON_FAILURE: u32 = 0x52e;
const ERROR_INVALID_LOGON_HOURS: u32 = 0x530;
const ERROR_INVALID_WORKSTATION: u32 = 0x531;
const ERROR_PASSWORD_EXPIRED: u32 = 0x532;
const ERROR_ACCOUNT_DISABLED: u32 = 0x533;
const ERROR_ACCOUNT_EXPIRED: u32 = 0x701;
const ERROR_PASSWORD_MUST_CHANGE: u32 = 0x773;
const ERROR_ACCOUNT_LOCKED_OUT: u32 = 0x775;
const ERROR_DS_INSUFF_ACCESS_ON_ATTRIBUTE: u32 = 0x2098;

/// Samba's access check refused it.
const SAMBA_ACCESS_CHECK: &str = "error in module acl";

/// Makes a cause of a text that says which one it is.
type Told = fn(&str) -> Cause;

/// Samba's words for the rule that a password broke.
const RULES: &[(&str, Told)] = &[
    ("already used (in history)", |_| Cause::PasswordInHistory {
        remembered: None,
    }),
    ("already used (previous password)", |_| {
        Cause::PasswordIsCurrent
    }),
    ("too short", |text| Cause::PasswordTooShort {
        minimum: number_in(text),
    }),
    ("does not meet the complexity", |_| {
        Cause::PasswordNotComplex
    }),
    ("too young to change", |_| Cause::PasswordTooYoung {
        possible_after: None,
    }),
    ("old password specified doesn't match", |_| {
        Cause::WrongCurrentPassword
    }),
    ("miscellaneous restriction", |_| Cause::HistoryOrFilter),
    ("password changes disabled", |_| Cause::CannotChangePassword),
    ("password can't be changed on this account", |_| {
        Cause::CannotChangePassword
    }),
    ("failed to generate UTF", |_| Cause::PasswordUnusable),
];

/// What people are told of a refused operation.
///
/// `text` is the domain controller's own; where it is empty or unknown, the codes decide.
pub fn explain(attempt: Attempt, ldap_code: u32, text: &str) -> Cause {
    let ad_code = ad_code(text);
    let refused = Cause::DirectoryRefused { ldap_code, ad_code };
    match (ldap_code, ad_code) {
        (NO_SUCH_OBJECT, _) => Cause::ObjectNotFound,
        (BUSY | UNAVAILABLE, _) => Cause::DirectoryBusy,
        (INVALID_CREDENTIALS, _) => Cause::AgentCredentialsRefused,
        // By default everyone may change a password whose old value they know; where that is
        // denied, the account is marked so. Samba's access check says 19, Windows' says 50.
        (INSUFFICIENT_ACCESS, _) if attempt == Attempt::Change => Cause::CannotChangePassword,
        (CONSTRAINT_VIOLATION, None)
            if attempt == Attempt::Change && text.contains(SAMBA_ACCESS_CHECK) =>
        {
            Cause::CannotChangePassword
        }
        (INSUFFICIENT_ACCESS, _) => Cause::AccessDenied {
            right: right(attempt, ad_code),
        },
        (UNAVAILABLE_CRITICAL_EXTENSION, _) if attempt.writes_password() => {
            Cause::PolicyHintsUnsupported
        }
        (CONSTRAINT_VIOLATION | UNWILLING, _) if attempt.writes_password() => {
            password_rule(ad_code, text).unwrap_or(refused)
        }
        _ => refused,
    }
}

fn password_rule(ad_code: Option<u32>, text: &str) -> Option<Cause> {
    if let Some((_, cause)) = RULES.iter().find(|(words, _)| text.contains(words)) {
        return Some(cause(text));
    }
    match ad_code? {
        ERROR_PASSWORD_RESTRICTION => Some(Cause::HistoryOrFilter),
        ERROR_INVALID_PASSWORD => Some(Cause::WrongCurrentPassword),
        ERROR_ACCOUNT_LOCKED_OUT => Some(Cause::AccountLocked),
        ERROR_ACCOUNT_DISABLED => Some(Cause::AccountDisabled),
        ERROR_ACCOUNT_EXPIRED => Some(Cause::AccountExpired),
        _ => None,
    }
}

/// Which right is missing. Where one modify wrote several attributes, the code tells the
/// password (an extended right) from the others (write access to an attribute).
const fn right(attempt: Attempt, ad_code: Option<u32>) -> Right {
    let on_attribute = matches!(ad_code, Some(ERROR_DS_INSUFF_ACCESS_ON_ATTRIBUTE));
    match attempt {
        Attempt::Reset { unlock: true } if on_attribute => Right::WriteLockoutTime,
        Attempt::Reset { .. } => Right::ResetPassword,
        Attempt::Change => Right::ChangePassword,
        Attempt::Unlock => Right::WriteLockoutTime,
        Attempt::ForceChange => Right::WritePwdLastSet,
        Attempt::Read => Right::Read,
    }
}

/// The first number in a text (Samba: `equal to or longer than 7 characters`), after the code
/// at its beginning.
fn number_in(text: &str) -> Option<u16> {
    let (_, text) = text.split_once("longer than ")?;
    text.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// What people are told when a sign-in is refused: that of the agent's own account.
pub fn bind_refusal(refusal: &Refusal) -> Cause {
    match refusal.code {
        BUSY | UNAVAILABLE => Cause::DirectoryBusy,
        INVALID_CREDENTIALS => Cause::AgentCredentialsRefused,
        ldap_code => Cause::DirectoryRefused {
            ldap_code,
            ad_code: refusal.ad_code,
        },
    }
}

/// Why a sign-in was refused, from the number after `data` in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRefusal {
    /// 52e: wrong password, or on Samba no such user.
    WrongPassword,
    /// 525: no such user.
    NoSuchUser,
    /// 530: not at this hour.
    Hours,
    /// 531: not from this machine.
    Workstation,
    /// 532: the password has expired.
    PasswordExpired,
    /// 533: disabled.
    Disabled,
    /// 701: the account has expired.
    Expired,
    /// 773: the password must be changed first.
    MustChange,
    /// 775: locked.
    Locked,
}

/// Reads why a sign-in was refused; `None` where the text does not say.
pub fn sign_in_refusal(refusal: &Refusal) -> Option<SignInRefusal> {
    if refusal.code != INVALID_CREDENTIALS {
        return None;
    }
    Some(match bind_data(&refusal.text)? {
        ERROR_LOGON_FAILURE => SignInRefusal::WrongPassword,
        ERROR_NO_SUCH_USER => SignInRefusal::NoSuchUser,
        ERROR_INVALID_LOGON_HOURS => SignInRefusal::Hours,
        ERROR_INVALID_WORKSTATION => SignInRefusal::Workstation,
        ERROR_PASSWORD_EXPIRED => SignInRefusal::PasswordExpired,
        ERROR_ACCOUNT_DISABLED => SignInRefusal::Disabled,
        ERROR_ACCOUNT_EXPIRED => SignInRefusal::Expired,
        ERROR_PASSWORD_MUST_CHANGE => SignInRefusal::MustChange,
        ERROR_ACCOUNT_LOCKED_OUT => SignInRefusal::Locked,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
