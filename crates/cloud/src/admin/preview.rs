//! What a synchronisation would do about one person, with nothing written.

use writeback_model::UserId;
use writeback_sync::{Candidates, Decision, Object, Person, decide, keys};

use super::{Admin, AdminError, Scope, ScopeError};

/// One object that goes by the name.
#[derive(Clone, Debug)]
pub struct Preview {
    /// As it was imported.
    pub object: Object,
    /// What would be done about it.
    pub shown: Shown,
}

/// What would be done.
#[derive(Clone, Debug)]
pub enum Shown {
    /// This.
    Decision {
        /// With its reasons.
        decision: Box<Decision>,
        /// Everybody that the object's names and links lead to, as they are now.
        people: Vec<Person>,
    },
    /// No synchronisation of the forest can be made; why.
    CannotBeMade(String),
}

impl Admin<'_> {
    /// Decides about every object that goes by a name, and does nothing about it.
    pub async fn preview(&self, name: &str) -> Result<Vec<Preview>, AdminError> {
        let tenant = self.tenant().await?.id;
        let rules = self.store.sync_rules(tenant).await?;
        let forests = self.store.forests(tenant).await?;
        let mut previews = Vec::new();
        for mut object in self.store.objects_by_name(tenant, name.trim()).await? {
            let Some(forest) = forests.iter().find(|it| it.name == object.forest) else {
                continue;
            };
            let scope = match Scope::of(self.store, tenant, forest, &rules).await {
                Ok(scope) => scope,
                Err(ScopeError::Store(error)) => return Err(error.into()),
                Err(error @ ScopeError::NoGroup { .. }) => {
                    previews.push(Preview {
                        object,
                        shown: Shown::CannotBeMade(error.to_string()),
                    });
                    continue;
                }
            };
            scope.note(std::slice::from_mut(&mut object));
            let keys = keys(std::slice::from_ref(&object), &rules);
            let people = self.store.people(tenant, &keys).await?;
            let mut candidates = Candidates::new(people.clone());
            let mut new_user = || UserId::new(self.clock, self.entropy);
            let decision = decide(
                &object,
                &mut candidates,
                &rules,
                &scope.suffixes,
                &mut new_user,
            );
            previews.push(Preview {
                object,
                shown: Shown::Decision {
                    decision: Box::new(decision),
                    people,
                },
            });
        }
        Ok(previews)
    }
}
