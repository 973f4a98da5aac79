//! Telling people by mail how it ended.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;
use writeback_model::{Outcome, RequestState};
use writeback_policy::access::Wish;
use writeback_relay::Ended;
use writeback_store::{StoreError, User};

use crate::{
    mail,
    state::Cloud,
    words::{Language, Words},
};

/// Mails about every request that ended, until the hub is gone: a changed password, so that
/// somebody whose account it is hears of it, unless the policy says otherwise; one that was in
/// doubt, however it ended.
pub async fn tell(cloud: Arc<Cloud>, mut ended: UnboundedReceiver<Ended>) {
    while let Some(ended) = ended.recv().await {
        if let Err(error) = tell_one(&cloud, &ended).await {
            tracing::error!(request = %ended.request.asked.id,
                error = &error as &dyn std::error::Error, "the person could not be told by mail");
        }
    }
}

async fn tell_one(cloud: &Cloud, ended: &Ended) -> Result<(), StoreError> {
    if let Outcome::NotChanged { cause } = &ended.outcome {
        let remedy = Words::new(Language::English).remedy(cause);
        tracing::info!(request = %ended.request.asked.id, event_id = cause.info().event_id,
            cause = cause.info().id, %remedy, "a request changed nothing");
    }
    let was_in_doubt = ended.request.state == RequestState::Unknown;
    if !ended.outcome.is_changed() && !was_in_doubt {
        // Whoever asked is looking at the page that says so.
        return Ok(());
    }
    let asked = &ended.request.asked;
    if ended.outcome.is_changed() {
        let key = asked.user.to_string();
        cloud
            .forgive(asked.tenant, &cloud.limits.passwords_per_user, &key)
            .await?;
    }
    let Some(user) = cloud.store.user(asked.tenant, asked.user).await? else {
        return Ok(());
    };
    let access = cloud.access(asked.tenant, Some(&user), Wish::Reset).await?;
    if !was_in_doubt && !access.settings.notify_user {
        return Ok(());
    }
    let tenant = cloud.store.tenant(asked.tenant).await?;
    let tenant_name = tenant.map(|tenant| tenant.name).unwrap_or_default();
    let now = cloud.clock.now().to_zoned(cloud.time_zone.clone());
    let language = language_of(&user);
    let text = if was_in_doubt {
        mail::outcome_mail(language, &tenant_name, &ended.outcome, &now)
    } else {
        mail::changed_mail(language, &tenant_name, &now)
    };
    cloud.mailer.send_soon(all_addresses(&user), text);
    Ok(())
}

/// The language to write to a person in.
pub fn language_of(user: &User) -> Language {
    Language::from_accept_language(user.attributes.language.as_deref().unwrap_or_default())
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
