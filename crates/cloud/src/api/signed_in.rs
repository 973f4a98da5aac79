//! Who calls: a person by the token of a sign-in.

use std::{net::IpAddr, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use http::header::AUTHORIZATION;
use jiff::{SignedDuration, Timestamp};
use writeback_model::{Role, SignInSessionId, TenantId};
use writeback_store::{Actor, AuditRecord, StoreError, User};
use writeback_sync::Origin;

use super::error::ApiError;
use crate::{address::address_of, sign_in::IDLE_ENDS_AFTER, state::Cloud, tokens::hash_token};

/// How long a second factor counts as recent.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// Whoever's token came with the call, signed in and free to act.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Whose everything is.
    pub tenant: TenantId,
    /// Who.
    pub user: User,
    /// The roles that they hold, the mightiest first.
    pub roles: Vec<Role>,
    /// Where they are mastered.
    pub origin: Origin,
    /// The sign-in.
    pub session: SignInSessionId,
    /// When they last showed a second factor.
    pub second_factor_at: Option<Timestamp>,
    /// The network address that the call came from.
    pub address: IpAddr,
    /// When the call came.
    pub now: Timestamp,
}

/// The same for calls that are open while another password must be chosen.
#[derive(Clone, Debug)]
pub struct SignedInToChange(pub SignedIn);

impl SignedIn {
    /// Whether they showed a second factor within the last ten minutes.
    pub(super) fn has_recent_second_factor(&self) -> bool {
        self.second_factor_at.is_some_and(|at| {
            // Before a clock that was set back it would be recent for ever.
            let since = self.now.duration_since(at);
            since < RECENT && !since.is_negative()
        })
    }

    /// The audit record of something that they did to themselves.
    pub fn record(&self, activity: &'static str, detail: &str) -> AuditRecord {
        AuditRecord {
            tenant: Some(self.tenant),
            at: self.now,
            actor: Actor::User(self.user.id),
            activity,
            user: Some(self.user.id),
            correlation: Some(self.session.uuid()),
            address: Some(self.address.to_string()),
            result: "success".to_owned(),
            detail: detail.to_owned(),
        }
    }
}

impl FromRequestParts<Arc<Cloud>> for SignedInToChange {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cloud: &Arc<Cloud>) -> Result<Self, ApiError> {
        find(parts, cloud).await.map(|(caller, _)| Self(caller))
    }
}

impl FromRequestParts<Arc<Cloud>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cloud: &Arc<Cloud>) -> Result<Self, ApiError> {
        match find(parts, cloud).await? {
            (_, true) => Err(ApiError::password_change_needed()),
            (caller, false) => Ok(caller),
        }
    }
}

/// The caller, and whether they must choose another password first.
async fn find(parts: &Parts, cloud: &Cloud) -> Result<(SignedIn, bool), ApiError> {
    let token = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(ApiError::not_signed_in)?;
    let found = by_token(token, parts, cloud).await?;
    found.ok_or_else(ApiError::not_signed_in)
}

/// Whose open sign-in a token is of, and whether they must choose another password first.
pub(crate) async fn by_token(
    token: &str,
    parts: &Parts,
    cloud: &Cloud,
) -> Result<Option<(SignedIn, bool)>, StoreError> {
    let now = cloud.clock.now();
    let store = &cloud.store;
    let session = store
        .use_sign_in_session(hash_token(token), now, IDLE_ENDS_AFTER)
        .await?;
    let Some(session) = session else {
        return Ok(None);
    };
    let user = store.user(session.tenant, session.user).await?;
    let Some(user) = user.filter(|user| user.attributes.enabled) else {
        return Ok(None);
    };
    let caller = SignedIn {
        tenant: session.tenant,
        roles: store.roles_of(session.tenant, user.id).await?,
        origin: user.origin,
        user,
        session: session.id,
        second_factor_at: session.second_factor_at,
        address: address_of(parts, cloud),
        now,
    };
    Ok(Some((caller, session.must_change)))
}
