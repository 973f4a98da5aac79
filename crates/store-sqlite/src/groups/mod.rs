//! Groups: those of the cloud are kept here, those of directories are in connector spaces.

pub(crate) mod queries;
mod read;
mod write;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::{GroupId, TenantId, UserId};
use writeback_store::{
    AuditRecord, GroupMember, GroupRef, GroupStore, MemberAnswer, NewGroup, StoreError,
};

#[cfg(test)]
pub(crate) use read::OF_USER;
pub(crate) use read::{group as find_group, of_user};

use crate::{
    SqliteStore,
    audit::append_audit,
    licences::settle_all,
    row::{Columns, Doing, micros},
};

const TABLE: &str = "cloud_groups";

/// A group's identifier as it is kept: in the byte order of `objectGUID`.
pub(crate) fn key(group: GroupId) -> Vec<u8> {
    group.uuid().to_bytes_le().to_vec()
}

/// A group's identifier as it was kept.
pub(crate) fn group_id(columns: &Columns<'_>, column: &'static str) -> Result<GroupId, StoreError> {
    columns
        .get::<&[u8]>(column)?
        .try_into()
        .map(|bytes| GroupId::from_uuid(Uuid::from_bytes_le(bytes)))
        .map_err(|_| columns.bad(column))
}

#[async_trait]
impl GroupStore for SqliteStore {
    async fn add_group(
        &self,
        tenant: TenantId,
        group: &NewGroup,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keep a group";
        let mut tx = self.write(DOING).await?;
        let added = sqlx::query(
            "INSERT INTO cloud_groups (tenant_id, id, name, name_key, created_at)
             VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(tenant.uuid())
        .bind(key(group.id))
        .bind(group.name.as_str())
        .bind(group.name.to_lowercase())
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .doing(DOING)?
        .rows_affected();
        if added == 0 {
            return Ok(false);
        }
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn delete_group(
        &self,
        tenant: TenantId,
        group: GroupId,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "delete a group";
        let mut tx = self.write(DOING).await?;
        if !write::delete(&mut tx, tenant, group, DOING).await? {
            return Ok(false);
        }
        settle_all(&mut tx, tenant, now).await?;
        append_audit(&mut tx, audit).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    async fn add_group_member(
        &self,
        tenant: TenantId,
        group: GroupId,
        member: GroupMember,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<MemberAnswer, StoreError> {
        const DOING: &str = "put a member into a group";
        let mut tx = self.write(DOING).await?;
        let answer = write::add_member(&mut tx, tenant, group, member, DOING).await?;
        if answer == MemberAnswer::Done {
            settle_all(&mut tx, tenant, now).await?;
            append_audit(&mut tx, audit).await?;
            tx.commit().await.doing(DOING)?;
        }
        Ok(answer)
    }

    async fn remove_group_member(
        &self,
        tenant: TenantId,
        group: GroupId,
        member: GroupMember,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<MemberAnswer, StoreError> {
        const DOING: &str = "take a member out of a group";
        let mut tx = self.write(DOING).await?;
        let answer = write::remove_member(&mut tx, tenant, group, member, DOING).await?;
        if answer == MemberAnswer::Done {
            settle_all(&mut tx, tenant, now).await?;
            append_audit(&mut tx, audit).await?;
            tx.commit().await.doing(DOING)?;
        }
        Ok(answer)
    }

    async fn groups(&self, tenant: TenantId) -> Result<Vec<GroupRef>, StoreError> {
        read::all(self.readers(), tenant).await
    }

    async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<GroupRef>, StoreError> {
        let mut reader = self.readers().acquire().await.doing("find a group")?;
        read::group(&mut reader, tenant, id).await
    }

    async fn groups_by_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Vec<GroupRef>, StoreError> {
        let groups = read::all(self.readers(), tenant).await?;
        Ok(read::of_name(groups, name))
    }

    async fn group_members(
        &self,
        tenant: TenantId,
        group: GroupId,
    ) -> Result<Vec<GroupMember>, StoreError> {
        read::members(self.readers(), tenant, group).await
    }

    async fn users_in_group(
        &self,
        tenant: TenantId,
        group: GroupId,
    ) -> Result<Vec<UserId>, StoreError> {
        read::users_in(self.readers(), tenant, group).await
    }

    async fn groups_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<GroupRef>, StoreError> {
        let mut reader = self.readers().acquire().await.doing("find groups")?;
        read::of_user(&mut reader, tenant, user).await
    }
}
