//! A cloud in memory, which carries decisions out as the real one does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use writeback_model::{DomainName, SourceAnchor, UserId};
use writeback_sync::{
    Account, Candidates, Change, Decision, Object, Origin, Person, Problem, Rules, decide, keys,
};

use crate::make::id;

/// An object's forest and `objectGUID`.
pub type Key = (DomainName, SourceAnchor);

/// Far more rounds than anything needs to come to rest.
const ROUNDS: usize = 12;

#[derive(Default)]
pub struct World {
    pub rules: Rules,
    pub objects: BTreeMap<Key, Object>,
    /// Without their accounts, which are what objects are joined to.
    people: BTreeMap<UserId, Person>,
    pending: BTreeSet<Key>,
    errors: BTreeSet<Key>,
    next: u8,
}

pub fn key(object: &Object) -> Key {
    (object.forest.clone(), object.anchor)
}

impl World {
    pub fn with(people: impl IntoIterator<Item = Person>) -> Self {
        Self {
            people: people.into_iter().map(|it| (it.id, it)).collect(),
            next: 100,
            ..Self::default()
        }
    }

    /// An import brings an object.
    pub fn import(&mut self, mut object: Object) {
        let key = key(&object);
        object.joined = self.objects.get(&key).and_then(|it| it.joined);
        self.pending.insert(key.clone());
        self.objects.insert(key, object);
    }

    pub fn people(&self) -> Vec<Person> {
        let ids = self.people.keys();
        ids.map(|id| self.person(*id)).collect()
    }

    pub fn person(&self, id: UserId) -> Person {
        Person {
            accounts: self.joined_to(id).map(Account::from).collect(),
            ..self.people[&id].clone()
        }
    }

    pub fn joined_to(&self, id: UserId) -> impl Iterator<Item = &Object> {
        let objects = self.objects.values();
        objects.filter(move |it| it.joined == Some(id))
    }

    pub fn grant_admin_role(&mut self, id: UserId) {
        self.people.get_mut(&id).unwrap().holds_admin_role = true;
    }

    /// Decides about some objects of a forest, one after the other, and does nothing.
    pub fn decide(&self, batch: &[Key]) -> (Vec<Decision>, Candidates) {
        let objects: Vec<_> = batch.iter().map(|it| self.objects[it].clone()).collect();
        let keys = keys(&objects, &self.rules);
        let has = |names: &BTreeSet<String>, name: &str| names.contains(&name.to_lowercase());
        let is_candidate = |it: &Person| {
            let named = &it.attributes;
            keys.users.contains(&it.id)
                || it
                    .source_anchor
                    .is_some_and(|it| keys.anchors.contains(&it))
                || it.removed_at.is_none()
                    && (has(&keys.upns, &named.user_principal_name)
                        || named.mail.as_ref().is_some_and(|it| has(&keys.mails, it)))
        };
        let mut people = self.people();
        people.retain(is_candidate);
        let mut candidates = Candidates::new(people);
        let mut numbers = self.next..;
        let mut new = || id(numbers.next().unwrap());
        let decisions = objects
            .iter()
            .map(|it| decide(it, &mut candidates, &self.rules, &[], &mut new))
            .collect();
        (decisions, candidates)
    }

    /// Decides about some objects of a forest and carries it out.
    pub fn sync(&mut self, batch: &[Key]) -> Vec<Decision> {
        let (decisions, candidates) = self.decide(batch);
        for key in batch {
            self.pending.remove(key);
            self.errors.remove(key);
        }
        for (key, decision) in batch.iter().zip(&decisions) {
            self.apply(key, decision);
        }
        // What the next object of the batch would meet is what the next batch would.
        let sorted = |mut person: Person| {
            person
                .accounts
                .sort_by_key(|it| (it.forest.clone(), it.anchor));
            person
        };
        for person in self.people() {
            if let Some(there) = candidates.person(person.id) {
                assert_eq!(sorted(there.clone()), sorted(person));
            }
        }
        decisions
    }

    fn apply(&mut self, key: &Key, decision: &Decision) {
        if decision.problems.iter().any(Problem::is_error) {
            self.errors.insert(key.clone());
        }
        match decision.change.clone() {
            Change::None => {}
            Change::Add {
                user,
                source_anchor,
                attributes,
                standing,
            } => {
                self.next += 1;
                let new = Person {
                    id: user,
                    origin: Origin::Synchronised,
                    source_anchor: Some(source_anchor),
                    attributes,
                    standing,
                    accounts: Vec::new(),
                    holds_admin_role: false,
                    removal: None,
                    removed_at: None,
                };
                assert_eq!(self.people.insert(user, new), None);
                self.join(key, Some(user));
            }
            Change::Update {
                user,
                source_anchor,
                attributes,
                standing,
            } => {
                self.join(key, Some(user));
                let person = self.people.get_mut(&user).unwrap();
                person.origin = Origin::Synchronised;
                person.source_anchor = person.source_anchor.or(source_anchor);
                person.attributes = attributes;
                person.standing = standing;
                person.removal = None;
                person.removed_at = None;
                self.look_again(user, key);
            }
            Change::Leave { user, standing } => {
                self.join(key, None);
                self.people.get_mut(&user).unwrap().standing = standing;
                self.look_again(user, key);
            }
            Change::Remove { user, why } => {
                self.people.get_mut(&user).unwrap().removal = Some(why);
            }
        }
    }

    fn join(&mut self, key: &Key, to: Option<UserId>) {
        self.objects.get_mut(key).unwrap().joined = to;
    }

    fn look_again(&mut self, user: UserId, except: &Key) {
        let others = self.joined_to(user).map(key).filter(|it| it != except);
        let others: Vec<_> = others.collect();
        self.pending.extend(others);
    }

    /// Synchronises what is pending, again and again, until nothing changes.
    pub fn settle(&mut self) {
        for _ in 0..ROUNDS {
            let due: Vec<_> = self.pending.union(&self.errors).cloned().collect();
            let mut is_at_rest = true;
            for key in due {
                is_at_rest &= self.sync(&[key])[0].change == Change::None;
            }
            if is_at_rest && self.pending.is_empty() {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    /// Carries staged removals out; whom it removed.
    pub fn export(&mut self) -> Vec<UserId> {
        let staged = |it: &&mut Person| it.removal.is_some() && it.removed_at.is_none();
        let staged = self.people.values_mut().filter(staged);
        staged
            .map(|person| {
                person.removed_at = Some(Timestamp::UNIX_EPOCH);
                person.id
            })
            .collect()
    }

    pub fn errors(&self) -> &BTreeSet<Key> {
        &self.errors
    }
}
