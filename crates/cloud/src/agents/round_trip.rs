//! `POST /agent/v1/round-trips/...`: a doctor on an agent's machine has a test account's password
//! reset, through the whole way that a person's takes but for the browser and the mailed code.
//!
//! Nothing is at risk: only an account that an operator gave for it is written to, no
//! administrator's, under the same rules and limits as a person's own reset. What an agent's
//! machine could do with it, it could do to that account anyway, with the agent's rights.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use writeback_model::{Operation, RequestId, Target, UserName};
use writeback_policy::access::Wish;
use writeback_relay::{Dispatch, Liveness};
use writeback_seal::Binding;
use writeback_store::{
    Actor, Agent, AuditRecord, NewRequest, Request, ThrottleAnswer, User, activity,
};
use writeback_wire::round_trip::{
    RoundTripPrepared, RoundTripSealed, RoundTripTold, RoundTripWanted,
};

use super::{auth::Caller, error::AgentApiError};
use crate::{
    state::Cloud,
    ticket::{ANSWER_WITHIN, Holder, expiry, is_sealed_to},
};

const OPERATION: Operation = Operation::Reset {
    force_change: false,
};

/// Says what to seal to and for. Keeps nothing.
pub(super) async fn prepare(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    body: Result<Json<RoundTripWanted>, JsonRejection>,
) -> Result<Json<RoundTripPrepared>, AgentApiError> {
    let Json(wanted) = body?;
    let (user, target) = ready(&cloud, &agent, &wanted.name).await?;
    let (binding, holder) = would_be(&cloud, &agent, &user, target);
    Ok(Json(RoundTripPrepared {
        ticket: cloud.tickets.issue(&holder, &binding),
        request: binding.request,
        operation: binding.operation,
        expires_at_ms: binding.expires_at.as_millisecond(),
        keys: cloud.hub.sealing_keys(agent.tenant, &binding.target.forest),
        target: binding.target,
    }))
}

/// Takes the envelopes, and has an agent write what is in them while the doctor waits.
pub(super) async fn take(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    body: Result<Json<RoundTripSealed>, JsonRejection>,
) -> Result<Json<RoundTripTold>, AgentApiError> {
    let Json(body) = body?;
    let (user, target) = ready(&cloud, &agent, &body.name).await?;
    let (like, holder) = would_be(&cloud, &agent, &user, target);
    let now = cloud.clock.now();
    let binding = cloud.tickets.check(&body.ticket, &holder, like, now);
    let binding = binding.ok_or(AgentApiError::PrepareAgain)?;
    let request = binding.request;
    // Sent twice, it is one reset.
    if cloud.store.request(agent.tenant, request).await?.is_none() {
        begin(&cloud, &agent, &user, binding, body).await?;
    }
    told(&cloud, &agent, request).await
}

async fn begin(
    cloud: &Cloud,
    agent: &Agent,
    user: &User,
    binding: Binding,
    body: RoundTripSealed,
) -> Result<(), AgentApiError> {
    let live = cloud.hub.sealing_keys(agent.tenant, &binding.target.forest);
    if body.sealed.is_empty() || !is_sealed_to(&body.sealed, &live) {
        return Err(AgentApiError::PrepareAgain);
    }
    let limit = &cloud.limits.passwords_per_user;
    let counted = cloud
        .count(agent.tenant, limit, &user.id.to_string())
        .await?;
    if let ThrottleAnswer::Blocked { until } = counted {
        return Err(AgentApiError::RoundTripTooOften(until));
    }
    let now = cloud.clock.now();
    let asked = NewRequest {
        id: binding.request,
        tenant: binding.tenant,
        user: user.id,
        operation: binding.operation,
        target: binding.target,
        created_at: now,
        expires_at: binding.expires_at,
    };
    let audit = AuditRecord {
        tenant: Some(agent.tenant),
        at: now,
        actor: Actor::Agent(agent.id),
        activity: activity::ROUND_TRIP_BEGUN,
        user: Some(user.id),
        correlation: Some(asked.id.uuid()),
        address: None,
        result: "success".to_owned(),
        detail: format!("asked for on {}", agent.host),
    };
    cloud.store.add_request(&asked, &audit).await?;
    tracing::info!(request = %asked.id, user = %user.id, agent = %agent.id,
        "a doctor has a test account's password reset");
    let waiting = cloud.hub.execute(Dispatch {
        asked,
        sealed: body.sealed,
    });
    // However it ended, or did not, the row knows.
    waiting.outcome(ANSWER_WITHIN).await;
    Ok(())
}

