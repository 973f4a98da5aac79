//! The frames of the link.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;
use writeback_model::{
    AgentId, BannedMode, BannedRule, Cause, DomainName, HistoryEnforcement, Operation, Outcome,
    Remark, RequestId, RunId, SourceAnchor, Target, TenantId,
};

use crate::{FRAME_BYTES_MAX, LinkTicket, SealedSecret, SealingKey, SignIn, SignedIn};

/// What the cloud says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ToAgent {
    /// The link is accepted.
    Welcome {
        /// Whom the cloud takes the agent for.
        agent: AgentId,
        /// The tenant it belongs to.
        tenant: TenantId,
        /// The cloud's clock, to tell a skewed one.
        server_time: Timestamp,
        /// After the loss of this link wait a random time up to this before the first try, in
        /// milliseconds: the more agents a cloud has, the longer.
        #[serde(default)]
        reconnect_within_ms: u32,
    },
    /// A request that this agent may claim.
    Execute(Execute),
    /// The claim holds: this agent, and no other ever, may execute the request.
    Grant {
        /// Which.
        request: RequestId,
        /// It may begin within so many milliseconds of the grant's arrival, on its own
        /// monotonic clock; after that it never may.
        start_within_ms: u32,
    },
    /// The claim does not hold. The agent forgets the request.
    Deny {
        /// Which.
        request: RequestId,
        /// Why.
        why: DenyReason,
    },
    /// The outcome is in the cloud's store; the agent may prune its journal.
    Recorded {
        /// Which.
        request: RequestId,
    },
    /// What does the directory say about this request? Asked of any agent of the forest.
    Resolve(Resolve),
    /// Import objects of a forest.
    Import(ImportOrder),
    /// Watch a forest, and say when something that imports read has changed.
    Watch {
        /// Which forest.
        forest: DomainName,
        /// What imports read, besides what they always do.
        attributes: Vec<String>,
    },
    /// Another agent watches the forest from now on.
    Unwatch {
        /// Which forest.
        forest: DomainName,
    },
    /// Write `objectGUID` into an empty `mS-DS-ConsistencyGuid`, where the agent's
    /// configuration allows it.
    WriteAnchors {
        /// The run that this is part of.
        run: RunId,
        /// Which forest.
        forest: DomainName,
        /// At most [`ANCHORS_MAX`](crate::ANCHORS_MAX) objects.
        objects: Vec<ObjectName>,
    },
    /// Make a new sealing key and say it by [`ToCloud::Key`]. What is sealed to the one before is
    /// still opened.
    RollKeys,
    /// What new passwords are held to besides the directory's rules. Sent when a link stands and
    /// when it has changed, before any request that it is to hold for.
    BannedTerms(BannedTerms),
    /// Is this a person's password? Answered by [`ToCloud::SignedIn`].
    SignIn(SignIn),
    /// Another machine called with a copy of this agent's keys, and was sent away. Answered by
    /// [`ToCloud::Ticket`], which makes the copy worthless.
    Copied {
        /// What it said its host's name is.
        host: String,
    },
    /// The cloud is about to restart. Come back, but not all at once.
    Restarting {
        /// Wait a random time up to this before the first try, in milliseconds.
        reconnect_within_ms: u32,
    },
}

/// What an agent says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ToCloud {
    /// The first frame of every link.
    Hello(Hello),
    /// The state of one forest changed.
    Status(ForestStatus),
    /// The sealing key was rolled.
    Key(SealingKey),
    /// A new ticket, in the course of a link.
    Ticket(LinkTicket),
    /// This agent stops: it finishes what it claimed, and claims nothing more.
    Leaving,
    /// I want to execute this request.
    Claim {
        /// Which.
        request: RequestId,
    },
    /// The write of a request that this agent claimed begins now.
    Begun {
        /// Which.
        request: RequestId,
        /// What was true before it.
        begun: Begun,
    },
    /// What happened to a request that this agent claimed.
    Outcome {
        /// Which.
        request: RequestId,
        /// What happened.
        outcome: Outcome,
        /// How the agent knows.
        evidence: Evidence,
    },
    /// The directory cannot yet say what happened; the agent keeps asking it.
    Unresolved {
        /// Which.
        request: RequestId,
        /// What keeps the directory from saying.
        cause: Cause,
    },
    /// What the directory said to a password.
    SignedIn(SignedIn),
    /// An import ended without being complete.
    ImportFailed {
        /// Which.
        run: RunId,
        /// Why.
        cause: Cause,
        /// What happened, for the run's history: no secret.
        detail: String,
        /// The domain controllers do not take a cookie any more: only a full import helps.
        #[serde(default)]
        cookie_refused: bool,
    },
    /// Something changed in a forest that this agent watches.
    Changed {
        /// Which forest.
        forest: DomainName,
    },
    /// What became of the anchors that were to be written.
    AnchorsWritten {
        /// Of which run.
        run: RunId,
        /// How many were written.
        written: u32,
        /// How many were not empty.
        already: u32,
        /// How many were refused.
        refused: u32,
        /// Why the first was refused, where one was.
        why: Option<String>,
    },
}

