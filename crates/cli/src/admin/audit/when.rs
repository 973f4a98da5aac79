//! Times as people type them.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// A time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// That very time.
    At(Timestamp),
    /// The beginning of a day.
    Day(Date),
    /// So long ago.
    Ago(SignedDuration),
}

impl When {
    /// The time that is meant. Days begin as the configured time zone says.
    pub(super) fn resolve(&self, now: Timestamp, zone: &TimeZone) -> anyhow::Result<Timestamp> {
        Ok(match self {
            Self::At(time) => *time,
            Self::Day(day) => day.to_zoned(zone.clone())?.timestamp(),
            Self::Ago(age) => now.checked_sub(*age)?,
        })
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(time) = text.parse() {
            return Ok(Self::At(time));
        }
        if let Ok(day) = text.parse() {
            return Ok(Self::Day(day));
        }
        ago(text).map(Self::Ago).ok_or_else(|| {
            "write a day such as 2026-11-23, a time such as 2026-11-23T08:00:00Z, or how long \
             ago, such as 90m, 24h or 7d"
                .to_owned()
        })
    }
}

fn ago(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    (count >= 0)
        .then(|| count.checked_mul(seconds))
        .flatten()
        .map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_understood_as_people_type_them() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Asia/Jakarta").unwrap();
        for (text, time) in [
            ("2026-11-23T08:00:00+01:00", "2026-11-23T07:00:00Z"),
            ("2026-11-23", "2026-11-22T17:00:00Z"),
            ("90m", "2026-11-23T10:30:00Z"),
            ("24h", "2026-11-22T12:00:00Z"),
            ("7d", "2026-11-16T12:00:00Z"),
        ] {
            let when: When = text.parse().unwrap();
            assert_eq!(
                when.resolve(now, &zone).unwrap().to_string(),
                time,
                "{text}"
            );
        }
        for bad in [
            "",
            "yesterday",
            "-3d",
            "3",
            "d",
            "3w",
            "99999999999999999d",
            "7é",
        ] {
            assert!(bad.parse::<When>().is_err(), "{bad}");
        }
        let long_ago: When = "9999999999d".parse().unwrap();
        assert!(long_ago.resolve(now, &zone).is_err());
    }
}
