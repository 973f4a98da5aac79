//! Finding the person whose account an object is.

use std::collections::BTreeMap;

use crate::{Account, Attributes, Candidates, Object, Origin, Person, Problem, Reason, Rules};

/// What was found.
pub(crate) enum Found<'a> {
    /// This person: the object is joined to them.
    Person(&'a Person, Reason),
    /// Nobody.
    Nobody,
    /// Somebody whom the object may not be joined to, and why.
    Refused(Problem, Option<Reason>),
}

fn not_matched<'a>(person: &Person, problem: Problem, why: &str) -> Found<'a> {
    let reason = Reason::NotMatched {
        user: person.id,
        why: why.to_owned(),
    };
    Found::Refused(problem, Some(reason))
}

fn administrator<'a>(person: &Person) -> Found<'a> {
    let with = person.id;
    not_matched(
        person,
        Problem::MatchesAnAdministrator { with },
        "they hold an administrator's role",
    )
}

fn matcher_off<'a>(person: &Person, matcher: &str) -> Found<'a> {
    let with = person.id;
    let why = format!("{matcher} is switched off");
    not_matched(person, Problem::MatcherOff { with }, &why)
}

/// Hard match: by source anchor.
///
/// A synchronised person with the object's source anchor is the same person, whatever the
/// matchers say: removed, or with an account in another forest. The switch is about people of
/// the cloud. An administrator gets no further account in either case.
pub(crate) fn hard<'a>(object: &Object, candidates: &'a Candidates, rules: &Rules) -> Found<'a> {
    let anchor = object.source_anchor();
    // Should two people have it, the synchronised one was matched by it before.
    let best = candidates
        .by_anchor(anchor)
        .min_by_key(|it| (it.origin == Origin::Cloud, it.id));
    let Some(person) = best else {
        return Found::Nobody;
    };
    if person.holds_admin_role {
        return administrator(person);
    }
    let user = person.id;
    if person.origin == Origin::Cloud && !rules.matchers.hard_match {
        return matcher_off(person, "hard match");
    }
    // An account of somebody who is removed, or about to be, is not there any more.
    let is_there = person.removal.is_none() && person.removed_at.is_none();
    let other = |it: &Account| it.forest == object.forest && it.anchor != object.anchor;
    if is_there && person.accounts.iter().any(other) {
        let why = "another object of the forest has the source anchor";
        return not_matched(person, Problem::DuplicateAnchor { with: user }, why);
    }
    Found::Person(person, Reason::HardMatch { user })
}

/// Soft match: people of the cloud alone, by user principal name or primary mail address.
///
/// Whoever has a source anchor is some other object's person, or will be: it never changes.
pub(crate) fn soft<'a>(
    attributes: &Attributes,
    candidates: &'a Candidates,
    rules: &Rules,
) -> Found<'a> {
    let by_upn = candidates
        .by_upn(&attributes.user_principal_name)
        .map(|person| (person, "userPrincipalName"));
    let mail = attributes.mail.as_deref().unwrap_or_default();
    let by_mail = candidates.by_mail(mail).map(|person| (person, "mail"));
    let mut found = BTreeMap::new();
    for (person, by) in by_upn.chain(by_mail) {
        if person.origin == Origin::Cloud && person.source_anchor.is_none() {
            found.entry(person.id).or_insert((person, by));
        }
    }
    let mut found = found.into_values();
    match (found.next(), found.next()) {
        (None, _) => Found::Nobody,
        (Some(_), Some(_)) => Found::Refused(Problem::ManyMatches, None),
        (Some((person, _)), None) if person.holds_admin_role => administrator(person),
        (Some((person, _)), None) if !rules.matchers.soft_match => {
            matcher_off(person, "soft match")
        }
        (Some((person, by)), None) => {
            let reason = Reason::SoftMatch {
                user: person.id,
                by: by.to_owned(),
            };
            Found::Person(person, reason)
        }
    }
}

/// People who have the object's name and are passed over, since they are somebody else.
pub(crate) fn passed_over(attributes: &Attributes, candidates: &Candidates) -> Vec<Reason> {
    let same_name = candidates.by_upn(&attributes.user_principal_name);
    same_name
        .map(|person| Reason::NotMatched {
            user: person.id,
            why: match person.origin {
                Origin::Synchronised => "they are synchronised already",
                Origin::Cloud => "they have another source anchor",
            }
            .to_owned(),
        })
        .collect()
}
