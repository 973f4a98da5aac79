//! The people that a batch of objects may meet.

use std::collections::{BTreeMap, BTreeSet};

use writeback_model::{SourceAnchor, UserId};

use crate::{Change, Decision, Object, ObjectKind, Origin, Person, Rules, flow};

/// What candidates are looked up by. All names are lower case (`to_lowercase`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The people whom objects are joined to.
    pub users: BTreeSet<UserId>,
    /// Source anchors.
    pub anchors: BTreeSet<SourceAnchor>,
    /// User principal names.
    pub upns: BTreeSet<String>,
    /// Primary mail addresses.
    pub mails: BTreeSet<String>,
}

/// Whom decisions about these objects may concern.
pub fn keys(objects: &[Object], rules: &Rules) -> Keys {
    let mut keys = Keys::default();
    for object in objects.iter().filter(|it| it.kind == ObjectKind::User) {
        keys.users.extend(object.joined);
        if rules.out_of_scope(object).is_some() {
            continue;
        }
        keys.anchors.insert(object.source_anchor());
        let (attributes, _, _) = flow(object, rules, &[]);
        keys.upns.extend(folded(&attributes.user_principal_name));
        keys.mails
            .extend(attributes.mail.as_deref().and_then(folded));
    }
    keys
}

/// A name as it is compared; none for an empty one.
pub(crate) fn folded(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_lowercase())
}

/// People that a batch of objects may meet. Each decision is applied to them, so that the next
/// object of the batch meets its results.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    people: BTreeMap<UserId, Person>,
    anchors: BTreeMap<SourceAnchor, BTreeSet<UserId>>,
    upns: BTreeMap<String, BTreeSet<UserId>>,
    mails: BTreeMap<String, BTreeSet<UserId>>,
}

impl Candidates {
    /// These people: everybody whom [`keys`] of the batch name.
    pub fn new(people: Vec<Person>) -> Self {
        let mut candidates = Self::default();
        for person in people {
            candidates.put(person);
        }
        candidates
    }

    /// One of them.
    pub fn person(&self, id: UserId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// Whoever has a source anchor, removed or not.
    pub(crate) fn by_anchor(&self, anchor: SourceAnchor) -> impl Iterator<Item = &Person> {
        self.all(self.anchors.get(&anchor))
    }

    /// Whoever has a user principal name and was not removed.
    pub(crate) fn by_upn(&self, name: &str) -> impl Iterator<Item = &Person> {
        self.all(folded(name).and_then(|name| self.upns.get(&name)))
    }

    /// Whoever has a primary mail address and was not removed.
    pub(crate) fn by_mail(&self, mail: &str) -> impl Iterator<Item = &Person> {
        self.all(folded(mail).and_then(|mail| self.mails.get(&mail)))
    }

    fn all(&self, ids: Option<&BTreeSet<UserId>>) -> impl Iterator<Item = &Person> {
        ids.into_iter()
            .flatten()
            .filter_map(|id| self.people.get(id))
    }

    /// Makes the people what a decision says.
    pub(crate) fn apply(&mut self, decision: &Decision) {
        let account = &decision.account;
        match &decision.change {
            Change::None => {}
            Change::Add {
                user,
                source_anchor,
                attributes,
                standing,
            } => self.put(Person {
                id: *user,
                origin: Origin::Synchronised,
                source_anchor: Some(*source_anchor),
                attributes: attributes.clone(),
                standing: standing.clone(),
                accounts: vec![account.clone()],
                holds_admin_role: false,
                removal: None,
                removed_at: None,
            }),
            Change::Update {
                user,
                source_anchor,
                attributes,
                standing,
            } => self.change(*user, |person| {
                person.origin = Origin::Synchronised;
                person.source_anchor = person.source_anchor.or(*source_anchor);
                person.attributes = attributes.clone();
                person.standing = standing.clone();
                person.accounts = person.accounts_with(account);
                person.removal = None;
                person.removed_at = None;
            }),
            Change::Leave { user, standing } => self.change(*user, |person| {
                person.standing = standing.clone();
                person.accounts = person.accounts_without(account);
            }),
            Change::Remove { user, why } => {
                self.change(*user, |person| person.removal = Some(*why));
            }
        }
    }

    fn change(&mut self, id: UserId, to: impl FnOnce(&mut Person)) {
        let Some(mut person) = self.people.remove(&id) else {
            return;
        };
        // A source anchor never changes.
        if let Some(name) = folded(&person.attributes.user_principal_name) {
            forget(&mut self.upns, &name, id);
        }
        if let Some(mail) = person.attributes.mail.as_deref().and_then(folded) {
            forget(&mut self.mails, &mail, id);
        }
        to(&mut person);
        self.put(person);
    }

    fn put(&mut self, person: Person) {
        let id = person.id;
        if let Some(anchor) = person.source_anchor {
            self.anchors.entry(anchor).or_default().insert(id);
        }
        if person.removed_at.is_none() {
            if let Some(name) = folded(&person.attributes.user_principal_name) {
                self.upns.entry(name).or_default().insert(id);
            }
            if let Some(mail) = person.attributes.mail.as_deref().and_then(folded) {
                self.mails.entry(mail).or_default().insert(id);
            }
        }
        self.people.insert(id, person);
    }
}

fn forget(index: &mut BTreeMap<String, BTreeSet<UserId>>, name: &str, id: UserId) {
    if let Some(ids) = index.get_mut(name) {
        ids.remove(&id);
    }
}
