//! May this person reset a password here?

/// What is known of a name that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetFacts {
    /// How many people go by it.
    pub matches: usize,
    /// Whether the person's forest was imported and synchronised whole, and not too long ago.
    pub forest_synchronised: bool,
    /// Whether there is a directory account that the password would be written to.
    pub has_account: bool,
    /// Whether there is none because accounts in two forests are enabled.
    pub enabled_twice: bool,
    /// How many addresses a code could be sent to.
    pub recovery_addresses: usize,
}

/// Why a person may not reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// Nobody goes by that name.
    NoSuchUser,
    /// More than one person does.
    AmbiguousName,
    /// Their forest was never synchronised whole, or too long ago.
    ForestNotSynchronised,
    /// They have no directory account.
    NoAccount,
    /// They have enabled accounts in two forests.
    EnabledInTwoForests,
    /// There is no address a code could be sent to.
    NoRecoveryAddress,
}

impl Blocked {
    /// Its name in the audit trail.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoSuchUser => "no-such-user",
            Self::AmbiguousName => "ambiguous-name",
            Self::ForestNotSynchronised => "forest-not-synchronised",
            Self::NoAccount => "no-account",
            Self::EnabledInTwoForests => "enabled-in-two-forests",
            Self::NoRecoveryAddress => "no-recovery-address",
        }
    }
}

/// Everything that keeps a person from resetting; nothing where they may.
///
/// A disabled or locked account is no reason here: what the directory says of an account is told
/// after the person has proved who they are, and exactly.
pub fn may_reset(facts: ResetFacts) -> Vec<Blocked> {
    match facts.matches {
        0 => return vec![Blocked::NoSuchUser],
        1 => {}
        _ => return vec![Blocked::AmbiguousName],
    }
    let mut blocked = Vec::new();
    if facts.enabled_twice {
        blocked.push(Blocked::EnabledInTwoForests);
    } else if !facts.has_account {
        blocked.push(Blocked::NoAccount);
    } else if !facts.forest_synchronised {
        blocked.push(Blocked::ForestNotSynchronised);
    }
    if facts.recovery_addresses == 0 {
        blocked.push(Blocked::NoRecoveryAddress);
    }
    blocked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_given() {
        let good = ResetFacts {
            matches: 1,
            forest_synchronised: true,
            has_account: true,
            enabled_twice: false,
            recovery_addresses: 1,
        };
        assert_eq!(may_reset(good), []);
        assert_eq!(
            may_reset(ResetFacts { matches: 0, ..good }),
            [Blocked::NoSuchUser]
        );
        assert_eq!(
            may_reset(ResetFacts { matches: 2, ..good }),
            [Blocked::AmbiguousName]
        );
        assert_eq!(
            may_reset(ResetFacts {
                forest_synchronised: false,
                recovery_addresses: 0,
                ..good
            }),
            [Blocked::ForestNotSynchronised, Blocked::NoRecoveryAddress]
        );
        let without = ResetFacts {
            has_account: false,
            forest_synchronised: false,
            ..good
        };
        assert_eq!(may_reset(without), [Blocked::NoAccount]);
        assert_eq!(
            may_reset(ResetFacts {
                enabled_twice: true,
                ..without
            }),
            [Blocked::EnabledInTwoForests]
        );
    }
}
