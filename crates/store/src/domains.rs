//! Domains of tenants, and who may call them theirs.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{DomainName, TenantId};

use crate::{AuditRecord, StoreError};

/// A domain that a tenant says is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantDomain {
    /// Its name.
    pub name: DomainName,
    /// What has to stand in the domain's DNS. No secret: everybody can read it there.
    pub token: String,
    /// When the tenant claimed it.
    pub added_at: Timestamp,
    /// When and how it was verified; nothing follows from one that was not.
    pub verified: Option<(Timestamp, Verification)>,
}

/// How a domain was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Its DNS held the token.
    Dns,
    /// The operator said so.
    Operator,
}

impl Verification {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Dns, Self::Operator];

    /// Its name in the database and in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Operator => "operator",
        }
    }
}

/// What became of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyAnswer {
    /// The domain is the tenant's now.
    Verified,
    /// It was before.
    Already,
    /// Another tenant has it.
    Taken,
    /// The tenant never claimed it.
    Unknown,
}

/// Keeps domains of tenants.
#[async_trait]
pub trait DomainStore {
    /// Keeps a claim. `false` when the tenant made it before. Several tenants may claim the same
    /// domain.
    async fn add_domain(
        &self,
        tenant: TenantId,
        domain: &TenantDomain,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// The tenant's domains, by name.
    async fn domains(&self, tenant: TenantId) -> Result<Vec<TenantDomain>, StoreError>;

    /// Makes a claimed domain the tenant's. Of several tenants one gets it.
    async fn verify_domain(
        &self,
        tenant: TenantId,
        domain: &DomainName,
        how: Verification,
        at: Timestamp,
        audit: &AuditRecord,
    ) -> Result<VerifyAnswer, StoreError>;

    /// Forgets a domain of the tenant. `false` when it has none of that name.
    async fn remove_domain(
        &self,
        tenant: TenantId,
        domain: &DomainName,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Whose verified domain it is. `domain` is compared as it is, in lower case.
    async fn tenant_of_domain(&self, domain: &str) -> Result<Option<TenantId>, StoreError>;
}
