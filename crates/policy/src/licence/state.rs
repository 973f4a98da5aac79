//! How a subscription ages: enabled, warning, suspended, expired.

use jiff::{SignedDuration, Timestamp};

/// How long a licence goes on working after its subscription ended, and seats after there are
/// fewer of them.
pub const GRACE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a suspended licence can be had back by renewing it, before it is expired.
const SUSPENDED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The state of a subscription at a moment.
///
/// | state | entitles | takes new assignments |
/// |---|---|---|
/// | enabled | yes | yes |
/// | warning | yes, until its time | yes |
/// | suspended | no; assignments and seats stay | no |
/// | expired | no; assignments and seats stay until they are removed | no |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenceState {
    /// It works.
    Enabled,
    /// It ended and works until its grace is over.
    Warning {
        /// When it is suspended.
        until: Timestamp,
    },
    /// It does not work, and does again once it is renewed.
    Suspended,
    /// It is over.
    Expired,
}

impl LicenceState {
    /// Whether whoever holds it may use what it carries.
    pub const fn works(self) -> bool {
        matches!(self, Self::Enabled | Self::Warning { .. })
    }

    /// Its name in the API and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Warning { .. } => "warning",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
        }
    }
}

/// What somebody set a subscription to. Time does the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetState {
    /// It runs until it ends.
    Enabled,
    /// It is suspended, whatever its end.
    Suspended,
    /// It is over, whatever its end.
    Expired,
}

impl SetState {
    /// Its name in the database.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
        }
    }

    /// The state of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Enabled, Self::Suspended, Self::Expired]
            .into_iter()
            .find(|state| state.id() == id)
    }
}

/// For how long a subscription was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// What it was set to.
    pub set: SetState,
    /// When it ends; never where there is none.
    pub ends_at: Option<Timestamp>,
}

impl Term {
    /// A subscription without end.
    pub const ENDLESS: Self = Self {
        set: SetState::Enabled,
        ends_at: None,
    };

    /// Its state at a moment. It is told by the clock alone: where that was wrong and is set
    /// right, so is the state.
    pub fn state(self, now: Timestamp) -> LicenceState {
        match (self.set, self.ends_at) {
            (SetState::Suspended, _) => LicenceState::Suspended,
            (SetState::Expired, _) => LicenceState::Expired,
            (SetState::Enabled, None) => LicenceState::Enabled,
            (SetState::Enabled, Some(ends_at)) => {
                let until = ends_at.saturating_add(GRACE).unwrap_or(Timestamp::MAX);
                let over = until
                    .saturating_add(SUSPENDED_FOR)
                    .unwrap_or(Timestamp::MAX);
                if now < ends_at {
                    LicenceState::Enabled
                } else if now < until {
                    LicenceState::Warning { until }
                } else if now < over {
                    LicenceState::Suspended
                } else {
                    LicenceState::Expired
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_subscription_ages_at_the_second() {
        const DAY: i64 = 86_400;
        let term = Term {
            set: SetState::Enabled,
            ends_at: Some(at(1000)),
        };
        let until = at(1000 + 30 * DAY);
        for (second, state) in [
            (0, LicenceState::Enabled),
            (999, LicenceState::Enabled),
            (1000, LicenceState::Warning { until }),
            (999 + 30 * DAY, LicenceState::Warning { until }),
            (1000 + 30 * DAY, LicenceState::Suspended),
            (999 + 120 * DAY, LicenceState::Suspended),
            (1000 + 120 * DAY, LicenceState::Expired),
        ] {
            assert_eq!(term.state(at(second)), state, "{second}");
        }
        assert_eq!(Term::ENDLESS.state(Timestamp::MAX), LicenceState::Enabled);
        for (set, state) in [
            (SetState::Suspended, LicenceState::Suspended),
            (SetState::Expired, LicenceState::Expired),
        ] {
            assert_eq!(Term { set, ..term }.state(at(0)), state);
            assert!(!state.works());
        }
        let last = Term {
            set: SetState::Enabled,
            ends_at: Some(Timestamp::MAX),
        };
        assert_eq!(last.state(at(0)), LicenceState::Enabled);
    }
}
