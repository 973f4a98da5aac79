//! `/api/v1/me/sessions`: where somebody is signed in.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use writeback_model::{SignInSessionId, UserId};
use writeback_store::{SignInSession, activity};

use super::{ApiError, SignedIn};
use crate::state::Cloud;

/// One sign-in as its owner sees it.
#[derive(Serialize)]
pub(super) struct Shown {
    id: SignInSessionId,
    created_at: Timestamp,
    seen_at: Timestamp,
    expires_at: Timestamp,
    address: String,
    user_agent: String,
    /// The one that asks.
    current: bool,
}

#[derive(Serialize)]
pub(super) struct Sessions {
    sessions: Vec<Shown>,
}

/// How many ended.
#[derive(Serialize)]
pub(super) struct Ended {
    pub(super) ended: u64,
}

/// `GET`: where one is signed in, newest first.
pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Sessions>, ApiError> {
    Ok(Json(Sessions::of(&cloud, &caller, caller.user.id).await?))
}

impl Sessions {
    /// A person's, as the caller sees them.
    pub(super) async fn of(
        cloud: &Cloud,
        caller: &SignedIn,
        user: UserId,
    ) -> Result<Self, ApiError> {
        let found = cloud
            .store
            .sign_in_sessions(caller.tenant, Some(user), caller.now)
            .await?;
        let show = |session: SignInSession| Shown {
            id: session.id,
            created_at: session.created_at,
            seen_at: session.seen_at,
            expires_at: session.expires_at,
            address: session.address,
            user_agent: session.user_agent,
            current: session.id == caller.session,
        };
        Ok(Self {
            sessions: found.into_iter().map(show).collect(),
        })
    }
}

/// `DELETE`: sign out everywhere, here too.
pub(super) async fn end_all(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Ended>, ApiError> {
    let audit = caller.record(activity::SESSIONS_REVOKED, "everywhere");
    let ended = cloud
        .store
        .revoke_sign_in_sessions(caller.tenant, caller.user.id, None, &audit)
        .await?;
    Ok(Json(Ended { ended }))
}

/// `DELETE …/{id}`: sign out in one place.
pub(super) async fn end_one(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    id: Result<Path<SignInSessionId>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let Path(id) = id?;
    let audit = caller.record(activity::SESSIONS_REVOKED, "one");
    let ended = cloud
        .store
        .revoke_sign_in_session(caller.tenant, Some(caller.user.id), id, &audit)
        .await?;
    match ended {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("you have no such session")),
    }
}
