//! What an import writes.

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};
use writeback_model::{ImportId, TenantId, UserId};
use writeback_store::StoreError;
use writeback_wire::http::ImportedUser;

use crate::row::{Columns, Doing, json, micros};

/// The forest of an import, while it is running.
pub(crate) async fn forest_of(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    import: ImportId,
    doing: &'static str,
) -> Result<Option<String>, StoreError> {
    sqlx::query("SELECT forest FROM imports WHERE tenant_id = ? AND id = ?")
        .bind(tenant.uuid())
        .bind(import.uuid())
        .fetch_optional(tx)
        .await
        .doing(doing)?
        .map(|row| {
            Columns {
                row: &row,
                table: "imports",
            }
            .get("forest")
        })
        .transpose()
}

/// Notes that a batch came.
pub(crate) async fn note_batch(
    tx: &mut SqliteConnection,
    import: ImportId,
    sequence: u32,
    doing: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO import_batches (import_id, sequence) VALUES (?, ?)
         ON CONFLICT (import_id, sequence) DO NOTHING",
    )
    .bind(import.uuid())
    .bind(sequence)
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(())
}

/// To whom an imported user belongs, and through which import it came.
pub(crate) struct Source<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) forest: &'a str,
    pub(crate) import: ImportId,
    pub(crate) now: Timestamp,
}

/// Adds a user under `id`, or replaces what is known of one, who keeps the identifier.
pub(crate) async fn put_user(
    tx: &mut SqliteConnection,
    source: &Source<'_>,
    user: &ImportedUser,
    id: UserId,
    doing: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO users
             (id, tenant_id, forest, anchor, domain, netbios, account_name,
              user_principal_name, display_name, mail, other_mail, mobile, language, enabled,
              account_expires, netbios_key, account_key, upn_key, mail_key, imported_at,
              last_import)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant_id, forest, anchor) DO UPDATE SET
             domain = excluded.domain,
             netbios = excluded.netbios,
             account_name = excluded.account_name,
             user_principal_name = excluded.user_principal_name,
             display_name = excluded.display_name,
             mail = excluded.mail,
             other_mail = excluded.other_mail,
             mobile = excluded.mobile,
             language = excluded.language,
             enabled = excluded.enabled,
             account_expires = excluded.account_expires,
             netbios_key = excluded.netbios_key,
             account_key = excluded.account_key,
             upn_key = excluded.upn_key,
             mail_key = excluded.mail_key,
             imported_at = excluded.imported_at,
             last_import = excluded.last_import",
    )
    .bind(id.uuid())
    .bind(source.tenant.uuid())
    .bind(source.forest)
    .bind(user.anchor.bytes().as_slice())
    .bind(user.domain.as_str())
    .bind(user.netbios.as_deref())
    .bind(user.account_name.as_str())
    .bind(user.user_principal_name.as_str())
    .bind(user.display_name.as_deref())
    .bind(user.mail.as_deref())
    .bind(json(&user.other_mail)?)
    .bind(user.mobile.as_deref())
    .bind(user.language.as_deref())
    .bind(user.enabled)
    .bind(user.account_expires.map(micros))
    .bind(user.netbios.as_deref().map(str::to_lowercase))
    .bind(user.account_name.to_lowercase())
    .bind(user.user_principal_name.to_lowercase())
    .bind(user.mail.as_deref().map(str::to_lowercase))
    .bind(micros(source.now))
    .bind(source.import.uuid())
    .execute(tx)
    .await
    .doing(doing)?;
    Ok(())
}

/// Whether an import brought every batch from 0 to `batches` - 1 and `users` different users.
pub(crate) async fn is_whole(
    tx: &mut SqliteConnection,
    source: &Source<'_>,
    batches: u32,
    users: u64,
    doing: &'static str,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT
             (SELECT count(*) FROM import_batches WHERE import_id = ?1 AND sequence < ?2),
             (SELECT count(*) FROM users
                  WHERE tenant_id = ?3 AND forest = ?4 AND last_import = ?1)",
    )
    .bind(source.import.uuid())
    .bind(batches)
    .bind(source.tenant.uuid())
    .bind(source.forest)
    .fetch_one(tx)
    .await
    .doing(doing)?;
    let came: i64 = row.try_get(0).doing(doing)?;
    let brought: i64 = row.try_get(1).doing(doing)?;
    Ok(came == i64::from(batches) && u64::try_from(brought) == Ok(users))
}

/// Removes the forest's users that the import did not bring, notes that it is complete, and
/// ends it. Answers how many users were removed.
pub(crate) async fn end_whole(
    tx: &mut SqliteConnection,
    source: &Source<'_>,
    doing: &'static str,
) -> Result<u64, StoreError> {
    let removed =
        sqlx::query("DELETE FROM users WHERE tenant_id = ? AND forest = ? AND last_import <> ?")
            .bind(source.tenant.uuid())
            .bind(source.forest)
            .bind(source.import.uuid())
            .execute(&mut *tx)
            .await
            .doing(doing)?
            .rows_affected();
    sqlx::query("UPDATE forests SET imported_at = ? WHERE tenant_id = ? AND name = ?")
        .bind(micros(source.now))
        .bind(source.tenant.uuid())
        .bind(source.forest)
        .execute(&mut *tx)
        .await
        .doing(doing)?;
    sqlx::query("DELETE FROM imports WHERE id = ?")
        .bind(source.import.uuid())
        .execute(&mut *tx)
        .await
        .doing(doing)?;
    Ok(removed)
}
