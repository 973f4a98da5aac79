//! Decisions about objects, as a cloud carries them out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers say what they expect, as the tests do"
)]

mod decisions;
mod errors;
mod make;
mod previews;
mod properties;
mod two_forests;
mod world;
