//! Gathering what the decision is made of.

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{DomainName, TenantId, UserId};
use writeback_policy::{
    Limits, RecoveryAttribute,
    access::{AccessFacts, Account, Agents, ForestFacts, MemberOf, Method, Throttled},
    recovery_addresses,
};
use writeback_store::{Forest, Store, StoreError, User, Writeback};
use writeback_sync::{NotReady, Origin, readiness};

use crate::tokens::throttle_key;

/// Where facts come from.
pub(crate) struct Gather<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) tenant: TenantId,
    pub(crate) now: Timestamp,
    /// Where codes may go.
    pub(crate) recovery: &'a [RecoveryAttribute],
    pub(crate) limits: Limits,
    /// Who could write to a forest now.
    pub(crate) agents: Box<dyn Fn(&DomainName) -> Agents + Send + Sync + 'a>,
}

impl Gather<'_> {
    /// All facts but the limits that were used up. For nobody the same questions are asked, so
    /// that it takes as long.
    pub(crate) async fn facts(&self, user: Option<&User>) -> Result<AccessFacts, StoreError> {
        let (store, tenant) = (self.store, self.tenant);
        let id = user.map_or(UserId::from_uuid(Uuid::nil()), |user| user.id);
        let policy = store.reset_policy(tenant).await?;
        let groups = store.groups_of(tenant, id).await?;
        let roles = store.roles_of(tenant, id).await?;
        let held = store.held_licences(tenant, id, self.now).await?;
        let writeback = store.writeback(tenant).await?;
        let forests = store.forests(tenant).await?;
        let its = store.tenant(tenant).await?;
        let account = user.map_or(Account::Missing, |user| {
            self.account(user, &forests, &writeback)
        });
        Ok(AccessFacts {
            // A name of no tenant goes on as one of a tenant that is well.
            tenant_enabled: its.is_none_or(|tenant| tenant.disabled_at.is_none()),
            policy,
            groups: groups
                .into_iter()
                .map(|group| MemberOf {
                    id: group.id,
                    name: group.name,
                })
                .collect(),
            roles,
            held,
            writeback: writeback.tenant.is_on,
            offered: account.built().to_vec(),
            account,
            registered: user.map(|user| self.registered(user)).unwrap_or_default(),
            available: Method::BUILT.to_vec(),
            throttled: None,
            sign_in_locked_until: store
                .sign_in_locked_until(tenant, &id.to_string(), self.now)
                .await?,
        })
    }

    /// The first limit that a person has used up, under whichever of their names.
    pub(crate) async fn throttled(&self, user: &User) -> Result<Option<Throttled>, StoreError> {
        let limits = &self.limits;
        let names: Vec<_> = names_of(user).map(|name| throttle_key(&name)).collect();
        let mut keys = Vec::new();
        for limit in [limits.codes_per_name, limits.wrong_codes_per_name] {
            keys.extend(names.iter().map(|key| (limit.name, key.clone())));
        }
        keys.push((limits.passwords_per_user.name, user.id.to_string()));
        for (limit, key) in keys {
            let until = self
                .store
                .blocked_until(self.tenant, limit, &key, self.now)
                .await?;
            if let Some(until) = until {
                return Ok(Some(Throttled {
                    limit: limit.to_owned(),
                    until,
                }));
            }
        }
        Ok(None)
    }

    fn account(&self, user: &User, forests: &[Forest], writeback: &Writeback) -> Account {
        match (&user.target, user.origin) {
            (Some(target), _) => {
                let forest = forests.iter().find(|it| it.name == target.forest);
                Account::InForest(ForestFacts {
                    name: target.forest.clone(),
                    writeback: writeback.forest(&target.forest).is_on,
                    not_synchronised: not_synchronised(forest, self.now),
                    agents: (self.agents)(&target.forest),
                })
            }
            (None, Origin::Cloud) => Account::OfTheCloud,
            (None, _) if user.enabled_twice => Account::EnabledTwice,
            (None, _) => Account::Missing,
        }
    }

    fn registered(&self, user: &User) -> Vec<Method> {
        let attributes = &user.attributes;
        let addresses = recovery_addresses(
            self.recovery,
            &attributes.other_mail,
            attributes.mail.as_deref(),
        );
        if addresses.is_empty() {
            Vec::new()
        } else {
            vec![Method::Email]
        }
    }
}

/// Why the people of a forest are not known well enough. Whether it can be reached is another
/// question.
fn not_synchronised(forest: Option<&Forest>, now: Timestamp) -> Vec<String> {
    let facts = writeback_sync::ForestFacts {
        full_import_at: forest.and_then(|it| it.full_import_at),
        full_sync_at: forest.and_then(|it| it.full_sync_at),
        delta_import_at: forest.and_then(|it| it.delta_import_at),
        agent_connected: true,
        agent_ready: true,
        guard_waiting: false,
        scopes_differ: false,
    };
    let names = readiness(&facts, now).not_ready.into_iter();
    names
        .filter_map(|reason| match reason {
            NotReady::NeverImported => Some("never-imported"),
            NotReady::NeverSynchronised => Some("never-synchronised"),
            NotReady::ImportTooOld => Some("import-too-old"),
            NotReady::NoAgent | NotReady::NoAgentReady => None,
        })
        .map(str::to_owned)
        .collect()
}

/// Every name that a person can be counted under, as it is counted.
fn names_of(user: &User) -> impl Iterator<Item = String> {
    let attributes = &user.attributes;
    let account = attributes.account_name.to_lowercase();
    let down_level = attributes
        .netbios
        .as_ref()
        .map(|netbios| format!("{}\\{account}", netbios.to_lowercase()));
    [
        Some(attributes.user_principal_name.to_lowercase()),
        attributes.mail.as_ref().map(|mail| mail.to_lowercase()),
        Some(account.clone()),
        down_level,
    ]
    .into_iter()
    .flatten()
    .filter(|name| !name.is_empty())
}
