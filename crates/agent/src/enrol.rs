//! Joining a tenant, once, with a one-time token.

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use writeback_model::{Clock, Entropy, Secret};
use writeback_wire::http::{ENROL_PATH, EnrolRequest, EnrolResponse};

use crate::{
    state::{Identity, Membership, SealingKeys, StateDir, StateError},
    transport::{Body, Call, Transport, TransportError},
};

/// What is needed to enrol.
pub struct Enrolment<'a> {
    /// The way to the cloud.
    pub transport: &'a Transport,
    /// Where keys and journal are to be kept.
    pub state_dir: &'a Path,
    /// The one-time token that an administrator made.
    pub token: &'a Secret,
    /// This host's name, for people.
    pub host: &'a str,
    /// The version of the software.
    pub version: &'a str,
    /// Leave the tenant that the agent belongs to already.
    pub replace: bool,
}

/// Why an agent did not enrol.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// It has a place already.
    #[error(
        "this agent belongs to the tenant {tenant} at {cloud} already; to move it, revoke it there and enrol again with --replace"
    )]
    Enrolled {
        /// The tenant's name.
        tenant: String,
        /// The cloud.
        cloud: String,
    },
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The cloud was not reached, or refused; its own words are shown.
    #[error(transparent)]
    Cloud(#[from] TransportError),
}

/// Makes new keys, spends the token, and keeps what the cloud answered. When the cloud refuses,
/// an earlier enrolment is as it was.
pub async fn enrol(
    enrolment: Enrolment<'_>,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Membership, EnrolError> {
    let dir = StateDir::open(enrolment.state_dir)?;
    let _lock = dir.lock()?;
    if let Some(old) = Membership::load(&dir)?
        && !enrolment.replace
    {
        return Err(EnrolError::Enrolled {
            tenant: old.tenant_name,
            cloud: old.cloud.to_string(),
        });
    }
    let identity = Identity::draw(&dir, entropy)?;
    let answer = ask(&enrolment, &identity).await?;
    let membership = Membership {
        agent: answer.agent,
        tenant: answer.tenant,
        tenant_name: answer.tenant_name,
        cloud: enrolment.transport.cloud().clone(),
        enrolled_at: clock.now(),
    };
    identity.save(&dir)?;
    SealingKeys::load_or_create(&dir, clock, entropy)?;
    // Last: from here on the agent belongs.
    membership.save(&dir)?;
    Ok(membership)
}

async fn ask(
    enrolment: &Enrolment<'_>,
    identity: &Identity,
) -> Result<EnrolResponse, TransportError> {
    let not_the_cloud = |why| TransportError::NotTheCloud {
        host: enrolment.transport.cloud().host().to_owned(),
        why,
    };
    let body = serde_json::to_vec(&EnrolRequest {
        token: enrolment.token.expose().trim().to_owned(),
        public_key: BASE64_STANDARD.encode(identity.public_key()),
        host: enrolment.host.to_owned(),
        version: enrolment.version.to_owned(),
    })
    .map_err(|_| not_the_cloud("the enrolment could not be written"))?;
    let answer = enrolment
        .transport
        .call(Call {
            path: ENROL_PATH,
            bearer: None,
            body: Body::Json(body.into()),
        })
        .await?;
    serde_json::from_slice(&answer).map_err(|_| not_the_cloud("its answer is no enrolment"))
}
