//! People of the cloud alone.

use writeback_model::{UserId, UserName};
use writeback_store::{NewCloudUser, PeopleCounts};
use writeback_sync::Attributes;

use super::{Admin, AdminError, CsvPerson};

/// A person who is in no directory.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their user principal name.
    pub name: String,
    /// The name that people read.
    pub display_name: Option<String>,
    /// Their mail address.
    pub mail: Option<String>,
    /// Further addresses, where codes may go.
    pub other_mail: Vec<String>,
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
                other_mail: person.other_mail,
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

    /// Which of these people's names somebody has already, in lower case.
    pub async fn names_taken(&self, people: &[CsvPerson]) -> Result<Vec<String>, AdminError> {
        let tenant = self.tenant().await?;
        let names: Vec<_> = people.iter().map(|it| it.name.to_lowercase()).collect();
        Ok(self.store.taken_names(tenant.id, &names).await?)
    }

    /// Makes all these people, or, where somebody has one of the names, nobody; with
    /// `skip_taken`, all others. The names that were taken.
    pub async fn import_users(
        &self,
        people: Vec<CsvPerson>,
        skip_taken: bool,
        by: &str,
    ) -> Result<Vec<String>, AdminError> {
        let tenant = self.tenant().await?;
        let users: Vec<_> = people
            .into_iter()
            .map(|person| NewCloudUser {
                id: UserId::new(self.clock, self.entropy),
                attributes: Attributes {
                    user_principal_name: person.name,
                    display_name: person.display_name,
                    mail: person.mail,
                    other_mail: person.other_mail,
                    mobile: person.mobile,
                    language: person.language,
                    enabled: true,
                    ..Attributes::default()
                },
                holds_admin_role: false,
            })
            .collect();
        let audit = self.record(
            tenant.id,
            writeback_store::activity::USER_CREATED,
            format!("from a file, by {by}"),
        );
        let now = self.clock.now();
        Ok(self
            .store
            .add_cloud_users(tenant.id, &users, !skip_taken, now, &audit)
            .await?)
    }
}
