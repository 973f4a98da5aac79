//! Previews as an operator reads them.

use writeback_sync::{Account, Gone, Rules, decide, preview};

use crate::make::*;

fn shown(object: &writeback_sync::Object, people: &[writeback_sync::Person]) -> String {
    preview(object, &decided(object, people))
}

#[test]
fn a_new_person() {
    let mut ann = object(WEST, 1, "ann");
    ann.netbios = Some("WEST".into());
    set(&mut ann, "displayName", "Ann Archer");
    ann.attributes.insert(
        "proxyAddresses".into(),
        vec![
            "smtp:old@west.test".into(),
            "SMTP:ann.archer@west.test".into(),
        ],
    );
    let mut candidates = writeback_sync::Candidates::default();
    let suffixes = ["other.test".to_owned()];
    let decision = decide(
        &ann,
        &mut candidates,
        &Rules::default(),
        &suffixes,
        &mut || id(99),
    );
    insta::assert_snapshot!(preview(&ann, &decision));
}

#[test]
fn nothing_to_do() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    insta::assert_snapshot!(shown(&ann, &[person]));
}

#[test]
fn a_renamed_person_of_the_cloud() {
    let mut ann = object(WEST, 1, "ann");
    set(&mut ann, "mail", "ann@mail.test");
    let mut person = cloud_person(7, "ann.archer@cloud.test");
    person.attributes.mail = Some("ann@mail.test".into());
    insta::assert_snapshot!(shown(&ann, &[person]));
}

#[test]
fn a_name_that_is_taken() {
    let ann = object(WEST, 1, "ann");
    let mut other = made_of(7, &mut object(EAST, 2, "ann"));
    other.attributes.user_principal_name = "ann@west.test".into();
    insta::assert_snapshot!(shown(&ann, &[other]));
}

#[test]
fn a_removal() {
    let mut ann = object(WEST, 1, "ann");
    let person = made_of(7, &mut ann);
    ann.gone = Some(Gone::OutOfScope);
    insta::assert_snapshot!(shown(&ann, &[person]));
}

#[test]
fn a_second_enabled_account() {
    let mut ann = object(EAST, 2, "ann");
    ann.consistency_guid = Some(anchor(1));
    let person = made_of(7, &mut object(WEST, 1, "ann"));
    insta::assert_snapshot!(shown(&ann, &[person]));
}

#[test]
fn an_account_less() {
    let mut west = object(WEST, 1, "ann");
    let mut person = made_of(7, &mut west);
    let mut east = object(EAST, 2, "ann");
    east.enabled = false;
    person.accounts.push(Account::from(&east));
    west.gone = Some(Gone::Deleted);
    insta::assert_snapshot!(shown(&west, &[person]));
}
