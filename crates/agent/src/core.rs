//! What the parts of the agent share.

use std::sync::{Arc, RwLock};

use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use writeback_model::{AgentId, Cause, Clock, Entropy, Operation, Outcome, RequestId, TenantId};
use writeback_wire::{LinkTicket, ToCloud};

use crate::{
    banned::BannedRules,
    events,
    executor::{claims::Claims, locks::ObjectLocks},
    forest::Forests,
    health::Health,
    journal::{Journal, Told},
    state::{SealingKeys, StateError, Switch, Tickets},
    uplink::Uplink,
};

/// The agent.
pub(crate) struct Core {
    pub(crate) agent: AgentId,
    pub(crate) tenant: TenantId,
    pub(crate) forests: Forests,
    pub(crate) keys: RwLock<SealingKeys>,
    pub(crate) tickets: Tickets,
    pub(crate) journal: Journal,
    pub(crate) uplink: Uplink,
    pub(crate) claims: Arc<Claims>,
    pub(crate) locks: ObjectLocks,
    pub(crate) room: Semaphore,
    pub(crate) health: Health,
    pub(crate) switch: Switch,
    pub(crate) banned: BannedRules,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Executions, which a graceful stop waits for.
    pub(crate) executions: TaskTracker,
    /// Everything that may go on after a restart just as well.
    pub(crate) stop: CancellationToken,
}

impl Core {
    /// The ticket to show now.
    pub(crate) fn ticket(&self) -> LinkTicket {
        let (ticket, written) = self.tickets.show(&*self.entropy);
        if let Err(error) = written {
            ticket_not_kept(&error);
        }
        ticket
    }

    /// The cloud took the ticket that was shown.
    pub(crate) fn ticket_taken(&self) {
        if let Err(error) = self.tickets.taken() {
            ticket_not_kept(&error);
        }
    }

    /// Notes how a request ended, logs it, and tells the cloud.
    pub(crate) async fn finish(&self, request: RequestId, operation: Operation, told: Told) {
        log(request, operation, &told.outcome);
        self.tell(request, told).await;
    }

    /// Notes how a request ended and tells the cloud.
    pub(crate) async fn tell(&self, request: RequestId, told: Told) {
        self.claims.end(request);
        if let Err(error) = self.journal.outcome(request, told.clone()).await {
            // It is told all the same; after a crash the directory's receipt tells it again.
            tracing::error!(%request, event_id = events::STATE_UNWRITABLE,
                error = &error as &dyn std::error::Error, "an outcome could not be kept");
        }
        tracing::debug!(%request, "the outcome is told");
        self.uplink
            .tell(ToCloud::Outcome {
                request,
                outcome: told.outcome,
                evidence: told.evidence,
            })
            .await;
    }
}

fn ticket_not_kept(error: &StateError) {
    tracing::error!(
        event_id = events::STATE_UNWRITABLE,
        error = error as &dyn std::error::Error,
        "the ticket of the link could not be kept"
    );
}

fn log(request: RequestId, operation: Operation, outcome: &Outcome) {
    let (_, done, refused) = events::of(operation);
    match outcome {
        Outcome::Changed { remarks } => {
            tracing::info!(%request, event_id = done, %operation, ?remarks, "done");
        }
        Outcome::NotChanged { cause } => {
            log_refusal(request, operation, refused, cause);
        }
    }
}

fn log_refusal(request: RequestId, operation: Operation, refused: u32, cause: &Cause) {
    let info = cause.info();
    tracing::warn!(%request, event_id = refused, cause_event_id = info.event_id,
        cause = info.id, %operation, "not done");
}