/// How an agent introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// The protocol it speaks.
    pub protocol: u16,
    /// The version of its software.
    pub version: String,
    /// The name of its host, for people.
    pub host: String,
    /// The key that passwords are to be sealed to from now on.
    pub sealing_key: SealingKey,
    /// The forests it serves.
    pub forests: Vec<ForestStatus>,
    /// Tells it from a copy of it.
    #[serde(default)]
    pub ticket: Option<LinkTicket>,
}

/// One forest as one agent sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForestStatus {
    /// The forest, by its root domain.
    pub forest: DomainName,
    /// The domains of it that the agent serves.
    pub domains: Vec<ServedDomain>,
    /// Whether a password could be written now.
    pub health: ForestHealth,
    /// A digest of the organizational units that the agent acts on: where it changes, a full
    /// import is due. Absent until they were found in the directory.
    #[serde(default)]
    pub scope: Option<String>,
}

/// What an import reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Every object in scope.
    Full,
    /// What changed since the positions.
    Delta,
}

/// The order to import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportOrder {
    /// Names the run in the uploads.
    pub run: RunId,
    /// Which forest.
    pub forest: DomainName,
    /// What is to be read.
    pub kind: ImportKind,
    /// The text attributes to read, by their LDAP names, besides what is always read.
    pub attributes: Vec<String>,
    /// A delta import goes on from these. A full import leaves out these domains: they were
    /// read whole by the run that this one continues.
    pub positions: Vec<Position>,
}

/// How far a domain was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// Which domain.
    pub domain: DomainName,
    /// The DirSync cookie, in base64; absent where the domain controller gave none.
    pub cookie: Option<String>,
    /// The domain controller, by its `dsServiceName`.
    pub controller: String,
    /// Its `highestCommittedUSN` before the cookie was taken.
    pub usn: i64,
}

/// One object of a forest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectName {
    /// The domain that holds it.
    pub domain: DomainName,
    /// Its `objectGUID`.
    pub anchor: SourceAnchor,
}

/// One domain that an agent serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServedDomain {
    /// Its DNS name.
    pub name: DomainName,
    /// Its NetBIOS name, the `CORP` of `CORP\alice`; absent until the directory was read.
    pub netbios: Option<String>,
    /// The user principal name suffixes of the forest, besides the domain names themselves.
    pub upn_suffixes: Vec<String>,
}

/// Whether an agent could write to a forest at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ForestHealth {
    /// The PDC emulator of every domain was found, reached and signed in to.
    Ready {
        /// Whether resets are held to history and minimum age.
        history: HistoryEnforcement,
    },
    /// It could not.
    NotReady {
        /// Why.
        cause: Cause,
    },
}

/// A request offered to an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Execute {
    /// Which.
    pub request: RequestId,
    /// What to do.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// When the request ends unless it was claimed, by the cloud's clock. Bound into the seal.
    pub expires_at: Timestamp,
    /// The passwords, sealed to this agent's key; absent where the operation needs none.
    pub sealed: Option<SealedSecret>,
}

/// A tenant's rules of banned passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BannedTerms {
    /// A digest of all the rest, to tell in logs which of them holds.
    pub revision: String,
    /// What becomes of a banned password.
    pub mode: BannedMode,
    /// The tenant's own terms, as they were written; at most 1,000 of at most 16 characters and
    /// 48 bytes.
    pub terms: Vec<String>,
    /// The tenant's name.
    pub tenant_name: String,
}

/// A question about a request whose agent was lost after its claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resolve {
    /// Which.
    pub request: RequestId,
    /// What it was to do.
    pub operation: Operation,
    /// To which object.
    pub target: Target,
    /// Who claimed it: that agent's journal tells whether it ever began.
    pub claimed_by: AgentId,
    /// When it was claimed, by the cloud's clock.
    pub claimed_at: Timestamp,
    /// What its agent said before it wrote, where that came: by it another agent can tell whether
    /// the write took place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Box<Begun>>,
}

