//! Every branch of a decision, with its reasons.

use jiff::Timestamp;
use writeback_sync::{
    Account, Candidates, Change, Condition, ForestRules, Gone, ObjectKind, Origin, Reason, Removal,
    Rules, Standing, decide, keys,
};

use crate::make::*;

fn ignored(why: &str) -> Vec<Reason> {
    vec![Reason::Ignored { why: why.into() }]
}

fn with_filter(filter: Vec<Condition>) -> Rules {
    let mut rules = Rules::default();
    let forest = ForestRules {
        group_scope: None,
        filter,
    };
    rules.forests.insert(domain(WEST), forest);
    rules
}

#[test]
fn a_group_is_ignored() {
    let mut group = object(WEST, 1, "staff");
    group.kind = ObjectKind::Group;
    let decision = decided(&group, &[]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.reasons, ignored("a group"));
}

#[test]
fn what_was_never_in_scope_is_ignored() {
    let mut gone = object(WEST, 1, "ann");
    gone.gone = Some(Gone::Deleted);
    let decision = decided(&gone, &[]);
    assert_eq!(decision.change, Change::None);
    let why = "not in scope: it was deleted in the directory";
    assert_eq!(decision.reasons, ignored(why));

    let mut outside = object(WEST, 1, "ann");
    outside.in_group_scope = false;
    assert_eq!(decided(&outside, &[]).change, Change::None);
}

#[test]
fn who_matches_nobody_is_added() {
    let ann = object(WEST, 1, "ann");
    let decision = decided(&ann, &[cloud_person(2, "bob@west.test")]);
    let Change::Add {
        user,
        source_anchor,
        attributes,
        standing,
    } = decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!((user, source_anchor), (id(99), anchor(1)));
    assert_eq!(attributes.user_principal_name, "ann@west.test");
    assert_eq!(standing, Standing::Target(Account::from(&ann)));
    assert_eq!(decision.problems, []);
    assert_eq!(decision.reasons[0], Reason::NobodyMatched);
    assert!(decision.reasons.contains(&Reason::Flow {
        target: "user_principal_name".into(),
        source: "userPrincipalName".into(),
        from: None,
        to: Some("ann@west.test".into()),
    }));
}

#[test]
fn nothing_is_done_about_what_did_not_change() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    let decision = decided(&ann, &[person]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.reasons, [Reason::Joined { user: id(7) }]);
    assert_eq!(decision.problems, []);
}

#[test]
fn each_changed_attribute_is_a_reason() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    set(&mut ann, "mobile", "+62 811 1000");
    ann.enabled = false;
    let decision = decided(&ann, std::slice::from_ref(&person));
    let Change::Update {
        user, attributes, ..
    } = decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(user, id(7));
    assert_eq!(attributes.mobile.as_deref(), Some("+62 811 1000"));
    let flow = |target: &str, source: &str, from: Option<&str>, to: Option<&str>| Reason::Flow {
        target: target.into(),
        source: source.into(),
        from: from.map(Into::into),
        to: to.map(Into::into),
    };
    assert_eq!(
        decision.reasons,
        [
            Reason::Joined { user: id(7) },
            flow("mobile", "mobile", None, Some("+62 811 1000")),
            flow("enabled", "userAccountControl", Some("true"), Some("false")),
        ]
    );
}

#[test]
fn an_attribute_without_a_value_is_taken_away() {
    let mut ann = object(WEST, 1, "ann");
    set(&mut ann, "mobile", "+62 811 1000");
    let person = made_of(7, &mut ann);
    ann.attributes.remove("mobile");
    let decision = decided(&ann, &[person]);
    assert_eq!(
        decision.reasons[1].text(),
        "mobile: nothing (was: \"+62 811 1000\"), from no source has a value"
    );
}

#[test]
fn each_way_out_of_scope_stages_a_removal() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    let only_staff = with_filter(vec![Condition::Present {
        attribute: "employeeID".into(),
    }]);
    let none = Rules::default();
    let table = [
        (Some(Gone::Deleted), true, &none, Removal::Deleted),
        (Some(Gone::OutOfScope), true, &none, Removal::OutOfScope),
        (Some(Gone::NotFound), true, &none, Removal::NotFound),
        (None, false, &none, Removal::NotInGroup),
        (None, true, &only_staff, Removal::FilteredOut),
        // What is gone is not asked for anything else.
        (Some(Gone::Deleted), false, &only_staff, Removal::Deleted),
        (None, false, &only_staff, Removal::NotInGroup),
    ];
    for (gone, in_group_scope, rules, why) in table {
        ann.gone = gone;
        ann.in_group_scope = in_group_scope;
        let decision = decided_by(&ann, std::slice::from_ref(&person), rules);
        let user = id(7);
        assert_eq!(decision.change, Change::Remove { user, why });
        assert_eq!(
            decision.reasons,
            [Reason::Joined { user }, Reason::OutOfScope { why }]
        );
    }
}

