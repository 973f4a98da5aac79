//! Ending what is overdue and asking about what is in doubt.

use std::sync::Arc;

use tokio::{task::JoinHandle, time};
use tokio_util::sync::CancellationToken;
use writeback_model::{AgentId, RequestState, event};
use writeback_store::{Actor, AuditRecord, Request, StoreError};
use writeback_wire::{Resolve, ToAgent};

use crate::{CLAIM_PATIENCE, RESOLVE_EVERY, dispatch::Stage, hub::Hub};

/// How often the store is looked through for overdue requests.
const SWEEP_EVERY: time::Duration = time::Duration::from_secs(1);

impl Hub {
    /// Sweeps until `stop`: what no agent claimed in time expires; what was claimed and not
    /// answered is in doubt; about that the connected agents are asked, again and again.
    pub fn sweep(self: &Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        let hub = Arc::clone(self);
        tokio::spawn(async move {
            let mut ask_at = time::Instant::now();
            while stop
                .run_until_cancelled(time::sleep(SWEEP_EVERY))
                .await
                .is_some()
            {
                let ask = time::Instant::now() >= ask_at;
                if ask {
                    ask_at = time::Instant::now() + RESOLVE_EVERY;
                }
                if let Err(error) = hub.sweep_once(ask).await {
                    tracing::error!(event_id = event::STORE_FAILED, %error, "the sweep for overdue requests failed");
                }
            }
        })
    }

    async fn sweep_once(&self, ask: bool) -> Result<(), StoreError> {
        let now = self.clock.now();
        for request in self.store.overdue_requests(now).await? {
            self.expire(&request.asked).await;
        }
        if let Ok(patience) = jiff::SignedDuration::try_from(CLAIM_PATIENCE) {
            for request in self.store.stale_claims(now - patience).await? {
                self.doubt(&request).await?;
            }
        }
        if ask {
            self.ask_all().await?;
        }
        Ok(())
    }

    /// Looks anew for an agent for everything that nobody has claimed.
    pub(crate) fn move_offers(&self) {
        for in_flight in self.in_flight().values() {
            if *in_flight.stage.borrow() == Stage::Offered {
                in_flight.agent_lost.notify_one();
            }
        }
    }

    /// An agent's link ended: another agent may be offered what it was offered, and what it
    /// claimed is in doubt at once, so that nobody waits for an answer that cannot come.
    pub(crate) fn agent_lost(self: &Arc<Self>, agent: AgentId) {
        let mut claimed = Vec::new();
        for in_flight in self.in_flight().values() {
            match &*in_flight.stage.borrow() {
                Stage::Offered => in_flight.agent_lost.notify_one(),
                Stage::Claimed(by) if *by == agent => claimed.push(in_flight.asked.clone()),
                _ => {}
            }
        }
        // Dropping a link outside the runtime happens in no program, only at its very end.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let hub = Arc::clone(self);
        runtime.spawn(async move {
            for asked in claimed {
                match hub.store.request(asked.tenant, asked.id).await {
                    Ok(Some(request)) if request.state == RequestState::Claimed => {
                        if let Err(error) = hub.doubt(&request).await {
                            tracing::error!(event_id = event::STORE_FAILED, request = %asked.id, %error, "could not note a doubt");
                        }
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::error!(event_id = event::STORE_FAILED, request = %asked.id, %error, "could not note a doubt");
                    }
                }
            }
        });
    }

    /// `claimed -> unknown`, and the connected agents of the forest are asked.
    async fn doubt(&self, request: &Request) -> Result<(), StoreError> {
        let asked = &request.asked;
        let now = self.clock.now();
        let audit = AuditRecord {
            tenant: Some(asked.tenant),
            at: now,
            actor: Actor::Cloud,
            activity: writeback_store::activity::REQUEST_IN_DOUBT,
            user: Some(asked.user),
            correlation: Some(asked.id.uuid()),
            address: None,
            result: "unknown".to_owned(),
            detail: String::new(),
        };
        if self
            .store
            .doubt_request(asked.tenant, asked.id, now, &audit)
            .await?
        {
            tracing::warn!(event_id = event::IN_DOUBT, request = %asked.id, "the outcome of a request is in doubt");
            if let Some(in_flight) = self.in_flight().get(&asked.id) {
                in_flight.stage.send_replace(Stage::InDoubt);
            }
            self.less_busy(request.claimed_by);
            for agent in self.agents() {
                if agent.tenant == asked.tenant && agent.serves(&asked.target.forest) {
                    self.ask(agent.id, request);
                }
            }
        }
        Ok(())
    }

    async fn ask_all(&self) -> Result<(), StoreError> {
        for agent in self.agents() {
            for status in &agent.forests {
                for request in self
                    .store
                    .unknown_requests(agent.tenant, &status.forest)
                    .await?
                {
                    // Of what a restored database does not know the claimant only a journal can tell:
                    // its agent was asked when it connected.
                    if request.claimed_by != Some(AgentId::NOT_KNOWN) {
                        self.ask(agent.id, &request);
                    }
                }
            }
        }
        Ok(())
    }

    /// Asks one agent what became of a request.
    pub(crate) fn ask(&self, agent: AgentId, request: &Request) {
        let asked = &request.asked;
        // In doubt is only what was claimed.
        let Some(claimed_by) = request.claimed_by else {
            return;
        };
        self.send(
            agent,
            ToAgent::Resolve(Resolve {
                request: asked.id,
                operation: asked.operation,
                target: asked.target.clone(),
                claimed_by,
                claimed_at: request.claimed_at.unwrap_or(asked.created_at),
                begun: request.begun.clone().map(Box::new),
            }),
        );
    }

    pub(crate) fn less_busy(&self, agent: Option<AgentId>) {
        let mut registry = self.registry();
        if let Some(entry) = agent.and_then(|agent| registry.get_mut(agent)) {
            entry.agent.busy = entry.agent.busy.saturating_sub(1);
        }
    }
}
