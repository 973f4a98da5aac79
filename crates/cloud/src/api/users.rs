//! `/api/v1/users/{id}`: what administrators do to somebody's password and sign-ins.

use std::sync::Arc;

use axum::{
    Json,
    extract::{
        Path, State,
        rejection::{JsonRejection, PathRejection},
    },
};
use http::StatusCode;
use serde::Deserialize;
use writeback_model::{Secret, UserId};
use writeback_policy::roles::Act;

use super::{
    ApiError, SignedIn,
    sessions::{Ended, Sessions},
};
use crate::state::Cloud;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    new_password: String,
}

/// `POST …/password`: a password that the person replaces at the next sign-in. People of the
/// cloud alone.
pub(super) async fn password(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
    body: Result<Json<NewPassword>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let (Path(id), Json(body)) = (id?, body?);
    let new = Secret::new(body.new_password);
    let user = caller.person(&*cloud.store, id).await?;
    let roles = cloud.store.roles_of(caller.tenant, user.id).await?;
    caller.may(Act::ResetPassword, &roles)?;
    let admin = caller.admin(&cloud);
    let watched = admin.check_user_password(&user, &new).await?;
    let entropy = Arc::clone(&cloud.entropy);
    let hash = cloud.hasher.hash(new, entropy).await?;
    admin
        .set_user_password(&user, hash, true, watched, &caller.by())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/sessions`: where somebody is signed in, newest first.
pub(super) async fn sessions(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
) -> Result<Json<Sessions>, ApiError> {
    let Path(id) = id?;
    let user = caller.person(&*cloud.store, id).await?;
    let roles = cloud.store.roles_of(caller.tenant, user.id).await?;
    caller.may(Act::RevokeSessions, &roles)?;
    Ok(Json(Sessions::of(&cloud, &caller, user.id).await?))
}

/// `DELETE …/sessions`: signs somebody out everywhere.
pub(super) async fn end_sessions(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
) -> Result<Json<Ended>, ApiError> {
    let Path(id) = id?;
    let user = caller.person(&*cloud.store, id).await?;
    let roles = cloud.store.roles_of(caller.tenant, user.id).await?;
    caller.may(Act::RevokeSessions, &roles)?;
    let ended = caller.admin(&cloud).sign_out(&user, &caller.by()).await?;
    Ok(Json(Ended { ended }))
}
