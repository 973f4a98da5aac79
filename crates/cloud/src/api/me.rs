//! `/api/v1/me`: what somebody may know and do about themselves.

use std::sync::Arc;

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use writeback_model::{Role, Secret, TenantId, UserId};
use writeback_store::{AuditRecord, CodeAnswer, ThrottleAnswer, activity};
use writeback_sync::Origin;

use super::{ApiError, SignedIn, SignedInToChange};
use crate::{
    sign_in::{self, ChangeError, second_factor},
    state::Cloud,
    tokens::throttle_key,
};

#[derive(Serialize)]
pub(super) struct Me {
    id: UserId,
    tenant: TenantId,
    user_principal_name: String,
    display_name: Option<String>,
    /// `cloud` or `synchronised`.
    origin: &'static str,
    roles: Vec<Role>,
    second_factor_at: Option<Timestamp>,
}

/// `GET`: who one is.
pub(super) async fn me(caller: SignedIn) -> Json<Me> {
    Json(Me {
        id: caller.user.id,
        tenant: caller.tenant,
        user_principal_name: caller.user.attributes.user_principal_name,
        display_name: caller.user.attributes.display_name,
        origin: match caller.origin {
            Origin::Cloud => "cloud",
            Origin::Synchronised => "synchronised",
        },
        roles: caller.roles,
        second_factor_at: caller.second_factor_at,
    })
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    current_password: String,
    new_password: String,
}

/// `POST …/password`: another password, for people of the cloud alone.
pub(super) async fn password(
    State(cloud): State<Arc<Cloud>>,
    SignedInToChange(caller): SignedInToChange,
    body: Result<Json<NewPassword>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let Json(body) = body?;
    let current = Secret::new(body.current_password);
    let new = Secret::new(body.new_password);
    let audit = caller.record(activity::CHANGE_SELF_SERVICE, "");
    let (user, session) = (&caller.user, Some(caller.session));
    let changed = sign_in::change_password(&cloud, user, session, &current, new, &audit).await;
    if let Err(error) = &changed {
        refused(&cloud, &audit, error.code()).await?;
    }
    match changed {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ChangeError::Store(error)) => Err(error.into()),
        Err(ChangeError::Locked { until }) => Err(super::sign_in::locked(until, caller.now)),
        Err(error) => Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            error.code(),
            error.to_string(),
        )),
    }
}

#[derive(Serialize)]
pub(super) struct Sent {
    /// How many addresses the code went to.
    sent_to: usize,
    /// How long it is good.
    minutes: i64,
}

/// `POST …/second-factor`: a code to the recovery addresses.
pub(super) async fn send_code(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
) -> Result<Json<Sent>, ApiError> {
    let key = throttle_key(&caller.user.id.to_string());
    let limit = &cloud.limits.codes_per_name;
    if let ThrottleAnswer::Blocked { until } = cloud.count(caller.tenant, limit, &key).await? {
        let message = "too many codes were asked for";
        return Err(ApiError::too_many(
            "too-many-codes",
            message,
            until,
            caller.now,
        ));
    }
    match second_factor::send(&cloud, &caller.user, caller.session).await? {
        Some(sent_to) => Ok(Json(Sent {
            sent_to,
            minutes: second_factor::CODE_HOLDS.as_mins(),
        })),
        None => {
            let code = "no-recovery-address";
            let audit = caller.record(activity::SECOND_FACTOR, "a code was asked for");
            refused(&cloud, &audit, code).await?;
            Err(ApiError::new(
                StatusCode::CONFLICT,
                code,
                "there is no address of yours that a code can go to now: wait, or ask an \
                 administrator to add one",
            ))
        }
    }
}

/// Records that something was refused, and why.
async fn refused(cloud: &Cloud, audit: &AuditRecord, why: &str) -> Result<(), ApiError> {
    let audit = AuditRecord {
        result: why.to_owned(),
        ..audit.clone()
    };
    Ok(cloud.store.audit(&audit).await?)
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// `POST …/second-factor/verify`: the code. For ten minutes protected operations are open.
pub(super) async fn verify_code(
    State(cloud): State<Arc<Cloud>>,
    caller: SignedIn,
    body: Result<Json<Code>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let Json(Code { code }) = body?;
    // Over all codes and sessions, and counted before it is tried: so that tries at the same
    // moment count as well.
    let key = throttle_key(&caller.user.id.to_string());
    let limit = &cloud.limits.wrong_codes_per_name;
    if let ThrottleAnswer::Blocked { until } = cloud.count(caller.tenant, limit, &key).await? {
        let message = "too many wrong codes were tried";
        return Err(ApiError::too_many(
            "too-many-wrong-codes",
            message,
            until,
            caller.now,
        ));
    }
    let audit = caller.record(activity::SECOND_FACTOR, "code by e-mail");
    let answer = second_factor::verify(&cloud, caller.tenant, caller.session, &code, &audit);
    let refused = |code, message| Err(ApiError::new(StatusCode::FORBIDDEN, code, message));
    match answer.await? {
        CodeAnswer::Right => {
            cloud.forgive(caller.tenant, limit, &key).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        CodeAnswer::Wrong { .. } => refused("wrong-code", "the code is not right"),
        CodeAnswer::Expired => refused("code-expired", "the code has expired: ask for another"),
        CodeAnswer::Exhausted => refused(
            "code-exhausted",
            "too many wrong codes were tried: ask for another",
        ),
    }
}
