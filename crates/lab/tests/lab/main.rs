//! The lab shown to be what the other tests take it for. Needs the lab:
//! `cargo xtask lab up`, then `ip netns exec wb-office cargo test -p writeback-lab`.

// Helpers of tests may unwrap like tests: clippy knows them by this attribute.
#![cfg(test)]

mod accounts;
mod crowd;
mod disturb;
mod edits;
mod network;
mod rights;

use writeback_lab::Lab;

pub(crate) fn lab() -> Lab {
    Lab::require().unwrap()
}
