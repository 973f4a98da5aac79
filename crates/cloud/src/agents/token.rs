//! `POST /agent/v1/token`: an assertion signed with the agent's key buys a short access token
//! (RFC 7523, section 2.2).

use std::sync::Arc;

use axum::{Form, Json, extract::State};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use writeback_model::AgentId;
use writeback_wire::http::{TOKEN_PATH, TokenResponse};

use super::error::AgentApiError;
use crate::{
    state::Cloud,
    tokens::{hash_token, new_token},
};

/// How long an access token holds. It is asked for at every connect and every import, so that
/// short costs nothing and a stolen one is soon worth nothing.
const ACCESS_TOKEN_HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// The longest an assertion may hold, counted from now: its identifier is kept that long.
const ASSERTION_HOLDS_AT_MOST: SignedDuration = SignedDuration::from_mins(5);

/// How far the agent's clock may be off.
const CLOCK_SKEW_SECONDS: u64 = 60;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[derive(Deserialize)]
pub(super) struct TokenForm {
    grant_type: String,
    client_assertion_type: String,
    client_assertion: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    jti: String,
    exp: i64,
}

pub(super) async fn token(
    State(cloud): State<Arc<Cloud>>,
    Form(form): Form<TokenForm>,
) -> Result<Json<TokenResponse>, AgentApiError> {
    use AgentApiError::Assertion;
    if form.grant_type != "client_credentials" || form.client_assertion_type != ASSERTION_TYPE {
        return Err(Assertion(
            "its grant or assertion type is not the one of this service",
        ));
    }
    // Who signed it is read first, unverified, only to find the key that it must verify with.
    let claimed: Claims = jsonwebtoken::dangerous::insecure_decode_claims(&form.client_assertion)
        .map_err(|_| Assertion("it is no JSON web token"))?;
    let id: AgentId = claimed
        .sub
        .parse()
        .map_err(|_| Assertion("its subject is no agent"))?;
    let agent = cloud
        .store
        .agent(id)
        .await?
        .ok_or(Assertion("this agent is not enrolled here"))?;
    if agent.revoked_at.is_some() {
        return Err(Assertion("this agent was revoked: enrol it anew"));
    }

    let now = cloud.clock.now();
    let claims = verify(
        &form.client_assertion,
        &agent.public_key,
        &cloud.public_url.join(TOKEN_PATH),
    )?;
    let expires_at =
        Timestamp::from_second(claims.exp).map_err(|_| Assertion("its expiry is no time"))?;
    let skew = SignedDuration::from_secs(i64::try_from(CLOCK_SKEW_SECONDS).unwrap_or(0));
    if expires_at + skew < now {
        return Err(Assertion(
            "it has expired: check the clock of the agent's machine",
        ));
    }
    if expires_at > now + ASSERTION_HOLDS_AT_MOST + skew {
        return Err(Assertion(
            "it holds too long: check the clock of the agent's machine",
        ));
    }
    // Said to the agent itself only, which has proved who it is.
    if cloud.enabled_tenant(agent.tenant).await?.is_none() {
        return Err(AgentApiError::TenantDisabled);
    }
    if !cloud
        .store
        .spend_assertion(id, hash_token(&claims.jti), expires_at + skew, now)
        .await?
    {
        return Err(Assertion("it was used before"));
    }

    let access_token = new_token(&cloud.entropy);
    let hash = hash_token(&access_token);
    cloud
        .store
        .add_access_token(id, hash, now + ACCESS_TOKEN_HOLDS, now)
        .await?;
    Ok(Json(TokenResponse {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_TOKEN_HOLDS.as_secs().unsigned_abs(),
    }))
}

fn verify(token: &str, public_key: &[u8; 32], audience: &str) -> Result<Claims, AgentApiError> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "aud", "sub"]);
    // The time is judged by the cloud's own clock, in the caller.
    validation.validate_exp = false;
    jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(public_key), &validation)
        .map(|data| data.claims)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidAudience => AgentApiError::Assertion(
                "it is for another address: the agent must be enrolled with this cloud's public_url",
            ),
            _ => AgentApiError::Assertion("its signature does not fit the enrolled key"),
        })
}
