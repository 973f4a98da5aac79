//! Bringing one request to one agent.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time};
use writeback_model::{AgentId, BannedRule, Cause, KeyId, Outcome, RequestState, event};
use writeback_store::{Actor, AuditRecord, NewRequest, Request};
use writeback_wire::{Execute, SealedSecret, ToAgent};

use crate::{OFFER_PATIENCE, hub::Hub};

/// A request whose row exists, and the passwords sealed for it.
pub struct Dispatch {
    /// What was asked, as it is in the store.
    pub asked: NewRequest,
    /// One envelope for each agent key; empty where the operation needs no password.
    pub sealed: Vec<SealedSecret>,
}

/// How far a request has come, as far as this process knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not claimed.
    Offered,
    /// Claimed by that agent.
    Claimed(AgentId),
    /// Its agent was lost; the directory is being asked.
    InDoubt,
    /// Over.
    Ended(Outcome),
}

/// A request that is under way in this process.
pub(crate) struct InFlight {
    pub(crate) asked: NewRequest,
    pub(crate) stage: watch::Sender<Stage>,
    /// Woken when an agent that was offered the request is gone.
    pub(crate) agent_lost: tokio::sync::Notify,
}

impl InFlight {
    /// Whether an agent may yet begin or end it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(*self.stage.borrow(), Stage::Offered | Stage::Claimed(_))
    }
}

/// What waiting for a request brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waited {
    /// It is over, and how is known.
    Ended(Outcome),
    /// It may or may not have happened. The store will know.
    NotYet,
}

/// A request under way.
pub struct Waiting {
    stage: watch::Receiver<Stage>,
}

impl Waiting {
    /// Waits for the end, but no longer than `patience`. The request goes on either way.
    pub async fn outcome(mut self, patience: Duration) -> Waited {
        let ended = self
            .stage
            .wait_for(|stage| matches!(stage, Stage::Ended(_)));
        match time::timeout(patience, ended).await {
            Ok(Ok(stage)) => match &*stage {
                Stage::Ended(outcome) => Waited::Ended(outcome.clone()),
                _ => Waited::NotYet,
            },
            _ => Waited::NotYet,
        }
    }
}

impl Hub {
    /// Begins to offer a request. It goes on when the returned value is dropped.
    pub fn execute(self: &Arc<Self>, dispatch: Dispatch) -> Waiting {
        let (stage, receiver) = watch::channel(Stage::Offered);
        let in_flight = Arc::new(InFlight {
            asked: dispatch.asked.clone(),
            stage,
            agent_lost: tokio::sync::Notify::new(),
        });
        self.in_flight()
            .insert(dispatch.asked.id, Arc::clone(&in_flight));
        let hub = Arc::clone(self);
        tokio::spawn(async move { hub.offer(dispatch, in_flight).await });
        Waiting { stage: receiver }
    }

    /// Offers the request to one agent after the other until one claims it or its time is over.
    async fn offer(self: Arc<Self>, dispatch: Dispatch, in_flight: Arc<InFlight>) {
        let mut stage = in_flight.stage.subscribe();
        let mut asked: Vec<AgentId> = Vec::new();
        loop {
            if *stage.borrow_and_update() != Stage::Offered {
                return;
            }
            let left = dispatch.asked.expires_at.duration_since(self.clock.now());
            let Ok(left) = Duration::try_from(left) else {
                break;
            };
            if left.is_zero() {
                break;
            }
            match self.offer_to_next(&dispatch, &asked) {
                Some(agent) => asked.push(agent),
                // All were asked, or none is there: whoever connects in time still gets it.
                None if asked.is_empty() => {}
                None => asked.clear(),
            }
            let patience = left.min(OFFER_PATIENCE);
            tokio::select! {
                _ = stage.changed() => {}
                () = in_flight.agent_lost.notified() => {}
                () = time::sleep(patience) => {}
            }
        }
        self.expire(&dispatch.asked).await;
    }

    fn offer_to_next(&self, dispatch: &Dispatch, asked: &[AgentId]) -> Option<AgentId> {
        let envelope = |key: KeyId| dispatch.sealed.iter().find(|sealed| sealed.key == key);
        let needs_envelope = dispatch.asked.operation.writes_password();
        let registry = self.registry();
        let entry = registry.choose(
            dispatch.asked.tenant,
            &dispatch.asked.target.forest,
            |key| !needs_envelope || envelope(key).is_some(),
            asked,
        )?;
        let frame = ToAgent::Execute(Execute {
            request: dispatch.asked.id,
            operation: dispatch.asked.operation,
            target: dispatch.asked.target.clone(),
            expires_at: dispatch.asked.expires_at,
            sealed: registry.keys_of(entry.agent.id).find_map(envelope).cloned(),
        });
        // A full outbox is an agent that does not read: counted as asked, the next one is tried.
        let _ = entry.outbox.try_send(frame);
        tracing::debug!(request = %dispatch.asked.id, agent = %entry.agent.id, "a request was offered");
        Some(entry.agent.id)
    }

    /// Ends a request that nobody claimed. If somebody claims it at this very moment, the store
    /// lets one of the two happen.
    pub(crate) async fn expire(&self, asked: &NewRequest) {
        let now = self.clock.now();
        let outcome = Outcome::from(Cause::NotStartedInTime);
        let audit = ended_record(asked, &outcome, Actor::Cloud, None, now);
        match self
            .store
            .expire_request(asked.tenant, asked.id, now, &audit)
            .await
        {
            Ok(true) => {
                let request = Request {
                    asked: asked.clone(),
                    state: RequestState::Pending,
                    claimed_by: None,
                    claimed_at: None,
                    begun: None,
                    outcome: None,
                    evidence: None,
                    ended_at: None,
                };
                self.finish_in_flight(request, outcome);
            }
            Ok(false) => {}
            Err(error) => {
                // The sweep tries again.
                tracing::error!(event_id = event::STORE_FAILED, request = %asked.id, %error, "could not end an overdue request");
            }
        }
    }

    /// Wakes whoever waits, and tells whoever tells the person.
    pub(crate) fn finish_in_flight(&self, request: Request, outcome: Outcome) {
        if let Some(in_flight) = self.in_flight().remove(&request.asked.id) {
            in_flight.stage.send_replace(Stage::Ended(outcome.clone()));
        }
        self.tell_ended(request, outcome);
    }
}

/// The audit record of a request's end.
pub(crate) fn ended_record(
    asked: &NewRequest,
    outcome: &Outcome,
    actor: Actor,
    would_be_banned: Option<BannedRule>,
    now: jiff::Timestamp,
) -> AuditRecord {
    let result = match outcome {
        Outcome::Changed { .. } => "success",
        Outcome::NotChanged { cause } => cause.info().id,
    };
    AuditRecord {
        tenant: Some(asked.tenant),
        at: now,
        actor,
        activity: activity(asked.operation),
        user: Some(asked.user),
        correlation: Some(asked.id.uuid()),
        address: None,
        result: result.to_owned(),
        detail: would_be_banned.map_or_else(String::new, BannedRule::watched),
    }
}

/// What the audit trail calls an operation.
const fn activity(operation: writeback_model::Operation) -> &'static str {
    use writeback_model::Operation;
    match operation {
        Operation::Reset { .. } => writeback_store::activity::RESET_SELF_SERVICE,
        Operation::Change => writeback_store::activity::CHANGE_SELF_SERVICE,
        Operation::Unlock => writeback_store::activity::UNLOCK_SELF_SERVICE,
    }
}
