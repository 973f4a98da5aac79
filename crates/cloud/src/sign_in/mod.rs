//! Signing in: is this somebody's password, and a session for whoever shows it.
//!
//! People of the cloud alone are judged by the hash that is kept. The password of a synchronised
//! person is sealed to one agent, which shows it to their directory. Every try is counted in the
//! store before it is made (`policy::sign_in`).

mod change;
mod counted;
mod directory;
mod error;
mod hash;
mod name;
mod new_password;
pub mod second_factor;

pub use change::{ChangeError, change_password};
pub use error::SignInError;
pub use hash::{HashError, Hasher, hash_password};
pub use new_password::{NotTaken, check_new_password};

use std::net::IpAddr;

use jiff::SignedDuration;
use writeback_model::{Secret, SignInId, SignInSessionId, TenantId, UserName};
use writeback_policy::sign_in::{DirectoryLockout, Tried};
use writeback_store::{Actor, AuditRecord, SignInSession, StoreError, User, activity};
use writeback_sync::Origin;

use self::{counted::Counter, name::OfName};
use crate::{
    state::Cloud,
    tokens::{hash_token, new_token, throttle_key},
};

/// How long a session lasts that nobody uses.
pub const IDLE_ENDS_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How long a session lasts in any case: a working day.
pub const SESSION_HOLDS: SignedDuration = SignedDuration::from_hours(12);

/// How much is kept of what a program calls itself, in characters.
const USER_AGENT_MAX: usize = 200;

/// Where a try comes from.
#[derive(Clone, Debug)]
pub struct From {
    /// The network address.
    pub address: IpAddr,
    /// What the browser or program calls itself.
    pub user_agent: String,
}

/// How a password was judged.
struct Judged {
    tried: Tried,
    /// What the lockout policy of the person's directory is, where it was told.
    directory: Option<DirectoryLockout>,
    result: Result<Right, SignInError>,
}

/// It is theirs.
struct Right {
    /// Another one must be chosen before anything else.
    must_change: bool,
}

impl Judged {
    const fn refused(tried: Tried, error: SignInError) -> Self {
        Self {
            tried,
            directory: None,
            result: Err(error),
        }
    }
}

/// Judges a name and a password, and begins a session: its token, to be given away once.
pub async fn sign_in(
    cloud: &Cloud,
    tenant: TenantId,
    name: &UserName,
    password: Secret,
    from: &From,
) -> Result<(String, SignInSession), SignInError> {
    // Nobody's tenant is asked for like any other.
    let is_open = cloud.enabled_tenant(tenant).await?.is_some();
    let of_name = OfName::gather(cloud, tenant, is_open, name).await?;
    let mut users = cloud.store.users_by_name(tenant, name).await?;
    let user = match (users.pop(), users.is_empty(), is_open) {
        (Some(user), true, true) => Some(user),
        _ => None,
    };
    let result = of_user(cloud, tenant, name, &of_name, user.as_ref(), password, from).await;
    if let Err(error) = &result {
        refused(cloud, tenant, user.as_ref(), from, error).await?;
    }
    result
}

async fn of_user(
    cloud: &Cloud,
    tenant: TenantId,
    name: &UserName,
    of_name: &OfName,
    user: Option<&User>,
    password: Secret,
    from: &From,
) -> Result<(String, SignInSession), SignInError> {
    let whom = match user {
        Some(user) => user.id.to_string(),
        None => throttle_key(&name.canonical()),
    };
    let counter = Counter {
        cloud,
        tenant,
        key: of_name.key(whom),
        directory: of_name.lockout,
    };
    let right = counter
        .one(|id| judge(cloud, id, of_name, user, password))
        .await?;
    let user = user.ok_or(SignInError::WrongPassword)?;
    begin(cloud, user, right.must_change, from).await
}

