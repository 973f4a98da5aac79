//! `/api/v1/licences` and `/api/v1/users/{id}/licences/{sku}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{
        Path, State,
        rejection::{JsonRejection, PathRejection},
    },
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use writeback_model::UserId;
use writeback_policy::{licence::ServicePlan, roles::Act};
use writeback_store::{Assignee, SubscribedSku};

use super::{ApiError, SignedIn};
use crate::state::Cloud;

#[derive(Serialize)]
pub(super) struct Skus {
    licences: Vec<Sku>,
}

#[derive(Serialize)]
struct Sku {
    sku: String,
    part_number: String,
    state: &'static str,
    /// Absent where there is no limit.
    prepaid: Option<u64>,
    consumed: u64,
    without_seat: u64,
}

/// What an assignment came to.
#[derive(Serialize)]
pub(super) struct Assigned {
    /// Whether the person waits for a seat.
    waits_for_seat: bool,
}

/// `GET`: what the tenant has, and how many seats are taken.
pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Skus>, ApiError> {
    caller.may(Act::ReadDirectory, &[])?;
    let shown = |it: SubscribedSku| Sku {
        sku: it.sku.id.to_string(),
        part_number: it.sku.part_number,
        state: it.state.id(),
        prepaid: it.sku.prepaid,
        consumed: it.consumed,
        without_seat: it.without_seat,
    };
    let skus = caller.admin(&cloud).skus().await?;
    Ok(Json(Skus {
        licences: skus.into_iter().map(shown).collect(),
    }))
}

/// What does not come with it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithoutPlans {
    /// Service plans, by name or identifier. Absent: as it is assigned already, else none.
    disabled: Option<Vec<String>>,
}

/// `PUT`: assigns a licence to a person. Plans that are disabled in their assignment stay so,
/// unless a body says which are.
pub(super) async fn assign(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    of: Result<Path<(UserId, String)>, PathRejection>,
    body: Result<Option<Json<WithoutPlans>>, JsonRejection>,
) -> Result<Json<Assigned>, ApiError> {
    let Path((id, sku)) = of?;
    let wanted = body?.unwrap_or_default().0.disabled;
    caller.may(Act::AssignLicences, &[])?;
    let user = caller.person(&*cloud.store, id).await?;
    let admin = caller.admin(&cloud);
    let sku = admin.find_sku(&sku).await?;
    let to = Assignee::User(user.id);
    let disabled = match wanted {
        Some(wanted) => wanted
            .iter()
            .map(|plan| plan.parse())
            .collect::<Result<Vec<ServicePlan>, _>>()
            .map_err(|error| ApiError::bad_request(error.to_string()))?,
        None => disabled_before(&cloud, &caller, &sku, to).await?,
    };
    let without_seat = admin
        .assign_licence(&sku, to, &disabled, false, &caller.by())
        .await?;
    Ok(Json(Assigned {
        waits_for_seat: without_seat > 0,
    }))
}

async fn disabled_before(
    cloud: &Cloud,
    caller: &SignedIn,
    sku: &SubscribedSku,
    to: Assignee,
) -> Result<Vec<ServicePlan>, ApiError> {
    let assigned = cloud.store.licence_assignments(caller.tenant).await?;
    let before = assigned
        .into_iter()
        .find(|it| it.sku == sku.sku.id && it.to == to)
        .map(|it| it.disabled)
        .unwrap_or_default();
    let plans = sku.sku.plans.iter();
    Ok(plans
        .filter(|plan| before.contains(&plan.id))
        .cloned()
        .collect())
}

/// `DELETE`: takes a licence back that was assigned to the person directly.
pub(super) async fn unassign(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    of: Result<Path<(UserId, String)>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let Path((id, sku)) = of?;
    caller.may(Act::AssignLicences, &[])?;
    let user = caller.person(&*cloud.store, id).await?;
    let admin = caller.admin(&cloud);
    let sku = admin.find_sku(&sku).await?;
    let from = Assignee::User(user.id);
    match admin.unassign_licence(&sku, from, &caller.by()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(
            "that licence is not assigned to them directly",
        )),
    }
}
