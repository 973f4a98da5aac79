//! What an agent says, and what follows from it.

use writeback_model::{AgentId, Outcome, RequestId, RequestState, event};
use writeback_store::{Actor, ClaimAnswer, Request, StoreError};
use writeback_wire::{Begun, DenyReason, Evidence, ForestStatus, ToAgent, ToCloud};

use crate::{
    START_WITHIN_MS,
    dispatch::{Stage, ended_record},
    hub::Link,
};

/// Why a link has to be closed after a frame.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The agent broke the protocol.
    #[error("the agent broke the protocol: {0}")]
    Protocol(&'static str),
    /// A newer link of the same agent stands.
    #[error("a newer link of the agent took the place of this one")]
    Replaced,
    /// The store failed; the agent keeps what it said and says it again on its next link.
    #[error("what the agent said could not be kept")]
    Store(#[from] StoreError),
}

impl Link {
    /// Takes one frame from the agent. Import frames are answered by whoever runs imports and
    /// do nothing here.
    pub async fn take(&self, frame: ToCloud) -> Result<(), LinkError> {
        if !self.is_current() {
            // What it said counts on the link that stands, where it is said again.
            return Err(LinkError::Replaced);
        }
        match frame {
            ToCloud::Hello(_) => Err(LinkError::Protocol("it said hello twice")),
            ToCloud::Status(status) => {
                self.status(status);
                Ok(())
            }
            ToCloud::Key(key) => {
                self.hub.registry().set_key(self.agent, key);
                Ok(())
            }
            ToCloud::Claim { request } => self.claim(request).await,
            ToCloud::Outcome {
                request,
                outcome,
                evidence,
            } => self.outcome(request, outcome, evidence).await,
            ToCloud::Begun { request, begun } => {
                self.begun(request, &begun).await;
                Ok(())
            }
            ToCloud::Unresolved { request, cause } => {
                tracing::info!(%request, agent = %self.agent, cause = cause.info().id,
                    "the directory cannot say yet what became of a request");
                Ok(())
            }
            ToCloud::SignedIn(answer) => {
                self.hub.signed_in(self.agent, answer);
                Ok(())
            }
            ToCloud::Leaving => {
                self.leaving();
                Ok(())
            }
            ToCloud::ImportFailed { .. }
            | ToCloud::Changed { .. }
            | ToCloud::Ticket(_)
            | ToCloud::AnchorsWritten { .. } => Ok(()),
        }
    }

    /// Asks the agent about every request of its forests that is in doubt.
    pub async fn ask_about_doubts(&self, forests: &[ForestStatus]) -> Result<(), StoreError> {
        for status in forests {
            for request in self
                .hub
                .store
                .unknown_requests(self.tenant, &status.forest)
                .await?
            {
                self.hub.ask(self.agent, &request);
            }
        }
        Ok(())
    }

    fn is_current(&self) -> bool {
        let registry = self.hub.registry();
        registry.current(self.agent, self.number).is_some()
    }

    /// Answers on this link and on no other: of two machines that call themselves this agent, the
    /// one that asked gets the answer, or nobody.
    fn send(&self, frame: ToAgent) {
        let registry = self.hub.registry();
        if let Some(entry) = registry.current(self.agent, self.number) {
            // One that does not read is as good as gone.
            let _ = entry.outbox.try_send(frame);
        }
    }

    /// The agent stops: what it was offered and has not claimed is for another one, at once.
    fn leaving(&self) {
        tracing::info!(agent = %self.agent, "an agent stops and is offered nothing more");
        if let Some(entry) = self.hub.registry().get_mut(self.agent) {
            entry.agent.leaving = true;
        }
        self.hub.move_offers();
    }

    fn status(&self, status: ForestStatus) {
        if let Some(entry) = self.hub.registry().get_mut(self.agent) {
            match entry
                .agent
                .forests
                .iter_mut()
                .find(|known| known.forest == status.forest)
            {
                Some(known) => *known = status,
                None => entry.agent.forests.push(status),
            }
        }
    }

    async fn claim(&self, id: RequestId) -> Result<(), LinkError> {
        let hub = &self.hub;
        if !self.may_claim(id).await? {
            self.send(ToAgent::Deny {
                request: id,
                why: DenyReason::Unknown,
            });
            return Ok(());
        }
        let answer = hub
            .store
            .claim_request(self.tenant, id, self.agent, hub.clock.now())
            .await?;
        let frame = match answer {
            ClaimAnswer::Granted => {
                tracing::debug!(request = %id, agent = %self.agent, "a claim was granted");
                if let Some(in_flight) = hub.in_flight().get(&id) {
                    in_flight.stage.send_replace(Stage::Claimed(self.agent));
                }
                if let Some(entry) = hub.registry().get_mut(self.agent) {
                    entry.agent.busy += 1;
                }
                ToAgent::Grant {
                    request: id,
                    start_within_ms: START_WITHIN_MS,
                }
            }
            // It has its grant, and was offered the request a second time meanwhile. A denial
            // now could reach it while it writes.
            ClaimAnswer::AlreadyYours => return Ok(()),
            ClaimAnswer::Taken => ToAgent::Deny {
                request: id,
                why: DenyReason::Taken,
            },
            ClaimAnswer::Ended => ToAgent::Deny {
                request: id,
                why: DenyReason::Ended,
            },
            ClaimAnswer::Unknown => ToAgent::Deny {
                request: id,
                why: DenyReason::Unknown,
            },
        };
        self.send(frame);
        Ok(())
    }

    /// What it cannot keep is only missed if the agent is lost: no reason to end the link.
    async fn begun(&self, id: RequestId, begun: &Begun) {
        let kept = self
            .hub
            .store
            .begin_request(self.tenant, id, self.agent, begun)
            .await;
        match kept {
            Ok(true) => {}
            Ok(false) => tracing::debug!(request = %id, agent = %self.agent,
                "an agent said that it begins what it has not claimed"),
            Err(error) => {
                tracing::warn!(event_id = event::STORE_FAILED, request = %id, agent = %self.agent, %error,
                "what was true before a write could not be kept")
            }
        }
    }

    /// An agent may claim what belongs to a forest that it serves; the store sees to the tenant.
    async fn may_claim(&self, id: RequestId) -> Result<bool, StoreError> {
        let in_flight = self
            .hub
            .in_flight()
            .get(&id)
            .map(|it| it.asked.target.forest.clone());
        let forest = match in_flight {
            Some(forest) => Some(forest),
            None => self
                .hub
                .store
                .request(self.tenant, id)
                .await?
                .map(|request| request.asked.target.forest),
        };
        let registry = self.hub.registry();
        let agent = registry.get(self.agent).map(|entry| &entry.agent);
        Ok(forest
            .zip(agent)
            .is_some_and(|(forest, agent)| agent.serves(&forest)))
    }

    async fn outcome(
        &self,
        id: RequestId,
        outcome: Outcome,
        evidence: Evidence,
    ) -> Result<(), LinkError> {
        let hub = &self.hub;
        let Some(request) = hub.store.request(self.tenant, id).await? else {
            // A cloud restored from a backup may not know it. Without a confirmation the agent
            // would tell it on every link for ever.
            tracing::warn!(event_id = event::AGENT_INVALID, request = %id, agent = %self.agent,
                "an agent told the outcome of a request that is not kept here");
            self.send(ToAgent::Recorded { request: id });
            return Ok(());
        };
        let is_over = matches!(request.state, RequestState::Done | RequestState::Expired);
        if !is_over && !may_finish(&request, self.agent) {
            // Not believed, and no reason to end the link: on the next one it is said again, and
            // counts if the request is in doubt then.
            tracing::warn!(event_id = event::AGENT_INVALID, request = %id, agent = %self.agent,
                "an agent told the outcome of a request that another one has");
            return Ok(());
        }
        let now = hub.clock.now();
        let audit = ended_record(
            &request.asked,
            &outcome,
            Actor::Agent(self.agent),
            evidence.would_be_banned,
            now,
        );
        let first = hub
            .store
            .finish_request(self.tenant, id, &outcome, &evidence, now, &audit)
            .await?;
        tracing::debug!(request = %id, agent = %self.agent, first, "an outcome was recorded");
        self.send(ToAgent::Recorded { request: id });
        if first {
            let claimant = request.claimed_by;
            hub.finish_in_flight(request, outcome);
            hub.less_busy(claimant);
        }
        Ok(())
    }
}

/// The claimant tells the outcome, and repeats it after a lost link. Another agent of the
/// forest may tell it only after it was asked, which happens when the request is in doubt.
fn may_finish(request: &Request, agent: AgentId) -> bool {
    request.claimed_by == Some(agent) || request.state == RequestState::Unknown
}
