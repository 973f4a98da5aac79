//! Changing groups of the cloud.

use sqlx::SqliteConnection;
use writeback_model::{GroupId, TenantId};
use writeback_store::{GroupMember, MemberAnswer, StoreError};

use super::{key, read};
use crate::row::Doing;

/// Deletes a group with all that mentions it. `false` where there is none.
pub(super) async fn delete(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    group: GroupId,
    doing: &'static str,
) -> Result<bool, StoreError> {
    let mut deleted = 0;
    for statement in [
        "DELETE FROM cloud_groups WHERE tenant_id = ? AND id = ?",
        "DELETE FROM cloud_group_groups WHERE tenant_id = ? AND member = ?",
        "DELETE FROM licence_assignments WHERE tenant_id = ? AND group_id = ?",
    ] {
        let done = sqlx::query(statement)
            .bind(tenant.uuid())
            .bind(key(group))
            .execute(&mut *tx)
            .await
            .doing(doing)?;
        deleted += done.rows_affected();
        // Only a group of the cloud can be deleted.
        if deleted == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn is_of_cloud(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    group: GroupId,
    doing: &'static str,
) -> Result<bool, StoreError> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cloud_groups WHERE tenant_id = ? AND id = ?)")
        .bind(tenant.uuid())
        .bind(key(group))
        .fetch_one(tx)
        .await
        .doing(doing)
}

pub(super) async fn add_member(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    group: GroupId,
    member: GroupMember,
    doing: &'static str,
) -> Result<MemberAnswer, StoreError> {
    if !is_of_cloud(tx, tenant, group, doing).await? {
        return Ok(MemberAnswer::NoGroup);
    }
    let (statement, is_there, bytes) = match member {
        GroupMember::User(user) => (
            "INSERT INTO cloud_group_users (tenant_id, group_id, user_id) VALUES (?, ?, ?)
             ON CONFLICT DO NOTHING",
            sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM users
                     WHERE tenant_id = ? AND id = ? AND removed_at IS NULL)",
            )
            .bind(tenant.uuid())
            .bind(user.uuid())
            .fetch_one(&mut *tx)
            .await
            .doing(doing)?,
            user.uuid().into_bytes().to_vec(),
        ),
        GroupMember::Group(inner) => (
            "INSERT INTO cloud_group_groups (tenant_id, group_id, member) VALUES (?, ?, ?)
             ON CONFLICT DO NOTHING",
            read::group(&mut *tx, tenant, inner).await?.is_some(),
            key(inner),
        ),
    };
    if !is_there {
        return Ok(MemberAnswer::NoMember);
    }
    change(tx, statement, tenant, group, bytes, doing).await
}

pub(super) async fn remove_member(
    tx: &mut SqliteConnection,
    tenant: TenantId,
    group: GroupId,
    member: GroupMember,
    doing: &'static str,
) -> Result<MemberAnswer, StoreError> {
    if !is_of_cloud(tx, tenant, group, doing).await? {
        return Ok(MemberAnswer::NoGroup);
    }
    let (statement, bytes) = match member {
        GroupMember::User(user) => (
            "DELETE FROM cloud_group_users WHERE tenant_id = ? AND group_id = ? AND user_id = ?",
            user.uuid().into_bytes().to_vec(),
        ),
        GroupMember::Group(inner) => (
            "DELETE FROM cloud_group_groups WHERE tenant_id = ? AND group_id = ? AND member = ?",
            key(inner),
        ),
    };
    change(tx, statement, tenant, group, bytes, doing).await
}

async fn change(
    tx: &mut SqliteConnection,
    statement: &'static str,
    tenant: TenantId,
    group: GroupId,
    member: Vec<u8>,
    doing: &'static str,
) -> Result<MemberAnswer, StoreError> {
    let done = sqlx::query(statement)
        .bind(tenant.uuid())
        .bind(key(group))
        .bind(member)
        .execute(tx)
        .await
        .doing(doing)?;
    Ok(if done.rows_affected() == 0 {
        MemberAnswer::AsBefore
    } else {
        MemberAnswer::Done
    })
}
