//! The writes: reset, change, unlock, force a change.
//!
//! Each is a modify request, which a directory carries out as a whole or not at all. It
//! addresses the object by its GUID, so that an object that is renamed or moved meanwhile is
//! still the right one. Nothing here ever sends a request twice.

use writeback_model::{Cause, HistoryEnforcement, Secret};

use crate::{
    account::AccountSnapshot,
    controller::Controller,
    explain::{Attempt, explain},
    names::guid_dn,
    policy::complete,
    refusal::Refusal,
    request::{Change, Control, How},
    unicode_pwd::encode,
    write_error::WriteError,
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

/// A reset, and what else is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Whether history and minimum age must be enforced.
    pub hints: HintsUse,
    /// Unlock as well (`lockoutTime` 0), in the same modify request: both happen, or neither.
    /// Needs the right to write that attribute. A reset does not unlock by itself. Nothing is
    /// written if the account was never locked.
    pub unlock: bool,
    /// The password must be changed at the next sign-in (`pwdLastSet` 0); needs the right to
    /// write that attribute. It is a second request after the first has succeeded: in one
    /// request with a password and policy hints, Samba takes the 0 for the age of the new
    /// password and refuses it as too young.
    pub force_change: bool,
}

/// A password that was set.
#[derive(Debug)]
pub struct ResetDone {
    /// Whether history and minimum age were enforced.
    pub history: HistoryEnforcement,
    /// The forced change was asked for and could not be set, or it is not known whether it
    /// was; the new password is set all the same.
    pub force_change_failed: Option<WriteError>,
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
    ) -> Result<ResetDone, WriteError> {
        let hints = self.policy_hints();
        if hints.is_none() && reset.hints == HintsUse::Required {
            return Err(WriteError::refused(Cause::PolicyHintsUnsupported));
        }
        let control = hints.map(|hints| Control {
            oid: hints.oid(),
            value: ENFORCE_HISTORY.to_vec(),
        });
        let unlock = reset.unlock && account.lockout_time.is_some();
        let password = Change {
            how: How::Replace,
            attribute: "unicodePwd",
            value: encode(new),
        };
        let mut changes = vec![password];
        changes.extend(unlock.then(unlocking));
        let attempt = Attempt::Reset { unlock };
        self.write("reset password", account, attempt, &changes, control)
            .await?;
        let mut force_change_failed = None;
        if reset.force_change {
            force_change_failed = self.force_change(account).await.err();
        }
        let history = match hints {
            Some(_) => HistoryEnforcement::Enforced,
            None => HistoryEnforcement::NotEnforced,
        };
        Ok(ResetDone {
            history,
            force_change_failed,
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
        let old_enough = account.old_enough_from();
        let cause = complete(cause, &account.policy, account.policy_source, old_enough);
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
