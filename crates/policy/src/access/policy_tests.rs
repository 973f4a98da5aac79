//! The policy as a file.

use uuid::Uuid;
use writeback_model::GroupId;

use super::{Method::*, ResetPolicyError as Error, *};

fn read(text: &str) -> ResetPolicy {
    toml::from_str(text).unwrap()
}

fn id(number: u128) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(number))
}

fn known(number: u128, name: &str) -> KnownGroup {
    KnownGroup {
        id: id(number),
        name: name.into(),
    }
}

#[test]
fn a_tenant_is_born_with_resets_for_all_by_one_mailed_code() {
    let policy = ResetPolicy::default();
    assert_eq!(policy.check(), Ok(()));
    assert_eq!(read(""), policy);
    assert_eq!(policy.scope, Scope::All);
    let all = policy.settings_for(&[]);
    assert_eq!((all.gates, all.methods.as_slice()), (1, [Email].as_slice()));
    assert!(all.reset && all.unlock_without_reset && all.notify_user);
    assert!(!all.registration_required && !all.notify_admins);
    assert!(policy.administrators.reset);
    assert!(!policy.administrators.methods.contains(&SecurityQuestions));
}

#[test]
fn an_entry_leaves_out_what_is_as_in_the_default() {
    let policy = read(
        "scope = \"selected\"\n\
         [default]\nreconfirm_days = 180\nregistration_required = true\nnote = \"Hello\"\n\
         [[groups]]\ngroup = \"Staff\"\ngates = 2\nmethods = [\"email\", \"sms\"]\n",
    );
    let staff = policy.groups[0].over(&policy.default_entry);
    assert_eq!((staff.gates, staff.reconfirm_days), (2, 180));
    assert_eq!(staff.methods, [Email, Sms]);
    assert_eq!(staff.note.as_deref(), Some("Hello"));
    let text = toml::to_string(&policy).unwrap();
    assert_eq!(read(&text), policy);
}

