//! Shows the directory a person's password, once, and tells the cloud what it said.
//!
//! Nothing is kept of it: a try whose answer is lost is never made again.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use writeback_ad::{CheckError, Checked, Lockout, SignInRefusal};
use writeback_model::{Cause, Secret};
use writeback_seal::{SealError, SignInBinding};
use writeback_wire::{LockoutPolicy, SignIn, SignInAnswer, SignedIn, ToCloud};

use crate::{
    core::Core,
    events,
    executor::prepare::{Looked, look},
    forest,
    link::Session,
};

/// An answer, and the lockout policy where it was read.
type Told = (SignInAnswer, Option<LockoutPolicy>);

/// Takes a try, and answers it.
pub(crate) async fn check(core: Arc<Core>, ask: SignIn, session: Session) {
    let until = Instant::now() + Duration::from_millis(ask.begin_within_ms.into());
    // Who has no room in time has not begun.
    let room = tokio::time::timeout_at(until, core.room.acquire()).await;
    let (answer, lockout) = match room {
        Ok(Ok(_room)) => judge(&core, &ask, until).await,
        _ => (not_tried(Cause::NotStartedInTime), None),
    };
    tracing::info!(sign_in = %ask.sign_in, event_id = events::SIGN_IN, answer = name(&answer),
        "a password was judged");
    let answered = SignedIn {
        sign_in: ask.sign_in,
        answer,
        lockout,
    };
    session.send(ToCloud::SignedIn(answered)).await;
}

async fn judge(core: &Core, ask: &SignIn, until: Instant) -> Told {
    if core.switch.is_off() {
        return (not_tried(Cause::AgentDisabled), None);
    }
    let target = &ask.target;
    let served = forest::directory(&core.forests, &target.forest, &target.domain);
    let (forest, directory) = match served {
        Ok(served) => served,
        Err(cause) => return (not_tried(cause), None),
    };
    let password = match unseal(core, ask) {
        Ok(password) => password,
        Err(cause) => return (not_tried(cause), None),
    };
    // One at a time: two that are wrong at once could be one too many.
    let _object = core.locks.take(target.anchor).await;
    let looked = match look(forest, directory, target).await {
        Ok(looked) => looked,
        Err(error) => {
            forest.look_now.notify_one();
            return (not_tried(error.cause()), None);
        }
    };
    let Looked {
        controller,
        account,
        scope,
    } = looked;
    let Some(account) = account else {
        return (SignInAnswer::WrongPassword, None);
    };
    if !scope.is_some_and(|scope| scope.holds(&account.dn)) {
        return (not_tried(Cause::OutOfScope), None);
    }
    let lockout = match controller.lockout(&account).await {
        Ok(lockout) => lockout,
        Err(error) => return (not_tried(error.cause()), None),
    };
    let checked = controller
        .check_password(&account, lockout, &password, until)
        .await;
    if let Err(error) = &checked {
        tracing::warn!(sign_in = %ask.sign_in, event_id = events::SIGN_IN,
            error = error.error() as &dyn std::error::Error, "a password was not judged");
        forest.look_now.notify_one();
    }
    (answer(&checked), Some(policy(lockout)))
}

fn answer(checked: &Result<Option<Checked>, CheckError>) -> SignInAnswer {
    match checked {
        Ok(None) => not_tried(Cause::NotStartedInTime),
        Ok(Some(Checked::Valid)) => SignInAnswer::Valid,
        Ok(Some(Checked::Spared)) => SignInAnswer::Spared,
        Ok(Some(Checked::Refused(refusal))) => match refusal {
            SignInRefusal::WrongPassword | SignInRefusal::NoSuchUser => SignInAnswer::WrongPassword,
            SignInRefusal::Hours | SignInRefusal::Workstation => SignInAnswer::NotAllowed,
            SignInRefusal::PasswordExpired => SignInAnswer::PasswordExpired,
            SignInRefusal::Disabled => SignInAnswer::Disabled,
            SignInRefusal::Expired => SignInAnswer::AccountExpired,
            SignInRefusal::MustChange => SignInAnswer::MustChange,
            SignInRefusal::Locked => SignInAnswer::Locked,
        },
        Err(CheckError::NotShown(error)) => not_tried(error.cause()),
        Err(CheckError::Unknown(error)) => SignInAnswer::Unknown {
            cause: error.cause(),
        },
    }
}

const fn not_tried(cause: Cause) -> SignInAnswer {
    SignInAnswer::NotTried { cause }
}

fn policy(lockout: Lockout) -> LockoutPolicy {
    LockoutPolicy {
        threshold: lockout.threshold,
        window_seconds: lockout.window.unsigned_abs().as_secs(),
        of_domain: lockout.of_domain,
    }
}

/// An answer as logs have it.
const fn name(answer: &SignInAnswer) -> &'static str {
    match answer {
        SignInAnswer::Valid => "valid",
        SignInAnswer::WrongPassword => "wrong-password",
        SignInAnswer::MustChange => "must-change",
        SignInAnswer::PasswordExpired => "password-expired",
        SignInAnswer::Locked => "locked",
        SignInAnswer::Disabled => "disabled",
        SignInAnswer::AccountExpired => "account-expired",
        SignInAnswer::NotAllowed => "not-allowed",
        SignInAnswer::Spared => "spared",
        SignInAnswer::NotTried { .. } => "not-tried",
        SignInAnswer::Unknown { .. } => "unknown",
    }
}

fn unseal(core: &Core, ask: &SignIn) -> Result<Secret, Cause> {
    let binding = SignInBinding {
        tenant: core.tenant,
        sign_in: ask.sign_in,
        target: ask.target.clone(),
        expires_at: ask.expires_at,
    };
    let keys = core.keys.read().unwrap_or_else(PoisonError::into_inner);
    let key = keys.find(ask.sealed.key).ok_or(Cause::SealKeyUnknown)?;
    let opened = key.open_sign_in(&ask.sealed, &binding);
    opened.map_err(|error| match error {
        SealError::OtherKey => Cause::SealKeyUnknown,
        _ => Cause::SealBroken,
    })
}
