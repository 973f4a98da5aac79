//! Groups of the cloud.

use writeback_model::{GroupId, UserName};
use writeback_store::{GroupMember, GroupRef, MemberAnswer, NewGroup, StoreError, User};

use super::{Admin, AdminError};

/// The most characters of a group's name.
const NAME_MAX: usize = 256;

/// Why something about a group, or about who is named with it, was not done.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// Not a name that a group can have.
    #[error("a group's name has 1 to {NAME_MAX} characters, none of them a control character")]
    Name,
    /// The name is a group's.
    #[error("there is a group {0:?} already: `writeback admin group show` shows it")]
    Taken(String),
    /// Nothing goes by it.
    #[error("no group goes by {0:?}: `writeback admin group list` shows all, with their names")]
    NoGroup(String),
    /// More than one goes by it.
    #[error("more than one group goes by {0:?}: name it by one of these identifiers:{1}")]
    ManyGroups(String, String),
    /// It is a directory's.
    #[error(
        "the group {0:?} is synchronised from a directory: change it there, and it is changed \
         here within seconds"
    )]
    Synchronised(String),
    /// Nobody goes by the name.
    #[error("nobody goes by {0}: `writeback admin user show {0}` says more")]
    NoUser(String),
    /// More than one person does.
    #[error("{0} means more than one person: use the user principal name")]
    ManyUsers(String),
    /// They were looked up a moment ago.
    #[error("whoever was to be a member was removed meanwhile")]
    MemberGone,
    /// Something else.
    #[error(transparent)]
    Admin(#[from] AdminError),
}

impl From<StoreError> for GroupError {
    fn from(error: StoreError) -> Self {
        Self::Admin(error.into())
    }
}

impl Admin<'_> {
    /// The group of that name, distinguished name or identifier.
    pub async fn find_group(&self, name: &str) -> Result<GroupRef, GroupError> {
        let tenant = self.tenant().await?;
        if let Ok(id) = name.parse::<GroupId>()
            && let Some(group) = self.store.group(tenant.id, id).await?
        {
            return Ok(group);
        }
        let mut groups = self.store.groups_by_name(tenant.id, name).await?;
        if groups.len() > 1 {
            let lines = groups.iter().map(|group| format!("\n  {}", group.id));
            return Err(GroupError::ManyGroups(name.to_owned(), lines.collect()));
        }
        groups
            .pop()
            .ok_or_else(|| GroupError::NoGroup(name.to_owned()))
    }

    /// The person of that name.
    pub async fn find_user(&self, name: &UserName) -> Result<User, GroupError> {
        let tenant = self.tenant().await?;
        let mut users = self.store.users_by_name(tenant.id, name).await?;
        if users.len() > 1 {
            return Err(GroupError::ManyUsers(name.canonical()));
        }
        users
            .pop()
            .ok_or_else(|| GroupError::NoUser(name.canonical()))
    }

    /// Makes a group of the cloud.
    pub async fn create_group(&self, name: &str, by: &str) -> Result<GroupRef, GroupError> {
        let tenant = self.tenant().await?;
        let name = name.trim();
        let length = name.chars().count();
        if !(1..=NAME_MAX).contains(&length) || name.chars().any(char::is_control) {
            return Err(GroupError::Name);
        }
        let group = NewGroup {
            id: GroupId::new(self.clock, self.entropy),
            name: name.to_owned(),
        };
        let audit = self.record(tenant.id, "Add group", format!("{} by {by}", group.id));
        let now = self.clock.now();
        match self.store.add_group(tenant.id, &group, now, &audit).await? {
            true => self.find_group(&group.id.to_string()).await,
            false => Err(GroupError::Taken(group.name)),
        }
    }

    /// Deletes a group of the cloud.
    pub async fn delete_group(&self, group: &GroupRef, by: &str) -> Result<(), GroupError> {
        let tenant = self.tenant().await?;
        let audit = self.record(tenant.id, "Delete group", format!("{} by {by}", group.id));
        let now = self.clock.now();
        match self
            .store
            .delete_group(tenant.id, group.id, now, &audit)
            .await?
        {
            true => Ok(()),
            false => Err(GroupError::Synchronised(group.name.clone())),
        }
    }

    /// Puts somebody into a group of the cloud, or takes them out. `false` where it was so.
    pub async fn change_member(
        &self,
        group: &GroupRef,
        member: GroupMember,
        is_in: bool,
        by: &str,
    ) -> Result<bool, GroupError> {
        let tenant = self.tenant().await?;
        let activity = if is_in {
            "Add member to group"
        } else {
            "Remove member from group"
        };
        let (user, who) = match member {
            GroupMember::User(user) => (Some(user), String::new()),
            GroupMember::Group(inner) => (None, format!("group {inner} ")),
        };
        let detail = format!("{who}in {} by {by}", group.id);
        let audit = writeback_store::AuditRecord {
            user,
            ..self.record(tenant.id, activity, detail)
        };
        let (store, now) = (self.store, self.clock.now());
        let answer = if is_in {
            store.add_group_member(tenant.id, group.id, member, now, &audit)
        } else {
            store.remove_group_member(tenant.id, group.id, member, now, &audit)
        };
        match answer.await? {
            MemberAnswer::Done => Ok(true),
            MemberAnswer::AsBefore => Ok(false),
            MemberAnswer::NoGroup => Err(GroupError::Synchronised(group.name.clone())),
            MemberAnswer::NoMember => Err(GroupError::MemberGone),
        }
    }
}
