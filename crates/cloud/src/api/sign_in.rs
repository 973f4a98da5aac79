//! `/api/v1/sign-in` and `/api/v1/sign-out`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use http::{StatusCode, header::USER_AGENT, request::Parts};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use writeback_model::{Secret, TenantId, UserId, UserName};
use writeback_policy::TenantOfName;
use writeback_store::{ThrottleAnswer, activity};

use super::{ApiError, SignedInToChange};
use crate::{
    address::address_of,
    sign_in::{self, From, SignInError},
    state::Cloud,
    tokens::throttle_key,
};

/// What is said where no password is tried any more, here or in the directory.
const TOO_MANY_WRONG: &str = "too many wrong passwords were tried, here or elsewhere: wait, or \
                              reset the password";

#[derive(Deserialize)]
pub(super) struct Credentials {
    name: String,
    password: String,
    /// Whose account, where the name does not say it.
    #[serde(default)]
    tenant: Option<TenantId>,
}

#[derive(Serialize)]
pub(super) struct SignedIn {
    /// Shown once.
    token: String,
    token_type: &'static str,
    expires_at: Timestamp,
    /// Another password must be chosen before anything else.
    password_change_needed: bool,
    user: UserId,
    tenant: TenantId,
}

/// `POST`: a token for a name and a password.
pub(super) async fn sign_in(
    State(cloud): State<Arc<Cloud>>,
    parts: Parts,
    body: Result<Json<Credentials>, JsonRejection>,
) -> Result<Json<SignedIn>, ApiError> {
    let Json(body) = body?;
    let password = Secret::new(body.password);
    let now = cloud.clock.now();
    let name: UserName = body
        .name
        .parse()
        .map_err(|_| ApiError::bad_request("the name is empty or cannot be one"))?;
    let tenant = match cloud.tenant_of(&name, body.tenant).await? {
        TenantOfName::Tenant(tenant) => tenant,
        TenantOfName::Nobody => TenantId::NOBODY,
        TenantOfName::NeedsFullName => {
            return Err(ApiError::bad_request(
                "write the whole name, such as alice@example.org",
            ));
        }
    };
    let from = From {
        address: address_of(&parts, &cloud),
        user_agent: parts
            .headers
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
    };
    let key = throttle_key(&from.address.to_string());
    let limit = &cloud.limits.sign_ins_per_address;
    if let ThrottleAnswer::Blocked { until } = cloud.count(tenant, limit, &key).await? {
        let message = "too many sign-ins from this address: wait";
        return Err(ApiError::too_many("too-many-sign-ins", message, until, now));
    }
    // Finished also when the caller has hung up: a try that has no end keeps others waiting.
    let signing_in =
        tokio::spawn(async move { sign_in::sign_in(&cloud, tenant, &name, password, &from).await });
    match signing_in.await.unwrap_or(Err(SignInError::Busy)) {
        Ok((token, session)) => Ok(Json(SignedIn {
            token,
            token_type: "Bearer",
            expires_at: session.expires_at,
            password_change_needed: session.must_change,
            user: session.user,
            tenant: session.tenant,
        })),
        Err(error) => Err(refusal(error)),
    }
}

/// `POST`: ends the sign-in that calls.
pub(super) async fn sign_out(
    State(cloud): State<Arc<Cloud>>,
    SignedInToChange(caller): SignedInToChange,
) -> Result<StatusCode, ApiError> {
    let audit = caller.record(activity::SIGN_OUT, "");
    cloud
        .store
        .revoke_sign_in_session(caller.tenant, Some(caller.user.id), caller.session, &audit)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Smart lockout, to somebody who is signed in.
pub(super) fn locked(until: Timestamp, now: Timestamp) -> ApiError {
    let message = "too many wrong passwords: wait, or reset the password";
    ApiError::too_many("sign-in-locked", message, until, now)
}

fn refusal(error: SignInError) -> ApiError {
    let status = match &error {
        SignInError::Store(_) => None,
        // One answer, and no time: which lock it is, and of which policy, tells of whom it is.
        SignInError::Locked | SignInError::LockedInDirectory | SignInError::Spared => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            return ApiError::new(status, SignInError::Locked.code(), TOO_MANY_WRONG);
        }
        SignInError::UnderWay => Some(StatusCode::TOO_MANY_REQUESTS),
        SignInError::NotAvailable | SignInError::NoAnswer => Some(StatusCode::SERVICE_UNAVAILABLE),
        SignInError::WrongPassword => Some(StatusCode::UNAUTHORIZED),
        _ => Some(StatusCode::FORBIDDEN),
    };
    match (status, error) {
        (Some(status), error) => ApiError::new(status, error.code(), error.to_string()),
        (None, SignInError::Store(error)) => error.into(),
        (None, error) => ApiError::bad_request(error.to_string()),
    }
}
