//! People of the cloud alone, and their passwords.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use writeback_model::{SignInSessionId, TenantId, UserId};
use writeback_store::{
    AuditRecord, CloudUserAnswer, CloudUserStore, NewCloudUser, PasswordHash, StoreError,
    UserPassword,
};
use writeback_sync::Attributes;

use crate::{
    SqliteStore,
    audit::{append_audit, append_audit_for},
    bulk::{Bulk, chunks},
    roles::IS_LAST,
    row::{Columns, Doing, json, micros},
    sign_in_sessions, sign_in_tries,
};

const ADD: Bulk = Bulk {
    columns: &[
        "id",
        "user_principal_name",
        "display_name",
        "mail",
        "other_mail",
        "mobile",
        "language",
        "enabled",
        "upn_key",
        "mail_key",
    ],
    statement: "INSERT INTO users
            (tenant_id, id, origin, account_name, account_key, user_principal_name, display_name,
             mail, other_mail, mobile, language, enabled, upn_key, mail_key, changed_at)
        SELECT $1, id, 'cloud', '', '', user_principal_name, display_name, mail, other_mail,
            mobile, language, enabled, upn_key, mail_key, $2 FROM new
        WHERE true ON CONFLICT (tenant_id, upn_key) WHERE removed_at IS NULL DO NOTHING
        RETURNING id",
};

/// Whether a change of a person of the cloud alone may be, before anything is changed.
async fn refusal(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    user: UserId,
    ends: bool,
) -> Result<Option<CloudUserAnswer>, StoreError> {
    const DOING: &str = "look at a user of the cloud";
    let is_there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM users
             WHERE tenant_id = ? AND id = ? AND origin = 'cloud' AND removed_at IS NULL)",
    )
    .bind(tenant.uuid())
    .bind(user.uuid())
    .fetch_one(&mut *tx)
    .await
    .doing(DOING)?;
    if !is_there {
        return Ok(Some(CloudUserAnswer::Unknown));
    }
    let is_last: bool = sqlx::query_scalar(IS_LAST)
        .bind(tenant.uuid())
        .bind(user.uuid())
        .fetch_one(&mut *tx)
        .await
        .doing(DOING)?;
    Ok((ends && is_last).then_some(CloudUserAnswer::LastGlobalAdministrator))
}

