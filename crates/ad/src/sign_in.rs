//! Is this somebody's password? Asked by an LDAPS bind as that person, on the PDC emulator: it
//! has the newest password, and every other controller asks it anyway before it refuses one.
//!
//! Each wrong password counts in the directory. Before one is shown it is read how many were
//! wrong already; where one more would lock the account, none is.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use writeback_model::{Secret, SourceAnchor};

use crate::{
    account::AccountSnapshot,
    controller::Controller,
    error::AdError,
    explain::{SignInRefusal, sign_in_refusal},
    names::guid_dn,
    policy::PolicySource,
    rootdse::read_object,
    time::{from_filetime, interval_seconds},
};

/// What is assumed of a password settings object that the agent's account may not read: hardly
/// any organisation locks sooner, and two wrong passwords in half an hour it then sees at most.
const UNREADABLE: Lockout = Lockout {
    threshold: 3,
    window: SignedDuration::from_mins(30),
    of_domain: false,
};

/// When a directory locks an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// So many wrong passwords lock it; 0 where none do.
    pub threshold: u32,
    /// After so long without a wrong one it counts from 0.
    pub window: SignedDuration,
    /// Whether it is the domain's own, which holds for whoever has no settings object.
    pub of_domain: bool,
}

/// What a directory said to a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is the person's.
    Valid,
    /// The bind was refused.
    Refused(SignInRefusal),
    /// One more wrong password would lock the account: it was not shown.
    Spared,
}

/// Why a password was not judged.
#[derive(Debug)]
pub enum CheckError {
    /// It was not shown to the directory.
    NotShown(AdError),
    /// It may have been shown, and the answer is not known.
    Unknown(AdError),
}

impl CheckError {
    /// What went wrong.
    pub const fn error(&self) -> &AdError {
        let (Self::NotShown(error) | Self::Unknown(error)) = self;
        error
    }
}

/// Whether another wrong password can be borne.
fn can_bear_one(lockout: Lockout, wrong: u32, last: Option<Timestamp>, now: Timestamp) -> bool {
    if lockout.threshold == 0 {
        return true;
    }
    // The directory's own clock; one second is what it is told by.
    let begins_anew = last.is_none_or(|last| {
        now.duration_since(last) > lockout.window.saturating_add(SignedDuration::from_secs(2))
    });
    let wrong = if begins_anew { 0 } else { wrong };
    wrong.saturating_add(1) < lockout.threshold
}

impl Controller {
    /// The lockout policy that holds for an account that was read from this controller.
    pub async fn lockout(&self, account: &AccountSnapshot) -> Result<Lockout, AdError> {
        let kept = self.kept();
        let connection = &kept.connection;
        let head = read_object(
            connection,
            "read lockout policy",
            &kept.root.domain_head,
            &["lockoutThreshold", "lockOutObservationWindow"],
        )
        .await?;
        let window = |interval: Option<i64>| {
            let seconds = interval_seconds(interval.unwrap_or_default());
            SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
        };
        let of_domain = head.as_ref().map(|head| Lockout {
            threshold: head.bits("lockoutThreshold").unwrap_or_default(),
            window: window(head.integer("lockOutObservationWindow")),
            of_domain: true,
        });
        let of_domain = of_domain.unwrap_or(UNREADABLE);
        if account.policy_source == PolicySource::Domain {
            return Ok(of_domain);
        }
        let named = read_object(
            connection,
            "read the account's policy",
            &guid_dn(&account.anchor),
            &["msDS-ResultantPSO"],
        )
        .await?;
        let settings = match named.and_then(|entry| entry.text("msDS-ResultantPSO")) {
            Some(dn) => {
                let wanted = ["msDS-LockoutThreshold", "msDS-LockoutObservationWindow"];
                read_object(connection, "read a password settings object", &dn, &wanted).await?
            }
            None => None,
        };
        let read = settings.and_then(|settings| {
            Some(Lockout {
                threshold: settings.bits("msDS-LockoutThreshold")?,
                window: window(settings.integer("msDS-LockoutObservationWindow")),
                of_domain: false,
            })
        });
        Ok(read.unwrap_or_else(|| spared_most(of_domain)))
    }

