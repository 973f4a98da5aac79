//! Smart lockout: how often a password may be tried here before the directory would lock the
//! account.
//!
//! Active Directory counts wrong passwords, begins anew after a right one or when the last wrong
//! one is longer ago than its observation window, and locks the account at its threshold. Here
//! one try at a time is let through for a person, and one fewer than the threshold in such a row.

use jiff::{SignedDuration, Timestamp};

/// How often somebody may be wrong before the cloud locks by itself: the reference product's 10.
pub const WRONG_MAX: u32 = 10;

/// How long the first lock of the cloud holds: the reference product's minute. Each further wrong
/// password doubles it.
pub const FIRST_LOCK: SignedDuration = SignedDuration::from_secs(60);

/// The longest that the cloud locks by itself, whatever is tried.
pub const LONGEST_LOCK: SignedDuration = SignedDuration::from_hours(1);

/// How long wrong passwords are remembered: after a day without one it begins anew.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// After how long a try without an answer is over. An agent begins its bind within seconds, and
/// the directory is waited for a few more.
pub const TRY_ENDS: SignedDuration = SignedDuration::from_secs(45);

/// Added to the directory's observation window, for clocks that differ.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A directory's lockout policy for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryLockout {
    /// So many wrong passwords lock the account; 0 where none do.
    pub threshold: u32,
    /// After so long without a wrong password it counts from 0.
    pub window: SignedDuration,
}

/// What is kept of the tries under one name since the last right one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Wrong ones, the one under way included.
    pub wrong: u32,
    /// Wrong ones as the directory may count them, the one under way included.
    pub wrong_in_directory: u32,
    /// When the last was begun or answered.
    pub last_at: Option<Timestamp>,
    /// No try before that.
    pub locked_until: Option<Timestamp>,
    /// Whether the last has no answer yet.
    pub is_under_way: bool,
    /// The directory's policy, where it is known.
    pub directory: Option<DirectoryLockout>,
}

/// Whether one more may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may, and these are the tries with it: counted as wrong until it proves right.
    Go(Tries),
    /// Another one is under way.
    UnderWay,
    /// Not before that time.
    Locked {
        /// When it may again.
        until: Timestamp,
    },
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The password was right, or the directory said so before it looked at anything else.
    Right,
    /// It was wrong.
    Wrong,
    /// It was never shown to the directory, or the directory did not count it.
    NotCounted,
}

impl Tries {
    /// The same by the clock as it is now. Where it was set back, what lies ahead is of now, and no
    /// lock is longer than one that begins now. To be kept: a lock ends by what was kept.
    #[must_use]
    pub fn by_clock(mut self, now: Timestamp) -> Self {
        self.last_at = self.last_at.map(|last| last.min(now));
        let of_directory = self.directory.map(|_| self.forgotten_after());
        let longest = of_directory.unwrap_or_default().max(LONGEST_LOCK);
        if let Ok(latest) = now.saturating_add(longest) {
            self.locked_until = self.locked_until.map(|until| until.min(latest));
        }
        self
    }

    /// Whether one more may be tried now.
    #[must_use]
    pub fn one_more(self, now: Timestamp) -> Verdict {
        self.by_clock(now).one_more_now(now)
    }

    fn one_more_now(mut self, now: Timestamp) -> Verdict {
        if let Some(until) = self.locked_until.filter(|until| *until > now) {
            return Verdict::Locked { until };
        }
        let since = self.last_at.map(|last| now.duration_since(last));
        if self.is_under_way && since.is_some_and(|since| since < TRY_ENDS) {
            return Verdict::UnderWay;
        }
        if since.is_some_and(|since| since >= REMEMBERED) {
            self.wrong = 0;
        }
        if let Some(until) = self.directory_until().filter(|until| *until > now) {
            return Verdict::Locked { until };
        }
        if since.is_some_and(|since| since >= self.forgotten_after()) {
            self.wrong_in_directory = 0;
        }
        // A threshold of one leaves no wrong password that could be spared.
        if self.budget() == Some(0) {
            let until = now.saturating_add(self.forgotten_after());
            return Verdict::Locked {
                until: until.unwrap_or(now),
            };
        }
        Verdict::Go(Self {
            wrong: self.wrong.saturating_add(1),
            wrong_in_directory: self.wrong_in_directory.saturating_add(1),
            last_at: Some(now),
            locked_until: None,
            is_under_way: true,
            directory: self.directory,
        })
    }

    /// The tries after the one under way was answered; `directory` is what is known of its policy
    /// now.
    #[must_use]
    pub fn answered(
        self,
        tried: Tried,
        directory: Option<DirectoryLockout>,
        now: Timestamp,
    ) -> Self {
        let directory = directory.or(self.directory);
        match tried {
            Tried::Right => Self {
                directory,
                ..Self::default()
            },
            Tried::NotCounted => Self {
                wrong: self.wrong.saturating_sub(1),
                wrong_in_directory: self.wrong_in_directory.saturating_sub(1),
                is_under_way: false,
                directory,
                ..self
            },
            Tried::Wrong => {
                let mut after = Self {
                    last_at: Some(now),
                    is_under_way: false,
                    directory,
                    ..self
                };
                let own = lock(after.wrong).and_then(|lock| now.saturating_add(lock).ok());
                after.locked_until = own.max(after.directory_until());
                after
            }
        }
    }

    /// How many wrong passwords the directory may see; `None` where it never locks.
    fn budget(&self) -> Option<u32> {
        self.directory
            .filter(|directory| directory.threshold > 0)
            .map(|directory| directory.threshold - 1)
    }

    fn forgotten_after(&self) -> SignedDuration {
        self.directory.map_or(REMEMBERED, |directory| {
            directory.window.saturating_add(CLOCK_SKEW)
        })
    }

    /// Until when the directory must be spared, where its budget is used up.
    fn directory_until(&self) -> Option<Timestamp> {
        let budget = self.budget()?;
        if self.wrong_in_directory < budget || self.wrong_in_directory == 0 {
            return None;
        }
        self.last_at?.saturating_add(self.forgotten_after()).ok()
    }
}

/// How long the cloud locks by itself after so many wrong passwords.
fn lock(wrong: u32) -> Option<SignedDuration> {
    let doubled = wrong.checked_sub(WRONG_MAX)?;
    let factor = 1_i32.checked_shl(doubled.min(20)).unwrap_or(i32::MAX);
    Some(FIRST_LOCK.saturating_mul(factor).min(LONGEST_LOCK))
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
