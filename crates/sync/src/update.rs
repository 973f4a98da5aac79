//! What an object in scope makes of its person.

use crate::{
    Account, Attributes, Change, Person, Problem, Reason, Standing,
    decide::{Deciding, Flowed},
    differences,
    standing::standing,
};

impl Deciding<'_> {
    /// What of a standing holds already: another account becomes the target with its attributes,
    /// when it is decided about.
    pub(crate) fn reached(&self, person: &Person, standing: Standing) -> Standing {
        match &standing {
            Standing::Target(target) if target.is_same(&self.account) => standing,
            Standing::Target(_)
                if person.removed_at.is_none() && person.standing.is_same(&standing) =>
            {
                standing
            }
            Standing::Target(_) | Standing::None => Standing::None,
            Standing::EnabledTwice => standing,
        }
    }

    /// The object is joined to the person, or is to be.
    pub(crate) fn update(&mut self, person: &Person, flowed: Flowed) -> Change {
        let user = person.id;
        let joining = !person.accounts.iter().any(|it| it.is_same(&self.account));
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
            .extend(differences::standing(&person.standing, &standing));
        let from = Some(&person.attributes);
        self.reasons
            .extend(differences::attributes(from, &attributes, &sources));
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

    /// Notes what keeps these attributes from being a person's: what the flow found, and other
    /// people's names.
    pub(crate) fn take(
        &mut self,
        problems: Vec<Problem>,
        attributes: &Attributes,
        person: Option<&Person>,
    ) {
        self.problems.extend(problems);
        let other = |it: &&Person| person.is_none_or(|person| person.id != it.id);
        let name = &attributes.user_principal_name;
        if let Some(with) = self.candidates.by_upn(name).find(other) {
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
