//! One person with accounts in two forests.

use jiff::Timestamp;
use writeback_sync::{Account, Change, Gone, Object, Person, Problem, Reason, Removal, Standing};

use crate::make::*;

/// Accounts of one person in both forests, joined; the one in the west made them.
fn both() -> (Object, Object, Person) {
    let mut west = object(WEST, 1, "ann");
    let mut east = object(EAST, 2, "ann.east");
    east.consistency_guid = Some(anchor(1));
    east.enabled = false;
    let mut person = made_of(7, &mut west);
    east.joined = Some(id(7));
    person.accounts.push(Account::from(&east));
    (west, east, person)
}

fn now(person: &mut Person, objects: &[&Object]) {
    person.accounts = objects.iter().map(|it| Account::from(*it)).collect();
}

#[test]
fn a_disabled_account_in_another_forest_joins_and_changes_nothing() {
    let (_, mut east, mut person) = both();
    east.joined = None;
    person.accounts.pop();
    let decision = decided(&east, std::slice::from_ref(&person));
    let user = id(7);
    assert_eq!(
        decision.change,
        Change::Update {
            user,
            source_anchor: None,
            attributes: person.attributes,
            standing: person.standing,
        }
    );
    assert_eq!(
        decision.reasons,
        [Reason::HardMatch { user }, Reason::NotTheTarget]
    );
    assert_eq!(decision.problems, []);
}

#[test]
fn two_enabled_accounts_leave_no_target_and_the_attributes_as_they_are() {
    let (west, mut east, mut person) = both();
    east.enabled = true;
    now(&mut person, &[&west, &east]);
    let decision = decided(&east, std::slice::from_ref(&person));
    let Change::Update {
        attributes,
        standing,
        ..
    } = &decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(*attributes, person.attributes);
    assert_eq!(*standing, Standing::EnabledTwice);
    let forest = WEST.to_owned();
    assert_eq!(decision.problems, [Problem::EnabledInTwoForests { forest }]);
    assert_eq!(
        decision.reasons[2].text(),
        "password target: none, two accounts are enabled (was: the account in west.test)"
    );
    // The other one says so, too, when it is looked at again.
    person.standing = Standing::EnabledTwice;
    let decision = decided(&west, &[person]);
    assert_eq!(decision.change, Change::None);
    let forest = EAST.to_owned();
    assert_eq!(decision.problems, [Problem::EnabledInTwoForests { forest }]);
}

#[test]
fn the_target_moves_together_with_the_attributes() {
    let (mut west, mut east, mut person) = both();
    west.enabled = false;
    east.enabled = true;
    now(&mut person, &[&west, &east]);
    // The account that is to be the target was not looked at: nothing else of it is known.
    let decision = decided(&west, std::slice::from_ref(&person));
    let Change::Update {
        attributes,
        standing,
        ..
    } = decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(attributes, person.attributes);
    assert_eq!(standing, Standing::None);
    person.standing = Standing::None;
    assert_eq!(
        decided(&west, std::slice::from_ref(&person)).change,
        Change::None
    );

    let decision = decided(&east, &[person]);
    let Change::Update {
        attributes,
        standing,
        ..
    } = decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(attributes.user_principal_name, "ann.east@east.test");
    assert_eq!(standing, Standing::Target(Account::from(&east)));
}

#[test]
fn of_disabled_accounts_the_first_by_forest_is_the_target() {
    let (mut west, east, mut person) = both();
    west.enabled = false;
    now(&mut person, &[&west, &east]);
    let decision = decided(&east, &[person]);
    let Change::Update { standing, .. } = decision.change else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(standing, Standing::Target(Account::from(&east)));
}

#[test]
fn a_person_stays_through_the_other_account() {
    let (mut west, east, person) = both();
    west.gone = Some(Gone::Deleted);
    let decision = decided(&west, std::slice::from_ref(&person));
    let user = id(7);
    assert_eq!(
        decision.change,
        Change::Leave {
            user,
            standing: Standing::None
        }
    );
    assert_eq!(decision.reasons.len(), 4);
    assert_eq!(
        decision.reasons[2],
        Reason::StaysThrough {
            forest: domain(EAST)
        }
    );
    // Had the other one gone, the target would be what it was.
    let mut east = east;
    east.gone = Some(Gone::NotFound);
    let decision = decided(&east, std::slice::from_ref(&person));
    let standing = person.standing;
    assert_eq!(decision.change, Change::Leave { user, standing });
}

#[test]
fn a_bad_name_on_an_account_that_gives_no_attributes_matters_to_nobody() {
    let (_, mut east, mut person) = both();
    east.joined = None;
    person.accounts.pop();
    set(&mut east, "userPrincipalName", "no name");
    let decision = decided(&east, &[person]);
    assert!(matches!(decision.change, Change::Update { .. }));
    assert_eq!(decision.problems, []);
}

#[test]
fn an_account_that_moves_to_another_domain_of_its_forest_is_the_target_there() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    ann.domain = domain("sub.west.test");
    let decision = decided(&ann, &[person]);
    let Change::Update { standing, .. } = decision.change else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(standing, Standing::Target(Account::from(&ann)));
}

#[test]
fn who_comes_back_through_another_account_has_no_target_until_the_old_one_has_left() {
    let (mut west, mut east, mut person) = both();
    west.gone = Some(Gone::Deleted);
    east.joined = None;
    now(&mut person, &[&west]);
    person.removal = Some(Removal::Deleted);
    person.removed_at = Some(Timestamp::UNIX_EPOCH);
    let decision = decided(&east, &[person]);
    let Change::Update {
        attributes,
        standing,
        ..
    } = decision.change
    else {
        panic!("{:?}", decision.change);
    };
    assert_eq!(attributes.user_principal_name, "ann.east@east.test");
    assert_eq!(standing, Standing::None);
}
