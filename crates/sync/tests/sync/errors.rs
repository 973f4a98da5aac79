//! What keeps an object from becoming or changing a person.

use jiff::Timestamp;
use writeback_sync::{Change, Problem, Reason, Removal, Rules};

use crate::make::*;

fn no_hard_match() -> Rules {
    let mut rules = Rules::default();
    rules.matchers.hard_match = false;
    rules
}

fn no_soft_match() -> Rules {
    let mut rules = Rules::default();
    rules.matchers.soft_match = false;
    rules
}

#[test]
fn each_error_keeps_an_object_from_being_joined() {
    let ann = object(WEST, 1, "ann");
    let with = id(7);
    let same_name = cloud_person(7, "ann@west.test");
    let mut same_anchor = cloud_person(7, "x@cloud.test");
    same_anchor.source_anchor = Some(anchor(1));
    let mut other_anchor = cloud_person(7, "ann@west.test");
    other_anchor.source_anchor = Some(anchor(5));
    let mut same_name_admin = same_name.clone();
    same_name_admin.holds_admin_role = true;
    let mut same_anchor_admin = same_anchor.clone();
    same_anchor_admin.holds_admin_role = true;
    let mut synchronised = made_of(7, &mut object(EAST, 5, "ann"));
    synchronised.attributes.user_principal_name = "ANN@west.test".into();
    let mut in_forest = object(WEST, 2, "old");
    in_forest.consistency_guid = Some(anchor(1));
    let in_forest = made_of(7, &mut in_forest);
    let mut elsewhere_admin = made_of(7, &mut object(EAST, 1, "old"));
    elsewhere_admin.holds_admin_role = true;

    let on = Rules::default();
    let admin = Problem::MatchesAnAdministrator { with };
    let table = [
        (&same_anchor, &no_hard_match(), Problem::MatcherOff { with }),
        (&same_name, &no_soft_match(), Problem::MatcherOff { with }),
        (&same_name_admin, &on, admin.clone()),
        (&same_name_admin, &no_soft_match(), admin.clone()),
        (&same_anchor_admin, &on, admin.clone()),
        (&elsewhere_admin, &on, admin),
        (&in_forest, &on, Problem::DuplicateAnchor { with }),
        (&synchronised, &on, Problem::DuplicateUpn { with }),
        (&other_anchor, &on, Problem::DuplicateUpn { with }),
    ];
    for (person, rules, problem) in table {
        let decision = decided_by(&ann, std::slice::from_ref(person), rules);
        assert_eq!(decision.change, Change::None, "{problem:?}");
        assert_eq!(decision.problems, [problem]);
        let is_named = |it: &Reason| matches!(it, Reason::NotMatched { user, .. } if *user == with);
        assert!(decision.reasons.iter().any(is_named), "{decision:?}");
    }
}

#[test]
fn two_people_of_the_cloud_are_too_many() {
    let mut ann = object(WEST, 1, "ann");
    set(&mut ann, "mail", "ann@mail.test");
    let mut by_mail = cloud_person(8, "other@cloud.test");
    by_mail.attributes.mail = Some("ann@mail.test".into());
    let decision = decided(&ann, &[cloud_person(7, "ann@west.test"), by_mail]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.problems, [Problem::ManyMatches]);
}

#[test]
fn an_object_without_a_name_is_nobody() {
    let mut nameless = object(WEST, 1, "ann");
    nameless.attributes.clear();
    let decision = decided(&nameless, &[]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.problems, [Problem::NoAccountName]);
}

#[test]
fn the_same_mail_is_a_warning() {
    let mut ann = object(WEST, 1, "ann");
    set(&mut ann, "mail", "team@mail.test");
    let mut bob = object(WEST, 2, "bob");
    set(&mut bob, "mail", "Team@mail.test");
    let bob = made_of(7, &mut bob);
    let decision = decided(&ann, &[bob]);
    assert!(matches!(decision.change, Change::Add { .. }));
    assert_eq!(decision.problems, [Problem::DuplicateMail { with: id(7) }]);
}

#[test]
fn a_taken_name_changes_nothing_of_who_is_joined() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    let bob = made_of(8, &mut object(WEST, 2, "bob"));
    set(&mut ann, "userPrincipalName", "bob@west.test");
    set(&mut ann, "mobile", "+62 811 1000");
    let decision = decided(&ann, &[person.clone(), bob.clone()]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.problems, [Problem::DuplicateUpn { with: id(8) }]);

    // But a staged removal is taken back: the object is there.
    let mut staged = person.clone();
    staged.removal = Some(Removal::NotFound);
    let decision = decided(&ann, &[staged, bob.clone()]);
    let Change::Update {
        attributes,
        standing,
        ..
    } = &decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(*attributes, person.attributes);
    assert_eq!(*standing, person.standing);
    assert_eq!(decision.problems, [Problem::DuplicateUpn { with: id(8) }]);

    // And who was removed does not come back under a name that is taken.
    let mut removed = person;
    removed.removal = Some(Removal::NotFound);
    removed.removed_at = Some(Timestamp::UNIX_EPOCH);
    let decision = decided(&ann, &[removed, bob]);
    assert_eq!(decision.change, Change::None);
}

#[test]
fn a_removed_person_does_not_come_back_under_their_own_name_if_it_was_given_away() {
    let mut ann = object(WEST, 1, "ann");
    let mut person = made_of(7, &mut ann);
    person.removed_at = Some(Timestamp::UNIX_EPOCH);
    let decision = decided(&ann, &[person, cloud_person(8, "ann@west.test")]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.problems, [Problem::DuplicateUpn { with: id(8) }]);
}

#[test]
fn a_changed_source_anchor_is_a_warning_and_the_old_one_stays() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    ann.consistency_guid = Some(anchor(9));
    let decision = decided(&ann, &[person]);
    assert_eq!(decision.change, Change::None);
    assert_eq!(decision.problems, [Problem::AnchorChanged]);
}

#[test]
fn a_new_object_with_the_source_anchor_of_a_removed_one_is_the_same_person() {
    let mut old = object(WEST, 2, "old");
    old.consistency_guid = Some(anchor(1));
    let mut person = made_of(7, &mut old);
    person.removal = Some(Removal::Deleted);
    let decision = decided(&object(WEST, 1, "ann"), &[person]);
    assert!(matches!(decision.change, Change::Update { .. }));
    assert_eq!(decision.reasons[0], Reason::HardMatch { user: id(7) });
}
