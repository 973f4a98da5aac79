//! Administrators' roles.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use writeback_model::{Role, TenantId, UserId};
use writeback_store::{AuditRecord, GrantAnswer, RevokeAnswer, RoleHolder, RoleStore, StoreError};

use crate::{
    SqliteStore,
    audit::append_audit,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "role_assignments";

/// Whether the tenant would have no global administrator without them who could sign in, or, where
/// none can, none at all. The view is what the triggers go by, too.
pub(crate) const IS_LAST: &str = "SELECT EXISTS (
        SELECT 1 FROM last_global_administrators WHERE tenant_id = ?1 AND user_id = ?2
    ) AS is_last";

/// Whether a person is known and not removed, inside a transaction.
pub(crate) async fn is_there(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    user: UserId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM users
             WHERE tenant_id = ? AND id = ? AND removed_at IS NULL)",
    )
    .bind(tenant.uuid())
    .bind(user.uuid())
    .fetch_one(tx)
    .await
}

/// Gives a role, inside a transaction. `false` where they held it.
pub(crate) async fn grant(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let granted = sqlx::query(
        "INSERT INTO role_assignments (tenant_id, user_id, role, granted_at)
         VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(tenant.uuid())
    .bind(user.uuid())
    .bind(role.id())
    .bind(micros(now))
    .execute(tx)
    .await
    .doing("grant a role")?;
    Ok(granted.rows_affected() > 0)
}

fn holder(row: &SqliteRow) -> Result<RoleHolder, StoreError> {
    let columns = Columns { row, table: TABLE };
    Ok(RoleHolder {
        user: columns.id("user_id", UserId::from_uuid)?,
        name: columns.get("user_principal_name")?,
        role: columns.named("role", Role::from_id)?,
        granted_at: columns.time("granted_at")?,
        acts: columns.get("acts")?,
    })
}

#[async_trait]
impl RoleStore for SqliteStore {
    async fn grant_role(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<GrantAnswer, StoreError> {
        const DOING: &str = "grant a role";
        let mut tx = self.write(DOING).await?;
        if !is_there(&mut tx, tenant, user).await.doing(DOING)? {
            return Ok(GrantAnswer::NoUser);
        }
        if !grant(&mut tx, tenant, user, role, now).await? {
            return Ok(GrantAnswer::AsBefore);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(GrantAnswer::Granted)
    }

    async fn revoke_role(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        audit: &AuditRecord,
    ) -> Result<RevokeAnswer, StoreError> {
        const DOING: &str = "revoke a role";
        let mut tx = self.write(DOING).await?;
        let is_last: bool = sqlx::query_scalar(IS_LAST)
            .bind(tenant.uuid())
            .bind(user.uuid())
            .fetch_one(&mut *tx)
            .await
            .doing(DOING)?;
        if is_last && role == Role::GlobalAdministrator {
            return Ok(RevokeAnswer::LastGlobalAdministrator);
        }
        let revoked = sqlx::query(
            "DELETE FROM role_assignments WHERE tenant_id = ? AND user_id = ? AND role = ?",
        )
        .bind(tenant.uuid())
        .bind(user.uuid())
        .bind(role.id())
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if revoked == 0 {
            return Ok(RevokeAnswer::AsBefore);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(RevokeAnswer::Revoked)
    }

    async fn roles_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Role>, StoreError> {
        let mut roles = sqlx::query(
            "SELECT role FROM role_assignments CROSS JOIN users
                 ON users.tenant_id = role_assignments.tenant_id AND users.id = user_id
             WHERE role_assignments.tenant_id = ? AND user_id = ? AND removed_at IS NULL",
        )
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_all(self.readers())
        .await
        .doing("find the roles of a user")?
        .iter()
        .map(|row| Columns { row, table: TABLE }.named("role", Role::from_id))
        .collect::<Result<Vec<_>, _>>()?;
        roles.sort();
        Ok(roles)
    }

    async fn role_holders(&self, tenant: TenantId) -> Result<Vec<RoleHolder>, StoreError> {
        let mut holders = sqlx::query(
            "SELECT user_id, user_principal_name, role, granted_at,
                 enabled AND removed_at IS NULL AS acts
             FROM role_assignments CROSS JOIN users
                 ON users.tenant_id = role_assignments.tenant_id AND users.id = user_id
             WHERE role_assignments.tenant_id = ?",
        )
        .bind(tenant.uuid())
        .fetch_all(self.readers())
        .await
        .doing("list who holds a role")?
        .iter()
        .map(holder)
        .collect::<Result<Vec<_>, _>>()?;
        holders.sort_by(|one, other| (one.role, &one.name).cmp(&(other.role, &other.name)));
        Ok(holders)
    }

    async fn is_last_global_administrator(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<bool, StoreError> {
        sqlx::query_scalar(IS_LAST)
            .bind(tenant.uuid())
            .bind(user.uuid())
            .fetch_one(self.readers())
            .await
            .doing("look for another global administrator")
    }
}
