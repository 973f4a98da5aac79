//! May this person reset a password here?

/// What is known of a name that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetFacts {
    /// How many people go by it.
    pub matches: usize,
    /// Whether a full import of the person's forest is complete.
    pub forest_imported: bool,
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
    /// Their forest was never imported whole.
    ForestNotImported,
    /// There is no address a code could be sent to.
    NoRecoveryAddress,
}

impl Blocked {
    /// Its name in the audit trail.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoSuchUser => "no-such-user",
            Self::AmbiguousName => "ambiguous-name",
            Self::ForestNotImported => "forest-not-imported",
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
    if !facts.forest_imported {
        blocked.push(Blocked::ForestNotImported);
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
            forest_imported: true,
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
                forest_imported: false,
                recovery_addresses: 0,
                ..good
            }),
            [Blocked::ForestNotImported, Blocked::NoRecoveryAddress]
        );
    }
}
