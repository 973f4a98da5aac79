//! What the page's script is told, and how it seals: the same in Rust.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use writeback_model::{Operation, Secret, Target};
use writeback_seal::{Binding, Contents, seal};
use writeback_wire::SealingKey;

use crate::Page;

/// What the script is told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// What to seal to and for.
    Prepared(Prepared),
    /// Where the rest is told.
    Go(String),
    /// The page that tells the rest.
    #[serde(skip)]
    Page(Page),
    /// The ticket or the keys do not hold any more.
    PrepareAgain {},
    /// What is wrong, for the person.
    Problem(String),
}

/// What to seal to and for.
#[derive(Debug, Deserialize)]
pub(crate) struct Prepared {
    ticket: String,
    bound: Bound,
    keys: Vec<SealingKey>,
}

#[derive(Debug, Deserialize)]
struct Bound {
    tenant: String,
    request: String,
    operation: String,
    forest: String,
    domain: String,
    anchor: String,
    expires_at_ms: i64,
}

impl Bound {
    fn binding(&self) -> Result<Binding> {
        Ok(Binding {
            tenant: self.tenant.parse()?,
            request: self.request.parse()?,
            operation: Operation::from_name(&self.operation).context("no such operation")?,
            target: Target {
                forest: self.forest.parse()?,
                domain: self.domain.parse()?,
                anchor: self.anchor.parse()?,
            },
            expires_at: jiff::Timestamp::from_millisecond(self.expires_at_ms)?,
        })
    }
}

impl Prepared {
    /// The fields that the script adds to the form.
    pub(crate) fn seal(&self, password: &str) -> Result<[(String, String); 2]> {
        let contents = Contents {
            new: Secret::new(password.to_owned()),
            current: None,
        };
        let binding = self.bound.binding()?;
        let sealed = self
            .keys
            .iter()
            .map(|key| seal(&contents, key, &binding))
            .collect::<Result<Vec<_>, _>>()?;
        Ok([
            ("ticket".to_owned(), self.ticket.clone()),
            ("sealed".to_owned(), serde_json::to_string(&sealed)?),
        ])
    }
}
