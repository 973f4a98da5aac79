//! Times, as people tell them.

use fluent_templates::fluent_bundle::FluentValue;
use jiff::Zoned;

use super::Words;

/// From how many minutes on a wait is told in hours: nobody counts to 1,440.
const TOLD_IN_HOURS_FROM: u32 = 120;

pub(super) fn moment(words: &Words, at: &Zoned) -> String {
    let month = words.text(&format!("month-{}", at.month()));
    // As text, so that no language puts separators into them.
    let text = |number: String| FluentValue::from(number);
    words.with(
        "time-moment",
        &[
            ("day", text(at.day().to_string())),
            ("month", text(month)),
            ("year", text(at.year().to_string())),
            ("hour", text(format!("{:02}", at.hour()))),
            ("minute", text(format!("{:02}", at.minute()))),
            ("zone", text(zone_name(at))),
        ],
    )
}

/// "WIB", "UTC"; "UTC+07" where a zone has no letters of its own.
fn zone_name(at: &Zoned) -> String {
    let name = at.strftime("%Z").to_string();
    if name.starts_with(['+', '-']) {
        format!("UTC{name}")
    } else {
        name
    }
}

pub(super) fn wait(words: &Words, minutes: u32) -> String {
    if minutes < TOLD_IN_HOURS_FROM {
        // "In 0 minutes" helps nobody.
        words.with("time-wait-minutes", &[("count", minutes.max(1).into())])
    } else {
        // Rounded up: who comes back then finds it true.
        words.with("time-wait-hours", &[("count", minutes.div_ceil(60).into())])
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::super::{Language, Words};

    #[test]
    fn a_moment_is_told_as_people_of_the_language_do() {
        let at: Timestamp = "2026-11-03T07:05:09Z".parse().unwrap();
        let english = Words::new(Language::English);
        assert_eq!(english.moment(at), "3 November 2026, 07:05 (UTC)");

        let jakarta = TimeZone::get("Asia/Jakarta").unwrap();
        let indonesian = Words::new(Language::Indonesian).in_time_zone(jakarta);
        assert_eq!(indonesian.moment(at), "3 November 2026 pukul 14.05 (WIB)");

        let dubai = TimeZone::get("Asia/Dubai").unwrap();
        assert_eq!(
            english.in_time_zone(dubai).moment(at),
            "3 November 2026, 11:05 (UTC+04)"
        );
    }

    #[test]
    fn a_wait_is_told_in_minutes_and_then_in_hours() {
        let english = Words::new(Language::English);
        assert_eq!(english.wait(0), "in 1 minute");
        assert_eq!(english.wait(1), "in 1 minute");
        assert_eq!(english.wait(119), "in 119 minutes");
        assert_eq!(english.wait(120), "in 2 hours");
        assert_eq!(english.wait(1381), "in 24 hours");
        assert_eq!(Words::new(Language::Indonesian).wait(12), "12 menit");
    }
}
