//! `/api/v1/roles` and `/api/v1/users/{id}/roles/{role}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use writeback_model::{Role, UserId};
use writeback_policy::roles::Act;

use super::{ApiError, SignedIn};
use crate::state::Cloud;

#[derive(Serialize)]
pub(super) struct Holders {
    holders: Vec<Holder>,
}

#[derive(Serialize)]
struct Holder {
    role: Role,
    user: UserId,
    name: String,
    granted_at: Timestamp,
    /// Neither disabled nor removed.
    acts: bool,
}

/// `GET`: who holds which role.
pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Holders>, ApiError> {
    caller.may(Act::ReadDirectory, &[])?;
    let holders = cloud.store.role_holders(caller.tenant).await?;
    let shown = holders.into_iter().map(|holder| Holder {
        role: holder.role,
        user: holder.user,
        name: holder.name,
        granted_at: holder.granted_at,
        acts: holder.acts,
    });
    Ok(Json(Holders {
        holders: shown.collect(),
    }))
}

/// `PUT`: grants a role.
pub(super) async fn grant(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    of: Result<Path<(UserId, Role)>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let Path((id, role)) = of?;
    caller.may(Act::ManageRoles, &[])?;
    let user = caller.person(&*cloud.store, id).await?;
    let admin = caller.admin(&cloud);
    admin.grant_role(&user, role, &caller.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE`: takes a role back.
pub(super) async fn revoke(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    of: Result<Path<(UserId, Role)>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let Path((id, role)) = of?;
    caller.may(Act::ManageRoles, &[])?;
    let user = caller.person(&*cloud.store, id).await?;
    let admin = caller.admin(&cloud);
    match admin.revoke_role(&user, role, &caller.by()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("they do not hold that role")),
    }
}