async fn judge(
    cloud: &Cloud,
    id: SignInId,
    of_name: &OfName,
    user: Option<&User>,
    password: Secret,
) -> Result<Judged, StoreError> {
    match user {
        Some(user) if user.origin == Origin::Synchronised && !of_name.is_away => {
            directory::judge(cloud, id, user, password).await
        }
        _ => {
            let mut judged = of_the_cloud(cloud, user, password).await?;
            judged.directory = of_name.lockout;
            // Whoever is of the cloud signs in then as ever; of all others, whether they exist or
            // not, the cloud cannot know.
            if of_name.is_away && matches!(judged.result, Err(SignInError::WrongPassword)) {
                judged.result = Err(SignInError::NotAvailable);
            }
            Ok(judged)
        }
    }
}

/// Judges by the hash that is kept; by one that nothing fits where there is none.
async fn of_the_cloud(
    cloud: &Cloud,
    user: Option<&User>,
    password: Secret,
) -> Result<Judged, StoreError> {
    let kept = match user {
        Some(user) => cloud.store.user_password(user.tenant, user.id).await?,
        None => None,
    };
    let (hash, must_change) = match kept {
        Some(kept) => (Some(kept.hash), kept.must_change),
        None => (None, false),
    };
    let is_right = match cloud.hasher.verify(password, hash).await {
        Ok(is_right) => is_right,
        Err(_) => return Ok(Judged::refused(Tried::NotCounted, SignInError::Busy)),
    };
    let Some(user) = user.filter(|_| is_right) else {
        return Ok(Judged::refused(Tried::Wrong, SignInError::WrongPassword));
    };
    let refused = |error| Ok(Judged::refused(Tried::NotCounted, error));
    if !user.attributes.enabled {
        return refused(SignInError::Disabled);
    }
    let now = cloud.clock.now();
    if user
        .attributes
        .account_expires
        .is_some_and(|end| end <= now)
    {
        return refused(SignInError::AccountExpired);
    }
    Ok(Judged {
        tried: Tried::Right,
        directory: None,
        result: Ok(Right { must_change }),
    })
}

async fn begin(
    cloud: &Cloud,
    user: &User,
    must_change: bool,
    from: &From,
) -> Result<(String, SignInSession), SignInError> {
    let now = cloud.clock.now();
    let token = new_token(&cloud.entropy);
    let session = SignInSession {
        id: SignInSessionId::new(&cloud.clock, &cloud.entropy),
        tenant: user.tenant,
        user: user.id,
        token: hash_token(&token),
        created_at: now,
        seen_at: now,
        idle_ends_at: now + IDLE_ENDS_AFTER,
        expires_at: now + SESSION_HOLDS,
        address: from.address.to_string(),
        user_agent: cut(&from.user_agent),
        must_change,
        second_factor_at: None,
    };
    let audit = AuditRecord {
        correlation: Some(session.id.uuid()),
        ..record(cloud, user.tenant, Some(user), from, "success")
    };
    match cloud.store.add_sign_in_session(&session, &audit).await? {
        true => Ok((token, session)),
        false => Err(SignInError::Disabled),
    }
}

/// Notes a refusal. What nobody can act on, since it is no tenant's, is not noted.
async fn refused(
    cloud: &Cloud,
    tenant: TenantId,
    user: Option<&User>,
    from: &From,
    error: &SignInError,
) -> Result<(), StoreError> {
    if tenant == TenantId::NOBODY || matches!(error, SignInError::Store(_)) {
        return Ok(());
    }
    let audit = record(cloud, tenant, user, from, error.code());
    cloud.store.audit(&audit).await
}

fn record(
    cloud: &Cloud,
    tenant: TenantId,
    user: Option<&User>,
    from: &From,
    result: &str,
) -> AuditRecord {
    let user = user.map(|user| user.id);
    AuditRecord {
        tenant: Some(tenant),
        at: cloud.clock.now(),
        actor: Actor::Person(user),
        activity: activity::SIGN_IN,
        user,
        correlation: None,
        address: Some(from.address.to_string()),
        result: result.to_owned(),
        detail: String::new(),
    }
}

/// What can stand in a line.
fn cut(text: &str) -> String {
    let readable = text.chars().filter(|it| !it.is_control());
    readable.take(USER_AGENT_MAX).collect()
}
