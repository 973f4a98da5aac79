//! Who is to be told what of an end. Looked up when it is sent: addresses, languages, roles and
//! the policy are those of now.

use jiff::Zoned;
use writeback_model::{Operation, Outcome, Role, TenantId, UserId};
use writeback_policy::access::Wish;
use writeback_store::{OwedNews, Request, StoreError, TokenHash, User};

use super::language_of;
use crate::{
    mail::{self, MailText},
    state::Cloud,
    tokens::hash_letter,
    words::Language,
};

/// A mail to one address.
pub(super) struct Letter {
    pub(super) address: String,
    pub(super) text: MailText,
    /// Stands for this letter of this request to this address, and tells nothing of either.
    pub(super) hash: TokenHash,
}

/// All letters of an end, those that were sent before among them.
pub(super) async fn letters(cloud: &Cloud, news: &OwedNews) -> Result<Vec<Letter>, StoreError> {
    let request = cloud.store.request(news.tenant, news.request).await?;
    let Some((request, outcome)) = request.and_then(|it| Some((it.clone(), it.outcome?))) else {
        return Ok(Vec::new());
    };
    let user = cloud.store.user(news.tenant, request.asked.user).await?;
    let Some(user) = user else {
        return Ok(Vec::new());
    };
    let access = cloud.access(news.tenant, Some(&user), Wish::Reset).await?;
    let tenant = cloud.store.tenant(news.tenant).await?;
    let end = End {
        tenant_name: tenant.map(|tenant| tenant.name).unwrap_or_default(),
        at: request
            .ended_at
            .unwrap_or(news.owed_since)
            .to_zoned(cloud.time_zone.clone()),
        request,
        outcome,
    };
    let mut letters = Vec::new();
    if news.was_in_doubt {
        letters.extend(end.to(&user, &end.learnt_text(language_of(&user))));
    } else if access.settings.notify_user {
        letters.extend(end.to(&user, &end.text(language_of(&user))));
    }
    let wrote_password = end.outcome.is_changed() && end.operation().writes_password();
    if access.settings.notify_admins && wrote_password {
        for administrator in others(cloud, news.tenant, user.id).await? {
            let language = language_of(&administrator);
            let name = &user.attributes.user_principal_name;
            let text = mail::administrator_changed_mail(language, &end.tenant_name, name, &end.at);
            letters.extend(end.to(&administrator, &text));
        }
    }
    Ok(letters)
}

/// An end as letters tell it.
struct End {
    tenant_name: String,
    at: Zoned,
    request: Request,
    outcome: Outcome,
}

impl End {
    const fn operation(&self) -> Operation {
        self.request.asked.operation
    }

    /// What is told after something was done.
    fn text(&self, language: Language) -> MailText {
        match (self.operation(), &self.outcome) {
            (Operation::Unlock, Outcome::Changed { remarks }) => {
                mail::unlocked_mail(language, &self.tenant_name, remarks, &self.at)
            }
            _ => mail::changed_mail(language, &self.tenant_name, &self.at),
        }
    }

    /// What is told after it became known how it ended.
    fn learnt_text(&self, language: Language) -> MailText {
        let (operation, tenant_name) = (self.operation(), &self.tenant_name);
        mail::outcome_mail(language, tenant_name, operation, &self.outcome, &self.at)
    }

    fn to(&self, user: &User, text: &MailText) -> Vec<Letter> {
        let letter = |address: String| {
            let hash = hash_letter(self.request.asked.id.uuid(), user.id.uuid(), &address);
            Letter {
                text: text.known_as(&hash),
                address,
                hash,
            }
        };
        all_addresses(user).into_iter().map(letter).collect()
    }
}

/// All global administrators but the person, who hear of it where the person holds a role.
async fn others(cloud: &Cloud, tenant: TenantId, person: UserId) -> Result<Vec<User>, StoreError> {
    if cloud.store.roles_of(tenant, person).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut others = Vec::new();
    for holder in cloud.store.role_holders(tenant).await? {
        let is_meant = holder.acts && holder.role == Role::GlobalAdministrator;
        if is_meant && holder.user != person {
            others.extend(cloud.store.user(tenant, holder.user).await?);
        }
    }
    Ok(others)
}

/// Every address a person is known by: a thief who has one of them cannot keep the news from
/// the others.
fn all_addresses(user: &User) -> Vec<String> {
    let mut addresses = user.attributes.other_mail.clone();
    addresses.extend(user.attributes.mail.clone());
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}
