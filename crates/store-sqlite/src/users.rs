//! People and their names.

use async_trait::async_trait;
use jiff::Timestamp;
use writeback_model::{Role, TenantId, UserId, UserName};
use writeback_store::{AuditRecord, NewCloudUser, PeopleCounts, StoreError, User, UserStore};

use crate::{
    SqliteStore,
    audit::append_audit,
    people::{TABLE, user},
    roles,
    row::{Columns, Doing, json, micros},
};

#[async_trait]
impl UserStore for SqliteStore {
    async fn add_cloud_user(
        &self,
        tenant: TenantId,
        user: &NewCloudUser,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a user of the cloud";
        let mut tx = self.write(DOING).await?;
        let attributes = &user.attributes;
        let kept = sqlx::query(
            "INSERT INTO users
                 (tenant_id, id, origin, account_name, netbios, user_principal_name,
                  display_name, mail, other_mail, mobile, language, enabled, account_expires,
                  account_key, netbios_key, upn_key, mail_key, holds_admin_role, changed_at)
             VALUES (?, ?, 'cloud', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (tenant_id, upn_key) WHERE removed_at IS NULL DO NOTHING",
        )
        .bind(tenant.uuid())
        .bind(user.id.uuid())
        .bind(attributes.account_name.as_str())
        .bind(attributes.netbios.as_deref())
        .bind(attributes.user_principal_name.as_str())
        .bind(attributes.display_name.as_deref())
        .bind(attributes.mail.as_deref())
        .bind(json(&attributes.other_mail)?)
        .bind(attributes.mobile.as_deref())
        .bind(attributes.language.as_deref())
        .bind(attributes.enabled)
        .bind(attributes.account_expires.map(micros))
        .bind(attributes.account_name.to_lowercase())
        .bind(attributes.netbios.as_deref().map(str::to_lowercase))
        .bind(attributes.user_principal_name.to_lowercase())
        .bind(attributes.mail.as_deref().map(str::to_lowercase))
        .bind(user.holds_admin_role)
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if kept == 0 {
            return Ok(false);
        }
        if user.holds_admin_role {
            roles::grant(&mut tx, tenant, user.id, Role::GlobalAdministrator, now).await?;
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
        sqlx::query("SELECT * FROM users WHERE tenant_id = ? AND id = ? AND removed_at IS NULL")
            .bind(tenant.uuid())
            .bind(id.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a user")?
            .as_ref()
            .map(user)
            .transpose()
    }

    async fn users(
        &self,
        tenant: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        sqlx::query(
            "SELECT * FROM users
             WHERE tenant_id = ? AND id > ? AND removed_at IS NULL ORDER BY id LIMIT ?",
        )
        .bind(tenant.uuid())
        .bind(after.map_or_else(Vec::new, |user| user.uuid().as_bytes().to_vec()))
        .bind(limit)
        .fetch_all(self.readers())
        .await
        .doing("list users")?
        .iter()
        .map(user)
        .collect()
    }

    async fn users_by_name(
        &self,
        tenant: TenantId,
        name: &UserName,
    ) -> Result<Vec<User>, StoreError> {
        let query = match name {
            UserName::Address { address, .. } => sqlx::query(
                "SELECT * FROM users
                 WHERE tenant_id = ?1 AND upn_key = ?2 AND removed_at IS NULL
                 UNION ALL
                 SELECT * FROM users
                 WHERE tenant_id = ?1 AND mail_key = ?2 AND removed_at IS NULL
                     AND NOT EXISTS (SELECT 1 FROM users
                         WHERE tenant_id = ?1 AND upn_key = ?2 AND removed_at IS NULL)
                 ORDER BY id",
            )
            .bind(tenant.uuid())
            .bind(address.as_str()),
            UserName::DownLevel { netbios, account } => sqlx::query(
                "SELECT * FROM users
                 WHERE tenant_id = ? AND account_key = ? AND netbios_key = ?
                     AND removed_at IS NULL
                 ORDER BY id",
            )
            .bind(tenant.uuid())
            .bind(account.as_str())
            .bind(netbios.as_str()),
            UserName::Bare(account) => sqlx::query(
                "SELECT * FROM users
                 WHERE tenant_id = ? AND account_key = ? AND removed_at IS NULL ORDER BY id",
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

    async fn count_people(&self, tenant: TenantId) -> Result<PeopleCounts, StoreError> {
        let row = sqlx::query(
            "SELECT
                 (SELECT count(*) FROM users WHERE tenant_id = ?1) AS known,
                 (SELECT count(*) FROM users WHERE tenant_id = ?1 AND removed_at IS NULL
                     AND origin = 'cloud') AS cloud,
                 (SELECT count(*) FROM users WHERE tenant_id = ?1 AND removed_at IS NOT NULL)
                     AS removed",
        )
        .bind(tenant.uuid())
        .fetch_one(self.readers())
        .await
        .doing("count the users")?;
        let columns = Columns {
            row: &row,
            table: TABLE,
        };
        let (cloud, removed) = (columns.number("cloud")?, columns.number("removed")?);
        Ok(PeopleCounts {
            synchronised: columns.number("known")?.saturating_sub(cloud + removed),
            cloud,
            removed,
        })
    }
}
