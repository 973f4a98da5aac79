//! Another password, for people of the cloud alone.

use std::sync::Arc;

use jiff::Timestamp;
use writeback_model::{BannedRule, Secret, SignInId, SignInSessionId};
use writeback_policy::sign_in::Tried;
use writeback_store::{AuditRecord, StoreError, TryAnswer, User, UserPassword};
use writeback_sync::Origin;

use super::new_password::{NotTaken, check_new_password};
use crate::state::Cloud;

/// Why a password is not taken, or not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It lies in a directory.
    #[error("this password lies in a directory: reset it in the portal")]
    Synchronised,
    /// The one that is in use.
    #[error("the current password is not right")]
    WrongCurrent,
    /// Too many wrong ones.
    #[error("too many wrong passwords: wait, or reset the password")]
    Locked {
        /// When it may be tried again.
        until: Timestamp,
    },
    /// It is the same.
    #[error("the new password is the current one")]
    Same,
    /// It cannot be theirs.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// Too many at once.
    #[error("too many passwords at once: try again in a moment")]
    Busy,
    /// The store failed.
    #[error("the cloud cannot reach its store: try again in a moment")]
    Store(#[from] StoreError),
}

impl ChangeError {
    /// Its name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Synchronised => "password-in-directory",
            Self::WrongCurrent => "wrong-current-password",
            Self::Locked { .. } => "sign-in-locked",
            Self::Same => "password-is-current",
            Self::NotTaken(why) => why.code(),
            Self::Busy => "busy",
            Self::Store(_) => "store-unavailable",
        }
    }
}

/// Changes a password for whoever knows the current one. Every other session ends.
pub async fn change_password(
    cloud: &Cloud,
    user: &User,
    session: Option<SignInSessionId>,
    current: &Secret,
    new: Secret,
    audit: &AuditRecord,
) -> Result<(), ChangeError> {
    if user.origin != Origin::Cloud {
        return Err(ChangeError::Synchronised);
    }
    prove(cloud, user, current).await?;
    let Some(tenant) = cloud.store.tenant(user.tenant).await? else {
        return Err(ChangeError::Synchronised);
    };
    let rules = cloud.store.banned_rules(user.tenant).await?;
    let watched = check_new_password(&new, &user.attributes, &tenant, &rules)?;
    if new.expose() == current.expose() {
        return Err(ChangeError::Same);
    }
    let entropy = Arc::clone(&cloud.entropy);
    let hash = cloud.hasher.hash(new, entropy).await;
    let password = UserPassword {
        hash: hash.map_err(|_| ChangeError::Busy)?,
        must_change: false,
        set_at: cloud.clock.now(),
    };
    let detail = watched.map_or_else(String::new, BannedRule::watched);
    let audit = AuditRecord {
        detail,
        ..audit.clone()
    };
    let kept = cloud
        .store
        .set_user_password(user.tenant, user.id, &password, session, &audit)
        .await?;
    match kept {
        true => Ok(()),
        false => Err(ChangeError::Synchronised),
    }
}

/// Whoever guesses here is counted as at a sign-in.
async fn prove(cloud: &Cloud, user: &User, current: &Secret) -> Result<(), ChangeError> {
    let (store, key) = (&cloud.store, user.id.to_string());
    let id = SignInId::new(&cloud.clock, &cloud.entropy);
    let now = cloud.clock.now();
    match store
        .begin_sign_in(user.tenant, &key, id, None, now)
        .await?
    {
        TryAnswer::Go => {}
        TryAnswer::UnderWay => return Err(ChangeError::Busy),
        TryAnswer::Locked { until } => return Err(ChangeError::Locked { until }),
    }
    let kept = store.user_password(user.tenant, user.id).await?;
    let kept = kept.map(|password| password.hash);
    let judged = cloud.hasher.verify(current.clone(), kept).await;
    let (tried, result) = match judged {
        Ok(true) => (Tried::Right, Ok(())),
        Ok(false) => (Tried::Wrong, Err(ChangeError::WrongCurrent)),
        Err(_) => (Tried::NotCounted, Err(ChangeError::Busy)),
    };
    let now = cloud.clock.now();
    store
        .end_sign_in(user.tenant, &key, id, tried, None, now)
        .await?;
    result
}
