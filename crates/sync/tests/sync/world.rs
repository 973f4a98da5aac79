//! A cloud in memory, which carries decisions out as the real one does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use writeback_model::{DomainName, SourceAnchor, UserId};
use writeback_sync::{
    Account, Candidates, Change, Decision, Object, Origin, Person, Problem, Rules, Standing,
    decide, keys,
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
    made: u8,
}

pub fn key(object: &Object) -> Key {
    (object.forest.clone(), object.anchor)
}

impl World {
    pub fn with(people: impl IntoIterator<Item = Person>) -> Self {
        Self {
            people: people.into_iter().map(|it| (it.id, it)).collect(),
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

    /// Decides about one object, and nothing else.
    pub fn decide(&self, key: &Key) -> (Decision, Candidates) {
        let object = &self.objects[key];
        let keys = keys(std::slice::from_ref(object), &self.rules);
        let has = |names: &BTreeSet<String>, name: &str| names.contains(&name.to_lowercase());
        let is_candidate = |it: &Person| {
            let it_names = &it.attributes;
            keys.users.contains(&it.id)
                || it
                    .source_anchor
                    .is_some_and(|it| keys.anchors.contains(&it))
                || it.removed_at.is_none()
                    && (has(&keys.upns, &it_names.user_principal_name)
                        || it_names
                            .mail
                            .as_ref()
                            .is_some_and(|it| has(&keys.mails, it)))
        };
        let mut people = self.people();
        people.retain(is_candidate);
        let mut candidates = Candidates::new(people);
        let new = || id(100 + self.made);
        let decision = decide(object, &mut candidates, &self.rules, &[], &mut || new());
        (decision, candidates)
    }

    /// Decides about one object and carries it out.
    pub fn sync(&mut self, key: &Key) -> Decision {
        let (decision, candidates) = self.decide(key);
        self.pending.remove(key);
        self.errors.remove(key);
        if decision.problems.iter().any(Problem::is_error) {
            self.errors.insert(key.clone());
        }
        let join = |world: &mut Self, to| world.objects.get_mut(key).unwrap().joined = to;
        match decision.change.clone() {
            Change::None => return decision,
            Change::Add {
                user,
                source_anchor,
                attributes,
                standing,
            } => {
                self.made += 1;
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
                join(self, Some(user));
            }
            Change::Update {
                user,
                source_anchor,
                attributes,
                standing,
            } => {
                join(self, Some(user));
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
                join(self, None);
                self.people.get_mut(&user).unwrap().standing = standing;
                self.look_again(user, key);
            }
            Change::Remove { user, why } => {
                self.people.get_mut(&user).unwrap().removal = Some(why);
            }
        }
        self.candidates_agree(&candidates, &decision);
        decision
    }

    fn look_again(&mut self, user: UserId, except: &Key) {
        let others = self.joined_to(user).map(key).filter(|it| it != except);
        let others: Vec<_> = others.collect();
        self.pending.extend(others);
    }

    /// What the next object of the batch would meet is what the next batch would.
    fn candidates_agree(&self, candidates: &Candidates, decision: &Decision) {
        let (Change::Add { user, .. }
        | Change::Update { user, .. }
        | Change::Leave { user, .. }
        | Change::Remove { user, .. }) = decision.change
        else {
            return;
        };
        let sorted = |mut person: Person| {
            person
                .accounts
                .sort_by_key(|it| (it.forest.clone(), it.anchor));
            person
        };
        let there = candidates.person(user).unwrap().clone();
        assert_eq!(sorted(there), sorted(self.person(user)));
    }

    /// Synchronises what is pending, again and again, until nothing changes.
    pub fn settle(&mut self) {
        for _ in 0..ROUNDS {
            let due: Vec<_> = self.pending.union(&self.errors).cloned().collect();
            let mut is_at_rest = true;
            for key in due {
                is_at_rest &= self.sync(&key).change == Change::None;
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
                person.standing = Standing::None;
                person.id
            })
            .collect()
    }

    pub fn errors(&self) -> &BTreeSet<Key> {
        &self.errors
    }
}
