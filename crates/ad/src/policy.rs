//! Which password policy holds for an account, and how sure that is.

use writeback_model::{Cause, PasswordPolicy};

use crate::{entry::Entry, names::parent_dn, time::interval_seconds};

/// `pwdProperties`: passwords must be complex (MS-ADTS 3.1.1.3.1.5).
const DOMAIN_PASSWORD_COMPLEX: u32 = 0x1;

/// Where an account's policy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// The domain's policy.
    Domain,
    /// A password settings object.
    SettingsObject,
    /// A password settings object that the agent's account may not read, as is the default in
    /// every domain. Only its name is known; nothing can be checked beforehand, and the
    /// policy's other values are the most lenient ones.
    Unreadable,
}

/// Attributes of the domain head that make its policy.
pub(crate) const DOMAIN_POLICY: [&str; 6] = [
    "minPwdLength",
    "minPwdAge",
    "pwdHistoryLength",
    "pwdProperties",
    "lockoutThreshold",
    "fSMORoleOwner",
];

/// Attributes of a password settings object that make its policy.
pub(crate) const SETTINGS_OBJECT: [&str; 6] = [
    "cn",
    "msDS-MinimumPasswordLength",
    "msDS-MinimumPasswordAge",
    "msDS-PasswordHistoryLength",
    "msDS-PasswordComplexityEnabled",
    "msDS-LockoutThreshold",
];

fn small(entry: &Entry, name: &str) -> Option<u16> {
    u16::try_from(entry.integer(name)?).ok()
}

/// The domain's own policy, from its head. `None` if it may not be read.
pub(crate) fn of_domain(head: &Entry) -> Option<PasswordPolicy> {
    Some(PasswordPolicy {
        min_length: small(head, "minPwdLength")?,
        complexity: head.bits("pwdProperties")? & DOMAIN_PASSWORD_COMPLEX != 0,
        history: small(head, "pwdHistoryLength")?,
        min_age_seconds: interval_seconds(head.integer("minPwdAge")?),
        lockout_threshold: small(head, "lockoutThreshold").unwrap_or(0),
        settings_object: None,
    })
}

/// The policy of a settings object. `None` if it may not be read.
pub(crate) fn of_settings_object(object: &Entry) -> Option<PasswordPolicy> {
    Some(PasswordPolicy {
        min_length: small(object, "msDS-MinimumPasswordLength")?,
        complexity: object.flag("msDS-PasswordComplexityEnabled")?,
        history: small(object, "msDS-PasswordHistoryLength")?,
        min_age_seconds: interval_seconds(object.integer("msDS-MinimumPasswordAge")?),
        lockout_threshold: small(object, "msDS-LockoutThreshold").unwrap_or(0),
        settings_object: Some(
            object
                .text("cn")
                .unwrap_or_else(|| common_name(object.dn())),
        ),
    })
}

/// What is left to say of a settings object that may not be read.
pub(crate) fn unreadable(dn: &str) -> PasswordPolicy {
    PasswordPolicy {
        min_length: 0,
        complexity: false,
        history: 0,
        min_age_seconds: 0,
        lockout_threshold: 0,
        settings_object: Some(common_name(dn)),
    }
}

/// The first value of a name, as it is shown: `CN=Long,CN=…` is `Long`.
fn common_name(dn: &str) -> String {
    let first = match parent_dn(dn) {
        Some(parent) => dn
            .len()
            .checked_sub(parent.len() + 1)
            .and_then(|end| dn.get(..end)),
        None => Some(dn),
    };
    let first = first.unwrap_or(dn);
    first
        .split_once('=')
        .map_or(first, |(_, value)| value)
        .replace('\\', "")
}

/// Adds to a cause what the policy knows and the domain controller did not say.
pub(crate) fn complete(
    cause: Cause,
    policy: &PasswordPolicy,
    source: PolicySource,
    possible_after: Option<jiff::Timestamp>,
) -> Cause {
    let known = source != PolicySource::Unreadable;
    match cause {
        Cause::PasswordTooShort { minimum: None } if known => Cause::PasswordTooShort {
            minimum: Some(policy.min_length),
        },
        Cause::PasswordInHistory { remembered: None } if known => Cause::PasswordInHistory {
            remembered: Some(policy.history),
        },
        Cause::PasswordTooYoung {
            possible_after: None,
        } => Cause::PasswordTooYoung { possible_after },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_object_is_named_by_its_first_value() {
        assert_eq!(
            common_name(r"CN=Long\, very,CN=Password Settings Container"),
            "Long, very"
        );
        assert_eq!(common_name("Long"), "Long");
    }
}
