//! Finding out what became of a write whose answer was lost: the directory is asked for its
//! receipt until it says it.

pub(crate) mod decide;
mod look;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::{self, Instant};
use writeback_model::{Cause, Outcome, Remark, RequestId};
use writeback_wire::{Evidence, Resolve, ToCloud};

use self::{
    decide::{Look, Verdict, Why, decide, of_another_ends, own_ends},
    look::look,
};
use crate::{
    core::Core,
    events,
    executor::{claims::Busy, locks::ObjectGuard},
    journal::{Intent, Open, Told},
};

/// How often the directory is asked at first. One object is read; a person may be waiting.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How long no other request may write the object, so that the receipt stays clear: the quiet
/// time and some more. After that a person who tries again goes before a clear receipt.
const HOLD: Duration = Duration::from_secs(90);

/// How often the directory is asked later on.
const ASK_LATER: Duration = Duration::from_secs(10);

/// Asks on its own until the directory says what became of the write. Whoever holds the object
/// hands it over, so that no other write blurs the receipt.
pub(crate) fn begin(
    core: &Arc<Core>,
    intent: Intent,
    cause: Cause,
    busy: Busy,
    object: Option<ObjectGuard>,
) {
    tracing::warn!(request = %intent.request, event_id = events::IN_DOUBT, cause = cause.info().id,
        controller = intent.begun.controller, "what became of a request is not known; asking the directory");
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let stop = core.stop.clone();
        stop.run_until_cancelled(resolve(&core, intent, cause, busy, object))
            .await;
    });
}

/// After a restart: every intent without an outcome.
pub(crate) fn begin_all(core: &Arc<Core>) {
    for intent in core.journal.in_doubt() {
        if let Some(busy) = core.claims.begin(intent.request) {
            begin(core, intent, Cause::NotStartedInTime, busy, None);
        }
    }
}

/// The cloud asks about a request.
pub(crate) async fn asked(core: &Arc<Core>, resolve: Resolve) {
    let request = resolve.request;
    match core.journal.find(request) {
        Some(Open {
            told: Some(told), ..
        }) => {
            let (outcome, evidence) = (told.outcome, told.evidence);
            core.uplink
                .tell(ToCloud::Outcome {
                    request,
                    outcome,
                    evidence,
                })
                .await;
        }
        Some(Open {
            intent: Some(intent),
            ..
        }) => {
            if let Some(busy) = core.claims.begin(request) {
                begin(core, intent, Cause::NotStartedInTime, busy, None);
            }
        }
        // Claimed here, and not in the journal: its grant was lost with its link, so that it was
        // never begun, and what arrives late of a grant begins nothing. Where it is under way, its
        // outcome follows. If somebody under this name told that it begins, this is not the journal
        // that had it.
        _ if resolve.claimed_by == core.agent && resolve.begun.is_none() => {
            if !core.claims.disown(request) {
                return;
            }
            core.uplink
                .tell(ToCloud::Outcome {
                    request,
                    outcome: Cause::NotStartedInTime.into(),
                    evidence: Evidence::default(),
                })
                .await;
        }
        // Another agent's, or of one of the same name.
        _ => match resolve.begun {
            Some(begun) => {
                let intent = Intent {
                    request,
                    operation: resolve.operation,
                    target: resolve.target,
                    begun: *begun,
                };
                settle(core, intent);
            }
            // What the attribute's version was before its write only its agent knows, and no time
            // by another clock stands for that.
            None => unresolved(core, request, Cause::NoAgent).await,
        },
    }
}

/// Looks once whether the write of an agent that was lost took place. The cloud asks again as long
/// as that is not known.
fn settle(core: &Arc<Core>, intent: Intent) {
    let Some(busy) = core.claims.look_into(intent.request) else {
        return;
    };
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let stop = core.stop.clone();
        let looked = async {
            let doubt = match look(&core, &intent).await {
                Err(cause) => Doubt::Unreadable(cause),
                Ok(look) => match decide(&intent, of_another_ends(&intent), &look) {
                    Verdict::Changed => {
                        return finish(&core, &intent, changed(&intent), &look).await;
                    }
                    Verdict::NotChanged => {
                        let outcome = Cause::NotStartedInTime.into();
                        return finish(&core, &intent, outcome, &look).await;
                    }
                    Verdict::NotYet(why) => Doubt::Unclear(why),
                },
            };
            unresolved(&core, intent.request, doubt.cause()).await;
        };
        stop.run_until_cancelled(looked).await;
        drop(busy);
    });
}

