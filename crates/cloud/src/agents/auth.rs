//! Who calls: an agent by its access token.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use http::header::AUTHORIZATION;
use writeback_store::Agent;

use super::error::AgentApiError;
use crate::{state::Cloud, tokens::hash_token};

/// The agent whose access token came with the call.
pub struct Caller(pub Agent);

impl FromRequestParts<Arc<Cloud>> for Caller {
    type Rejection = AgentApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        cloud: &Arc<Cloud>,
    ) -> Result<Self, Self::Rejection> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(AgentApiError::Token)?;
        let agent = cloud
            .store
            .agent_by_access_token(hash_token(token), cloud.clock.now())
            .await?;
        let agent = agent.ok_or(AgentApiError::Token)?;
        match cloud.enabled_tenant(agent.tenant).await? {
            Some(_) => Ok(Self(agent)),
            None => Err(AgentApiError::TenantDisabled),
        }
    }
}
