//! Licences.

use writeback_policy::licence::{
    LicenceState, Lowered, ServicePlan, ServicePlanId, SkuId, Term, UnknownPlan,
};
use writeback_store::{AssignAnswer, Assignee, AuditRecord, NewSku, StoreError, SubscribedSku};

use super::{Admin, AdminError};

/// Why something about licences was not done.
#[derive(Debug, thiserror::Error)]
pub enum LicenceError {
    /// The tenant has no such SKU.
    #[error(
        "the tenant has no SKU {0:?}: `writeback admin licence list` shows what it has, and \
         `writeback admin licence add` adds one of the catalogue"
    )]
    NoSku(String),
    /// It has it.
    #[error(
        "the tenant has the SKU {0:?} already: `writeback admin licence set-seats` sets how many"
    )]
    HasSku(String),
    /// Not a plan.
    #[error(transparent)]
    Plan(#[from] UnknownPlan),
    /// Not a plan of that SKU.
    #[error("the SKU has no service plan {0}: `writeback admin licence list` shows its plans")]
    NotItsPlan(ServicePlanId),
    /// It does not run.
    #[error("the subscription is {0}: renew it with `writeback admin licence set-state` first")]
    NotRunning(&'static str),
    /// No seat is left.
    #[error(
        "no seat is free: {consumed} of {prepaid} are taken; remove an assignment, or buy more \
         and say so with `writeback admin licence set-seats`"
    )]
    NoSeat {
        /// How many there are.
        prepaid: u64,
        /// How many are taken.
        consumed: u64,
    },
    /// Whoever it was for is there no more.
    #[error("whoever it was to be assigned to is there no more")]
    NoAssignee,
    /// Something else.
    #[error(transparent)]
    Admin(#[from] AdminError),
}

impl From<StoreError> for LicenceError {
    fn from(error: StoreError) -> Self {
        Self::Admin(error.into())
    }
}

impl Admin<'_> {
    /// What the tenant bought.
    pub async fn skus(&self) -> Result<Vec<SubscribedSku>, LicenceError> {
        let tenant = self.tenant().await?;
        Ok(self.store.skus(tenant.id, self.clock.now()).await?)
    }

    /// The SKU of that part number or identifier.
    pub async fn find_sku(&self, name: &str) -> Result<SubscribedSku, LicenceError> {
        let id = name.parse::<SkuId>().ok();
        let is_it = |it: &SubscribedSku| {
            it.sku.part_number.eq_ignore_ascii_case(name) || Some(it.sku.id) == id
        };
        let mut skus = self.skus().await?.into_iter();
        skus.find(is_it)
            .ok_or_else(|| LicenceError::NoSku(name.to_owned()))
    }

    /// Keeps what the tenant bought.
    pub async fn add_sku(&self, sku: &NewSku, by: &str) -> Result<(), LicenceError> {
        let tenant = self.tenant().await?;
        let detail = format!("{} {} by {by}", sku.part_number, sku.id);
        let audit = self.record(tenant.id, "Add subscription", detail);
        let now = self.clock.now();
        match self.store.add_sku(tenant.id, sku, now, &audit).await? {
            true => Ok(()),
            false => Err(LicenceError::HasSku(sku.part_number.clone())),
        }
    }

    /// Sets how many seats there are.
    pub async fn set_seats(
        &self,
        sku: &SubscribedSku,
        prepaid: Option<u64>,
        by: &str,
    ) -> Result<Lowered, LicenceError> {
        let tenant = self.tenant().await?;
        let seats = prepaid.map_or_else(|| "unlimited".to_owned(), |seats| seats.to_string());
        let detail = format!("{}: seats {seats} by {by}", sku.sku.id);
        let audit = self.record(tenant.id, "Update subscription", detail);
        let now = self.clock.now();
        self.store
            .set_seats(tenant.id, sku.sku.id, prepaid, now, &audit)
            .await?
            .ok_or_else(|| LicenceError::NoSku(sku.sku.part_number.clone()))
    }

    /// Sets for how long it was bought. Answers its state from now on.
    pub async fn set_term(
        &self,
        sku: &SubscribedSku,
        term: Term,
        by: &str,
    ) -> Result<LicenceState, LicenceError> {
        let tenant = self.tenant().await?;
        let ends = term
            .ends_at
            .map_or_else(String::new, |at| format!(", ends {at:.0}"));
        let detail = format!("{}: {}{ends} by {by}", sku.sku.id, term.set.id());
        let audit = self.record(tenant.id, "Update subscription", detail);
        match self
            .store
            .set_term(tenant.id, sku.sku.id, term, &audit)
            .await?
        {
            true => Ok(term.state(self.clock.now())),
            false => Err(LicenceError::NoSku(sku.sku.part_number.clone())),
        }
    }

    /// Assigns a licence, or only says what would become of it. Answers how many people who are
    /// assigned it have no seat.
    pub async fn assign_licence(
        &self,
        sku: &SubscribedSku,
        to: Assignee,
        disabled: &[ServicePlan],
        dry_run: bool,
        by: &str,
    ) -> Result<u64, LicenceError> {
        let tenant = self.tenant().await?;
        let without = disabled.iter().map(|plan| plan.name.as_str());
        let deed = match without.collect::<Vec<_>>().as_slice() {
            [] => "assigned".to_owned(),
            plans => format!("assigned without {}", plans.join(", ")),
        };
        let disabled: Vec<_> = disabled.iter().map(|plan| plan.id).collect();
        let audit = self.licence_record(tenant.id, &deed, sku, to, by);
        let (store, now) = (self.store, self.clock.now());
        let answer = if dry_run {
            store
                .try_assign_licence(tenant.id, sku.sku.id, to, &disabled, now)
                .await?
        } else {
            store
                .assign_licence(tenant.id, sku.sku.id, to, &disabled, now, &audit)
                .await?
        };
        match answer {
            AssignAnswer::Assigned { without_seat } => Ok(without_seat),
            AssignAnswer::NoSku => Err(LicenceError::NoSku(sku.sku.part_number.clone())),
            AssignAnswer::NoAssignee => Err(LicenceError::NoAssignee),
            AssignAnswer::NoPlan(plan) => Err(LicenceError::NotItsPlan(plan)),
            AssignAnswer::NotRunning(state) => Err(LicenceError::NotRunning(state.id())),
            AssignAnswer::NoSeat { prepaid, consumed } => {
                Err(LicenceError::NoSeat { prepaid, consumed })
            }
        }
    }

    /// Takes an assignment back. `false` where there is none.
    pub async fn unassign_licence(
        &self,
        sku: &SubscribedSku,
        from: Assignee,
        by: &str,
    ) -> Result<bool, LicenceError> {
        let tenant = self.tenant().await?;
        let audit = self.licence_record(tenant.id, "removed", sku, from, by);
        let now = self.clock.now();
        Ok(self
            .store
            .unassign_licence(tenant.id, sku.sku.id, from, now, &audit)
            .await?)
    }

    fn licence_record(
        &self,
        tenant: writeback_model::TenantId,
        what: &str,
        sku: &SubscribedSku,
        to: Assignee,
        by: &str,
    ) -> AuditRecord {
        let (user, whom) = match to {
            Assignee::User(user) => (Some(user), "user".to_owned()),
            Assignee::Group(group) => (None, format!("group {group}")),
            Assignee::Everybody => (None, "everybody".to_owned()),
        };
        let detail = format!("{} {what}, {whom}, by {by}", sku.sku.part_number);
        AuditRecord {
            user,
            ..self.record(tenant, "Change user license", detail)
        }
    }
}
