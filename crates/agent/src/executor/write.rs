//! The write itself: what is sent to the directory, and what its answer means.

use std::time::Instant;

use writeback_ad::{HintsUse, Receipt, Reset, Stamp, WriteError};
use writeback_model::{Cause, Operation, Outcome, Remark, RequestId, Target};
use writeback_wire::{Begun, Evidence, ToCloud};

use super::prepare::Prepared;
use crate::{
    core::Core,
    events,
    journal::{Intent, Told},
};

/// What came of it.
pub(super) enum Written {
    /// It is known.
    Ended(Told),
    /// The connection had ended before anything was sent on it: nothing was written, and on a fresh
    /// one it may be tried again.
    NotSent(Told),
    /// The directory may have taken it: it has to be asked.
    InDoubt(Intent, Cause),
}

/// A request whose account was read and found fit.
pub(super) struct Write<'a> {
    pub(super) core: &'a Core,
    pub(super) request: RequestId,
    pub(super) operation: Operation,
    pub(super) target: &'a Target,
    pub(super) prepared: &'a Prepared,
    /// Past this moment nothing is begun.
    pub(super) until: tokio::time::Instant,
}

/// Which attribute's version tells whether the operation took place.
pub(crate) const fn deciding(receipt: &Receipt, operation: Operation) -> Option<Stamp> {
    match operation {
        Operation::Reset { .. } | Operation::Change => receipt.password,
        Operation::Unlock => receipt.lockout,
    }
}

