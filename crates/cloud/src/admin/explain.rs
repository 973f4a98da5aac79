//! May this person, and why?

use writeback_model::UserName;
use writeback_policy::{
    Limits, RecoveryAttribute,
    access::{Access, Agents, Wish, decide},
};
use writeback_store::User;

use super::{Admin, AdminError};
use crate::access::Gather;

/// What a person may do, as far as the database knows.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Who.
    pub user: User,
    /// Each wish that was asked about, with its answer. Who is connected only the running cloud
    /// knows: that rule says so.
    pub answers: Vec<(Wish, Access)>,
}

impl Admin<'_> {
    /// What the person of a name may do.
    pub async fn explain(
        &self,
        name: &UserName,
        wishes: &[Wish],
        recovery: &[RecoveryAttribute],
        limits: Limits,
    ) -> Result<Explained, AdminError> {
        let user = self.one_named(name).await?;
        let gather = self.gather(user.tenant, recovery, limits);
        let mut answers = Vec::new();
        for wish in wishes {
            let mut facts = gather.facts(Some(&user)).await?;
            facts.throttled = gather.throttled(&user).await?;
            answers.push((*wish, decide(*wish, &facts)));
        }
        Ok(Explained { user, answers })
    }

    /// The one person who goes by a name.
    pub(super) async fn one_named(&self, name: &UserName) -> Result<User, AdminError> {
        let tenant = self.tenant().await?.id;
        let mut users = self.store.users_by_name(tenant, name).await?;
        let matches = users.len();
        match users.pop() {
            Some(user) if matches == 1 => Ok(user),
            Some(_) => Err(AdminError::SeveralNamed(name.canonical())),
            None => Err(AdminError::NobodyNamed(name.canonical())),
        }
    }

    pub(super) fn gather<'a>(
        &'a self,
        tenant: writeback_model::TenantId,
        recovery: &'a [RecoveryAttribute],
        limits: Limits,
    ) -> Gather<'a> {
        Gather {
            store: self.store,
            tenant,
            now: self.clock.now(),
            recovery,
            limits,
            agents: Box::new(|_| Agents::NotKnown),
        }
    }
}
