//! Hands a request to an agent of the right forest and waits for its outcome.
//!
//! The request's row in the store is the truth; what this room holds in memory is a wake-up
//! and the sealed passwords, which are never stored. A restart of the cloud therefore loses
//! no answer: a request that was claimed is finished or resolved when its agent is back, and
//! one that was not expires without ever having run.
//!
//! - [`Hub::connect`] registers an agent's link; [`Link`] carries its frames.
//! - [`Hub::execute`] offers a request, to one agent after the other until one claims it, and
//!   [`Waiting::outcome`] waits for the end.
//! - [`Hub::sweep`] ends what is overdue and asks about what is in doubt.

mod dispatch;
mod frames;
mod hub;
mod pulse;
mod registry;
mod sign_in;
mod spread;
mod sweep;

pub use dispatch::{Dispatch, Waited, Waiting};
pub use frames::LinkError;
pub use hub::{Ended, Hub, Link};
pub use pulse::Pulse;
pub use registry::{ConnectedAgent, Liveness};
pub use sign_in::AwaitedSignIn;

use std::time::Duration;

/// How long an agent may think about an offer before the next one gets it too. Longer than a
/// round trip to anywhere, shorter than a person's patience; the claim keeps it safe.
const OFFER_PATIENCE: Duration = Duration::from_millis(1500);

/// Within which time from the grant an agent must begin to write, in milliseconds. The account
/// is read while the claim is under way, so that an agent in order needs next to nothing.
const START_WITHIN_MS: u32 = 5_000;

/// After how long a claimed request without an outcome is in doubt: the time to begin, the
/// longest a domain controller is waited for, and some for the way back.
const CLAIM_PATIENCE: Duration = Duration::from_secs(30);

/// How often a connected agent is asked again about a request in doubt.
const RESOLVE_EVERY: Duration = Duration::from_secs(10);

/// How many frames may wait for one agent. One that does not read them is as good as gone.
const OUTBOX_FRAMES: usize = 256;

#[cfg(test)]
mod tests;
