//! What one object means for the people the cloud knows.

use writeback_model::UserId;

use crate::{
    Account, Attributes, Candidates, Change, Decision, Object, ObjectKind, Person, Problem, Reason,
    Removal, Rules, Standing, Target,
    candidates::folded,
    flow,
    matching::{self, Found},
    reasons,
    standing::standing,
};

/// Decides what an object asks for, and applies it to the candidates, so that the next object of
/// the batch meets the result. `candidates` hold everybody whom [`keys`](crate::keys) of the
/// object name; `forest_suffixes` are the domains and user principal name suffixes of its forest,
/// lower case, or empty where they are not known; `new_user` is asked for the identifier of a
/// new person.
///
/// - Groups, and objects that are not in scope and joined to nobody, are ignored.
/// - A joined object that is not in scope any more leaves its person, where they have another
///   account; else the person's removal is staged.
/// - A joined object in scope updates its person, takes a staged removal back and restores a
///   removed person.
/// - Any other object in scope is matched: by source anchor, then with people of the cloud. Who
///   matches nobody is added.
///
/// **Errors** ([`Problem::is_error`]): nobody is added or joined; a joined object stays joined,
/// and nothing of its person is updated until the error is mended, except that a staged removal
/// is taken back.
///
/// **Several accounts**: attributes are those of the account that passwords are written to, and
/// change together with it, never apart: codes are sent to addresses of the same directory that
/// the password is written to. So when the target moves to an account other than the one decided
/// about, there is no target ([`Standing::None`]) until that one is decided about. Where two
/// accounts are enabled the attributes stay as they are.
pub fn decide(
    object: &Object,
    candidates: &mut Candidates,
    rules: &Rules,
    forest_suffixes: &[String],
    new_user: &mut dyn FnMut() -> UserId,
) -> Decision {
    let mut deciding = Deciding {
        object,
        account: Account::from(object),
        candidates,
        problems: Vec::new(),
        reasons: Vec::new(),
    };
    let change = deciding.change(rules, forest_suffixes, new_user);
    let decision = Decision {
        account: deciding.account,
        change,
        problems: deciding.problems,
        reasons: deciding.reasons,
    };
    candidates.apply(&decision);
    decision
}

/// One decision on its way.
struct Deciding<'a> {
    object: &'a Object,
    account: Account,
    candidates: &'a Candidates,
    problems: Vec<Problem>,
    reasons: Vec<Reason>,
}

/// What the attribute flow gave.
struct Flowed {
    attributes: Attributes,
    problems: Vec<Problem>,
    sources: Vec<(Target, String)>,
}

impl<'a> Deciding<'a> {
    fn change(
        &mut self,
        rules: &Rules,
        forest_suffixes: &[String],
        new_user: &mut dyn FnMut() -> UserId,
    ) -> Change {
        let object = self.object;
        if object.kind == ObjectKind::Group {
            return self.ignore("a group");
        }
        let joined = object.joined.and_then(|id| self.candidates.person(id));
        if let Some(person) = joined {
            self.reasons.push(Reason::Joined { user: person.id });
        }
        match (joined, rules.out_of_scope(object)) {
            (None, Some(why)) => return self.ignore(&format!("not in scope: {}", why.text())),
            (Some(person), Some(why)) => return self.out_of_scope(person, why),
            (_, None) => {}
        }
        let (attributes, problems, sources) = flow(object, rules, forest_suffixes);
        let flowed = Flowed {
            attributes,
            problems,
            sources,
        };
        if let Some(person) = joined {
            let anchor = person.source_anchor;
            if anchor.is_some_and(|anchor| anchor != object.source_anchor()) {
                self.problems.push(Problem::AnchorChanged);
            }
            return self.update(person, flowed, false);
        }
        let mut found = matching::hard(object, self.candidates, rules);
        if matches!(found, Found::Nobody) {
            if flowed.problems.iter().any(Problem::is_error) {
                self.problems.extend(flowed.problems);
                return Change::None;
            }
            found = matching::soft(&flowed.attributes, self.candidates, rules);
        }
        match found {
            Found::Person(person, reason) => {
                self.reasons.push(reason);
                self.update(person, flowed, true)
            }
            Found::Refused(problem, reason) => {
                self.problems.push(problem);
                self.reasons.extend(reason);
                Change::None
            }
            Found::Nobody => self.add(flowed, new_user),
        }
    }

    fn ignore(&mut self, why: &str) -> Change {
        self.reasons.push(Reason::Ignored { why: why.into() });
        Change::None
    }

    fn out_of_scope(&mut self, person: &Person, why: Removal) -> Change {
        let user = person.id;
        self.reasons.push(Reason::OutOfScope { why });
        if person.removed_at.is_some() {
            return Change::None;
        }
        let others = person.accounts_without(&self.account);
        if let Some(other) = others.first() {
            let forest = other.forest.clone();
            self.reasons.push(Reason::StaysThrough { forest });
            return Change::Leave {
                user,
                standing: self.reached(person, standing(&others)),
            };
        }
        match person.removal {
            Some(staged) if staged == why => Change::None,
            _ => Change::Remove { user, why },
        }
    }

