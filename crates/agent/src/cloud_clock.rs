//! The cloud's clock, as far as it is known: assertions are judged by it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use writeback_model::Clock;

use crate::events;

/// A difference up to this is left alone: the cloud forgives twice as much, and what it says
/// was some time on its way.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(30);

/// This host's clock, corrected where the cloud says that it is wrong.
pub(crate) struct CloudClock {
    clock: Arc<dyn Clock>,
    ahead: Mutex<SignedDuration>,
}

impl CloudClock {
    /// Believes this host's clock until the cloud says otherwise.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            ahead: Mutex::new(SignedDuration::ZERO),
        }
    }

    /// The time at the cloud.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        now.checked_sub(*self.ahead()).unwrap_or(now)
    }

    /// Takes what the cloud just said of its clock. `true` when times before were wrong.
    pub(crate) fn hear(&self, cloud: Timestamp) -> bool {
        let ahead = self.clock.now().duration_since(cloud);
        let mut known = self.ahead();
        let Some(new) = correction(*known, ahead) else {
            return false;
        };
        *known = new;
        drop(known);
        if new.is_zero() {
            tracing::info!(
                event_id = events::CLOCK_SKEWED,
                "this host's clock is right again"
            );
        } else {
            tracing::warn!(
                event_id = events::CLOCK_SKEWED,
                seconds_ahead = new.as_secs(),
                "this host's clock differs from the cloud's, whose time is used towards it; set it by NTP"
            );
        }
        true
    }

    fn ahead(&self) -> std::sync::MutexGuard<'_, SignedDuration> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By how much to correct from now on, if otherwise than before.
fn correction(known: SignedDuration, ahead: SignedDuration) -> Option<SignedDuration> {
    let ahead = if ahead.abs() > SKEW_MAX {
        ahead
    } else {
        SignedDuration::ZERO
    };
    // Answers take a moment, and dates have whole seconds: that alone is no news.
    let news = (ahead - known).abs() > SKEW_MAX || (ahead.is_zero() && !known.is_zero());
    news.then_some(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SetClock;

    const HOURS: SignedDuration = SignedDuration::from_hours(2);

    #[test]
    fn a_clock_that_is_hours_off_is_corrected_both_ways() {
        for ahead in [HOURS, -HOURS] {
            let cloud = SetClock::new();
            let host = Arc::new(SetClock::new());
            host.advance(ahead);
            let clock = CloudClock::new(host.clone());
            assert_eq!(clock.now(), host.now());
            assert!(clock.hear(cloud.now()));
            assert_eq!(clock.now(), cloud.now());
            // Told once, and again when it was set right.
            host.advance(SignedDuration::from_secs(5));
            assert!(!clock.hear(cloud.now()));
            host.advance(-ahead);
            assert!(clock.hear(cloud.now()));
            assert_eq!(clock.now(), host.now());
        }
    }

    #[test]
    fn a_small_difference_is_left_alone() {
        let host = Arc::new(SetClock::new());
        let clock = CloudClock::new(host.clone());
        assert!(!clock.hear(host.now() + SKEW_MAX));
        assert_eq!(clock.now(), host.now());
    }

    #[test]
    fn no_time_that_the_cloud_can_say_ends_the_program() {
        let clock = CloudClock::new(Arc::new(SetClock::new()));
        for extreme in [Timestamp::MIN, Timestamp::MAX] {
            clock.hear(extreme);
            clock.now();
        }
    }
}
