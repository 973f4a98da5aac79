//! What cloud, mails and directory have of the resets.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use writeback_lab::{Forest, TestUser};
use writeback_stage::Stage;
use writeback_store::{AuditStore as _, RequestStore as _, TenantStore as _, activity};
use writeback_store_sqlite::SqliteStore;

use super::Crowd;
use crate::faults::{Word, version};

/// A mail may be so late.
const MAILED_WITHIN: Duration = Duration::from_secs(30);

/// What others than the pages say.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Recorded {
    /// Records of an end in the audit trail: changed, and not.
    pub(super) trail_changed: usize,
    pub(super) trail_not_changed: usize,
    /// Rows without an end.
    pub(super) open: usize,
    /// Mails that tell of a change, to the recovery addresses.
    pub(super) mails_changed: usize,
    /// How often the domain controller wrote the passwords.
    pub(super) directory_writes: u64,
}

/// Where it is read.
pub(super) struct Records {
    database: PathBuf,
    forest: Forest,
    versions: u64,
}

impl Records {
    /// Before the load begins.
    pub(super) fn new(stage: &Stage, forest: Forest, accounts: &[TestUser]) -> Result<Self> {
        Ok(Self {
            database: stage.database(),
            versions: versions(&forest, accounts)?,
            forest,
        })
    }

    /// After it.
    pub(super) async fn read(&self, crowd: &Crowd, accounts: &[TestUser]) -> Result<Recorded> {
        let store = SqliteStore::open(&self.database).await?;
        let tenant = store.tenants().await?.first().context("a tenant")?.id;
        let (mut changed, mut not_changed) = (0, 0);
        for line in store.last_audit_lines(tenant, u32::MAX).await? {
            let line: Value = serde_json::from_str(&line)?;
            let is =
                |name: &str, value: &str| line.get(name).and_then(Value::as_str) == Some(value);
            if is("activity", activity::RESET_SELF_SERVICE) {
                let counted = if is("result", "success") {
                    &mut changed
                } else {
                    &mut not_changed
                };
                *counted += 1;
            }
        }
        let of_forest = self.forest.domain.parse()?;
        let open = store.overdue_requests(Timestamp::MAX).await?.len()
            + store.stale_claims(Timestamp::MAX).await?.len()
            + store.unknown_requests(tenant, &of_forest).await?.len();
        Ok(Recorded {
            trail_changed: changed,
            trail_not_changed: not_changed,
            open,
            mails_changed: mails(crowd, accounts, changed).await?,
            directory_writes: versions(&self.forest, accounts)? - self.versions,
        })
    }
}

/// Waits for so many; how many came.
async fn mails(crowd: &Crowd, accounts: &[TestUser], wanted: usize) -> Result<usize> {
    let deadline = Instant::now() + MAILED_WITHIN;
    let mut came = 0;
    loop {
        for account in accounts {
            let words = crowd.mails.take_words(&account.recovery_mail)?;
            came += words.iter().filter(|word| **word == Word::Changed).count();
        }
        if came >= wanted || Instant::now() > deadline {
            return Ok(came);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// How often the passwords were written, of all together.
fn versions(forest: &Forest, accounts: &[TestUser]) -> Result<u64> {
    let pdc = forest.pdc()?;
    accounts
        .iter()
        .map(|account| Ok(u64::from(version(forest, pdc, account)?)))
        .sum()
}
