//! The bodies of the agent's HTTPS calls.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST /agent/v1/enrol` | [`EnrolRequest`] | [`EnrolResponse`] |
//! | `POST /agent/v1/token` | form, RFC 7523 section 2.2 | [`TokenResponse`] |
//! | `GET /agent/v1/link` | WebSocket, subprotocol `writeback.v1` | frames |
//! | `POST /agent/v1/runs/{run}/objects` | [`ImportBatch`] | 204 |
//! | `POST /agent/v1/runs/{run}/complete` | [`ImportComplete`] | 204 |
//! | `GET /agent/v1/self` | | [`KnownAgent`](crate::round_trip::KnownAgent) |
//! | `POST /agent/v1/round-trips/prepare` | [`RoundTripWanted`](crate::round_trip::RoundTripWanted) | [`RoundTripPrepared`](crate::round_trip::RoundTripPrepared) |
//! | `POST /agent/v1/round-trips` | [`RoundTripSealed`](crate::round_trip::RoundTripSealed) | [`RoundTripTold`](crate::round_trip::RoundTripTold) |
//! | `GET /agent/v1/round-trips/{request}` | | [`RoundTripTold`](crate::round_trip::RoundTripTold) |
//!
//! A refusal is an [`ApiError`] with a status of 4xx or 5xx.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use writeback_model::{AgentId, DomainName, SourceAnchor, TenantId};

use crate::Position;

/// The path of the enrolment call.
pub const ENROL_PATH: &str = "/agent/v1/enrol";
/// The path of the token call; with the cloud's address before it, also the audience of
/// the client assertion.
pub const TOKEN_PATH: &str = "/agent/v1/token";
/// The path of the link.
pub const LINK_PATH: &str = "/agent/v1/link";
/// The path under which imports are uploaded.
pub const RUNS_PATH: &str = "/agent/v1/runs";
/// The path under which an agent asks what the cloud knows of it.
pub const SELF_PATH: &str = "/agent/v1/self";
/// The path under which a test account's password is reset, for the doctor.
pub const ROUND_TRIPS_PATH: &str = "/agent/v1/round-trips";

/// How many objects a batch carries at most, those removed counted too.
pub const IMPORT_BATCH_MAX: usize = 1000;
/// The largest body of an import batch, in bytes: 1000 users of about 1 KiB, or one group of
/// 150,000 members at 27 bytes each.
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

/// Some of what an import read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportBatch {
    /// The batch's number in the run, from 0 and without a gap. One that was taken before is
    /// answered as before and changes nothing.
    pub sequence: u32,
    /// At most [`IMPORT_BATCH_MAX`] objects that are in scope, each whole.
    pub objects: Vec<ImportedObject>,
    /// Objects that are not in scope, or not there, any more. Ones that the cloud never knew
    /// may be among them.
    #[serde(default)]
    pub removed: Vec<RemovedObject>,
    /// How far a domain was read with this batch: kept together with the batch, or not at all.
    #[serde(default)]
    pub position: Option<Position>,
}

/// The import is whole.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportComplete {
    /// How many batches there were: the cloud refuses to complete an import with a gap.
    pub batches: u32,
    /// How many objects were uploaded, those left out not counted.
    pub objects: u64,
    /// From which domain controllers it was read, by their host names.
    pub controllers: Vec<String>,
    /// Whether a delta import of this forest shows deleted objects. It does not without the
    /// right *Replicating Directory Changes*; the cloud then has full imports done instead.
    pub sees_deletions: bool,
    /// The digest of the scope that was read, as in [`ForestStatus`](crate::ForestStatus).
    pub scope: String,
}

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportedKind {
    /// A person's account.
    User,
    /// A group of users and groups.
    Group,
}

/// A user or group as the directory has it: always whole, so that a later upload replaces an
/// earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedObject {
    /// `objectGUID`.
    pub anchor: SourceAnchor,
    /// User or group.
    pub kind: ImportedKind,
    /// The domain that holds the object.
    pub domain: DomainName,
    /// The NetBIOS name of that domain.
    pub netbios: Option<String>,
    /// The distinguished name.
    pub dn: String,
    /// The last part of `objectSid`, by which a primary group is named.
    pub rid: Option<u32>,
    /// A user's `primaryGroupID`: the `rid` of a group of the same domain.
    pub primary_group: Option<u32>,
    /// Whether the account is enabled; false for groups.
    pub enabled: bool,
    /// When the account expires, where it does.
    pub account_expires: Option<Timestamp>,
    /// `mS-DS-ConsistencyGuid`, where it has 16 bytes.
    pub consistency_guid: Option<SourceAnchor>,
    /// The text attributes that were asked for and are there, by the names of the order.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// A group's direct members, as far as they are in the same forest.
    #[serde(default)]
    pub members: Option<Vec<SourceAnchor>>,
    /// What could not be taken as it is.
    #[serde(default)]
    pub problems: Vec<AttributeProblem>,
}

/// A value that was left out of an [`ImportedObject`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeProblem {
    /// Which attribute.
    pub attribute: String,
    /// Why, in a few words.
    pub why: String,
}

/// Why an object is not in scope any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovedWhy {
    /// The directory says that it was deleted.
    Deleted,
    /// It is outside the organizational units that the agent acts on.
    OutOfScope,
}

/// An object that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemovedObject {
    /// `objectGUID`.
    pub anchor: SourceAnchor,
    /// Why.
    pub why: RemovedWhy,
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
