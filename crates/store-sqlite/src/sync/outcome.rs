//! What a batch of decisions makes of people and objects, each of them once.

use std::collections::BTreeMap;

use writeback_model::{SourceAnchor, UserId};
use writeback_sync::{Attributes, Change, Decision, Problem, Removal, Standing};

/// What becomes of one person when all decisions were carried out in their order.
#[derive(Default)]
pub(super) struct Outcome<'a> {
    pub(super) added: bool,
    pub(super) source_anchor: Option<SourceAnchor>,
    pub(super) attributes: Option<&'a Attributes>,
    pub(super) standing: Option<&'a Standing>,
    /// Staged after the last update, which takes back what was staged before.
    pub(super) staged: Option<Removal>,
    /// The object that last changed them or left them: what others there are is looked at again.
    pub(super) through: Option<SourceAnchor>,
}

/// What becomes of one object.
pub(super) struct Joint<'a> {
    pub(super) join: Join,
    pub(super) problems: &'a [Problem],
}

/// To whom an object is joined.
#[derive(Clone, Copy)]
pub(super) enum Join {
    /// As before.
    AsItWas,
    /// To nobody.
    Nobody,
    /// To this person.
    Person(UserId),
}

/// Both, sorted: neighbours in an index are written one after the other.
pub(super) fn outcomes(
    decisions: &[Decision],
) -> (
    BTreeMap<UserId, Outcome<'_>>,
    BTreeMap<SourceAnchor, Joint<'_>>,
) {
    let mut people: BTreeMap<UserId, Outcome<'_>> = BTreeMap::new();
    let mut objects: BTreeMap<SourceAnchor, Joint<'_>> = BTreeMap::new();
    for decision in decisions {
        let join = match &decision.change {
            Change::None => Join::AsItWas,
            Change::Add {
                user,
                source_anchor,
                attributes,
                standing,
            } => {
                let outcome = Outcome {
                    added: true,
                    source_anchor: Some(*source_anchor),
                    attributes: Some(attributes),
                    standing: Some(standing),
                    ..Outcome::default()
                };
                people.insert(*user, outcome);
                Join::Person(*user)
            }
            Change::Update {
                user,
                source_anchor,
                attributes,
                standing,
            } => {
                let outcome = people.entry(*user).or_default();
                outcome.source_anchor = outcome.source_anchor.or(*source_anchor);
                outcome.attributes = Some(attributes);
                outcome.standing = Some(standing);
                outcome.staged = None;
                outcome.through = Some(decision.account.anchor);
                Join::Person(*user)
            }
            Change::Leave { user, standing } => {
                let outcome = people.entry(*user).or_default();
                outcome.standing = Some(standing);
                outcome.through = Some(decision.account.anchor);
                Join::Nobody
            }
            Change::Remove { user, why } => {
                people.entry(*user).or_default().staged = Some(*why);
                Join::AsItWas
            }
        };
        let before = objects
            .get(&decision.account.anchor)
            .map_or(Join::AsItWas, |joint| joint.join);
        let join = match join {
            Join::AsItWas => before,
            other => other,
        };
        let problems = &decision.problems;
        objects.insert(decision.account.anchor, Joint { join, problems });
    }
    (people, objects)
}
