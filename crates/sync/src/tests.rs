//! Names and words that are kept or shown elsewhere.

use serde::Serialize;
use uuid::Uuid;
use writeback_model::UserId;

use crate::{Gone, ObjectKind, Problem, Removal};

fn as_kept(it: impl Serialize) -> String {
    let value = toml::Value::try_from(it).unwrap();
    value.as_str().unwrap().to_owned()
}

#[test]
fn names_are_those_of_serde_and_are_found_again() {
    for removal in Removal::ALL {
        assert_eq!(removal.name(), as_kept(removal));
        assert_eq!(Removal::from_name(removal.name()), Some(removal));
    }
    for gone in Gone::ALL {
        assert_eq!(gone.name(), as_kept(gone));
        assert_eq!(Gone::from_name(gone.name()), Some(gone));
        assert_eq!(gone.name(), Removal::from(gone).name());
    }
    for kind in ObjectKind::ALL {
        assert_eq!(kind.name(), as_kept(kind));
        assert_eq!(ObjectKind::from_name(kind.name()), Some(kind));
    }
    assert_eq!(Removal::from_name("moved"), None);
    assert_eq!(Gone::from_name("not_in_group"), None);
    assert_eq!(ObjectKind::from_name("contact"), None);
}

#[test]
fn problems_say_what_to_do() {
    let with = UserId::from_uuid(Uuid::from_u128(7));
    let problems = [
        Problem::NoAccountName,
        Problem::UpnMalformed {
            value: "ann".into(),
        },
        Problem::UpnMalformed { value: "".into() },
        Problem::UpnTooLong {
            name: 65,
            suffix: 9,
        },
        Problem::DuplicateUpn { with },
        Problem::DuplicateMail { with },
        Problem::UpnSuffixNotVerified {
            suffix: "corp.local".into(),
        },
        Problem::EnabledInTwoForests {
            forest: "east.test".into(),
        },
        Problem::AnchorChanged,
        Problem::DuplicateAnchor { with },
        Problem::ManyMatches,
        Problem::MatchesAnAdministrator { with },
        Problem::MatcherOff { with },
        Problem::Attribute {
            attribute: "mobile".into(),
            why: "it is not UTF-8".into(),
        },
    ];
    let mut text = String::new();
    for problem in &problems {
        let kept = toml::Value::try_from(problem).unwrap();
        assert_eq!(kept["problem"].as_str(), Some(problem.name()));
        let severity = if problem.is_error() {
            "error"
        } else {
            "warning"
        };
        text += &format!("{severity} {}: {}\n", problem.name(), problem.text());
    }
    insta::assert_snapshot!(text);
}
