//! How a call of an agent is refused.

use axum::{
    Json,
    extract::rejection::JsonRejection,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use writeback_model::event;
use writeback_store::{EnrolRefused, StoreError};
use writeback_wire::http::ApiError;

/// Every refusal an agent can meet.
#[derive(Debug, thiserror::Error)]
pub enum AgentApiError {
    /// The body is not what it should be.
    #[error("the call's body could not be read: {0}")]
    Body(String),
    /// The enrolment token is not one.
    #[error(
        "this enrolment token is not known here: copy it whole, or make a new one with \
             `writeback admin enrolment create`"
    )]
    EnrolmentUnknown,
    /// An agent enrolled with it before.
    #[error(
        "this enrolment token was used: each is good for one agent; make a new one with \
             `writeback admin enrolment create`"
    )]
    EnrolmentUsed,
    /// Its time is over.
    #[error(
        "this enrolment token has expired: make a new one with \
             `writeback admin enrolment create`"
    )]
    EnrolmentExpired,
    /// The agent's tenant is disabled.
    #[error(
        "the organisation that this agent belongs to is disabled here: nothing is lost, and the \
         agent comes back by itself once the cloud's operator has enabled it"
    )]
    TenantDisabled,
    /// The public key is not one.
    #[error("the agent's public key is not 32 bytes in base64")]
    PublicKey,
    /// The client assertion does not hold.
    #[error("the agent's assertion is refused: {0}")]
    Assertion(&'static str),
    /// No access token, or one that does not hold.
    #[error("the access token is missing, expired or revoked: the agent must buy another one")]
    Token,
    /// The WebSocket was asked for wrongly.
    #[error("the link needs a WebSocket with the subprotocol writeback.v1")]
    Upgrade,
    /// The import is not running, or is another agent's.
    #[error("this import is not running: the agent must wait until it is asked again")]
    ImportNotRunning,
    /// A batch that does not follow the one before.
    #[error("batch {due} is due: the agent must send its batches in order")]
    BatchOutOfOrder {
        /// The sequence number that is due.
        due: u32,
    },
    /// The import has a gap.
    #[error("this import is not complete: batches or objects are missing")]
    ImportIncomplete,
    /// The import would leave nobody.
    #[error(
        "this import brought nothing, and objects are known: nothing is removed; check that the agent's account may read the users"
    )]
    ImportEmpty,
    /// A batch that is too large.
    #[error("an import batch has at most {max} objects", max = writeback_wire::http::IMPORT_BATCH_MAX)]
    BatchTooLarge,
    /// Nobody's account was given for tests under that name.
    #[error(
        "no test account goes by that name: the cloud's operator designates one with \
         `writeback admin user test-account NAME`"
    )]
    NoTestAccount,
    /// The rules of resets are against it, as they would be against the person's own.
    #[error(
        "the cloud's rules are against a reset of this test account ({0}): `writeback admin \
         explain NAME` on the cloud's machine says why"
    )]
    RoundTripRefused(&'static str),
    /// Nobody could take it.
    #[error("no agent of the test account's forest is ready: `writeback admin doctor` says why")]
    NoAgentReady,
    /// The limit of resets is used up.
    #[error("this test account was reset too often: it may be again at {0:.0}, as any person may")]
    RoundTripTooOften(jiff::Timestamp),
    /// A ticket that does not hold, or envelopes for other keys than those that are live.
    #[error("the ticket or the keys do not hold any more: prepare the round trip again")]
    PrepareAgain,
    /// Not this tenant's, or none.
    #[error("there is no such round trip")]
    NoRoundTrip,
    /// The store failed.
    #[error("the cloud cannot reach its store: try again in a moment")]
    Store(#[from] StoreError),
}

impl From<JsonRejection> for AgentApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::Body(rejection.body_text())
    }
}

impl From<EnrolRefused> for AgentApiError {
    fn from(refused: EnrolRefused) -> Self {
        match refused {
            EnrolRefused::Unknown => Self::EnrolmentUnknown,
            EnrolRefused::Used => Self::EnrolmentUsed,
            EnrolRefused::Expired => Self::EnrolmentExpired,
            EnrolRefused::TenantDisabled => Self::TenantDisabled,
        }
    }
}

impl AgentApiError {
    const fn parts(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Body(_) => (StatusCode::BAD_REQUEST, "invalid-body"),
            Self::EnrolmentUnknown => (StatusCode::FORBIDDEN, "enrolment-token-unknown"),
            Self::EnrolmentUsed => (StatusCode::FORBIDDEN, "enrolment-token-used"),
            Self::EnrolmentExpired => (StatusCode::FORBIDDEN, "enrolment-token-expired"),
            Self::TenantDisabled => (StatusCode::FORBIDDEN, "tenant-disabled"),
            Self::PublicKey => (StatusCode::BAD_REQUEST, "invalid-public-key"),
            // RFC 6749, section 5.2.
            Self::Assertion(_) => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::Token => (StatusCode::UNAUTHORIZED, "invalid_token"),
            Self::Upgrade => (StatusCode::UPGRADE_REQUIRED, "upgrade-required"),
            Self::ImportNotRunning => (StatusCode::CONFLICT, "import-not-running"),
            Self::BatchOutOfOrder { .. } => (StatusCode::CONFLICT, "batch-out-of-order"),
            Self::ImportIncomplete => (StatusCode::CONFLICT, "import-incomplete"),
            Self::ImportEmpty => (StatusCode::CONFLICT, "import-empty"),
            Self::BatchTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "batch-too-large"),
            Self::NoTestAccount => (StatusCode::FORBIDDEN, "no-test-account"),
            Self::RoundTripRefused(_) => (StatusCode::FORBIDDEN, "round-trip-refused"),
            Self::NoAgentReady => (StatusCode::CONFLICT, "no-agent-ready"),
            Self::RoundTripTooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "round-trip-too-often"),
            Self::PrepareAgain => (StatusCode::CONFLICT, "prepare-again"),
            Self::NoRoundTrip => (StatusCode::NOT_FOUND, "no-round-trip"),
            Self::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "store-unavailable"),
        }
    }
}

impl IntoResponse for AgentApiError {
    fn into_response(self) -> Response {
        let (status, name) = self.parts();
        if let Self::Store(error) = &self {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = error as &dyn std::error::Error,
                "the store failed"
            );
        } else {
            tracing::info!(refused = name, "an agent's call was refused");
        }
        let body = ApiError {
            error: name.to_owned(),
            description: self.to_string(),
        };
        (status, Json(body)).into_response()
    }
}
