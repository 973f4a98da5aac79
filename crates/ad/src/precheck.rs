//! What a domain controller will certainly refuse, found out before it is asked.
//!
//! Windows does not say which rule a password broke, and an attempt that is refused costs a
//! round trip. Only what *every* domain controller of the kind refuses is refused here; where
//! there is doubt, the domain controller decides.

use writeback_model::{Cause, Secret};

use crate::{account::AccountSnapshot, account_control::AccountControl, rootdse::Vendor};

/// The longest password that Windows takes, in UTF-16 code units. Samba would set a longer one
/// (2000 were tried), but no Windows machine would take it at its sign-in screen.
pub const MAX_PASSWORD_UNITS: u16 = 256;
/// Names shorter than this are not looked for in a password (Windows' documentation).
const NAME_PART_MIN: usize = 3;
/// What separates the parts of a display name (Windows' documentation).
const NAME_SEPARATORS: [char; 8] = [',', '.', '-', '_', ' ', '#', '\t', '\u{a0}'];
/// Classes of characters that a complex password has at least.
const CLASSES_MIN: usize = 3;

/// How a password is going to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// A reset; with or without the policy-hints control, which alone makes the minimum age
    /// count for a reset.
    Reset {
        /// Whether the control will be sent.
        policy_hints: bool,
    },
    /// A change, to which the minimum age always applies.
    Change,
}

/// Refuses a password that the account's domain controller would certainly refuse.
pub fn precheck(
    password: &Secret,
    account: &AccountSnapshot,
    writing: Writing,
) -> Result<(), Cause> {
    let units = password.utf16_len();
    // A zero byte ends a password in parts of every implementation: what is stored would not
    // be what was typed.
    if password.expose().contains('\0') {
        return Err(Cause::PasswordUnusable);
    }
    if units > usize::from(MAX_PASSWORD_UNITS) {
        return Err(Cause::PasswordTooLong {
            maximum: MAX_PASSWORD_UNITS,
        });
    }
    let minimum = minimum(account);
    if units < usize::from(minimum) {
        return Err(Cause::PasswordTooShort {
            minimum: Some(minimum),
        });
    }
    if account.policy.complexity {
        if classes_at_most(password.expose()) < CLASSES_MIN {
            return Err(Cause::PasswordNotComplex);
        }
        if account.vendor == Vendor::Windows && holds_a_name(password.expose(), account) {
            return Err(Cause::PasswordContainsName);
        }
    }
    let age_counts = !matches!(
        writing,
        Writing::Reset {
            policy_hints: false
        }
    );
    match account.too_young_until() {
        Some(end) if age_counts => Err(Cause::PasswordTooYoung {
            possible_after: Some(end),
        }),
        _ => Ok(()),
    }
}

/// The least length. An empty password is never written: it opens nothing over LDAP and
/// everything elsewhere.
fn minimum(account: &AccountSnapshot) -> u16 {
    if AccountControl::password_not_required(account.control) {
        return 1;
    }
    account.policy.min_length.max(1)
}

/// The most character classes that any implementation finds in a password. They agree on
/// ASCII; a letter of another script counts as upper, lower or "other letter", depending on
/// the implementation, so here as all that it may be.
fn classes_at_most(password: &str) -> usize {
    let found = password
        .chars()
        .fold([false; 5], |[upper, lower, digit, special, other], c| {
            let ascii = c.is_ascii();
            [
                upper || c.is_uppercase() || !ascii && c.to_lowercase().ne([c]),
                lower || c.is_lowercase() || !ascii && c.to_uppercase().ne([c]),
                digit || c.is_ascii_digit() || !ascii && c.is_numeric(),
                special || !c.is_alphanumeric(),
                other || !ascii,
            ]
        });
    found.into_iter().filter(|class| *class).count()
}

/// Windows: the whole account name, or any part of the display name, of three characters and
/// more, wherever in the password and in whatever case.
fn holds_a_name(password: &str, account: &AccountSnapshot) -> bool {
    let password = password.to_lowercase();
    let holds = |name: &str| {
        name.chars().count() >= NAME_PART_MIN && password.contains(&name.to_lowercase())
    };
    let display = account.display_name.as_deref().unwrap_or_default();
    holds(&account.sam) || display.split(NAME_SEPARATORS).any(holds)
}

#[cfg(test)]
#[path = "precheck_tests.rs"]
mod tests;
