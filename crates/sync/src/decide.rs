//! What one object means for the people the cloud knows.

use writeback_model::UserId;

use crate::{
    Account, Attributes, Candidates, Change, Decision, Object, ObjectKind, Person, Problem, Reason,
    Removal, Rules, Standing, Target, differences, flow,
    matching::{self, Found},
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
pub(crate) struct Deciding<'a> {
    pub(crate) object: &'a Object,
    pub(crate) account: Account,
    pub(crate) candidates: &'a Candidates,
    pub(crate) problems: Vec<Problem>,
    pub(crate) reasons: Vec<Reason>,
}

/// What the attribute flow gave.
pub(crate) struct Flowed {
    pub(crate) attributes: Attributes,
    pub(crate) problems: Vec<Problem>,
    pub(crate) sources: Vec<(Target, String)>,
}

impl Deciding<'_> {
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
            return self.update(person, flowed);
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
                self.update(person, flowed)
            }
            Found::Refused(problem, reason) => {
                self.problems.push(problem);
                self.reasons.extend(reason);
                Change::None
            }
            Found::Nobody => {
                let passed = matching::passed_over(&flowed.attributes, self.candidates);
                self.reasons.extend(passed);
                self.add(flowed, new_user)
            }
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
            let standing = self.reached(person, standing(&others));
            let moves = differences::standing(&person.standing, &standing);
            self.reasons.extend(moves);
            return Change::Leave { user, standing };
        }
        match person.removal {
            Some(staged) if staged == why => Change::None,
            _ => Change::Remove { user, why },
        }
    }

    fn add(&mut self, flowed: Flowed, new_user: &mut dyn FnMut() -> UserId) -> Change {
        self.take(flowed.problems, &flowed.attributes, None);
        if self.problems.iter().any(Problem::is_error) {
            return Change::None;
        }
        self.reasons.push(Reason::NobodyMatched);
        let attributes = flowed.attributes;
        let differences = differences::attributes(None, &attributes, &flowed.sources);
        self.reasons.extend(differences);
        Change::Add {
            user: new_user(),
            source_anchor: self.object.source_anchor(),
            attributes,
            standing: Standing::Target(self.account.clone()),
        }
    }
}