#[test]
fn a_removal_is_staged_once_for_each_reason() {
    let mut ann = object(WEST, 1, "ann");
    let mut person = made_of(7, &mut ann);
    person.removal = Some(Removal::OutOfScope);
    ann.gone = Some(Gone::OutOfScope);
    let decision = decided(&ann, std::slice::from_ref(&person));
    assert_eq!(decision.change, Change::None);

    ann.gone = Some(Gone::Deleted);
    let decision = decided(&ann, std::slice::from_ref(&person));
    let (user, why) = (id(7), Removal::Deleted);
    assert_eq!(decision.change, Change::Remove { user, why });

    person.removed_at = Some(Timestamp::UNIX_EPOCH);
    assert_eq!(decided(&ann, &[person]).change, Change::None);
}

#[test]
fn who_comes_back_in_scope_stays_and_who_was_removed_is_restored() {
    let mut ann = object(WEST, 1, "ann");
    let mut person = made_of(7, &mut ann);
    let (user, why) = (id(7), Removal::OutOfScope);
    person.removal = Some(why);
    let decision = decided(&ann, std::slice::from_ref(&person));
    assert!(matches!(decision.change, Change::Update { .. }));
    assert_eq!(
        decision.reasons,
        [
            Reason::Joined { user },
            Reason::RemovalTakenBack { user, why }
        ]
    );
    person.removed_at = Some(Timestamp::UNIX_EPOCH);
    let decision = decided(&ann, &[person]);
    assert!(matches!(decision.change, Change::Update { .. }));
    assert_eq!(
        decision.reasons,
        [Reason::Joined { user }, Reason::Restored { user }]
    );
}

#[test]
fn a_synchronised_person_is_found_by_source_anchor_whatever_the_matchers_say() {
    let mut ann = object(WEST, 1, "ann");
    let mut person = made_of(7, &mut ann);
    person.removed_at = Some(Timestamp::UNIX_EPOCH);
    let mut new = object(WEST, 2, "ann");
    new.consistency_guid = Some(anchor(1));
    let mut rules = Rules::default();
    rules.matchers.hard_match = false;
    let decision = decided_by(&new, &[person], &rules);
    let user = id(7);
    assert!(matches!(decision.change, Change::Update { .. }));
    assert_eq!(decision.reasons[0], Reason::HardMatch { user });
    assert!(decision.reasons.contains(&Reason::Restored { user }));
}

#[test]
fn a_person_of_the_cloud_is_matched_by_source_anchor() {
    let mut person = cloud_person(7, "ann@elsewhere.test");
    person.source_anchor = Some(anchor(1));
    let decision = decided(&object(WEST, 1, "ann"), &[person]);
    assert_eq!(decision.reasons[0], Reason::HardMatch { user: id(7) });
    let Change::Update { source_anchor, .. } = decision.change else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(source_anchor, None);
}

#[test]
fn a_person_of_the_cloud_is_matched_by_name_or_mail_and_gets_the_source_anchor() {
    let mut ann = object(WEST, 1, "ann");
    set(&mut ann, "mail", "Ann@Mail.Test");
    let by_name = cloud_person(7, "ANN@west.test");
    let mut by_mail = cloud_person(8, "other@cloud.test");
    by_mail.attributes.mail = Some("ann@mail.test".into());
    for (person, by) in [(by_name, "userPrincipalName"), (by_mail, "mail")] {
        let user = person.id;
        let mut candidates = Candidates::new(vec![person]);
        let decision = decide(&ann, &mut candidates, &Rules::default(), &[], &mut || {
            id(99)
        });
        let by = by.to_owned();
        assert_eq!(decision.reasons[0], Reason::SoftMatch { user, by });
        let Change::Update { source_anchor, .. } = decision.change else {
            panic!("{:?}", decision.change);
        };
        assert_eq!(source_anchor, Some(anchor(1)));
        let joined = candidates.person(user).unwrap();
        assert_eq!(joined.origin, Origin::Synchronised);
        assert_eq!(joined.source_anchor, Some(anchor(1)));
        assert_eq!(joined.accounts, [Account::from(&ann)]);
        assert_eq!(joined.attributes.user_principal_name, "ann@west.test");
    }
}

