//! People of the cloud alone.

use writeback_model::{UserId, UserName};
use writeback_store::{NewCloudUser, PeopleCounts};
use writeback_sync::Attributes;

use super::{Admin, AdminError};

/// A person who is in no directory.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their user principal name.
    pub name: String,
    /// The name that people read.
    pub display_name: Option<String>,
    /// Their mail address.
    pub mail: Option<String>,
    /// Whether they hold an administrator's role: synchronisation never matches such a person.
    pub is_administrator: bool,
}

impl Admin<'_> {
    /// How many people there are.
    pub async fn people(&self) -> Result<PeopleCounts, AdminError> {
        let tenant = self.tenant().await?;
        Ok(self.store.count_people(tenant.id).await?)
    }

    /// Makes a person of the cloud alone.
    pub async fn create_user(&self, person: NewPerson) -> Result<UserId, AdminError> {
        let tenant = self.tenant().await?;
        let name = person.name.trim().to_owned();
        if !matches!(name.parse(), Ok(UserName::Address { .. })) {
            return Err(AdminError::NotAnAddress(name));
        }
        let user = NewCloudUser {
            id: UserId::new(self.clock, self.entropy),
            attributes: Attributes {
                user_principal_name: name.clone(),
                display_name: person.display_name,
                mail: person.mail,
                enabled: true,
                ..Attributes::default()
            },
            holds_admin_role: person.is_administrator,
        };
        let audit = writeback_store::AuditRecord {
            user: Some(user.id),
            ..self.record(
                tenant.id,
                writeback_store::activity::USER_CREATED,
                String::new(),
            )
        };
        let now = self.clock.now();
        match self
            .store
            .add_cloud_user(tenant.id, &user, now, &audit)
            .await?
        {
            true => Ok(user.id),
            false => Err(AdminError::NameTaken(name)),
        }
    }
}
