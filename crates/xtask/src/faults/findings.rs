//! What is kept of a run besides its numbers.

use serde::Serialize;

use super::{judge::Witness, plan::Fault};

/// Of one kind of fault.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct OfKind {
    pub(super) requests: usize,
    pub(super) struck: usize,
    pub(super) told_changed: usize,
    pub(super) told_not_changed: usize,
    pub(super) told_unknown_at_end: usize,
    pub(super) lies: usize,
}

/// Something that must not be.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) number: Option<usize>,
    pub(super) request: Option<String>,
    pub(super) account: String,
    pub(super) fault: Option<Fault>,
    pub(super) what: &'static str,
    pub(super) witnesses: Vec<Witness>,
    /// What the directory says.
    pub(super) truth: String,
    pub(super) writes: u32,
}

/// Resident memory after each round, in MiB.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Memory {
    pub(super) cloud: u64,
    pub(super) agent: u64,
}
