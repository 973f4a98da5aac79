//! Licences: what a tenant bought, who is assigned what, and who has a seat.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{GroupId, TenantId, UserId};
use writeback_policy::licence::{
    HeldLicence, LicenceState, Lowered, ServicePlan, ServicePlanId, SkuId, Term,
};

use crate::{AuditRecord, StoreError};

/// What a tenant buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSku {
    /// Its identifier.
    pub id: SkuId,
    /// Its part number: no other SKU of the tenant has it, whatever the case.
    pub part_number: String,
    /// What it is sold as.
    pub product: String,
    /// Its service plans.
    pub plans: Vec<ServicePlan>,
    /// How many seats; unlimited where there is none.
    pub prepaid: Option<u64>,
    /// For how long.
    pub term: Term,
}

/// What a tenant bought, and how much of it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribedSku {
    /// What.
    pub sku: NewSku,
    /// Its state at the time that was asked for.
    pub state: LicenceState,
    /// How many seats are taken: never more than there are, but for those that were taken when
    /// there were more. Of a SKU without limit, how many people are assigned it.
    pub consumed: u64,
    /// How many people are assigned it and have no seat.
    pub without_seat: u64,
    /// When seats that are too many go, where there are fewer than were taken.
    pub surplus_until: Option<Timestamp>,
}

/// To whom a licence is assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignee {
    /// To a person.
    User(UserId),
    /// To a group: whoever is in it, also through other groups, inherits it.
    Group(GroupId),
    /// To everybody in the tenant.
    Everybody,
}

/// One assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenceAssignment {
    /// What.
    pub sku: SkuId,
    /// To whom.
    pub to: Assignee,
    /// Service plans that do not come with it.
    pub disabled: Vec<ServicePlanId>,
    /// Since when.
    pub assigned_at: Timestamp,
}

/// What became of an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignAnswer {
    /// It is assigned; what was assigned before has the new disabled plans. So many people
    /// got no seat by it.
    Assigned {
        /// How many wait for a seat.
        without_seat: u64,
    },
    /// The tenant has no such SKU.
    NoSku,
    /// There is no such person or group.
    NoAssignee,
    /// A plan to be disabled is not the SKU's.
    NoPlan(ServicePlanId),
    /// The subscription is suspended or expired.
    NotRunning(LicenceState),
    /// All seats are taken, and it was for one person: nothing is kept.
    NoSeat {
        /// How many seats there are.
        prepaid: u64,
        /// How many are taken.
        consumed: u64,
    },
}

/// Keeps licences.
///
/// A person takes one seat of a SKU, by however many assignments they hold it. Seats of a SKU
/// without limit are not kept. Who is assigned a licence and finds no seat free waits: those
/// with an assignment of their own first, then by when the assignment was made and by
/// identifier. A seat that gets free goes to the first who waits.
#[async_trait]
pub trait LicenceStore {
    /// Keeps what a tenant bought. `false` when it has that identifier or part number.
    async fn add_sku(
        &self,
        tenant: TenantId,
        sku: &NewSku,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// What a tenant bought, by part number.
    async fn skus(
        &self,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<Vec<SubscribedSku>, StoreError>;

    /// Sets how many seats there are. Where more are taken, the last ones to get theirs keep it
    /// for a grace, and nobody gets one meanwhile. `None` when there is no such SKU.
    async fn set_seats(
        &self,
        tenant: TenantId,
        sku: SkuId,
        prepaid: Option<u64>,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Option<Lowered>, StoreError>;

    /// Sets for how long it was bought. `false` when there is no such SKU.
    async fn set_term(
        &self,
        tenant: TenantId,
        sku: SkuId,
        term: Term,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// Assigns a licence.
    async fn assign_licence(
        &self,
        tenant: TenantId,
        sku: SkuId,
        to: Assignee,
        disabled: &[ServicePlanId],
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<AssignAnswer, StoreError>;

    /// What [`assign_licence`](Self::assign_licence) would answer. Nothing is kept.
    async fn try_assign_licence(
        &self,
        tenant: TenantId,
        sku: SkuId,
        to: Assignee,
        disabled: &[ServicePlanId],
        now: Timestamp,
    ) -> Result<AssignAnswer, StoreError>;

    /// Takes an assignment back. `false` when there is none. Whoever holds the licence by
    /// another assignment keeps their seat.
    async fn unassign_licence(
        &self,
        tenant: TenantId,
        sku: SkuId,
        from: Assignee,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError>;

    /// All assignments of a tenant, oldest first.
    async fn licence_assignments(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<LicenceAssignment>, StoreError>;

    /// The licences that a person holds at a time, one for each assignment, oldest first: what
    /// a group or everybody is assigned counts as long as they are in it. Somebody who was
    /// removed holds none.
    async fn held_licences(
        &self,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<HeldLicence>, StoreError>;

    /// Who is assigned a SKU and has no seat, in the order in which they will get one, at most
    /// `limit`.
    async fn without_seat(
        &self,
        tenant: TenantId,
        sku: SkuId,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Whether anything at all is assigned in the tenant that works at that time. Having bought
    /// it is not enough.
    async fn any_licence_assigned(
        &self,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives and takes seats after people came into groups and left them by a synchronisation.
    /// Answers how many seats changed hands; the record is kept where any did.
    async fn settle_seats(
        &self,
        tenant: TenantId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<u64, StoreError>;
}
