//! `writeback doctor --test-user`: a real reset of a test account, through the whole way that a
//! person's takes but for the browser and the mailed code.
//!
//! The new password is random, sealed here as the page seals it, and shown to the domain controller
//! once to see that it opens the account. Nobody is told it.

mod reset;
mod told;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::time::Instant;
use writeback_ad::Controller;
use writeback_doctor::{Finding, Outcome, Verdict, check};
use writeback_model::{Secret, SourceAnchor, TenantId};

use self::{
    reset::reset,
    told::{judged, shown},
};
use super::Around;
use crate::transport::{Transport, TransportError};

pub(super) const CHECK: &str = "round-trip";

/// All of it, calls included.
pub(super) const LIMIT: Duration = Duration::from_secs(120);

/// What the other checks found that the trip needs.
#[derive(Default)]
pub(crate) struct Ready {
    pub(super) way: OnceLock<Way>,
    pub(super) account: OnceLock<Account>,
}

/// The way to the cloud, as this agent.
pub(super) struct Way {
    pub(super) transport: Arc<Transport>,
    pub(super) token: Secret,
    pub(super) tenant: TenantId,
}

/// The test account, at the PDC emulator.
pub(super) struct Account {
    pub(super) controller: Arc<Controller>,
    pub(super) anchor: SourceAnchor,
}

/// Whether what the trip needs was found, and found to be fine.
pub(super) fn may_begin(found: &[Finding]) -> bool {
    let needs = check(CHECK).map_or(&[][..], |it| it.needs);
    needs.iter().all(|need| {
        let mut of = found.iter().filter(|it| it.check == *need).peekable();
        let is_fine = |it: &Finding| matches!(it.verdict, Verdict::Fine | Verdict::Warning);
        of.peek().is_some() && of.all(is_fine)
    })
}

pub(super) async fn go(around: Arc<Around>, name: String) -> Outcome {
    let at = |verdict| Finding::new(CHECK, &name, verdict).name("user", &name);
    let ready = (around.ready.way.get(), around.ready.account.get());
    let (Some(way), Some(account)) = ready else {
        return at(Verdict::CouldNotRun).into();
    };
    let began = Instant::now();
    let prepared = match way.prepare(&name).await {
        Ok(prepared) => prepared,
        Err(error) => return refused(at, &error, "Nothing was changed.").into(),
    };
    match reset(way, &name, prepared, began, around.entropy.as_ref()).await {
        Ok((told, password, hops)) => {
            let finding = judged(&at, &told, &hops);
            if finding.verdict == Verdict::Fine {
                shown(finding, account, &password).await.into()
            } else {
                finding.into()
            }
        }
        Err(error) => {
            let lost =
                "It is not known what became of the password: the cloud was not heard again.";
            refused(at, &error, lost).into()
        }
    }
}

/// What the cloud did not take, or why it was not heard.
fn refused(at: impl Fn(Verdict) -> Finding, error: &TransportError, otherwise: &str) -> Finding {
    match error {
        TransportError::Refused {
            status: ..500,
            error,
            description,
        } => at(Verdict::Fault)
            .seen("the cloud says", error)
            .because(description),
        error => at(Verdict::CouldNotRun).error(error).because(otherwise),
    }
}
