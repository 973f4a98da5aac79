//! The two ways in which Active Directory writes a moment.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// Seconds from 1601-01-01, where Windows counts from, to 1970-01-01.
const SECONDS_1601_TO_1970: i64 = 11_644_473_600;
/// A FILETIME counts steps of 100 nanoseconds.
const TICKS_PER_SECOND: i64 = 10_000_000;

/// A moment from a FILETIME: 100 ns steps since 1601-01-01 UTC.
///
/// Gives `None` for 0 and for the largest value, which both say "never", and for whatever
/// lies outside the calendar.
pub fn from_filetime(ticks: i64) -> Option<Timestamp> {
    if ticks <= 0 || ticks == i64::MAX {
        return None;
    }
    let nanoseconds = i32::try_from(ticks % TICKS_PER_SECOND * 100).ok()?;
    Timestamp::new(ticks / TICKS_PER_SECOND - SECONDS_1601_TO_1970, nanoseconds).ok()
}

/// A moment from whole seconds since 1601-01-01 UTC, as replication metadata counts.
pub fn from_seconds_since_1601(seconds: u64) -> Option<Timestamp> {
    let seconds = i64::try_from(seconds).ok()?;
    Timestamp::from_second(seconds.checked_sub(SECONDS_1601_TO_1970)?).ok()
}

/// A FILETIME *interval* (negative 100 ns steps, as `minPwdAge`) in whole seconds; the
/// smallest value says "for ever", and is as long as can be written.
pub fn interval_seconds(ticks: i64) -> u64 {
    if ticks == i64::MIN {
        return u64::MAX;
    }
    ticks.unsigned_abs() / TICKS_PER_SECOND.unsigned_abs()
}

/// A moment from generalized time in UTC (`20261123014241.0Z`), as `currentTime` is written.
/// Fractions of a second are dropped.
pub fn from_generalized(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let digits = digits.split('.').next()?;
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| i8::try_from(part(from, to)?).ok();
    let moment = DateTime::new(
        part(0, 4)?,
        small(4, 6)?,
        small(6, 8)?,
        small(8, 10)?,
        small(10, 12)?,
        small(12, 14)?,
        0,
    );
    moment
        .ok()?
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|z| z.timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_moments() {
        let known = from_filetime(134_398_716_764_155_773).unwrap();
        assert_eq!(known.to_string(), "2026-11-23T01:41:16.4155773Z");
        assert_eq!(from_filetime(0), None);
        assert_eq!(from_filetime(i64::MAX), None);
        assert_eq!(
            from_generalized("20261123014241.0Z").unwrap().to_string(),
            "2026-11-23T01:42:41Z"
        );
        assert_eq!(from_generalized("20261323014241.0Z"), None);
        assert_eq!(interval_seconds(-864_000_000_000), 86_400);
        assert_eq!(interval_seconds(i64::MIN), u64::MAX);
    }

    proptest! {
        #[test]
        fn no_value_ends_the_program(ticks: i64, seconds: u64, text in ".{0,20}") {
            let _ = from_filetime(ticks);
            let _ = from_seconds_since_1601(seconds);
            let _ = interval_seconds(ticks);
            let _ = from_generalized(&text);
        }
    }
}
