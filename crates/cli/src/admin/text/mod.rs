//! Words and numbers on a terminal.

mod table;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub(super) use table::{Table, one_line};

/// How long ago something was, as a person would say it.
pub(super) fn ago(age: SignedDuration) -> String {
    let seconds = age.as_secs();
    let words = match seconds {
        i64::MIN..=-6 => return "in the future: is the clock right?".to_owned(),
        -5..=1 => return "just now".to_owned(),
        2..=59 => count(seconds, "second"),
        60..=3_599 => count(seconds / 60, "minute"),
        3_600..=172_799 => count(seconds / 3_600, "hour"),
        _ => count(seconds / 86_400, "day"),
    };
    format!("{words} ago")
}

/// How long something took.
pub(super) fn took(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0 => format!("{} ms", duration.as_millis().max(0)),
        1..=9 => format!("{:.1} s", duration.as_secs_f64()),
        10..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// A time of day in a zone, to the second.
pub(super) fn at(time: Timestamp, zone: &TimeZone) -> String {
    let local = time.to_zoned(zone.clone());
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The name of a zone, for the head of a column.
pub(super) fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("local time")
}

/// A number that can be read: `5,012`.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 person`, `540 people`.
pub(super) fn people(value: u64) -> String {
    if value == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", number(value))
    }
}

/// `1 user`, `2 users`.
pub(super) fn things(value: u64, one: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {one}{ending}", number(value))
}

fn count(value: i64, one: &str) -> String {
    things(value.unsigned_abs(), one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_as_people_say_them() {
        for (seconds, words) in [
            (-7_200, "in the future: is the clock right?"),
            (0, "just now"),
            (1, "just now"),
            (2, "2 seconds ago"),
            (59, "59 seconds ago"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (172_799, "47 hours ago"),
            (172_800, "2 days ago"),
        ] {
            assert_eq!(ago(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn durations_have_the_unit_that_fits() {
        for (millis, words) in [
            (-5, "0 ms"),
            (340, "340 ms"),
            (2_149, "2.1 s"),
            (42_000, "42 s"),
            (192_000, "3 min 12 s"),
            (7_500_000, "2 h 5 min"),
        ] {
            assert_eq!(took(SignedDuration::from_millis(millis)), words);
        }
    }

    #[test]
    fn numbers_are_grouped() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (50_012, "50,012"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(people(1), "1 person");
        assert_eq!(people(5_000), "5,000 people");
    }
}
