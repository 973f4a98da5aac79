//! How agents that lost their links at the same moment come back: one after the other.

use std::time::Duration;

/// How many agents may come back in a second: each costs the cloud two TLS handshakes, a signature
/// and some writes to its store.
const RETURNS_PER_SECOND: u32 = 100;

/// With few agents nobody is kept waiting.
const AT_LEAST: Duration = Duration::from_millis(200);

/// An agent waits no longer, whatever it is told (`RESTART_WAIT_MAX` in the agent).
const AT_MOST: Duration = Duration::from_secs(300);

/// Within which time so many agents are to spread their return.
pub(crate) fn reconnect_within(agents: usize) -> Duration {
    let agents = u32::try_from(agents).unwrap_or(u32::MAX);
    let millis = u64::from(agents) * 1000 / u64::from(RETURNS_PER_SECOND);
    Duration::from_millis(millis).clamp(AT_LEAST, AT_MOST)
}

/// The same in milliseconds, as frames carry it.
pub(crate) fn reconnect_within_ms(agents: usize) -> u32 {
    u32::try_from(reconnect_within(agents).as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_come_at_once_and_many_one_after_the_other() {
        let seconds = |agents| reconnect_within(agents).as_secs_f64();
        assert_eq!(seconds(0), 0.2);
        assert_eq!(seconds(20), 0.2);
        assert_eq!(seconds(1_000), 10.0);
        assert_eq!(seconds(10_000), 100.0);
        assert_eq!(seconds(usize::MAX), 300.0);
    }

    proptest! {
        /// Each waits a random part of the time: in no second come many more than may.
        #[test]
        fn no_second_brings_many_more_than_may_come(
            agents in 1_000_usize..30_000, seed: u64,
        ) {
            let within = reconnect_within(agents).as_secs_f64();
            let mut chance = seed | 1;
            let mut seconds = vec![0_u32; 301];
            for _ in 0..agents {
                // xorshift64: as even as is needed here.
                chance ^= chance << 13;
                chance ^= chance >> 7;
                chance ^= chance << 17;
                let part = (chance >> 11) as f64 / (1_u64 << 53) as f64;
                seconds[(part * within) as usize] += 1;
            }
            // The mean is 100 with a deviation of 10; six of them beyond is one in 10^9.
            let most = seconds.into_iter().max().unwrap_or_default();
            prop_assert!(most <= RETURNS_PER_SECOND + 60, "{most} in one second");
        }
    }
}
