//! What holds whatever is imported, in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, option, prelude::*};
use writeback_model::UserId;
use writeback_sync::{Change, Gone, Object, Person, Rules, Standing, flow};

use crate::{
    make::*,
    world::{self, Key, World, key},
};

const FORESTS: [&str; 3] = [WEST, EAST, "north.test"];
const NAMES: [&str; 5] = ["ann", "Ann", "bob", "eve", "no name"];

/// A state of an object. Its mail address tells it from all others.
#[derive(Clone, Debug)]
struct State {
    forest: usize,
    number: u8,
    consistency_guid: Option<u8>,
    name: usize,
    enabled: bool,
    gone: Option<Gone>,
    in_group_scope: bool,
}

fn mail(forest: usize, number: u8) -> String {
    format!("{number}@{}", FORESTS[forest])
}

fn guid(forest: usize, number: u8) -> u8 {
    u8::try_from(forest).unwrap() * 10 + number
}

impl State {
    fn object(&self) -> Object {
        let mut object = object(
            FORESTS[self.forest],
            guid(self.forest, self.number),
            "account",
        );
        let upn = match NAMES[self.name] {
            "no name" => "no name".to_owned(),
            name => format!("{name}@people.test"),
        };
        set(&mut object, "userPrincipalName", &upn);
        set(&mut object, "mail", &mail(self.forest, self.number));
        object.consistency_guid = self.consistency_guid.map(anchor);
        object.enabled = self.enabled;
        object.gone = self.gone;
        object.in_group_scope = self.in_group_scope;
        object
    }
}

fn states() -> impl Strategy<Value = State> {
    let gone = prop_oneof![
        6 => Just(None),
        1 => Just(Some(Gone::Deleted)),
        1 => Just(Some(Gone::OutOfScope)),
    ];
    let anchors = prop_oneof![2 => Just(None), 3 => (200_u8..203).prop_map(Some), 1 => (0_u8..3).prop_map(Some)];
    let ids = (0..FORESTS.len(), 0_u8..3, anchors);
    let rest = (
        0..NAMES.len(),
        any::<bool>(),
        gone,
        prop::bool::weighted(0.9),
    );
    (ids, rest).prop_map(
        |((forest, number, consistency_guid), (name, enabled, gone, in_group_scope))| State {
            forest,
            number,
            consistency_guid,
            name,
            enabled,
            gone,
            in_group_scope,
        },
    )
}

#[derive(Clone, Debug)]
enum Step {
    Import(State),
    SyncOne(usize),
    SyncForest(usize),
    Settle,
    Export,
    GrantAdminRole(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => states().prop_map(Step::Import),
        6 => any::<usize>().prop_map(Step::SyncOne),
        2 => (0..FORESTS.len()).prop_map(Step::SyncForest),
        2 => Just(Step::Settle),
        1 => Just(Step::Export),
        1 => any::<usize>().prop_map(Step::GrantAdminRole),
    ];
    vec(step, 1..40)
}

/// People of the cloud alone, administrators among them, with no two names alike.
fn cloud_people() -> impl Strategy<Value = Vec<Person>> {
    let person = (
        0..NAMES.len(),
        option::of((0..FORESTS.len(), 0_u8..3)),
        option::of(200_u8..203),
        any::<bool>(),
    );
    vec(person, 0..3).prop_map(|people| {
        let mut taken = BTreeSet::new();
        let mut numbers = 1_u8..;
        let person =
            |(name, address, source_anchor, is_admin): (usize, Option<_>, Option<_>, _)| {
                let upn = format!("{}@people.test", NAMES[name]);
                let mut person = cloud_person(numbers.next().unwrap(), &upn);
                person.attributes.mail = address.map(|(forest, number)| mail(forest, number));
                person.source_anchor = source_anchor.map(anchor);
                person.holds_admin_role = is_admin;
                (taken.insert(upn.to_lowercase())
                    && source_anchor.is_none_or(|it| taken.insert(it.to_string())))
                .then_some(person)
            };
        people.into_iter().filter_map(person).collect()
    })
}

/// Synchronises some objects of a forest and looks at what was done.
fn sync(world: &mut World, batch: &[Key]) {
    let admins = accounts_of_admins(world);
    let decisions = world.sync(batch);
    if let ([key], [decision]) = (batch, &*decisions) {
        if let Change::Remove { user, .. } = decision.change {
            let others = world.joined_to(user).filter(|it| world::key(it) != *key);
            assert_eq!(others.count(), 0, "removed in spite of another account");
        }
        let (again, _) = world.decide(batch);
        assert_eq!(again[0].change, Change::None, "after {decision:#?}");
    }
    for (admin, accounts) in accounts_of_admins(world) {
        assert!(
            accounts.is_subset(&admins[&admin]),
            "an administrator joined"
        );
    }
    names_are_unique(world);
    targets_have_their_own_attributes(world);
}

fn accounts_of_admins(world: &World) -> BTreeMap<UserId, BTreeSet<Key>> {
    let admins = world.people().into_iter().filter(|it| it.holds_admin_role);
    admins
        .map(|it| (it.id, world.joined_to(it.id).map(key).collect()))
        .collect()
}

fn names_are_unique(world: &World) {
    let mut names = BTreeSet::new();
    for person in world.people() {
        let name = person.attributes.user_principal_name.to_lowercase();
        assert!(
            person.removed_at.is_some() || names.insert(name),
            "two people have one name"
        );
    }
}