#[async_trait]
impl CloudUserStore for SqliteStore {
    async fn set_user_password(
        &self,
        tenant: TenantId,
        user: UserId,
        password: &UserPassword,
        keep: Option<SignInSessionId>,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "set a user's password";
        let mut tx = self.write(DOING).await?;
        let kept = sqlx::query(
            "INSERT INTO user_passwords (tenant_id, user_id, hash, must_change, set_at)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM users
                 WHERE tenant_id = ?1 AND id = ?2 AND origin = 'cloud' AND removed_at IS NULL)
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET hash = excluded.hash,
                 must_change = excluded.must_change, set_at = excluded.set_at",
        )
        .bind(tenant.uuid())
        .bind(user.uuid())
        .bind(password.hash.as_str())
        .bind(password.must_change)
        .bind(micros(password.set_at))
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        if kept.rows_affected() == 0 {
            return Ok(false);
        }
        sign_in_sessions::revoke(&mut tx, tenant, user, keep).await?;
        if let Some(keep) = keep {
            sqlx::query(
                "UPDATE sign_in_sessions SET must_change = ? WHERE id = ? AND tenant_id = ?",
            )
            .bind(password.must_change)
            .bind(keep.uuid())
            .bind(tenant.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        }
        sign_in_tries::forgive(&mut tx, tenant, &user.to_string()).await?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn user_password(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<UserPassword>, StoreError> {
        let row = sqlx::query("SELECT * FROM user_passwords WHERE tenant_id = ? AND user_id = ?")
            .bind(tenant.uuid())
            .bind(user.uuid())
            .fetch_optional(self.readers())
            .await
            .doing("find a user's password")?;
        row.map(|row| {
            let columns = Columns {
                row: &row,
                table: "user_passwords",
            };
            Ok(UserPassword {
                hash: PasswordHash::from_phc(columns.get("hash")?)
                    .ok_or_else(|| columns.bad("hash"))?,
                must_change: columns.get("must_change")?,
                set_at: columns.time("set_at")?,
            })
        })
        .transpose()
    }

    async fn change_cloud_user(
        &self,
        tenant: TenantId,
        user: UserId,
        attributes: &Attributes,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<CloudUserAnswer, StoreError> {
        const DOING: &str = "change a user of the cloud";
        let mut tx = self.write(DOING).await?;
        if let Some(refusal) = refusal(&mut tx, tenant, user, !attributes.enabled).await? {
            return Ok(refusal);
        }
        let changed = sqlx::query(
            "UPDATE OR IGNORE users SET user_principal_name = ?, upn_key = ?, display_name = ?,
                 mail = ?, mail_key = ?, other_mail = ?, mobile = ?, language = ?, enabled = ?,
                 changed_at = ?
             WHERE tenant_id = ? AND id = ?",
        )
        .bind(attributes.user_principal_name.as_str())
        .bind(attributes.user_principal_name.to_lowercase())
        .bind(attributes.display_name.as_deref())
        .bind(attributes.mail.as_deref())
        .bind(attributes.mail.as_deref().map(str::to_lowercase))
        .bind(json(&attributes.other_mail)?)
        .bind(attributes.mobile.as_deref())
        .bind(attributes.language.as_deref())
        .bind(attributes.enabled)
        .bind(micros(now))
        .bind(tenant.uuid())
        .bind(user.uuid())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
        if changed.rows_affected() == 0 {
            return Ok(CloudUserAnswer::NameTaken);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(CloudUserAnswer::Done)
    }

    async fn delete_cloud_user(
        &self,
        tenant: TenantId,
        user: UserId,
        audit: &AuditRecord,
    ) -> Result<CloudUserAnswer, StoreError> {
        const DOING: &str = "remove a user of the cloud";
        let mut tx = self.write(DOING).await?;
        if let Some(refusal) = refusal(&mut tx, tenant, user, true).await? {
            return Ok(refusal);
        }
        sqlx::query("DELETE FROM users WHERE tenant_id = ? AND id = ?")
            .bind(tenant.uuid())
            .bind(user.uuid())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(CloudUserAnswer::Done)
    }

    async fn taken_names(
        &self,
        tenant: TenantId,
        names: &[String],
    ) -> Result<Vec<String>, StoreError> {
        const DOING: &str = "look for names that are taken";
        sqlx::query_scalar(
            "SELECT value FROM json_each(?2) CROSS JOIN users
                 ON tenant_id = ?1 AND upn_key = value AND removed_at IS NULL",
        )
        .bind(tenant.uuid())
        .bind(json(names)?)
        .fetch_all(self.readers())
        .await
        .doing(DOING)
    }

    async fn add_cloud_users(
        &self,
        tenant: TenantId,
        users: &[NewCloudUser],
        all: bool,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Vec<String>, StoreError> {
        const DOING: &str = "keep users of the cloud";
        let mut tx = self.write(DOING).await?;
        let mut left_out = Vec::new();
        for chunk in chunks(users) {
            let mut query = sqlx::query(AssertSqlSafe(ADD.sql(chunk.len())));
            for user in chunk {
                let it = &user.attributes;
                query = query
                    .bind(user.id.uuid())
                    .bind(it.user_principal_name.as_str())
                    .bind(it.display_name.as_deref())
                    .bind(it.mail.as_deref())
                    .bind(json(&it.other_mail)?)
                    .bind(it.mobile.as_deref())
                    .bind(it.language.as_deref())
                    .bind(it.enabled)
                    .bind(it.user_principal_name.to_lowercase())
                    .bind(it.mail.as_deref().map(str::to_lowercase));
            }
            let rows = query
                .bind(tenant.uuid())
                .bind(micros(now))
                .fetch_all(&mut *tx)
                .await
                .doing(DOING)?;
            let mut kept = std::collections::HashSet::new();
            for row in &rows {
                kept.insert(UserId::from_uuid(row.try_get("id").doing(DOING)?));
            }
            let missing = chunk.iter().filter(|user| !kept.contains(&user.id));
            left_out.extend(missing.map(|it| it.attributes.user_principal_name.clone()));
            let kept: Vec<_> = chunk
                .iter()
                .map(|user| user.id)
                .filter(|id| kept.contains(id))
                .collect();
            append_audit_for(&mut tx, audit, &kept).await?;
        }
        if left_out.is_empty() || !all {
            tx.commit().await.doing(DOING)?;
        }
        Ok(left_out)
    }
}