/// Says where it stands.
pub(super) async fn tell(
    State(cloud): State<Arc<Cloud>>,
    Caller(agent): Caller,
    Path(request): Path<String>,
) -> Result<Json<RoundTripTold>, AgentApiError> {
    let request = request.parse().map_err(|_| AgentApiError::NoRoundTrip)?;
    told(&cloud, &agent, request).await
}

/// Of test accounts alone: what becomes of a person's password is none of an agent's machine's
/// business.
async fn told(
    cloud: &Cloud,
    agent: &Agent,
    request: RequestId,
) -> Result<Json<RoundTripTold>, AgentApiError> {
    let found = cloud.store.request(agent.tenant, request).await?;
    let found = found.ok_or(AgentApiError::NoRoundTrip)?;
    let store = &cloud.store;
    let since = store.test_account_since(agent.tenant, found.asked.user);
    if since
        .await?
        .is_none_or(|since| found.asked.created_at < since)
    {
        return Err(AgentApiError::NoRoundTrip);
    }
    Ok(Json(shown(found)))
}

fn shown(found: Request) -> RoundTripTold {
    RoundTripTold {
        request: found.asked.id,
        state: found.state,
        outcome: found.outcome,
        evidence: found.evidence,
        created_at: found.asked.created_at,
        claimed_by: found.claimed_by,
        claimed_at: found.claimed_at,
        controller: found.begun.map(|it| it.controller),
        ended_at: found.ended_at,
    }
}

/// The test account's person and account, where it may be reset now.
async fn ready(cloud: &Cloud, agent: &Agent, name: &str) -> Result<(User, Target), AgentApiError> {
    let tenant = agent.tenant;
    let name: UserName = name.parse().map_err(|_| AgentApiError::NoTestAccount)?;
    let mut found = cloud.store.users_by_name(tenant, &name).await?;
    let (Some(user), true) = (found.pop(), found.is_empty()) else {
        return Err(AgentApiError::NoTestAccount);
    };
    let since = cloud.store.test_account_since(tenant, user.id).await?;
    // Who became an administrator since is nobody's test account any more.
    let roles = cloud.store.roles_of(tenant, user.id).await?;
    if since.is_none() || !roles.is_empty() {
        return Err(AgentApiError::NoTestAccount);
    }
    let access = cloud.access(tenant, Some(&user), Wish::Reset).await?;
    if let Some(finding) = access.refusal_but_for(&["agent-ready"]) {
        let reason = finding.reason.unwrap_or("refused");
        return Err(AgentApiError::RoundTripRefused(reason));
    }
    let Some(target) = user.target.clone() else {
        return Err(AgentApiError::RoundTripRefused("no-account"));
    };
    match cloud.hub.liveness(tenant, &target.forest) {
        Liveness::Ready { .. } => Ok((user, target)),
        _ => Err(AgentApiError::NoAgentReady),
    }
}

/// What a request made now would be bound to, and whose it would be.
fn would_be(cloud: &Cloud, agent: &Agent, user: &User, target: Target) -> (Binding, Holder) {
    let binding = Binding {
        tenant: agent.tenant,
        request: RequestId::new(&cloud.clock, &cloud.entropy),
        operation: OPERATION,
        target,
        expires_at: expiry(cloud.clock.now()),
    };
    let holder = Holder {
        session: agent.id.uuid(),
        user: user.id,
        last: None,
    };
    (binding, holder)
}
