//! Objects and people to decide about.

use std::collections::BTreeMap;

use uuid::Uuid;
use writeback_model::{DomainName, SourceAnchor, UserId};
use writeback_sync::{
    Account, Attributes, Candidates, Decision, Object, ObjectKind, Origin, Person, Rules, Standing,
    decide, flow,
};

pub const WEST: &str = "west.test";
pub const EAST: &str = "east.test";

pub fn anchor(number: u8) -> SourceAnchor {
    SourceAnchor::try_from_bytes(&[number; 16]).unwrap()
}

pub fn id(number: u8) -> UserId {
    UserId::from_uuid(Uuid::from_bytes([number; 16]))
}

pub fn domain(name: &str) -> DomainName {
    name.parse().unwrap()
}

/// An enabled account named `name@forest`.
pub fn object(forest: &str, number: u8, name: &str) -> Object {
    let attributes = BTreeMap::new();
    let mut object = Object {
        forest: domain(forest),
        domain: domain(forest),
        netbios: None,
        anchor: anchor(number),
        kind: ObjectKind::User,
        dn: format!("CN={name},OU=People,{}", domain(forest).base_dn()),
        consistency_guid: None,
        enabled: true,
        account_expires: None,
        attributes,
        joined: None,
        in_group_scope: true,
        gone: None,
    };
    set(&mut object, "sAMAccountName", name);
    set(
        &mut object,
        "userPrincipalName",
        &format!("{name}@{forest}"),
    );
    object
}

pub fn set(object: &mut Object, name: &str, value: &str) {
    object.attributes.insert(name.into(), vec![value.into()]);
}

/// A person of the cloud alone.
pub fn cloud_person(number: u8, upn: &str) -> Person {
    Person {
        id: id(number),
        origin: Origin::Cloud,
        source_anchor: None,
        attributes: Attributes {
            user_principal_name: upn.into(),
            enabled: true,
            ..Attributes::default()
        },
        standing: Standing::None,
        accounts: Vec::new(),
        holds_admin_role: false,
        removal: None,
        removed_at: None,
    }
}

/// The person whom an object made, and the object joined to them.
pub fn made_of(number: u8, object: &mut Object) -> Person {
    object.joined = Some(id(number));
    let (attributes, _, _) = flow(object, &Rules::default(), &[]);
    Person {
        origin: Origin::Synchronised,
        source_anchor: Some(object.source_anchor()),
        attributes,
        standing: Standing::Target(Account::from(&*object)),
        accounts: vec![Account::from(&*object)],
        ..cloud_person(number, "")
    }
}

/// Decides with the default rules; a new person is number 99.
pub fn decided(object: &Object, people: &[Person]) -> Decision {
    decided_by(object, people, &Rules::default())
}

pub fn decided_by(object: &Object, people: &[Person], rules: &Rules) -> Decision {
    let mut candidates = Candidates::new(people.to_vec());
    decide(object, &mut candidates, rules, &[], &mut || id(99))
}
