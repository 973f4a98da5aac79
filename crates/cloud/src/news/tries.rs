//! When news that the mail server did not take is tried again.

use jiff::{SignedDuration, Timestamp};
use writeback_store::OwedNews;

/// News that is older is of no use any more. docs/reliability.md tells it.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Between the first tries; the last one holds from then on.
const PAUSES: [SignedDuration; 5] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
];

/// For what does not pass by itself: a server that refuses an address again and again thinks ill
/// of who asks.
const PAUSE_WHERE_IT_STAYS: SignedDuration = SignedDuration::from_hours(6);

/// What follows from a try in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Once more at this time.
    Again(Timestamp),
    /// It was tried for long enough.
    GiveUp,
}

/// What follows from it that news which was taken up at `now` was not sent. `stays`: for a reason
/// that does not pass by itself.
pub(super) fn next(news: &OwedNews, stays: bool, now: Timestamp) -> Next {
    let tried = usize::try_from(news.tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let last = PAUSES.last().copied().unwrap_or(PAUSE_WHERE_IT_STAYS);
    let pause = PAUSES.get(tried).copied().unwrap_or(last);
    let pause = if stays { PAUSE_WHERE_IT_STAYS } else { pause };
    let again = now + pause;
    if again > news.owed_since + GIVEN_UP_AFTER {
        Next::GiveUp
    } else {
        Next::Again(again)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use writeback_model::{RequestId, TenantId};

    use super::*;

    fn news(tries: u32) -> OwedNews {
        OwedNews {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            request: RequestId::from_uuid(Uuid::from_u128(2)),
            was_in_doubt: false,
            owed_since: Timestamp::UNIX_EPOCH,
            tries,
            taken: Vec::new(),
        }
    }

    /// The times of all tries, in seconds.
    fn tries(stays: bool) -> Vec<i64> {
        let mut times = vec![0];
        let mut now = Timestamp::UNIX_EPOCH;
        for tries in 1.. {
            match next(&news(tries), stays, now) {
                Next::Again(at) => now = at,
                Next::GiveUp => break,
            }
            times.push(now.as_second());
        }
        times
    }

    #[test]
    fn pauses_grow_and_after_three_days_it_is_given_up() {
        let tries = tries(false);
        assert_eq!(tries[..7], [0, 5, 35, 155, 755, 2_555, 4_355]);
        let last = tries.last().copied().unwrap();
        assert!((71 * 3600..=72 * 3600).contains(&last), "{last}");
        assert!(tries.len() < 150);
    }

    #[test]
    fn what_stays_is_tried_four_times_a_day() {
        let tries = tries(true);
        assert_eq!(tries.len(), 13);
        assert_eq!(tries[1], 6 * 3600);
    }
}
