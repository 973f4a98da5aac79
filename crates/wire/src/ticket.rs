//! Telling an agent from a copy of it.
//!
//! Whoever has an agent's state folder is that agent, as far as keys can tell. So every link also
//! spends a ticket: the agent shows the one that the cloud knows, and the one that is to take its
//! place. Of two machines with the same folder one is first; what the other shows then is spent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Shown with every [`Hello`](crate::Hello).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkTicket {
    /// The number of `held`: it rises by one with every ticket that is spent.
    pub number: u64,
    /// The ticket that the cloud is to know.
    pub held: Uuid,
    /// The one that takes its place, drawn for this link. The same again where the answer to an
    /// earlier try was lost; equal to `held` where the agent could not keep a new one.
    pub next: Uuid,
}