/// What was true just before a write. Never a password, sealed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Begun {
    /// The domain controller that is written to, by name.
    pub controller: String,
    /// The same by its invocation id, under which it signs replication metadata.
    pub invocation: Option<Uuid>,
    /// The attribute's version in the replication metadata; 0 where it was never written, and
    /// absent where it cannot be read.
    pub version_before: Option<u32>,
    /// The domain controller's clock.
    pub directory_time: Timestamp,
    /// What is true besides if the write takes place.
    #[serde(default)]
    pub remarks: Vec<Remark>,
}

/// How an agent knows what happened: no secrets, for the audit trail and for support.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The domain controller that was asked or written to.
    pub controller: Option<String>,
    /// The version of the attribute's replication metadata before the write.
    pub version_before: Option<u32>,
    /// The version afterwards, where it was read.
    pub version_after: Option<u32>,
    /// How long the directory took for the write, in milliseconds.
    pub directory_ms: Option<u32>,
    /// The rule of banned passwords that would have refused the password, where the tenant only
    /// watches them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_be_banned: Option<BannedRule>,
}

/// Why a claim does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DenyReason {
    /// Another agent has it.
    Taken,
    /// It ended: its time was over or its outcome is known.
    Ended,
    /// There is no such request in this agent's tenant and forests.
    Unknown,
}

/// Bytes that are no frame.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Larger than [`FRAME_BYTES_MAX`].
    #[error("a frame of {0} bytes is larger than the {FRAME_BYTES_MAX} that are allowed")]
    TooLarge(usize),
    /// Not JSON, or not the JSON of a frame. Says where, never what: a frame can be secret.
    #[error("not a frame: {category} at line {line}, column {column}")]
    Malformed {
        /// What kind of mistake.
        category: &'static str,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// A well-formed frame of a type that this version does not know; to be ignored.
    #[error("a frame of a type that this version does not know")]
    UnknownType,
}

/// Writes a frame as the text of one WebSocket message.
pub fn encode<F: Serialize>(frame: &F) -> Result<String, WireError> {
    let text = serde_json::to_string(frame).map_err(|error| malformed(&error))?;
    if text.len() > FRAME_BYTES_MAX {
        return Err(WireError::TooLarge(text.len()));
    }
    Ok(text)
}

/// Reads a frame from the text of one WebSocket message.
pub fn decode<F: DeserializeOwned + KnownTypes>(text: &str) -> Result<F, WireError> {
    if text.len() > FRAME_BYTES_MAX {
        return Err(WireError::TooLarge(text.len()));
    }
    serde_json::from_str(text).map_err(|error| {
        #[derive(Deserialize)]
        struct Tag {
            r#type: String,
        }
        match serde_json::from_str::<Tag>(text) {
            Ok(tag) if !F::TYPES.contains(&tag.r#type.as_str()) => WireError::UnknownType,
            _ => malformed(&error),
        }
    })
}

fn malformed(error: &serde_json::Error) -> WireError {
    let category = match error.classify() {
        serde_json::error::Category::Io => "an input error",
        serde_json::error::Category::Syntax => "a syntax error",
        serde_json::error::Category::Data => "a wrong or missing field",
        serde_json::error::Category::Eof => "an early end",
    };
    WireError::Malformed {
        category,
        line: error.line(),
        column: error.column(),
    }
}

/// The frame types that this version knows, to tell a newer peer's frame from a broken one.
pub trait KnownTypes {
    /// The values of the `type` field.
    const TYPES: &'static [&'static str];
}

impl KnownTypes for ToAgent {
    const TYPES: &'static [&'static str] = &[
        "welcome",
        "execute",
        "grant",
        "deny",
        "recorded",
        "resolve",
        "import",
        "watch",
        "unwatch",
        "write_anchors",
        "roll_keys",
        "banned_terms",
        "sign_in",
        "copied",
        "restarting",
    ];
}

impl KnownTypes for ToCloud {
    const TYPES: &'static [&'static str] = &[
        "hello",
        "status",
        "key",
        "ticket",
        "leaving",
        "claim",
        "begun",
        "outcome",
        "unresolved",
        "signed_in",
        "import_failed",
        "changed",
        "anchors_written",
    ];
}
