//! The audit trail, and people who tamper with it.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that reaches too far fails, as it should"
)]

mod between;
mod copies;
mod crash;
mod exports;
mod keeping;
mod size;
mod tamper;
mod trail;
