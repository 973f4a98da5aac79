//! One change as a line for people.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    changes::Change,
    finding::Verdict,
    text::{Colour, mark},
};

/// When, what, since when: `2026-11-24 10:02:11 ✗ dc-reachable dc2: … (fine since …)`.
pub fn change_line(change: &Change, zone: &TimeZone, colour: Colour) -> String {
    let head = format!("{} {}", mark(change.verdict), change.check);
    let head = colour.paint(change.verdict, &head);
    let subject = match change.subject.as_str() {
        "" => String::new(),
        subject => format!(" {subject}"),
    };
    let said = change.cause.as_deref().unwrap_or("fine again");
    let before = match (change.before, change.since) {
        (Some(before), Some(since)) => {
            format!(" ({} since {})", word(before), clock(since, zone))
        }
        _ => String::new(),
    };
    format!(
        "{} {head}{subject}: {said}{before}\n",
        clock(change.time, zone)
    )
}

/// A time of day in a zone, to the second.
pub fn clock(time: Timestamp, zone: &TimeZone) -> String {
    let local = time.to_zoned(zone.clone());
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "fine",
        Verdict::Warning => "warning",
        Verdict::Fault => "fault",
        Verdict::CouldNotRun => "not told",
        Verdict::NotReached => "not reached",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_what_and_since_when() {
        let time = |second| Timestamp::from_second(second).unwrap();
        let mut change = Change {
            time: time(3_600),
            check: "dc-reachable".to_owned(),
            subject: "dc2".to_owned(),
            verdict: Verdict::Fault,
            before: None,
            since: None,
            cause: Some("dc2 is off.".to_owned()),
        };
        let line = |change: &Change| change_line(change, &TimeZone::UTC, Colour::No);
        assert_eq!(
            line(&change),
            "1970-01-01 01:00:00 ✗ dc-reachable dc2: dc2 is off.\n"
        );
        change.verdict = Verdict::Fine;
        change.cause = None;
        change.before = Some(Verdict::Fault);
        change.since = Some(time(60));
        assert_eq!(
            line(&change),
            "1970-01-01 01:00:00 ✓ dc-reachable dc2: fine again (fault since 1970-01-01 00:01:00)\n"
        );
    }
}
