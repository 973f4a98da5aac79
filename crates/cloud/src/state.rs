//! What every handler of the cloud needs.

use std::sync::Arc;

use writeback_model::{Clock, Entropy, TenantId};
use writeback_policy::{KnownDomain, Limit, Limits, RecoveryAttribute};
use writeback_relay::Hub;
use writeback_store::{
    Actor, AuditRecord, Store, StoreError, ThrottleAnswer, ThrottleRule, activity,
};

use crate::{
    config::PublicUrl,
    mail::Mailer,
    sign_in::Hasher,
    sync::{Schedule, SyncHandle},
    ticket::TicketKey,
};

/// The cloud's parts, wired together once.
pub struct Cloud {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The way to the agents.
    pub hub: Arc<Hub>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Sends mails.
    pub mailer: Mailer,
    /// The cloud's own address.
    pub public_url: PublicUrl,
    /// Where codes may go.
    pub recovery: Vec<RecoveryAttribute>,
    /// How often what may happen.
    pub limits: Limits,
    /// In which times are told.
    pub time_zone: jiff::tz::TimeZone,
    /// When imports are made that nobody asked for.
    pub schedule: Schedule,
    /// Who waits for what of synchronisation.
    pub sync: SyncHandle,
    /// Judges passwords of people of the cloud alone.
    pub hasher: Hasher,
    /// Makes and checks what pages bring back with a sealed password.
    pub tickets: TicketKey,
    /// Reverse proxies that are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

impl Cloud {
    /// The domains of all forests that agents ever reported: also of those whose agents are
    /// away, so that a name is told the same whether they are or not.
    pub async fn known_domains(&self, tenant: TenantId) -> Result<Vec<KnownDomain>, StoreError> {
        let forests = self.store.forests(tenant).await?;
        Ok(forests
            .into_iter()
            .flat_map(|forest| {
                forest.domains.into_iter().map(move |domain| KnownDomain {
                    forest: forest.name.clone(),
                    domain: domain.name,
                    netbios: domain.netbios,
                    upn_suffixes: domain.upn_suffixes,
                })
            })
            .collect())
    }

    /// Counts one more event under a limit, as the tenant has set it.
    pub async fn count(
        &self,
        tenant: TenantId,
        limit: &Limit,
        key: &str,
    ) -> Result<ThrottleAnswer, StoreError> {
        let limit = limit.changed(&self.store.limit_changes(tenant).await?);
        let now = self.clock.now();
        let audit = AuditRecord {
            tenant: (tenant != TenantId::NOBODY).then_some(tenant),
            at: now,
            actor: Actor::Cloud,
            activity: activity::BLOCKED,
            // Some limits count people by their identifier, others by what says nothing of them.
            user: key.parse().ok(),
            correlation: None,
            address: None,
            result: "success".to_owned(),
            detail: format!("{}: {key}", limit.name),
        };
        self.store
            .count(tenant, &rule(&limit), key, now, &audit)
            .await
    }

    /// Forgets what was counted under a limit.
    pub async fn forgive(
        &self,
        tenant: TenantId,
        limit: &Limit,
        key: &str,
    ) -> Result<(), StoreError> {
        self.store.forgive(tenant, &rule(limit), key).await
    }
}

const fn rule(limit: &Limit) -> ThrottleRule {
    ThrottleRule {
        name: limit.name,
        limit: limit.times,
        window: limit.window,
        block: limit.block,
    }
}
