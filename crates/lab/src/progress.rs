//! One line per step with its time, for people who wait.

use std::time::Instant;

use anyhow::{Context as _, Result};

/// Reports steps as they end.
pub struct Steps<'a> {
    say: &'a (dyn Fn(&str) + Sync),
}

impl<'a> Steps<'a> {
    /// Steps whose lines go to `say`, without a line end.
    pub fn new(say: &'a (dyn Fn(&str) + Sync)) -> Self {
        Self { say }
    }

    /// Says a line.
    pub fn note(&self, line: &str) {
        (self.say)(line);
    }

    /// Runs a step and says how long it took.
    pub(crate) fn step<T>(&self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let done = work().with_context(|| format!("step failed: {name}"))?;
        self.note(&format!("{:6.1} s  {name}", start.elapsed().as_secs_f64()));
        Ok(done)
    }
}
