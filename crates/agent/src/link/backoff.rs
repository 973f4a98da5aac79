//! How long to wait before the next try.

use std::time::Duration;

use writeback_model::Entropy;

/// The first wait is at most this: a link that broke by chance is back before anybody notices.
const FIRST: Duration = Duration::from_millis(200);
/// No wait is longer: a cloud that is back has its agents back soon.
const LONGEST: Duration = Duration::from_secs(30);
/// A link that held this long was a good one; the next failure starts afresh.
const HELD: Duration = Duration::from_secs(60);

/// Exponential back-off with full jitter: a random time between nothing and a limit that
/// doubles, so that many agents do not come back in step. The first limit is the time over which
/// the cloud wants its agents spread.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait now.
    pub(crate) fn next(&mut self, spread: Duration, entropy: &dyn Entropy) -> Duration {
        let limit = spread
            .max(FIRST)
            .saturating_mul(2_u32.saturating_pow(self.failures))
            .min(spread.max(LONGEST));
        self.failures = self.failures.saturating_add(1);
        random_up_to(limit, entropy)
    }

    /// Notes how long a link held.
    pub(crate) fn held(&mut self, time: Duration) {
        if time >= HELD {
            self.failures = 0;
        }
    }
}

/// A random time from nothing to `limit`.
pub(crate) fn random_up_to(limit: Duration, entropy: &dyn Entropy) -> Duration {
    let mut random = [0_u8; 4];
    entropy.fill(&mut random);
    limit.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::Chance;

    struct Always(u8);
    impl Entropy for Always {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn the_limit_doubles_up_to_the_longest() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..10)
            .map(|_| backoff.next(Duration::ZERO, &Always(0xff)).as_millis())
            .collect();
        assert_eq!(
            waits,
            [
                200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000
            ]
        );
        assert_eq!(backoff.next(Duration::ZERO, &Always(0)), Duration::ZERO);
    }

    #[test]
    fn only_a_link_that_held_starts_afresh() {
        let mut backoff = Backoff { failures: 8 };
        backoff.held(HELD - Duration::from_millis(1));
        assert_eq!(backoff.next(Duration::ZERO, &Always(0xff)), LONGEST);
        backoff.held(HELD);
        assert_eq!(backoff.next(Duration::ZERO, &Always(0xff)), FIRST);
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_the_longest(failures: u32, seed: u64) {
            let wait = Backoff { failures }.next(Duration::ZERO, &Chance::new(seed));
            prop_assert!(wait <= LONGEST);
        }

        /// A cloud that is killed loses all its agents at the same moment. 10,000 come back over
        /// 100 s: in no second many more than a hundred, and while it stays away no more either.
        #[test]
        fn ten_thousand_do_not_come_back_at_once(seed: u64, failures in 0_u32..20) {
            const AGENTS: u64 = 10_000;
            let spread = Duration::from_secs(100);
            let mut seconds = [0_u32; 101];
            for agent in 0..AGENTS {
                let chance = Chance::new(seed.wrapping_mul(AGENTS).wrapping_add(agent));
                let wait = Backoff { failures }.next(spread, &chance);
                seconds[usize::try_from(wait.as_secs()).unwrap()] += 1;
            }
            // The mean is 100 with a deviation of 10.
            let most = seconds.into_iter().max().unwrap();
            prop_assert!(most <= 170, "{most} in one second");
        }
    }
}
