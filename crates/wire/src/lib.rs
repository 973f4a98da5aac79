//! What agent and cloud say to each other.
//!
//! The agent enrols once over HTTPS ([`http`]), buys short access tokens with a signed
//! assertion, and then keeps one WebSocket open on which the two exchange frames:
//!
//! 1. agent -> cloud [`ToCloud::Hello`]: who it is, which forests it serves, its sealing key
//! 2. cloud -> agent [`ToAgent::Welcome`]
//! 3. cloud -> agent [`ToAgent::Execute`]: here is a request, if you want it
//! 4. agent -> cloud [`ToCloud::Claim`]: I want it; meanwhile it reads the account
//! 5. cloud -> agent [`ToAgent::Grant`] to one agent ever, or [`ToAgent::Deny`]
//! 6. agent -> cloud [`ToCloud::Begun`]: what was true before the write that now begins
//! 7. agent -> cloud [`ToCloud::Outcome`], repeated after a reconnect until
//! 8. cloud -> agent [`ToAgent::Recorded`]
//!
//! [`ToAgent::Resolve`] asks any agent of the forest what the directory says about a request
//! whose agent was lost; [`ToAgent::Import`] orders an import, which the agent uploads over
//! HTTPS so that a large directory does not delay a password; [`ToAgent::Watch`] makes one agent
//! of a forest say when there is something to import. [`ToAgent::SignIn`] asks one agent whether a
//! password is a person's. [`ToCloud::Leaving`] is said by an agent that stops.
//!
//! Frames are JSON text, one per WebSocket message. The schema is checked in as
//! `docs/protocol/frames.schema.json`; a test fails when it and these types differ.

mod frames;
pub mod http;
pub mod round_trip;
mod sealed;
mod sign_in;
mod ticket;

pub use frames::{
    BannedTerms, Begun, DenyReason, Evidence, Execute, ForestHealth, ForestStatus, Hello,
    ImportKind, ImportOrder, KnownTypes, ObjectName, Position, Resolve, ServedDomain, ToAgent,
    ToCloud, WireError, decode, encode,
};
pub use sealed::{SealedSecret, SealingKey};
pub use sign_in::{LockoutPolicy, SignIn, SignInAnswer, SignedIn};
pub use ticket::LinkTicket;

/// The protocol's version. Raised only when an old peer would misunderstand a new one:
/// fields and frame types that are not known are ignored, so that agents and clouds of
/// neighbouring versions work together while one of them is being upgraded.
pub const PROTOCOL_VERSION: u16 = 1;

/// The WebSocket subprotocol that both sides must name.
pub const SUBPROTOCOL: &str = "writeback.v1";

/// With this code a cloud closes the link of an agent that is a copy of another one, or whose state
/// was restored from a backup (RFC 6455, section 7.4.2: 4000 to 4999 are for private use).
pub const CLOSE_COPIED: u16 = 4409;

/// The largest frame, in bytes. The largest honest one, an `Execute` with a sealed password,
/// has about 3 KiB; the rest is room for many forests in one `Hello`.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

/// How many objects one [`ToAgent::WriteAnchors`] names: each has about 90 bytes.
pub const ANCHORS_MAX: usize = 200;

/// How often either side pings a silent link, in seconds: far inside the two minutes after which
/// common firewalls forget an idle connection.
pub const PING_SECONDS: u64 = 5;

/// After how long without a byte either side gives a link up, in seconds: two pings lost. A dead
/// or half-open link is found within 15 seconds, while a person still waits.
pub const SILENCE_SECONDS: u64 = 14;

#[cfg(test)]
mod tests;