    /// What of a standing holds already: another account becomes the target with its attributes,
    /// when it is decided about.
    fn reached(&self, person: &Person, standing: Standing) -> Standing {
        match &standing {
            Standing::Target(target) if target.is_same(&self.account) => standing,
            Standing::Target(_) if person.standing.is_same(&standing) => standing,
            Standing::Target(_) | Standing::None => Standing::None,
            Standing::EnabledTwice => standing,
        }
    }

    fn update(&mut self, person: &Person, flowed: Flowed, joining: bool) -> Change {
        let user = person.id;
        let accounts = person.accounts_with(&self.account);
        let asked = standing(&accounts);
        if asked == Standing::EnabledTwice && self.account.enabled {
            let other = |it: &&Account| it.enabled && !it.is_same(&self.account);
            if let Some(other) = accounts.iter().find(other) {
                let forest = other.forest.to_string();
                self.problems.push(Problem::EnabledInTwoForests { forest });
            }
        }
        let is_target = asked.target().is_some_and(|it| it.is_same(&self.account));
        // The other accounts of somebody who was removed are gone.
        let flows = is_target || person.removed_at.is_some();
        let sources = if flows {
            self.take(flowed.problems, &flowed.attributes, Some(person));
            flowed.sources
        } else {
            self.reasons.push(Reason::NotTheTarget);
            Vec::new()
        };
        if self.problems.iter().any(Problem::is_error) {
            return self.hold(person, joining);
        }
        let attributes = if flows {
            flowed.attributes
        } else {
            person.attributes.clone()
        };
        let standing = self.reached(person, asked);
        let before = self.reasons.len();
        self.note_return(person);
        self.reasons
            .extend(reasons::standing(&person.standing, &standing));
        let from = &person.attributes;
        self.reasons
            .extend(reasons::flow(from, &attributes, &sources));
        if !joining && self.reasons.len() == before {
            return Change::None;
        }
        let source_anchor = match person.source_anchor {
            None => Some(self.object.source_anchor()),
            Some(_) => None,
        };
        Change::Update {
            user,
            source_anchor,
            attributes,
            standing,
        }
    }

    /// Nothing is updated while there is an error. But the object is in scope: its person is not
    /// to be removed for a name that somebody has to mend.
    fn hold(&mut self, person: &Person, joining: bool) -> Change {
        if joining || person.removal.is_none() || person.removed_at.is_some() {
            return Change::None;
        }
        self.note_return(person);
        Change::Update {
            user: person.id,
            source_anchor: None,
            attributes: person.attributes.clone(),
            standing: person.standing.clone(),
        }
    }

    fn note_return(&mut self, person: &Person) {
        let user = person.id;
        if person.removed_at.is_some() {
            self.reasons.push(Reason::Restored { user });
        } else if let Some(why) = person.removal {
            self.reasons.push(Reason::RemovalTakenBack { user, why });
        }
    }

    fn add(&mut self, flowed: Flowed, new_user: &mut dyn FnMut() -> UserId) -> Change {
        self.reasons.push(Reason::NobodyMatched);
        self.take(flowed.problems, &flowed.attributes, None);
        if self.problems.iter().any(Problem::is_error) {
            return Change::None;
        }
        let nothing = Attributes::default();
        let attributes = flowed.attributes;
        self.reasons
            .extend(reasons::flow(&nothing, &attributes, &flowed.sources));
        Change::Add {
            user: new_user(),
            source_anchor: self.object.source_anchor(),
            attributes,
            standing: Standing::Target(self.account.clone()),
        }
    }

    /// Notes what keeps these attributes from being a person's: what the flow found, and other
    /// people's names.
    fn take(&mut self, problems: Vec<Problem>, attributes: &Attributes, person: Option<&Person>) {
        self.problems.extend(problems);
        let other = |it: &&Person| person.is_none_or(|person| person.id != it.id);
        let name = &attributes.user_principal_name;
        // Whoever has the name keeps it.
        let has_it = |it: &Person| {
            it.removed_at.is_none() && folded(&it.attributes.user_principal_name) == folded(name)
        };
        if !person.is_some_and(has_it)
            && let Some(with) = self.candidates.by_upn(name).find(other)
        {
            let with = with.id;
            self.problems.push(Problem::DuplicateUpn { with });
        }
        let mail = attributes.mail.as_deref().unwrap_or_default();
        if let Some(with) = self.candidates.by_mail(mail).find(other) {
            let with = with.id;
            self.problems.push(Problem::DuplicateMail { with });
        }
    }
}
