//! People by their names, where decisions and problems know them by identifier.

use std::collections::BTreeMap;

use writeback_model::{TenantId, UserId};
use writeback_store::{StoreError, UserStore};
use writeback_sync::{Person, Problem};

/// Names of people.
#[derive(Default)]
pub(super) struct Names(BTreeMap<UserId, String>);

impl Names {
    /// The names of these people.
    pub(super) fn of(people: &[Person]) -> Self {
        let names = people.iter().map(|person| {
            let name = &person.attributes.user_principal_name;
            (person.id, name.clone())
        });
        Self(names.filter(|(_, name)| !name.is_empty()).collect())
    }

    /// Looks up whom problems name.
    pub(super) async fn look_up(
        &mut self,
        store: &impl UserStore,
        tenant: TenantId,
        problems: &[Problem],
    ) -> Result<(), StoreError> {
        for id in problems.iter().filter_map(other) {
            if !self.0.contains_key(&id)
                && let Some(user) = store.user(tenant, id).await?
            {
                self.0.insert(id, user.attributes.user_principal_name);
            }
        }
        Ok(())
    }

    /// A text with names in place of identifiers. Somebody who was removed has none any more
    /// and keeps the identifier.
    pub(super) fn put_into(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (id, name) in &self.0 {
            text = text.replace(&id.to_string(), name);
        }
        text
    }
}

/// The other person of a problem.
const fn other(problem: &Problem) -> Option<UserId> {
    match problem {
        Problem::DuplicateUpn { with }
        | Problem::DuplicateMail { with }
        | Problem::DuplicateAnchor { with }
        | Problem::MatchesAnAdministrator { with }
        | Problem::MatcherOff { with } => Some(*with),
        Problem::NoAccountName
        | Problem::UpnMalformed { .. }
        | Problem::UpnTooLong { .. }
        | Problem::UpnSuffixNotVerified { .. }
        | Problem::EnabledInTwoForests { .. }
        | Problem::AnchorChanged
        | Problem::ManyMatches
        | Problem::Attribute { .. } => None,
    }
}