    /// Shows the directory a password, unless a wrong one would lock the account. `account` must
    /// come from [`Controller::read_for_write`] of this controller, a moment ago. What is not begun
    /// by `until` never is: `None`.
    pub async fn check_password(
        &self,
        account: &AccountSnapshot,
        lockout: Lockout,
        password: &Secret,
        until: Instant,
    ) -> Result<Option<Checked>, CheckError> {
        // An empty password makes a bind anonymous, which succeeds (RFC 4513, 5.1.2).
        if password.expose().is_empty() {
            return Ok(Some(Checked::Refused(SignInRefusal::WrongPassword)));
        }
        if account.locked {
            return Ok(Some(Checked::Refused(SignInRefusal::Locked)));
        }
        let (wrong, last) = self
            .wrong_passwords(&account.anchor)
            .await
            .map_err(CheckError::NotShown)?;
        if !can_bear_one(lockout, wrong, last, account.dc_now) {
            return Ok(Some(Checked::Spared));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        let shown = self.directory().bind_as(self.host(), &account.dn, password);
        match shown.await {
            Ok(()) => Ok(Some(Checked::Valid)),
            Err(AdError::Bind { host, source }) => match sign_in_refusal(&source) {
                Some(refusal) => Ok(Some(Checked::Refused(refusal))),
                None => Err(CheckError::Unknown(AdError::Bind { host, source })),
            },
            Err(
                error @ (AdError::Dns { .. }
                | AdError::Connect { .. }
                | AdError::Certificate { .. }
                | AdError::Tls { .. }),
            ) => Err(CheckError::NotShown(error)),
            Err(error) => Err(CheckError::Unknown(error)),
        }
    }

    /// How many passwords were wrong as this controller counts, and when the last was. 0 where
    /// they may not be read.
    async fn wrong_passwords(
        &self,
        anchor: &SourceAnchor,
    ) -> Result<(u32, Option<Timestamp>), AdError> {
        let kept = self.kept();
        let wanted = ["badPwdCount", "badPasswordTime"];
        let dn = guid_dn(anchor);
        let entry = read_object(&kept.connection, "count wrong passwords", &dn, &wanted).await?;
        let wrong = entry.as_ref().and_then(|entry| entry.bits("badPwdCount"));
        let last = entry.and_then(|entry| entry.integer("badPasswordTime"));
        Ok((wrong.unwrap_or_default(), last.and_then(from_filetime)))
    }
}

/// The stricter of what a domain does and what is assumed.
fn spared_most(of_domain: Lockout) -> Lockout {
    let threshold = match of_domain.threshold {
        0 => UNREADABLE.threshold,
        threshold => threshold.min(UNREADABLE.threshold),
    };
    Lockout {
        threshold,
        window: of_domain.window.max(UNREADABLE.window),
        of_domain: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn the_last_wrong_password_is_left_to_others() {
        let lockout = Lockout {
            threshold: 3,
            window: SignedDuration::from_mins(1),
            of_domain: true,
        };
        let bear = |wrong, last| can_bear_one(lockout, wrong, Some(at(last)), at(0));
        assert!(bear(0, 0) && bear(1, 0));
        assert!(
            !bear(2, 0) && !bear(2, -61),
            "the directory may still count them"
        );
        assert!(bear(2, -63));
        assert!(can_bear_one(lockout, 9, None, at(0)));
        let never = Lockout {
            threshold: 0,
            ..lockout
        };
        assert!(can_bear_one(never, 99, Some(at(0)), at(0)));
        let at_once = Lockout {
            threshold: 1,
            ..lockout
        };
        assert!(!can_bear_one(at_once, 0, None, at(0)));
    }

    #[test]
    fn what_is_not_known_is_taken_to_lock_soon() {
        let minutes = SignedDuration::from_mins;
        let of = |threshold, window| {
            let of_domain = Lockout {
                threshold,
                window,
                of_domain: true,
            };
            let spared = spared_most(of_domain);
            assert!(!spared.of_domain);
            (spared.threshold, spared.window)
        };
        assert_eq!(of(0, minutes(1)), (3, minutes(30)));
        assert_eq!(of(2, minutes(60)), (2, minutes(60)));
        assert_eq!(of(10, minutes(10)), (3, minutes(30)));
    }
}
