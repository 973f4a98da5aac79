//! The password of a synchronised person, judged by their directory.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::time;
use writeback_model::{DomainName, Secret, SignInId, TenantId, event};
use writeback_policy::sign_in::{DirectoryLockout, Tried};
use writeback_seal::{SignInBinding, seal_sign_in};
use writeback_store::{StoreError, User};
use writeback_wire::{LockoutPolicy, SignIn, SignInAnswer, SignedIn};

use super::{Judged, Right, SignInError};
use crate::state::Cloud;

/// Within which time an agent must show a password to the directory, in milliseconds.
const BEGIN_WITHIN_MS: u32 = 5_000;

/// How long an answer is waited for: the time to begin, that of a bind, and some for the way.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// How long an envelope is good.
const SEAL_HOLDS: SignedDuration = SignedDuration::from_secs(60);

/// Asks one agent. What became of a password that was handed to it and not answered counts as
/// wrong: the directory may have counted it.
pub(super) async fn judge(
    cloud: &Cloud,
    id: SignInId,
    user: &User,
    password: Secret,
) -> Result<Judged, StoreError> {
    let not_available = Judged::refused(Tried::NotCounted, SignInError::NotAvailable);
    let Some(target) = user.target.clone() else {
        return Ok(not_available);
    };
    let forest = target.forest.clone();
    let agent = cloud.hub.agent_for_sign_in(user.tenant, &target.forest);
    let Some((agent, key)) = agent else {
        return Ok(not_available);
    };
    let binding = SignInBinding {
        tenant: user.tenant,
        sign_in: id,
        target,
        expires_at: cloud.clock.now() + SEAL_HOLDS,
    };
    let Ok(sealed) = seal_sign_in(password, &key, &binding) else {
        // Longer than a directory takes, and so nobody's.
        return Ok(Judged::refused(Tried::Wrong, SignInError::WrongPassword));
    };
    let ask = SignIn {
        sign_in: id,
        target: binding.target,
        expires_at: binding.expires_at,
        begin_within_ms: BEGIN_WITHIN_MS,
        sealed,
    };
    let Some(awaited) = cloud.hub.ask_sign_in(agent, ask) else {
        return Ok(not_available);
    };
    let Ok(Some(answered)) = time::timeout(ANSWER_WITHIN, awaited.answer()).await else {
        return Ok(Judged::refused(Tried::Wrong, SignInError::NoAnswer));
    };
    if let Some(policy) = answered.lockout.filter(|policy| policy.of_domain) {
        keep(cloud, user.tenant, &forest, lockout(policy)).await?;
    }
    Ok(judged(&answered))
}

/// Notes the policy of the domain, by which names that nobody has are counted.
async fn keep(
    cloud: &Cloud,
    tenant: TenantId,
    forest: &DomainName,
    seen: DirectoryLockout,
) -> Result<(), StoreError> {
    if cloud.store.forest_lockout(tenant, forest).await? == Some(seen) {
        return Ok(());
    }
    let store = &cloud.store;
    store.keep_forest_lockout(tenant, forest, seen).await
}

fn judged(answered: &SignedIn) -> Judged {
    let wrong = |error| (Tried::Wrong, Err(error));
    let not_counted = |error| (Tried::NotCounted, Err(error));
    let (tried, result) = match &answered.answer {
        SignInAnswer::Valid => (Tried::Right, Ok(Right { must_change: false })),
        SignInAnswer::WrongPassword => wrong(SignInError::WrongPassword),
        // A locked account counts nothing; here it counts, so that nobody goes on asking.
        SignInAnswer::Locked => wrong(SignInError::LockedInDirectory),
        SignInAnswer::MustChange => not_counted(SignInError::MustChange),
        SignInAnswer::PasswordExpired => not_counted(SignInError::PasswordExpired),
        SignInAnswer::Disabled => not_counted(SignInError::Disabled),
        SignInAnswer::AccountExpired => not_counted(SignInError::AccountExpired),
        SignInAnswer::NotAllowed => not_counted(SignInError::NotAllowed),
        SignInAnswer::Spared => wrong(SignInError::Spared),
        SignInAnswer::NotTried { cause } => {
            tracing::warn!(event_id = event::SIGN_IN_UNANSWERED, sign_in = %answered.sign_in, cause = cause.info().id,
                "a password was not shown to its directory");
            not_counted(SignInError::NotAvailable)
        }
        SignInAnswer::Unknown { cause } => {
            tracing::warn!(event_id = event::SIGN_IN_UNANSWERED, sign_in = %answered.sign_in, cause = cause.info().id,
                "what a directory made of a password is not known");
            wrong(SignInError::NoAnswer)
        }
    };
    Judged {
        tried,
        directory: answered.lockout.map(lockout),
        result,
    }
}

fn lockout(policy: LockoutPolicy) -> DirectoryLockout {
    DirectoryLockout {
        threshold: policy.threshold,
        window: SignedDuration::from_secs(i64::try_from(policy.window_seconds).unwrap_or(i64::MAX)),
    }
}