/// A code never goes to an address of one directory for a password in another.
fn targets_have_their_own_attributes(world: &World) {
    for person in world.people() {
        if let Some(target) = person.standing.target() {
            let object = &world.objects[&(target.forest.clone(), target.anchor)];
            assert_eq!(object.joined, Some(person.id));
            assert_eq!(person.attributes.mail.as_deref(), object.first("mail"));
        }
    }
}

fn settle(world: &mut World) {
    world.settle();
    names_are_unique(world);
    targets_have_their_own_attributes(world);
    let in_scope = |it: &&Object| it.gone.is_none() && it.in_group_scope;
    for person in world.people() {
        let accounts: Vec<_> = world.joined_to(person.id).collect();
        let there: Vec<_> = accounts.iter().copied().filter(|it| in_scope(it)).collect();
        let is_to_go = person.removal.is_some() || person.removed_at.is_some();
        if !accounts.is_empty() && !accounts.iter().any(|it| world.errors().contains(&key(it))) {
            assert_eq!(there.is_empty(), is_to_go, "{person:#?}");
        }
        for object in there {
            let is_target = person
                .standing
                .target()
                .is_some_and(|it| (it.forest.clone(), it.anchor) == key(object));
            if is_target && !world.errors().contains(&key(object)) {
                let (attributes, _, _) = flow(object, &Rules::default(), &[]);
                assert_eq!(person.attributes, attributes);
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_goes_wrong_whatever_is_imported(people in cloud_people(), steps in steps()) {
        let mut world = World::with(people);
        for step in steps {
            match step {
                Step::Import(state) => world.import(state.object()),
                Step::SyncOne(number) if !world.objects.is_empty() => {
                    let keys: Vec<_> = world.objects.keys().cloned().collect();
                    sync(&mut world, &[keys[number % keys.len()].clone()]);
                }
                Step::SyncForest(number) => {
                    let forest = domain(FORESTS[number]);
                    let keys = world.objects.keys().filter(|(it, _)| *it == forest);
                    let batch: Vec<_> = keys.cloned().collect();
                    sync(&mut world, &batch);
                }
                Step::Settle => settle(&mut world),
                Step::Export => {
                    for user in world.export() {
                        prop_assert!(world.joined_to(user).count() < 2);
                    }
                }
                Step::GrantAdminRole(number) if !world.people().is_empty() => {
                    let people = world.people();
                    world.grant_admin_role(people[number % people.len()].id);
                }
                Step::SyncOne(_) | Step::GrantAdminRole(_) => {}
            }
        }
        settle(&mut world);
    }
}

/// What an observer sees at the end. Attributes of somebody with two enabled accounts are those
/// that came first, on purpose.
fn seen(world: &World) -> impl PartialEq + std::fmt::Debug {
    let in_scope = |it: &&Object| it.gone.is_none() && it.in_group_scope;
    let person = |person: Person| {
        let accounts: BTreeSet<_> = world
            .joined_to(person.id)
            .filter(in_scope)
            .map(key)
            .collect();
        let attributes = match person.standing {
            Standing::Target(_) if person.removal.is_none() => Some(person.attributes),
            _ => None,
        };
        let standing = (!accounts.is_empty()).then_some(person.standing);
        let is_to_go = person.removal.is_some();
        (
            person.source_anchor,
            accounts,
            standing,
            attributes,
            is_to_go,
        )
    };
    world.people().into_iter().map(person).collect::<Vec<_>>()
}

/// The same person's account in one forest, with its states over time.
fn histories(forest: usize, length: usize) -> impl Strategy<Value = Vec<State>> {
    vec(states(), 1..=length).prop_map(move |mut states| {
        for state in &mut states {
            state.forest = forest;
            state.number = 0;
            state.consistency_guid = Some(200);
        }
        states
    })
}

fn after(people: Vec<Person>, states: impl IntoIterator<Item = State>) -> World {
    let mut world = World::with(people);
    for state in states {
        world.import(state.object());
        world.settle();
    }
    world
}

proptest! {
    #[test]
    fn the_order_of_a_persons_two_objects_does_not_matter(
        one in histories(0, 1),
        two in histories(1, 1),
        somebody_else in option::of(0..NAMES.len()),
    ) {
        // Somebody whom no object can be, and who may have the name of one.
        let other = somebody_else.map(|name| {
            let mut person = cloud_person(1, &format!("{}@people.test", NAMES[name]));
            person.source_anchor = Some(anchor(250));
            person
        });
        let people = Vec::from_iter(other);
        let forth = after(people.clone(), one.iter().chain(&two).cloned());
        let back = after(people, two.iter().chain(&one).cloned());
        prop_assert_eq!(seen(&forth), seen(&back));
    }

    #[test]
    fn how_changes_of_a_persons_two_objects_interleave_does_not_matter(
        one in histories(0, 4),
        two in histories(1, 4),
        turns in vec(any::<bool>(), 8),
    ) {
        // A name that cannot be keeps the one from before: that is meant to depend on it.
        let good = |states: Vec<State>| {
            states.into_iter().map(|it| State { name: it.name % 4, ..it }).collect::<Vec<_>>()
        };
        let (one, two) = (good(one), good(two));
        let mut left = (one.clone().into_iter(), two.clone().into_iter());
        let mut mixed = Vec::new();
        for turn in turns {
            mixed.extend(if turn { left.0.next() } else { left.1.next() });
        }
        mixed.extend(left.0.chain(left.1));
        let forth = after(Vec::new(), one.iter().chain(&two).cloned());
        let mixed = after(Vec::new(), mixed);
        prop_assert_eq!(seen(&forth), seen(&mixed));
    }
}