#[test]
fn nobody_who_was_removed_is_found_by_name() {
    let mut person = cloud_person(7, "ann@west.test");
    person.removed_at = Some(Timestamp::UNIX_EPOCH);
    let decision = decided(&object(WEST, 1, "ann"), &[person]);
    assert!(matches!(decision.change, Change::Add { .. }));
}

#[test]
fn the_next_object_of_a_batch_meets_the_results_of_the_one_before() {
    let mut candidates = Candidates::default();
    let rules = Rules::default();
    let mut numbers = 50..;
    let mut new_user = || id(numbers.next().unwrap());
    let ann = object(WEST, 1, "ann");
    let mut second = object(EAST, 2, "ann");
    set(&mut second, "userPrincipalName", "ann@west.test");
    let first = decide(&ann, &mut candidates, &rules, &[], &mut new_user);
    let second = decide(&second, &mut candidates, &rules, &[], &mut new_user);
    assert!(matches!(first.change, Change::Add { .. }));
    assert_eq!(second.change, Change::None);
    assert_eq!(second.problems[0].name(), "duplicate-upn");
}

#[test]
fn a_name_that_the_batch_gave_up_can_be_taken_by_the_next() {
    let (mut bob, mut ann) = (object(WEST, 1, "bob"), object(WEST, 2, "ann"));
    set(&mut bob, "mail", "bob@west.test");
    let people = vec![made_of(7, &mut bob), made_of(8, &mut ann)];
    set(&mut bob, "userPrincipalName", "bobby@west.test");
    set(&mut bob, "mail", "bobby@west.test");
    set(&mut ann, "mail", "bob@west.test");
    set(&mut ann, "userPrincipalName", "bob@west.test");
    let mut candidates = Candidates::new(people);
    for object in [bob, ann] {
        let rules = Rules::default();
        let decision = decide(&object, &mut candidates, &rules, &[], &mut || id(99));
        assert!(matches!(decision.change, Change::Update { .. }));
        assert_eq!(decision.problems, []);
    }
}

#[test]
fn conditions_do_not_look_at_case() {
    let holds = |condition: Condition| {
        let mut ann = object(WEST, 1, "ann");
        set(&mut ann, "department", "Sales East");
        set(&mut ann, "info", "  ");
        let decision = decided_by(&ann, &[], &with_filter(vec![condition]));
        matches!(decision.change, Change::Add { .. })
    };
    let attribute = || "Department".to_owned();
    let value = |value: &str| value.to_owned();
    assert!(holds(Condition::Present {
        attribute: attribute()
    }));
    assert!(!holds(Condition::Absent {
        attribute: attribute()
    }));
    let info = || "info".to_owned();
    assert!(!holds(Condition::Present { attribute: info() }));
    assert!(holds(Condition::Absent { attribute: info() }));
    for (text, equal, starts) in [
        ("sales east", true, true),
        ("SALES", false, true),
        ("east", false, false),
    ] {
        assert_eq!(
            holds(Condition::Equals {
                attribute: attribute(),
                value: value(text)
            }),
            equal
        );
        assert_eq!(
            holds(Condition::NotEquals {
                attribute: attribute(),
                value: value(text)
            }),
            !equal
        );
        assert_eq!(
            holds(Condition::StartsWith {
                attribute: attribute(),
                value: value(text)
            }),
            starts
        );
    }
}

#[test]
fn keys_name_everybody_whom_a_batch_may_concern() {
    let mut ann = object(WEST, 1, "Ann");
    set(&mut ann, "mail", "Ann@Mail.Test");
    ann.consistency_guid = Some(anchor(9));
    let mut gone = object(WEST, 2, "bob");
    gone.joined = Some(id(2));
    gone.gone = Some(Gone::Deleted);
    let mut group = object(WEST, 3, "staff");
    group.kind = ObjectKind::Group;
    let keys = keys(&[ann, gone, group], &Rules::default());
    assert_eq!(Vec::from_iter(keys.users), [id(2)]);
    assert_eq!(Vec::from_iter(keys.anchors), [anchor(9)]);
    assert_eq!(Vec::from_iter(keys.upns), ["ann@west.test"]);
    assert_eq!(Vec::from_iter(keys.mails), ["ann@mail.test"]);
}
