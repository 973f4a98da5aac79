//! The writes: reset, change, unlock, force a change.
//!
//! Each is one modify request, which a directory carries out as a whole or not at all. It
//! addresses the object by its GUID, so that an object that is renamed or moved meanwhile is
//! still the right one. Nothing here ever sends a request twice.

use writeback_model::{Cause, HistoryEnforcement, Secret};

use crate::{
    account::AccountSnapshot,
    controller::Controller,
    error::AdError,
    explain::{Attempt, explain},
    names::guid_dn,
    policy::complete,
    refusal::Refusal,
    request::{Change, Control, How},
    unicode_pwd::encode,
};

/// The value of the policy-hints control: a SEQUENCE with the flags 1.
const ENFORCE_HISTORY: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x01];

/// What to do where a controller cannot hold a reset to history and minimum age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintsUse {
    /// Refuse the reset.
    Required,
    /// Reset all the same. Where the control is offered, it is used nevertheless.
    WhereOffered,
}

/// A reset, and what is done in the same modify request: all of it happens, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Whether history and minimum age must be enforced.
    pub hints: HintsUse,
    /// Unlock as well (`lockoutTime` 0); needs the right to write that attribute. A reset does
    /// not unlock by itself. Nothing is written if the account was never locked.
    pub unlock: bool,
    /// The password must be changed at the next sign-in (`pwdLastSet` 0); needs the right to
    /// write that attribute.
    pub force_change: bool,
}

/// A write that was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The directory answered that it did not do it, or it was not asked because it could not
    /// be asked properly. Nothing has changed, and nothing will.
    #[error("the directory did not take it")]
    Refused {
        /// Why.
        cause: Box<Cause>,
        /// What the domain controller said; `None` if it was not asked.
        #[source]
        refusal: Option<Refusal>,
    },
    /// The request never left this machine and never will. Nothing has changed.
    #[error("it was not sent")]
    NotSent(#[source] AdError),
    /// The request may have reached the directory, and no answer came: whether it was or will
    /// still be carried out is unknown here. [`Controller::receipt`] knows.
    #[error("it may or may not have been written")]
    Unknown(#[source] AdError),
}

impl WriteError {
    fn refused(cause: Cause) -> Self {
        Self::Refused {
            cause: Box::new(cause),
            refusal: None,
        }
    }

    /// Whether the write may take, or have taken, effect.
    pub const fn may_have_been_written(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Why it failed. Of an unknown outcome this says why it is unknown, never that nothing
    /// was changed.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Refused { cause, .. } => Cause::clone(cause),
            Self::NotSent(error) | Self::Unknown(error) => error.cause(),
        }
    }
}

impl Controller {
    /// Sets a new password without the old one.
    ///
    /// `account` must come from [`Controller::read_for_write`] of this controller. Its state
    /// (disabled, protected, …) is not looked at: that is the caller's to judge.
    pub async fn reset_password(
        &self,
        account: &AccountSnapshot,
        new: &Secret,
        reset: Reset,
    ) -> Result<HistoryEnforcement, WriteError> {
        let hints = self.policy_hints();
        if hints.is_none() && reset.hints == HintsUse::Required {
            return Err(WriteError::refused(Cause::PolicyHintsUnsupported));
        }
        let control = hints.map(|hints| Control {
            oid: hints.oid(),
            value: ENFORCE_HISTORY,
        });
        let unlock = reset.unlock && account.lockout_time.is_some();
        let password = Change {
            how: How::Replace,
            attribute: "unicodePwd",
            value: encode(new),
        };
        let mut changes = vec![password];
        changes.extend(unlock.then(unlocking));
        changes.extend(reset.force_change.then(forcing));
        let attempt = Attempt::Reset {
            unlock,
            force_change: reset.force_change,
        };
        self.write("reset password", account, attempt, &changes, control)
            .await?;
        Ok(match hints {
            Some(_) => HistoryEnforcement::Enforced,
            None => HistoryEnforcement::NotEnforced,
        })
    }

    /// Sets a new password with the old one, as the person would.
    ///
    /// It is sent on the agent's connection: every account is by default granted the right to
    /// change any password whose old value it knows, and signing in as the person would fail
    /// for exactly those who must change theirs (773). The directory checks history and
    /// minimum age, and counts a wrong old password as a failed sign-in.
    pub async fn change_password(
        &self,
        account: &AccountSnapshot,
        old: &Secret,
        new: &Secret,
    ) -> Result<(), WriteError> {
        let changes = [
            Change {
                how: How::Delete,
                attribute: "unicodePwd",
                value: encode(old),
            },
            Change {
                how: How::Add,
                attribute: "unicodePwd",
                value: encode(new),
            },
        ];
        self.write("change password", account, Attempt::Change, &changes, None)
            .await
    }

    /// Ends a lockout (`lockoutTime` 0).
    pub async fn unlock(&self, account: &AccountSnapshot) -> Result<(), WriteError> {
        self.write("unlock", account, Attempt::Unlock, &[unlocking()], None)
            .await
    }

    /// The password must be changed at the next sign-in (`pwdLastSet` 0). Has no effect on
    /// sign-ins of an account whose password never expires; ask
    /// [`AccountControl::password_never_expires`](crate::AccountControl::password_never_expires).
    pub async fn force_change(&self, account: &AccountSnapshot) -> Result<(), WriteError> {
        self.write(
            "force change",
            account,
            Attempt::ForceChange,
            &[forcing()],
            None,
        )
        .await
    }

    async fn write(
        &self,
        operation: &'static str,
        account: &AccountSnapshot,
        attempt: Attempt,
        changes: &[Change],
        control: Option<Control>,
    ) -> Result<(), WriteError> {
        let kept = self.kept();
        let dn = guid_dn(&account.anchor);
        let answered = kept
            .connection
            .modify(operation, &dn, changes, control)
            .await;
        let reply = answered.map_err(|error| match error.may_have_been_sent() {
            true => WriteError::Unknown(error),
            false => WriteError::NotSent(error),
        })?;
        let refusal = Refusal::of(reply.result);
        if refusal.code == 0 {
            return Ok(());
        }
        let cause = explain(attempt, refusal.code, &refusal.text);
        let too_young_until = account.too_young_until();
        let cause = complete(
            cause,
            &account.policy,
            account.policy_source,
            too_young_until,
        );
        Err(WriteError::Refused {
            cause: Box::new(cause),
            refusal: Some(refusal),
        })
    }
}

fn unlocking() -> Change {
    Change::replace("lockoutTime", "0")
}

fn forcing() -> Change {
    Change::replace("pwdLastSet", "0")
}
