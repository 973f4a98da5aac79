//! SKUs and plans as they are kept.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use writeback_policy::licence::{ServicePlan, ServicePlanId, SetState, SkuId, Term};
use writeback_store::{NewSku, StoreError};

use crate::row::{Columns, json};

pub(super) const TABLE: &str = "skus";

#[derive(Serialize, Deserialize)]
struct KeptPlan {
    id: Uuid,
    name: String,
}

pub(super) fn plans_json(plans: &[ServicePlan]) -> Result<String, StoreError> {
    let kept = plans.iter().map(|plan| KeptPlan {
        id: plan.id.uuid(),
        name: plan.name.clone(),
    });
    json(&kept.collect::<Vec<_>>())
}

pub(super) fn plans(columns: &Columns<'_>) -> Result<Vec<ServicePlan>, StoreError> {
    let kept: Vec<KeptPlan> = columns.json("plans")?;
    let plans = kept.into_iter().map(|plan| ServicePlan {
        id: ServicePlanId::from_uuid(plan.id),
        name: plan.name,
    });
    Ok(plans.collect())
}

pub(super) fn disabled_json(plans: &[ServicePlanId]) -> Result<String, StoreError> {
    json(&plans.iter().map(|plan| plan.uuid()).collect::<Vec<_>>())
}

pub(super) fn disabled(columns: &Columns<'_>) -> Result<Vec<ServicePlanId>, StoreError> {
    let kept: Vec<Uuid> = columns.json("disabled_plans")?;
    Ok(kept.into_iter().map(ServicePlanId::from_uuid).collect())
}

pub(super) fn term(columns: &Columns<'_>) -> Result<Term, StoreError> {
    Ok(Term {
        set: columns.named("state", SetState::from_id)?,
        ends_at: columns.maybe_time("ends_at")?,
    })
}

pub(super) fn prepaid(columns: &Columns<'_>) -> Result<Option<u64>, StoreError> {
    columns
        .get::<Option<i64>>("prepaid")?
        .map(|count| u64::try_from(count).map_err(|_| columns.bad("prepaid")))
        .transpose()
}

pub(super) fn sku(columns: &Columns<'_>) -> Result<NewSku, StoreError> {
    Ok(NewSku {
        id: columns.id("id", SkuId::from_uuid)?,
        part_number: columns.get("part_number")?,
        product: columns.get("product")?,
        plans: plans(columns)?,
        prepaid: prepaid(columns)?,
        term: term(columns)?,
    })
}
