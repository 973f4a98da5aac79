//! The cloud as agents and browsers meet it: a real server on loopback with a real store, and a
//! clock that the tests set. Where a test says "agent" it is a bare client that breaks the rules
//! on purpose; real agents are in the flow tests.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers say what they expect, as the tests do"
)]

mod access;
mod agents;
mod api;
mod api_caller;
mod audit;
mod console;
mod copies;
mod doctor;
mod domains;
mod frames;
mod imports;
mod isolation;
mod isolation_portal;
mod news;
mod passwords;
mod portal;
mod portal_names;
mod recorded;
mod round_trip;
mod sealing;
mod setting;
mod sign_in_names;
mod tenants;
mod unlock;
mod writeback_test;
