//! How many seats there are and who gets the next.

use jiff::Timestamp;

use super::GRACE;

/// How many more seats can be given away: none where more are taken than there are.
pub const fn free_seats(prepaid: Option<u64>, consumed: u64) -> u64 {
    match prepaid {
        None => u64::MAX,
        Some(prepaid) => prepaid.saturating_sub(consumed),
    }
}

/// What another number of seats does to those who have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lowered {
    /// Everybody keeps theirs.
    Enough,
    /// So many got theirs last and keep it for a grace; no seat is given away meanwhile.
    Surplus {
        /// How many seats are too many.
        seats: u64,
        /// When they go.
        until: Timestamp,
    },
}

/// What it does when there are `prepaid` seats from now on while `consumed` are taken.
pub fn lower_seats(prepaid: Option<u64>, consumed: u64, now: Timestamp) -> Lowered {
    match prepaid {
        Some(prepaid) if prepaid < consumed => Lowered::Surplus {
            seats: consumed - prepaid,
            until: now.saturating_add(GRACE).unwrap_or(Timestamp::MAX),
        },
        _ => Lowered::Enough,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seat_is_free_beyond_what_was_bought() {
        for (prepaid, consumed, free) in [
            (Some(0), 0, 0),
            (Some(1), 0, 1),
            (Some(1), 1, 0),
            (Some(1), 2, 0),
            (None, 9, u64::MAX),
        ] {
            assert_eq!(free_seats(prepaid, consumed), free);
        }
    }

    #[test]
    fn fewer_seats_than_are_taken_leave_a_surplus_for_thirty_days() {
        let now = Timestamp::from_second(0).unwrap();
        let until = Timestamp::from_second(30 * 86_400).unwrap();
        assert_eq!(lower_seats(None, 9, now), Lowered::Enough);
        assert_eq!(lower_seats(Some(9), 9, now), Lowered::Enough);
        let surplus = Lowered::Surplus { seats: 1, until };
        assert_eq!(lower_seats(Some(8), 9, now), surplus);
    }
}
