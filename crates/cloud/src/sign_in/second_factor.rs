//! A second factor for whoever is signed in: a code to a recovery address.

use jiff::SignedDuration;
use writeback_model::{SignInSessionId, TenantId};
use writeback_policy::{Channel, recovery_addresses};
use writeback_store::{AuditRecord, CodeAnswer, StoreError, ThrottleAnswer, User};

use crate::{
    mail,
    news::language_of,
    state::Cloud,
    tokens::{hash_code, new_code},
};

/// How long a code is good.
pub const CODE_HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// How often a code may be tried.
const CODE_TRIES: u8 = 5;

/// Sends a code, and tells to how many addresses; `None` where there is none, or none
/// that another mail may go to now.
pub async fn send(
    cloud: &Cloud,
    user: &User,
    session: SignInSessionId,
) -> Result<Option<usize>, StoreError> {
    let addresses = recovery_addresses(
        &cloud.recovery,
        &user.attributes.other_mail,
        user.attributes.mail.as_deref(),
    );
    let mut allowed = Vec::new();
    for address in addresses {
        let answer = cloud.may_send(user.tenant, Channel::Mail, &address).await?;
        if answer == ThrottleAnswer::Allowed {
            allowed.push(address);
        }
    }
    let addresses = allowed;
    if addresses.is_empty() {
        return Ok(None);
    }
    let code = new_code(&cloud.entropy);
    let hash = hash_code(session.uuid(), &code);
    let ends = cloud.clock.now() + CODE_HOLDS;
    cloud
        .store
        .set_second_factor_code(user.tenant, session, hash, ends, CODE_TRIES)
        .await?;
    let tenant = cloud.store.tenant(user.tenant).await?;
    let text = mail::sign_in_code_mail(
        language_of(user),
        &tenant.map(|tenant| tenant.name).unwrap_or_default(),
        &user.attributes.user_principal_name,
        &code,
        CODE_HOLDS.as_mins(),
    );
    let sent_to = addresses.len();
    cloud.mailer.send_soon(addresses, text);
    Ok(Some(sent_to))
}

/// Tries a code.
pub async fn verify(
    cloud: &Cloud,
    tenant: TenantId,
    session: SignInSessionId,
    code: &str,
    audit: &AuditRecord,
) -> Result<CodeAnswer, StoreError> {
    let typed: String = code.chars().filter(|it| !it.is_whitespace()).collect();
    let hash = hash_code(session.uuid(), &typed);
    let now = cloud.clock.now();
    cloud
        .store
        .try_second_factor_code(tenant, session, hash, now, audit)
        .await
}
