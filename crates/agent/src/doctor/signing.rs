//! What the cloud says to this agent: its clock, a token, the link.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use writeback_doctor::{Finding, Outcome, Step};
use writeback_model::{Clock, Secret};

use super::{Around, known, machine::Member, round_trip::Way, step};
use crate::{
    cloud_clock::CloudClock,
    token::Tokens,
    transport::{Transport, TransportError},
};

/// Differences up to this are no reason to look: answers take a moment, dates have seconds.
pub(super) const SKEW_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Nothing without an enrolment.
pub(super) fn steps(
    around: Arc<Around>,
    transport: &Arc<Transport>,
    member: Member,
) -> Option<Step> {
    let (membership, identity) = member?;
    let transport = Arc::clone(transport);
    let tokens = Tokens {
        transport: Arc::clone(&transport),
        identity,
        agent: membership.agent,
        clock: CloudClock::new(Arc::clone(&around.clock)),
        entropy: Arc::clone(&around.entropy),
        kept: Mutex::new(None),
    };
    let work = async move {
        let (bought, said) = tokens.try_buy().await;
        let clock = said.map(|cloud| clock(&*around.clock, cloud));
        match bought {
            Ok(token) => {
                let fine = Finding::fine("cloud-accepts-agent", "").seen("agent", membership.agent);
                let way = Way {
                    transport: Arc::clone(&transport),
                    token: token.clone(),
                    tenant: membership.tenant,
                };
                // There is one token in a look.
                let _ = around.ready.way.set(way);
                let next = [step("cloud-link", "", link(around, transport, token))];
                Outcome::from(fine).also(clock).then(next)
            }
            Err(error) => {
                let refused = Finding::fault("cloud-accepts-agent", "")
                    .seen("agent", membership.agent)
                    .error(&error)
                    .name("cloud", transport.cloud())
                    .name("file", &around.file);
                let refused = match error {
                    TransportError::NotAccepted { .. } => refused,
                    _ => refused
                        .because("The cloud answered otherwise than it does when it gives a token.")
                        .remedy(["Look at the cloud's log, and at what stands before it."]),
                };
                Outcome::from(refused).also(clock)
            }
        }
    };
    Some(step("cloud-accepts-agent", "", work))
}

fn clock(here: &dyn Clock, cloud: Timestamp) -> Finding {
    let ahead = here.now().duration_since(cloud);
    let check = "cloud-clock";
    if ahead.abs() <= SKEW_MAX {
        return Finding::fine(check, "").seen("ahead", format!("{} s", ahead.as_secs()));
    }
    Finding::warning(check, "")
        .seen("cloud", cloud)
        .seen("this machine", here.now())
        .because(format!(
            "This machine's clock is {}.",
            difference(ahead, "the cloud's")
        ))
}

/// `2 h 5 min ahead of the cloud's`.
pub(super) fn difference(ahead: SignedDuration, whose: &str) -> String {
    let seconds = ahead.as_secs().unsigned_abs();
    let long = match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    };
    let way = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    format!("{long} {way} {whose}")
}

/// Opens the link and leaves it without a word: the cloud counts an agent's link from its hello.
async fn link(around: Arc<Around>, transport: Arc<Transport>, token: Secret) -> Outcome {
    match transport.websocket(token.expose()).await {
        Ok(_) => {
            let known = known::look(around, transport, token);
            Outcome::from(Finding::fine("cloud-link", "")).then([step("agent-running", "", known)])
        }
        Err(error) => Finding::fault("cloud-link", "")
            .error(&error)
            .name("host", transport.cloud().host())
            .into(),
    }
}