async fn unresolved(core: &Core, request: RequestId, cause: Cause) {
    core.uplink
        .tell(ToCloud::Unresolved { request, cause })
        .await;
}

async fn resolve(
    core: &Core,
    intent: Intent,
    why_not: Cause,
    _busy: Busy,
    object: Option<ObjectGuard>,
) {
    let mut object = match object {
        Some(object) => Some(object),
        None => Some(core.locks.take(intent.target.anchor).await),
    };
    let held_since = Instant::now();
    let mut first_look = None;
    let mut said = None;
    loop {
        let doubt = match look(core, &intent).await {
            Err(cause) => Doubt::Unreadable(cause),
            Ok(look) => {
                let first = first_look_of(&mut first_look, &intent, &look);
                match decide(&intent, own_ends(first), &look) {
                    Verdict::Changed => {
                        return finish(core, &intent, changed(&intent), &look).await;
                    }
                    Verdict::NotChanged => {
                        return finish(core, &intent, why_not.into(), &look).await;
                    }
                    Verdict::NotYet(why) => Doubt::Unclear(why),
                }
            }
        };
        let hopeless = doubt.is_hopeless();
        if said.as_ref() != Some(&doubt) {
            say(core, &intent, &doubt).await;
            said = Some(doubt);
        }
        if hopeless || held_since.elapsed() > HOLD {
            object = None;
        }
        time::sleep(if object.is_some() {
            ASK_EVERY
        } else {
            ASK_LATER
        })
        .await;
    }
}

/// Why it is not known yet.
#[derive(PartialEq, Eq)]
enum Doubt {
    Unreadable(Cause),
    Unclear(Why),
}

impl Doubt {
    /// Whether waiting alone does not help.
    const fn is_hopeless(&self) -> bool {
        matches!(self, Self::Unclear(Why::OthersWrote | Why::NoComparison))
    }

    fn cause(&self) -> Cause {
        match self {
            Self::Unreadable(cause) => cause.clone(),
            Self::Unclear(Why::TooEarly) => Cause::DirectoryBusy,
            Self::Unclear(Why::OtherController) => Cause::PdcEmulatorUnreachable,
            Self::Unclear(Why::OthersWrote | Why::NoComparison) => Cause::Internal,
        }
    }

    const fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "the directory cannot be asked; see the cause",
            Self::Unclear(Why::TooEarly) => {
                "the write is not there, but might still come; waiting for it"
            }
            Self::Unclear(Why::OtherController) => {
                "the PDC emulator's role moved, and the controller that was written to cannot be asked; let the agent reach it, or let it replicate"
            }
            Self::Unclear(Why::OthersWrote) => {
                "others wrote the same attribute meanwhile, so that the directory cannot say what became of the request; set a new password for the account"
            }
            Self::Unclear(Why::NoComparison) => {
                "the replication metadata could not be compared; let the agent's account read replPropertyMetaData and the controllers' invocationId, and set a new password for the account"
            }
        }
    }
}

async fn say(core: &Core, intent: &Intent, doubt: &Doubt) {
    let cause = doubt.cause();
    tracing::warn!(request = %intent.request, event_id = events::IN_DOUBT, cause = cause.info().id,
        controller = intent.begun.controller, "{}", doubt.advice());
    unresolved(core, intent.request, cause).await;
}

/// The clock of the controller that was written to, when it was first asked.
fn first_look_of(first: &mut Option<Timestamp>, intent: &Intent, look: &Look) -> Timestamp {
    if look.invocation == intent.begun.invocation {
        *first.get_or_insert(look.directory_time)
    } else {
        first.unwrap_or(look.directory_time)
    }
}

fn changed(intent: &Intent) -> Outcome {
    let mut remarks = intent.begun.remarks.clone();
    remarks.push(Remark::LearntFromReceipt);
    Outcome::Changed { remarks }
}

async fn finish(core: &Core, intent: &Intent, outcome: Outcome, look: &Look) {
    let told = Told {
        outcome,
        evidence: Evidence {
            controller: Some(intent.begun.controller.clone()),
            version_before: intent.begun.version_before,
            version_after: Some(look.receipt.map_or(0, |last| last.version)),
            directory_ms: None,
            would_be_banned: None,
        },
    };
    core.finish(intent.request, intent.operation, told).await;
}
