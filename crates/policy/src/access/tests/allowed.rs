//! The other side of each rule: what is said of people whom nothing stops, whole.

use std::fmt::Write as _;

use super::*;

/// What is said for each wish of each of these people, a finding a line.
fn said() -> String {
    let mut text = String::new();
    let people = [
        ("A synchronised person", good()),
        ("An administrator", administrator()),
        ("A person of the cloud", cloud_only()),
    ];
    for (who, facts) in people {
        for wish in Wish::ALL {
            let access = decide(wish, &facts);
            writeln!(text, "{who}, {wish:?}: {}", access.result()).unwrap();
            for it in access.findings {
                let holds = match it.holds {
                    Yes => "yes",
                    No => "no",
                    NotReached => "-",
                };
                let set_in = match it.set_in.as_str() {
                    "" => String::new(),
                    set_in => format!(" ({set_in})"),
                };
                writeln!(text, "  {:<20}{holds:<4}{}{set_in}", it.rule, it.value).unwrap();
            }
        }
    }
    text
}

#[test]
fn each_rule_that_stops_nobody_says_why() {
    let expected = include_str!("allowed.txt");
    let said = said();
    for (line, (said, expected)) in said.lines().zip(expected.lines()).enumerate() {
        assert_eq!(said, expected, "line {}", line + 1);
    }
    assert_eq!(said.lines().count(), expected.lines().count());
}
