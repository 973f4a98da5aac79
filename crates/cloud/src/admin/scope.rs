//! What a decision about an object of a forest needs to know besides the object.

use std::collections::BTreeSet;

use writeback_model::{SourceAnchor, TenantId};
use writeback_store::{Forest, Store, StoreError};
use writeback_sync::{Object, Rules};

/// A forest as decisions see it.
pub(crate) struct Scope {
    /// The suffixes that its user principal names may have, lower case.
    pub(crate) suffixes: Vec<String>,
    /// The members of its group scope; `None` where it has no group scope.
    members: Option<BTreeSet<SourceAnchor>>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScopeError {
    /// The group of the group scope is not there: whoever is not in it would be removed, so
    /// nothing is decided.
    #[error(
        "the group {group:?} of the group scope is not in {forest}: nobody was changed; write \
         its distinguished name or objectGUID into the rules"
    )]
    NoGroup {
        /// As the rules name it.
        group: String,
        /// Where it was looked for.
        forest: String,
    },
    /// The store failed.
    #[error("the database could not do it")]
    Store(#[from] StoreError),
}

impl Scope {
    /// Reads what the rules ask for.
    pub(crate) async fn of(
        store: &dyn Store,
        tenant: TenantId,
        forest: &Forest,
        rules: &Rules,
    ) -> Result<Self, ScopeError> {
        let of_forest = rules.forests.get(&forest.name);
        let members = match of_forest.and_then(|it| it.group_scope.as_ref()) {
            None => None,
            Some(group) => {
                let found = store.members_of_group(tenant, &forest.name, group).await?;
                let members = found.ok_or_else(|| ScopeError::NoGroup {
                    group: group.clone(),
                    forest: forest.name.to_string(),
                })?;
                Some(members.into_iter().collect())
            }
        };
        let mut suffixes = suffixes(forest);
        // Where the forest's are not known, none is called unverified.
        if !suffixes.is_empty() {
            let domains = store.domains(tenant).await?;
            let verified = domains.into_iter().filter(|it| it.verified.is_some());
            suffixes.extend(verified.map(|it| it.name.to_string()));
        }
        Ok(Self { suffixes, members })
    }

    /// Whether the forest has a group scope: then a change of a group concerns everybody.
    pub(crate) const fn has_group(&self) -> bool {
        self.members.is_some()
    }

    /// Notes in each object whether it is in the group scope.
    pub(crate) fn note(&self, objects: &mut [Object]) {
        if let Some(members) = &self.members {
            for object in objects {
                object.in_group_scope = members.contains(&object.anchor);
            }
        }
    }
}

/// The suffixes that user principal names of a forest may have, lower case.
pub(super) fn suffixes(forest: &Forest) -> Vec<String> {
    forest
        .domains
        .iter()
        .flat_map(|domain| {
            let others = domain.upn_suffixes.iter().map(|it| it.to_lowercase());
            others.chain([domain.name.as_str().to_owned()])
        })
        .collect()
}
