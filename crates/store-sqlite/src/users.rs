//! People.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use writeback_model::{ImportId, TenantId, UserId, UserName};
use writeback_store::{AuditRecord, StoreError, User, UserStore};
use writeback_wire::http::ImportedUser;

use crate::{
    SqliteStore,
    audit::append_audit,
    imports::{self, Source},
    row::{Columns, Doing},
};

const TABLE: &str = "users";

fn user(row: &SqliteRow) -> Result<User, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(User {
        id: columns.id("id", UserId::from_uuid)?,
        tenant: columns.id("tenant_id", TenantId::from_uuid)?,
        forest: columns.parsed("forest")?,
        imported: ImportedUser {
            anchor: columns.anchor("anchor")?,
            domain: columns.parsed("domain")?,
            netbios: columns.get("netbios")?,
            account_name: columns.get("account_name")?,
            user_principal_name: columns.get("user_principal_name")?,
            display_name: columns.get("display_name")?,
            mail: columns.get("mail")?,
            other_mail: columns.json("other_mail")?,
            mobile: columns.get("mobile")?,
            language: columns.get("language")?,
            enabled: columns.get("enabled")?,
            account_expires: columns.maybe_time("account_expires")?,
        },
        imported_at: columns.time("imported_at")?,
    })
}

/// A batch came with fewer identifiers than users.
#[derive(Debug, thiserror::Error)]
#[error("{users} users came with {ids} identifiers")]
struct TooFewIds {
    users: usize,
    ids: usize,
}

#[async_trait]
impl UserStore for SqliteStore {
    async fn import_users(
        &self,
        tenant: TenantId,
        import: ImportId,
        sequence: u32,
        users: &[ImportedUser],
        ids: &[UserId],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep imported users";
        if ids.len() < users.len() {
            return Err(TooFewIds {
                users: users.len(),
                ids: ids.len(),
            })
            .doing(DOING);
        }
        let mut tx = self.write(DOING).await?;
        let Some(forest) = imports::forest_of(&mut tx, tenant, import, DOING).await? else {
            return Ok(false);
        };
        imports::note_batch(&mut tx, import, sequence, DOING).await?;
        let source = Source {
            tenant,
            forest: &forest,
            import,
            now,
        };
        for (user, id) in users.iter().zip(ids) {
            imports::put_user(&mut tx, &source, user, *id, DOING).await?;
        }
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn complete_import(
        &self,
        tenant: TenantId,
        import: ImportId,
        batches: u32,
        users: u64,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Option<u64>, StoreError> {
        const DOING: &str = "complete an import";
        let mut tx = self.write(DOING).await?;
        let Some(forest) = imports::forest_of(&mut tx, tenant, import, DOING).await? else {
            return Ok(None);
        };
        let source = Source {
            tenant,
            forest: &forest,
            import,
            now,
        };
        if !imports::is_whole(&mut tx, &source, batches, users, DOING).await? {
            return Ok(None);
        }
        let removed = imports::end_whole(&mut tx, &source, DOING).await?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(Some(removed))
    }

    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
        sqlx::query("SELECT * FROM users WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a user")?
            .as_ref()
            .map(user)
            .transpose()
    }

    async fn users_by_name(
        &self,
        tenant: TenantId,
        name: &UserName,
    ) -> Result<Vec<User>, StoreError> {
        let query = match name {
            UserName::Address { address, .. } => sqlx::query(
                "SELECT * FROM users WHERE tenant_id = ?1 AND upn_key = ?2
                 UNION ALL
                 SELECT * FROM users WHERE tenant_id = ?1 AND mail_key = ?2
                     AND NOT EXISTS
                         (SELECT 1 FROM users WHERE tenant_id = ?1 AND upn_key = ?2)
                 ORDER BY id",
            )
            .bind(tenant.uuid())
            .bind(address.as_str()),
            UserName::DownLevel { netbios, account } => sqlx::query(
                "SELECT * FROM users
                 WHERE tenant_id = ? AND account_key = ? AND netbios_key = ? ORDER BY id",
            )
            .bind(tenant.uuid())
            .bind(account.as_str())
            .bind(netbios.as_str()),
            UserName::Bare(account) => sqlx::query(
                "SELECT * FROM users WHERE tenant_id = ? AND account_key = ? ORDER BY id",
            )
            .bind(tenant.uuid())
            .bind(account.as_str()),
        };
        query
            .fetch_all(self.readers())
            .await
            .doing("find users by their name")?
            .iter()
            .map(user)
            .collect()
    }

    async fn count_users(&self, tenant: TenantId) -> Result<u64, StoreError> {
        sqlx::query_scalar("SELECT count(*) FROM users WHERE tenant_id = ?")
            .bind(tenant.uuid())
            .fetch_one(self.readers())
            .await
            .doing("count the users")
            .map(i64::unsigned_abs)
    }
}
