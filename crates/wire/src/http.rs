//! The bodies of the agent's HTTPS calls.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST /agent/v1/enrol` | [`EnrolRequest`] | [`EnrolResponse`] |
//! | `POST /agent/v1/token` | form, RFC 7523 section 2.2 | [`TokenResponse`] |
//! | `GET /agent/v1/link` | WebSocket, subprotocol `writeback.v1` | frames |
//! | `POST /agent/v1/imports/{import}/users` | [`ImportBatch`] | 204 |
//! | `POST /agent/v1/imports/{import}/complete` | [`ImportComplete`] | 204 |
//!
//! A refusal is an [`ApiError`] with a status of 4xx or 5xx.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use writeback_model::{AgentId, DomainName, SourceAnchor, TenantId};

/// The path of the enrolment call.
pub const ENROL_PATH: &str = "/agent/v1/enrol";
/// The path of the token call; with the cloud's address before it, also the audience of
/// the client assertion.
pub const TOKEN_PATH: &str = "/agent/v1/token";
/// The path of the link.
pub const LINK_PATH: &str = "/agent/v1/link";
/// The path under which imports are uploaded.
pub const IMPORTS_PATH: &str = "/agent/v1/imports";

/// How many users a batch carries at most.
pub const IMPORT_BATCH_MAX: usize = 500;
/// The largest body of an import batch, in bytes: 500 users of about 1 KiB, and room for
/// long names.
pub const IMPORT_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A new agent asks to belong to a tenant.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct EnrolRequest {
    /// The one-time token that an administrator made.
    pub token: String,
    /// The agent's identity: an Ed25519 public key, 32 bytes in base64.
    pub public_key: String,
    /// The name of its host, for people.
    pub host: String,
    /// The version of its software.
    pub version: String,
}

/// The agent belongs to the tenant from now on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct EnrolResponse {
    /// Its identifier, for good.
    pub agent: AgentId,
    /// The tenant's identifier.
    pub tenant: TenantId,
    /// The tenant's name, for people.
    pub tenant_name: String,
}

/// An access token, as OAuth 2.0 (RFC 6749, section 5.1) gives it.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenResponse {
    /// The token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// How long it holds, in seconds.
    pub expires_in: u64,
}

/// Some of the users of a forest.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportBatch {
    /// The batch's number in the import, from 0; a repeated number replaces nothing and
    /// harms nothing, since users are stored by their anchor.
    pub sequence: u32,
    /// At most [`IMPORT_BATCH_MAX`].
    pub users: Vec<ImportedUser>,
}

/// The import is whole.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportComplete {
    /// How many batches there were: the cloud refuses to complete an import with a gap.
    pub batches: u32,
    /// How many users were read.
    pub users: u64,
}

/// A user as the directory has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedUser {
    /// Ties the cloud user to the object for life.
    pub anchor: SourceAnchor,
    /// The domain that holds the object.
    pub domain: DomainName,
    /// The NetBIOS name of that domain.
    pub netbios: Option<String>,
    /// `sAMAccountName`.
    pub account_name: String,
    /// `userPrincipalName`; the implied one, `account@domain`, where the object has none.
    pub user_principal_name: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `mail`.
    pub mail: Option<String>,
    /// `otherMailbox`: addresses that work while the person is locked out.
    pub other_mail: Vec<String>,
    /// `mobile`.
    pub mobile: Option<String>,
    /// `preferredLanguage`, a language tag such as `id-ID`.
    pub language: Option<String>,
    /// Whether the account is enabled.
    pub enabled: bool,
    /// When the account expires, where it does.
    pub account_expires: Option<Timestamp>,
}

/// A refusal that a program and a person can read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ApiError {
    /// A stable name, such as `enrolment-token-used`.
    pub error: String,
    /// What happened, why, and what to do next.
    #[serde(rename = "error_description")]
    pub description: String,
}
