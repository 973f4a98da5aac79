//! What the end of a round trip means.

use std::time::Duration;

use tokio::time::Instant;
use writeback_ad::{CheckError, Checked, SignInRefusal};
use writeback_doctor::{Finding, Verdict};
use writeback_model::{Outcome, RequestState, Secret};
use writeback_wire::round_trip::RoundTripTold;

use super::{Account, reset::Hops};

/// How long the domain controller may take to judge the new password.
const JUDGED_WITHIN: Duration = Duration::from_secs(5);

/// What the cloud's last word means.
pub(super) fn judged(
    at: &dyn Fn(Verdict) -> Finding,
    told: &RoundTripTold,
    hops: &Hops,
) -> Finding {
    let seen = |finding: Finding| {
        let finding = finding.seen("request", told.request);
        let finding = match &told.controller {
            Some(host) => finding.seen("written at", host),
            None => finding,
        };
        let finding = match told.claimed_by {
            Some(agent) => finding.seen("by the agent", agent),
            None => finding,
        };
        hops.iter().fold(finding, |finding, (what, ms)| {
            // What is seen of what is fine is only told to machines.
            match finding.verdict {
                Verdict::Fine => finding.noted(format!("{ms} ms {what}")),
                _ => finding.seen(what, format!("{ms} ms")),
            }
        })
    };
    match (told.state, &told.outcome) {
        (RequestState::Done, Some(Outcome::Changed { .. })) => seen(at(Verdict::Fine)),
        (RequestState::Done, Some(Outcome::NotChanged { cause })) => {
            let info = cause.info();
            let finding = seen(at(Verdict::Fault))
                .seen("cause", info.id)
                .name("cause", info.id)
                .name("event", info.event_id)
                .because("The password was not written ({cause}), and is as it was before.");
            finding.remedy([
                "What the cause means and what to do about it:",
                "$ writeback doctor --event {event}",
            ])
        }
        (RequestState::Expired, _) => seen(at(Verdict::Fault))
            .because("No agent took the request in time. The password is as it was before."),
        _ => seen(at(Verdict::CouldNotRun)).because(
            "It is not known yet what became of the password: the directory is being asked.",
        ),
    }
}

/// Shows the domain controller the new password, once.
pub(super) async fn shown(finding: Finding, account: &Account, password: &Secret) -> Finding {
    let host = account.controller.host();
    let began = Instant::now();
    let checked = check(account, password).await;
    let took = began.elapsed().as_millis();
    match checked {
        Ok(Some(Checked::Valid)) => finding.noted(format!(
            "{took} ms until {host} let the account in with the new password"
        )),
        Ok(Some(Checked::Refused(SignInRefusal::WrongPassword | SignInRefusal::NoSuchUser))) => {
            let mut refused = finding;
            refused.verdict = Verdict::Fault;
            refused
                .name("host", host)
            .because("The cloud says that the password was changed, and {host} refuses it.")
            .remedy([
                "Keep the agents' logs and the audit records of the request above, and report it.",
            ])
        }
        Ok(Some(Checked::Refused(other))) => finding.noted(format!(
            "{host} knows the new password, and lets the account in for other reasons not: {other:?}"
        )),
        Ok(Some(Checked::Spared) | None) => finding.noted(format!(
            "the new password was not tried at {host}: one more wrong one could lock the account"
        )),
        Err(error) => finding.noted(format!(
            "{host} could not be asked whether it takes the new password: {}",
            error.error()
        )),
    }
}

async fn check(account: &Account, password: &Secret) -> Result<Option<Checked>, CheckError> {
    let Account { controller, anchor } = account;
    let read = controller.read_for_write(anchor).await;
    let Some(read) = read.map_err(CheckError::NotShown)? else {
        return Ok(Some(Checked::Refused(SignInRefusal::NoSuchUser)));
    };
    let lockout = controller.lockout(&read).await;
    let lockout = lockout.map_err(CheckError::NotShown)?;
    let until = Instant::now() + JUDGED_WITHIN;
    controller
        .check_password(&read, lockout, password, until)
        .await
}
