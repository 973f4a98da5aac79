//! The people of a run.

use std::path::Path;

use anyhow::{Context as _, Result};
use writeback_lab::{Forest, TestUser, UserSpec};
use writeback_model::TenantId;
use writeback_store::{TenantStore as _, UserStore as _};
use writeback_store_sqlite::SqliteStore;

use super::walk::Somebody;

/// One account of the run and what it should be like.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) who: Somebody,
    pub(super) password: String,
    /// How often its password was written when that was last looked at; `None` before that.
    pub(super) version: Option<u32>,
}

/// Makes users in the directory. The cloud learns of them with its next import.
pub(crate) fn users(forest: &Forest, count: usize) -> Result<Vec<TestUser>> {
    (0..count)
        .map(|_| forest.create_user(UserSpec::default()))
        .collect()
}

/// The users as the cloud knows them, and its tenant.
pub(super) async fn known(
    database: &Path,
    users: Vec<TestUser>,
) -> Result<(TenantId, Vec<Account>)> {
    let store = SqliteStore::open(database).await?;
    let tenants = store.tenants().await?;
    let tenant = tenants.first().context("no tenant")?.id;
    let mut accounts = Vec::new();
    for account in users {
        let found = store.users_by_name(tenant, &account.upn.parse()?).await?;
        let id = found.first().context("a user is not known")?.id.to_string();
        accounts.push(Account {
            password: account.password.clone(),
            who: Somebody { account, id },
            version: None,
        });
    }
    Ok((tenant, accounts))
}
