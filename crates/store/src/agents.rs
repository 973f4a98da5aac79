//! Agents: how they come to belong, and how they prove it.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{AgentId, EnrolmentId, TenantId};
use writeback_wire::LinkTicket;

use crate::{AuditRecord, StoreError, TokenHash};

/// A one-time token by which one agent may enrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Its public half.
    pub id: EnrolmentId,
    /// Into which tenant.
    pub tenant: TenantId,
    /// Its secret half.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a token enrols nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolRefused {
    /// There is no such token.
    Unknown,
    /// An agent enrolled with it before.
    Used,
    /// Its time is over.
    Expired,
    /// Its tenant is disabled; the token stays good.
    TenantDisabled,
}

/// An agent that is about to enrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgent {
    /// Its identifier.
    pub id: AgentId,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The name of its host.
    pub host: String,
    /// The version of its software.
    pub version: String,
}

/// An enrolled agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its identifier.
    pub id: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The name of its host.
    pub host: String,
    /// The version of its software, as last heard.
    pub version: String,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// When it was last connected.
    pub seen_at: Option<Timestamp>,
    /// When it was revoked; a revoked agent gets no token and no link.
    pub revoked_at: Option<Timestamp>,
    /// A copy of it was seen, where one was.
    pub copied: Option<Copied>,
}

/// A copy of an agent that was sent away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// When it was seen last.
    pub at: Timestamp,
    /// What it said its host's name is.
    pub host: String,
}

/// The ticket that an agent's next link has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownTicket {
    /// How many went before.
    pub number: u64,
    /// The ticket.
    pub value: Uuid,
}

impl KnownTicket {
    /// Judges what a link shows: the ticket to be known from now on, or `Err` where the ticket was
    /// spent by somebody else, so that agent and link have not the same state any more.
    ///
    /// One with a higher number than is known is believed: then it is the cloud that was restored
    /// from a backup.
    pub fn judge(known: Option<Self>, shown: Option<&LinkTicket>) -> Result<Option<Self>, Spent> {
        let Some(shown) = shown else {
            // An agent that has shown tickets once goes on doing so.
            return known.map_or(Ok(None), |_| Err(Spent));
        };
        let next = Self {
            number: shown.number.saturating_add(1),
            value: shown.next,
        };
        let held = Self {
            number: shown.number,
            value: shown.held,
        };
        let keeps_its_ticket = shown.held == shown.next;
        match known {
            None => {}
            Some(known) if known == held || known == next => {}
            Some(known) if shown.number > known.number => {}
            Some(_) => return Err(Spent),
        }
        Ok(Some(if keeps_its_ticket { held } else { next }))
    }
}

/// Somebody else has spent the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent;

/// Keeps agents.
#[async_trait]
pub trait AgentStore {
    /// Keeps a new enrolment token.
    async fn add_enrolment(
        &self,
        enrolment: &Enrolment,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// Spends a token, of which both halves must fit, and keeps the agent in its tenant; of two
    /// that come at once, one enrols. The audit record's tenant is replaced by the token's.
    async fn enrol(
        &self,
        id: EnrolmentId,
        hash: TokenHash,
        agent: &NewAgent,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Result<Agent, EnrolRefused>, StoreError>;

    /// One agent, whatever its tenant: it is how a caller's tenant is found.
    async fn agent(&self, id: AgentId) -> Result<Option<Agent>, StoreError>;

    /// The agents of a tenant, oldest first.
    async fn agents(&self, tenant: TenantId) -> Result<Vec<Agent>, StoreError>;

    /// Notes that an agent is connected, and with which version.
    async fn agent_seen(
        &self,
        id: AgentId,
        version: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Spends the ticket that a link of an agent shows. `false` when it was spent before, by a
    /// copy of the agent or by this one before it was restored from a backup: then nothing changes.
    async fn spend_link_ticket(
        &self,
        tenant: TenantId,
        id: AgentId,
        ticket: Option<&LinkTicket>,
    ) -> Result<bool, StoreError>;

    /// Notes that a copy of an agent was sent away. Nothing is kept where the tenant has no such
    /// agent.
    async fn note_copied(
        &self,
        tenant: TenantId,
        id: AgentId,
        copied: &Copied,
        audit: &AuditRecord,
    ) -> Result<(), StoreError>;

    /// All agents that were revoked, of all tenants: their links are to be closed.
    async fn revoked_agents(&self) -> Result<Vec<AgentId>, StoreError>;

    /// Revokes an agent and its access tokens. `false` when the tenant has no such agent.
    async fn revoke_agent(
        &self,
        tenant: TenantId,
        id: AgentId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Spends the identifier of a client assertion (`jti`), so that a copied one is refused.
    /// `false` when it was spent before. What expired before `now` is forgotten.
    async fn spend_assertion(
        &self,
        agent: AgentId,
        assertion: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Keeps an access token. What expired before `now` is forgotten.
    async fn add_access_token(
        &self,
        agent: AgentId,
        hash: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The agent, not revoked, that an unexpired access token belongs to.
    async fn agent_by_access_token(
        &self,
        hash: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Agent>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(number: u64, value: u128) -> Option<KnownTicket> {
        Some(KnownTicket {
            number,
            value: Uuid::from_u128(value),
        })
    }

    fn shown(number: u64, held: u128, next: u128) -> Option<LinkTicket> {
        Some(LinkTicket {
            number,
            held: Uuid::from_u128(held),
            next: Uuid::from_u128(next),
        })
    }

    #[test]
    fn a_ticket_is_spent_once_and_may_be_shown_again_by_who_spent_it() {
        for (kept, ticket, then) in [
            (None, None, Ok(None)),
            (None, shown(0, 1, 2), Ok(known(1, 2))),
            (known(1, 2), shown(1, 2, 3), Ok(known(2, 3))),
            // The welcome was lost.
            (known(2, 3), shown(1, 2, 3), Ok(known(2, 3))),
            // The copy had the same ticket and drew another next one.
            (known(2, 3), shown(1, 2, 4), Err(Spent)),
            (known(2, 3), shown(0, 1, 2), Err(Spent)),
            (known(2, 3), shown(2, 9, 4), Err(Spent)),
            (known(2, 3), None, Err(Spent)),
            // The cloud was restored.
            (known(2, 3), shown(5, 6, 7), Ok(known(6, 7))),
            // The agent cannot keep another one.
            (known(2, 3), shown(2, 3, 3), Ok(known(2, 3))),
            (known(2, 4), shown(2, 3, 3), Err(Spent)),
        ] {
            assert_eq!(
                KnownTicket::judge(kept, ticket.as_ref()),
                then,
                "{kept:?} {ticket:?}"
            );
        }
    }
}