impl Write<'_> {
    /// Notes the intent, writes, and says what came of it.
    pub(super) async fn run(self) -> Written {
        let account = &self.prepared.account;
        if self.operation == Operation::Unlock && !account.locked && account.lockout_time.is_none()
        {
            // Nothing is locked and nothing needs to be written.
            return self.ended(
                Outcome::Changed {
                    remarks: Vec::new(),
                },
                None,
            );
        }
        let reset = self.reset();
        let intent = self.intent(self.remarks(reset));
        if let Err(cause) = self.note(&intent).await {
            return self.ended(cause.into(), None);
        }
        if tokio::time::Instant::now() >= self.until {
            return self.ended(Cause::NotStartedInTime.into(), None);
        }
        // If this agent is lost, another one can find out with it what came of the write.
        self.core.uplink.mention(ToCloud::Begun {
            request: self.request,
            begun: intent.begun.clone(),
        });
        tracing::debug!(request = %self.request, "the intent is kept; the write begins");
        let began = Instant::now();
        match self.send(reset).await {
            Ok(forced) => {
                let mut remarks = intent.begun.remarks;
                forced.note_in(&mut remarks);
                self.ended(Outcome::Changed { remarks }, Some(began))
            }
            Err(WriteError::Refused { cause, .. })
                if matches!(*cause, Cause::AccessDenied { .. })
                    && (reset.unlock || reset.force_change) =>
            {
                self.plainly(reset, began).await
            }
            Err(error) => self.failed(error, intent, began),
        }
    }

    /// The directory refused the password together with an unlock or a forced change, and says
    /// only that some right is missing. The password alone, and then the rest as far as the
    /// rights go: a person with a new password and a locked account is told so, and helped.
    async fn plainly(&self, wanted: Reset, began: Instant) -> Written {
        let plain = Reset {
            unlock: false,
            force_change: false,
            ..wanted
        };
        let mut remarks = self.remarks(plain);
        remarks.extend(wanted.unlock.then_some(Remark::StillLocked));
        remarks.extend(wanted.force_change.then_some(Remark::ForceChangeNotSet));
        let intent = self.intent(remarks.clone());
        if let Err(cause) = self.note(&intent).await {
            return self.ended(cause.into(), None);
        }
        if let Err(error) = self.send(plain).await {
            return self.failed(error, intent, began);
        }
        let Prepared {
            controller,
            account,
            ..
        } = self.prepared;
        if wanted.unlock && controller.unlock(account).await.is_ok() {
            replace(&mut remarks, Remark::StillLocked, Remark::Unlocked);
        }
        if wanted.force_change && controller.force_change(account).await.is_ok() {
            replace(
                &mut remarks,
                Remark::ForceChangeNotSet,
                Remark::MustChangeAtSignIn,
            );
        }
        self.ended(Outcome::Changed { remarks }, Some(began))
    }

    async fn send(&self, reset: Reset) -> Result<Forced, WriteError> {
        let Prepared {
            controller,
            account,
            contents,
            ..
        } = self.prepared;
        match (self.operation, contents) {
            (Operation::Reset { .. }, Some(contents)) => controller
                .reset_password(account, &contents.new, reset)
                .await
                .map(|done| match done.force_change_failed {
                    Some(_) => Forced::NotSet,
                    None => Forced::AsWanted,
                }),
            (Operation::Change, Some(contents)) => match &contents.current {
                Some(current) => controller
                    .change_password(account, current, &contents.new)
                    .await
                    .map(|()| Forced::AsWanted),
                None => Err(refused(Cause::SealBroken)),
            },
            (Operation::Unlock, _) => controller.unlock(account).await.map(|()| Forced::AsWanted),
            (_, None) => Err(refused(Cause::SealBroken)),
        }
    }

    fn reset(&self) -> Reset {
        let account = &self.prepared.account;
        let is_reset = matches!(self.operation, Operation::Reset { .. });
        Reset {
            hints: if self.prepared.allow_without_policy_hints {
                HintsUse::WhereOffered
            } else {
                HintsUse::Required
            },
            unlock: is_reset && account.locked,
            // Where the password never expires, a forced change has no effect.
            force_change: self.forces_change() && !account.control.password_never_expires(),
        }
    }

    /// What is true besides if it is written so.
    fn remarks(&self, reset: Reset) -> Vec<Remark> {
        let account = &self.prepared.account;
        let is_reset = matches!(self.operation, Operation::Reset { .. });
        let was_locked = self.operation == Operation::Unlock && account.locked;
        let without_effect = self.forces_change() && account.control.password_never_expires();
        [
            (reset.unlock || was_locked).then_some(Remark::Unlocked),
            (is_reset && account.policy_hints.is_none()).then_some(Remark::HistoryNotEnforced),
            reset.force_change.then_some(Remark::MustChangeAtSignIn),
            without_effect.then_some(Remark::ForceChangeNotSet),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    const fn forces_change(&self) -> bool {
        matches!(self.operation, Operation::Reset { force_change: true })
    }

    fn intent(&self, remarks: Vec<Remark>) -> Intent {
        let Prepared {
            controller,
            account,
            ..
        } = self.prepared;
        Intent {
            request: self.request,
            operation: self.operation,
            target: self.target.clone(),
            begun: Begun {
                controller: controller.host().to_owned(),
                invocation: controller.root_dse().invocation_id,
                version_before: self.version_before(),
                directory_time: account.dc_now,
                remarks,
            },
        }
    }

    /// 0 where the attribute was never written.
    fn version_before(&self) -> Option<u32> {
        let stamp = deciding(&self.prepared.account.receipt, self.operation);
        Some(stamp.map_or(0, |stamp| stamp.version))
    }

    async fn note(&self, intent: &Intent) -> Result<(), Cause> {
        let noted = self.core.journal.intent(intent.clone()).await;
        noted.map_err(|error| {
            tracing::error!(request = %self.request, event_id = events::STATE_UNWRITABLE,
                error = &error as &dyn std::error::Error, "nothing is written to the directory");
            Cause::JournalUnwritable
        })
    }

    fn failed(&self, error: WriteError, intent: Intent, began: Instant) -> Written {
        let cause = error.cause();
        match error {
            WriteError::Unknown(_) => Written::InDoubt(intent, cause),
            WriteError::NotSent(_) => Written::NotSent(self.told(cause.into(), None)),
            WriteError::Refused { .. } => self.ended(cause.into(), Some(began)),
        }
    }

    fn ended(&self, outcome: Outcome, began: Option<Instant>) -> Written {
        Written::Ended(self.told(outcome, began))
    }

    fn told(&self, outcome: Outcome, began: Option<Instant>) -> Told {
        let would_be_banned = self.prepared.would_be_banned;
        let evidence = Evidence {
            controller: Some(self.prepared.controller.host().to_owned()),
            version_before: self.version_before(),
            version_after: None,
            directory_ms: began.and_then(|began| u32::try_from(began.elapsed().as_millis()).ok()),
            would_be_banned: would_be_banned.filter(|_| outcome.is_changed()),
        };
        Told { outcome, evidence }
    }
}

/// Whether a forced change, where one was wanted, is set: the directory takes it as a request
/// of its own after the password.
#[derive(Clone, Copy)]
enum Forced {
    AsWanted,
    NotSet,
}

impl Forced {
    fn note_in(self, remarks: &mut [Remark]) {
        if matches!(self, Self::NotSet) {
            replace(
                remarks,
                Remark::MustChangeAtSignIn,
                Remark::ForceChangeNotSet,
            );
        }
    }
}

fn refused(cause: Cause) -> WriteError {
    WriteError::Refused {
        cause: Box::new(cause),
        refusal: None,
    }
}

fn replace(remarks: &mut [Remark], old: Remark, new: Remark) {
    if let Some(remark) = remarks.iter_mut().find(|remark| **remark == old) {
        *remark = new;
    }
}