#[test]
fn what_is_no_policy_is_not_read() {
    for text in [
        "scope = \"some\"",
        "scop = \"all\"",
        "[default]\ngate = 1",
        "[default]\ngates = -1",
        "[default]\nmethods = [\"pigeon\"]",
        "[administrators]\ngates = 1",
        "[[groups]]\ngates = 1",
        "[[groups]]\ngroup = \"Staff\"\ngate = 1",
        "[[groups]]\ngroup = \"Staff\"\nid = \"staff\"",
    ] {
        assert!(
            toml::from_str::<ResetPolicy>(text).is_err(),
            "{text} was taken"
        );
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let default = || "[default]".to_owned();
    for (text, error) in [
        (
            "[default]\ngates = 0",
            Error::Gates {
                entry: default(),
                gates: 0,
            },
        ),
        (
            "[default]\ngates = 3",
            Error::Gates {
                entry: default(),
                gates: 3,
            },
        ),
        (
            "[default]\nmethods = []",
            Error::NoMethod { entry: default() },
        ),
        (
            "[default]\nmethods = [\"email\", \"email\"]",
            Error::MethodTwice {
                entry: default(),
                method: Email,
            },
        ),
        (
            "[default]\ngates = 2",
            Error::TooFewMethods {
                entry: default(),
                gates: 2,
            },
        ),
        (
            "[default]\nmethods = [\"totp\"]",
            Error::TotpAlone { entry: default() },
        ),
        (
            "[default]\ngates = 2\nmethods = [\"totp\", \"email\"]",
            Error::TotpAlone { entry: default() },
        ),
        (
            "[default]\nreconfirm_days = 731",
            Error::ReconfirmDays {
                entry: default(),
                days: 731,
            },
        ),
        (
            "[administrators]\nmethods = [\"email\", \"sms\", \"security-questions\"]",
            Error::QuestionsForAdministrators,
        ),
        (
            "[administrators]\nmethods = [\"email\"]",
            Error::TooFewMethods {
                entry: "[administrators]".into(),
                gates: 2,
            },
        ),
        (
            "[default]\nhelp_desk = \"http://help.example\"",
            Error::HelpDesk { entry: default() },
        ),
        (
            "[default]\nhelp_desk = \"javascript:alert(1)\"",
            Error::HelpDesk { entry: default() },
        ),
        (
            "[default]\nnote = \"a\\nb\"",
            Error::Note {
                entry: default(),
                max: 300,
            },
        ),
        (
            "[[groups]]\ngroup = \" \"",
            Error::NoGroup {
                entry: "group entry 1 ( )".into(),
            },
        ),
        (
            "[[groups]]\ngroup = \"A\"\n[[groups]]\ngroup = \"B\"\ngates = 9",
            Error::Gates {
                entry: "group entry 2 (B)".into(),
                gates: 9,
            },
        ),
    ] {
        assert_eq!(read(text).check(), Err(error), "{text}");
    }
    for text in [
        "[default]\nreconfirm_days = 730",
        "[default]\nreconfirm_days = 0",
        "[default]\ngates = 2\nmethods = [\"email\", \"sms\"]",
        "[default]\nmethods = [\"totp\", \"email\"]",
        "[default]\ngates = 2\nmethods = [\"totp\", \"email\", \"voice\"]",
        "[default]\nreset = false\nmethods = []",
        "[administrators]\nreset = false\nmethods = []",
        "[default]\nhelp_desk = \"https://help.example/reset\"",
        "[default]\nhelp_desk = \"help@corp.example\"",
        "[default]\nmethods = [\"security-questions\"]",
    ] {
        assert_eq!(read(text).check(), Ok(()), "{text}");
    }
}

#[test]
fn groups_are_found_by_name_and_told_where_they_are_not() {
    let mut policy = read(
        "scope = \"selected\"\n[[groups]]\ngroup = \"staff\"\n[[groups]]\ngroup = \"Gone\"\n\
         [[groups]]\ngroup = \"Two\"\n[[groups]]\ngroup = \"STAFF\"\nreset = false\n\
         [[groups]]\ngroup = \"00000000-0000-0000-0000-000000000007\"\n",
    );
    let groups = [
        known(1, "Staff"),
        known(2, "Two"),
        known(3, "two"),
        known(7, "Seven"),
    ];
    let said: Vec<_> = remarks(&mut policy, &groups, Method::BUILT)
        .iter()
        .map(ToString::to_string)
        .filter(|it| !it.starts_with("[administrators]"))
        .collect();
    assert_eq!(
        said,
        [
            "group entry 2 (Gone): there is no such group, so that it matches nobody; set the \
             policy again when there is",
            "group entry 3 (Two): several groups have that name, so that it matches nobody; add \
             id = \"…\" with one of 00000000-0000-0000-0000-000000000002, \
             00000000-0000-0000-0000-000000000003",
            "group entry 4 (STAFF) can never match: group entry 1 (staff) takes the same group \
             first",
        ]
    );
    let found: Vec<_> = policy
        .groups
        .iter()
        .map(|it| (it.group.as_str(), it.id))
        .collect();
    assert_eq!(
        found,
        [
            ("Staff", Some(id(1))),
            ("Gone", None),
            ("Two", None),
            ("Staff", Some(id(1))),
            ("Seven", Some(id(7)))
        ]
    );
    // Once found, a renamed group stays the same one, and is shown by its new name.
    let again = remarks(&mut policy, &[known(1, "Crew")], Method::BUILT);
    assert_eq!(policy.groups[0].group, "Crew");
    assert!(again.contains(&Remark::NoSuchGroup {
        entry: "group entry 5 (Seven)".into()
    }));
}

#[test]
fn gates_that_cannot_be_reached_are_told() {
    let mut policy = read("[default]\ngates = 2\nmethods = [\"email\", \"sms\"]");
    let said: Vec<_> = remarks(&mut policy, &[], Method::BUILT)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "[default] asks for 2 gates, and this installation can carry out: email; nobody for \
             whom it holds can reset",
            "[administrators] asks for 2 gates, and this installation can carry out: email; \
             nobody for whom it holds can reset"
        ]
    );
    assert_eq!(remarks(&mut policy, &[], &[Email, Sms]), []);
    let mut idle = read("scope = \"selected\"\n[default]\nreconfirm_days = 90");
    assert_eq!(
        remarks(&mut idle, &[], &[Email, Sms]),
        [
            Remark::NobodySelected,
            Remark::ReconfirmWithoutRegistration {
                entry: "[default]".into()
            }
        ]
    );
}
