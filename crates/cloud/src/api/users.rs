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
use serde::{Deserialize, Serialize};
use writeback_model::{Secret, UserId};
use writeback_policy::roles::Act;
use writeback_store::User;

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

/// What became of it.
#[derive(Serialize)]
pub(super) struct Changed {
    /// It was so already.
    already: bool,
}

/// `POST …/enable`: lets somebody of the cloud alone sign in and reset again.
pub(super) async fn enable(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
) -> Result<Json<Changed>, ApiError> {
    enable_or_not(&cloud, &caller, id, true).await
}

/// `POST …/disable`: signs somebody of the cloud alone out, and keeps them out.
pub(super) async fn disable(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
) -> Result<Json<Changed>, ApiError> {
    enable_or_not(&cloud, &caller, id, false).await
}

async fn enable_or_not(
    cloud: &Cloud,
    caller: &SignedIn,
    id: Result<Path<UserId>, PathRejection>,
    enabled: bool,
) -> Result<Json<Changed>, ApiError> {
    let user = managed(cloud, caller, id).await?;
    let admin = caller.admin(cloud);
    let changed = admin.enable_user(&user, enabled, &caller.by()).await?;
    Ok(Json(Changed { already: !changed }))
}

/// `DELETE`: deletes somebody of the cloud alone, for good.
pub(super) async fn remove(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<UserId>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let user = managed(&cloud, &caller, id).await?;
    caller
        .admin(&cloud)
        .delete_user(&user, &caller.by())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The person, where the caller may manage them.
async fn managed(
    cloud: &Cloud,
    caller: &SignedIn,
    id: Result<Path<UserId>, PathRejection>,
) -> Result<User, ApiError> {
    let Path(id) = id?;
    let user = caller.person(&*cloud.store, id).await?;
    let roles = cloud.store.roles_of(caller.tenant, user.id).await?;
    caller.may(Act::ManageUsers, &roles)?;
    Ok(user)
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
