//! `writeback doctor` as it is typed, where no agent and no directory is needed; and
//! `writeback admin doctor`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, too"
)]

mod bundle;
mod cloud;
mod event;
mod installation;
mod objects;
mod typed;
mod watch;
