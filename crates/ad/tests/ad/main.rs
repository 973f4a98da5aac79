//! The crate against real domain controllers. Run inside the company:
//! `ip netns exec wb-office cargo test -p writeback-ad`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects; helpers of an integration test are no test to clippy"
)]

mod accounts;
mod certificates;
mod change;
mod locate;
mod naming;
mod passwords;
mod policy;
mod receipts;
mod reset;
mod rights;
mod secrets;
mod speed;
mod support;
mod sync;
mod unlock;
