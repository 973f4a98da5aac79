//! Switching writeback.

use writeback_model::DomainName;
use writeback_policy::licence::may_enable;
use writeback_store::{Agent, Forest, KeyRoll, Writeback, activity};
use writeback_sync::Origin;

use super::{Admin, AdminError};

/// Whoever asks for writeback to be switched.
#[derive(Clone, Debug)]
pub enum Asker {
    /// An operator at the cloud's own machine, by the name they go by there.
    Operator(String),
    /// An administrator who signed in: who, and where they are mastered.
    Administrator(writeback_model::UserId, Origin),
}

/// How writeback stands in a tenant.
#[derive(Clone, Debug)]
pub struct WritebackState {
    /// The switches.
    pub switches: Writeback,
    /// The forests that agents reported.
    pub forests: Vec<Forest>,
    /// The agents that are not revoked, each with the last roll of its sealing key.
    pub agents: Vec<(Agent, Option<KeyRoll>)>,
}

impl Admin<'_> {
    /// How writeback stands.
    pub async fn writeback_state(&self) -> Result<WritebackState, AdminError> {
        let tenant = self.tenant().await?.id;
        let rolls = self.store.key_rolls(tenant).await?;
        let mut agents = self.store.agents(tenant).await?;
        agents.retain(|agent| agent.revoked_at.is_none());
        Ok(WritebackState {
            switches: self.store.writeback(tenant).await?,
            forests: self.store.forests(tenant).await?,
            agents: agents
                .into_iter()
                .map(|agent| {
                    let roll = rolls.iter().find(|roll| roll.agent == agent.id);
                    (agent, roll.copied())
                })
                .collect(),
        })
    }

    /// Switches writeback, for one forest or for the whole tenant. `false` when it was so
    /// already.
    pub async fn switch_writeback(
        &self,
        forest: Option<&DomainName>,
        is_on: bool,
        asker: &Asker,
    ) -> Result<bool, AdminError> {
        let tenant = self.tenant().await?.id;
        let now = self.clock.now();
        if let Asker::Administrator(_, Origin::Synchronised) = asker {
            return Err(AdminError::SynchronisedAdministrator);
        }
        if let Some(forest) = forest {
            self.forests(Some(forest)).await?;
        }
        if is_on {
            may_enable(self.store.any_licence_assigned(tenant, now).await?)?;
        }
        let activity = if is_on {
            activity::WRITEBACK_ENABLED
        } else {
            activity::WRITEBACK_DISABLED
        };
        let of = forest.map_or_else(|| "tenant".to_owned(), |forest| format!("forest {forest}"));
        let by = match asker {
            Asker::Operator(name) => format!(" by {name}"),
            Asker::Administrator(..) => String::new(),
        };
        let audit = self.record(tenant, activity, format!("{of}{by}"));
        Ok(self
            .store
            .switch_writeback(tenant, forest, is_on, now, &audit)
            .await?)
    }
}
