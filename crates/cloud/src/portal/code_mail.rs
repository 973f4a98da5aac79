//! A code on its way, in the background; for a name that nobody has as much is counted, and nothing
//! sent. The answer leaves that time to be over, whoever it is: what is still to be written would
//! keep the same browser's next call waiting.

use std::{sync::Arc, time::Duration};

use tokio::time::{self, Instant};
use writeback_model::{TenantId, event};
use writeback_policy::{Channel, recovery_addresses};
use writeback_store::{ResetSession, StoreError, Tenant, ThrottleAnswer, User};

use super::session::CODE_HOLDS;
use crate::{mail, news::language_of, state::Cloud};

/// How long an answer takes at least that a code may be under way for. The work takes some
/// hundredths of a second; this leaves room for nested groups, more recovery addresses, slow disks.
const ANSWER_TAKES: Duration = Duration::from_millis(500);

/// Waits until an answer may be given.
pub(super) async fn takes_its_time(began: Instant) {
    time::sleep_until(began + ANSWER_TAKES).await;
}

/// Sends a code to a person's recovery addresses, where there is a person.
pub(super) fn send(
    cloud: &Arc<Cloud>,
    tenant: Option<&Tenant>,
    session: &ResetSession,
    user: Option<&User>,
    code: &str,
) {
    let cloud = Arc::clone(cloud);
    let Some((user, tenant)) = user.zip(tenant) else {
        let (tenant, name) = (session.tenant, session.typed_name.clone());
        tokio::spawn(async move {
            if let Err(error) = cloud.count_unsent(tenant, Channel::Mail, &name).await {
                log(&error);
            }
        });
        return;
    };
    let text = mail::code_mail(
        language_of(user),
        &tenant.name,
        &session.typed_name,
        code,
        CODE_HOLDS.as_mins(),
    );
    let addresses = recovery_addresses(
        &cloud.recovery,
        &user.attributes.other_mail,
        user.attributes.mail.as_deref(),
    );
    let tenant = tenant.id;
    tokio::spawn(async move {
        let allowed = allowed(&cloud, tenant, addresses).await;
        if !allowed.is_empty() {
            cloud.mailer.send_soon(allowed, text);
        }
    });
}

/// The addresses that a mail may go to now.
async fn allowed(cloud: &Cloud, tenant: TenantId, addresses: Vec<String>) -> Vec<String> {
    let mut allowed = Vec::new();
    for address in addresses {
        match cloud.may_send(tenant, Channel::Mail, &address).await {
            Ok(ThrottleAnswer::Allowed) => allowed.push(address),
            Ok(ThrottleAnswer::Blocked { until }) => {
                tracing::warn!(event_id = event::MAIL_LIMITED, %tenant, %until,
                    "a mail was not sent: too many to its address or for the tenant");
            }
            Err(error) => log(&error),
        }
    }
    allowed
}

fn log(error: &StoreError) {
    tracing::error!(
        event_id = event::STORE_FAILED,
        error = error as &dyn std::error::Error,
        "the store failed"
    );
}
