//! Executes requests: claim, read, guard, note, write, tell.

pub(crate) mod claims;
mod guard;
pub(crate) mod locks;
pub(crate) mod prepare;
pub(crate) mod write;

use std::sync::Arc;

use futures_util::future::{MaybeDone, maybe_done};
use tokio::time;
use writeback_model::Cause;
use writeback_wire::{Evidence, Execute, ToCloud};

use self::{
    claims::{Answer, Busy},
    prepare::{Prepared, prepare},
    write::{Write, Written},
};
use crate::{core::Core, events, journal::Told, link::Session, resolve};

/// How many requests are executed at once. A domain controller derives keys for some 33
/// passwords in a second; more at once only wait there instead of with another agent.
pub(crate) const EXECUTIONS_MAX: usize = 16;

/// Takes an offer. Returns when the request is over or in the resolver's hands.
pub(crate) async fn execute(core: Arc<Core>, execute: Execute, session: Session) {
    let request = execute.request;
    if core.journal.find(request).is_some() {
        // It was this agent's before; its outcome is told or sought already.
        return;
    }
    if core.switch.is_off() {
        // Who is switched off does not claim: another agent may.
        return;
    }
    let Some(busy) = core.claims.begin(request) else {
        return;
    };
    // Who has no room does not claim: another agent may.
    let room = session.lost.run_until_cancelled(core.room.acquire()).await;
    let Some(Ok(_room)) = room else {
        return;
    };
    let (start, ..) = events::of(execute.operation);
    tracing::info!(%request, event_id = start, operation = %execute.operation, "a request was seen");
    let answer = busy.answer(&session);
    if !session.send(ToCloud::Claim { request }).await {
        return;
    }
    let mut preparing = Box::pin(maybe_done(prepare(&core, &execute)));
    tokio::pin!(answer);
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        () = &mut preparing => answer.await,
    };
    let (until, busy) = match answer {
        Answer::Granted { until, busy } => {
            tracing::debug!(%request, "the claim was granted");
            (until, busy)
        }
        Answer::Denied(why) => {
            tracing::debug!(%request, ?why, "the claim was denied");
            return;
        }
        Answer::None => {
            tracing::warn!(%request, event_id = events::LINK_LOST,
                "no answer to a claim came; the request is not begun");
            return;
        }
    };
    let prepared = match time::timeout_at(until, wait(&mut preparing)).await {
        Ok(prepared) => prepared,
        Err(_) => Err(Cause::NotStartedInTime),
    };
    drop(preparing);
    finish(&core, &execute, prepared, until, busy).await;
}

/// Waits for what `maybe_done` wraps, if it is not done yet, and takes its result.
async fn wait<F: Future<Output = Result<Prepared, Cause>>>(
    preparing: &mut std::pin::Pin<Box<MaybeDone<F>>>,
) -> Result<Prepared, Cause> {
    preparing.as_mut().await;
    preparing
        .as_mut()
        .take_output()
        .unwrap_or(Err(Cause::Internal))
}

async fn finish(
    core: &Arc<Core>,
    execute: &Execute,
    prepared: Result<Prepared, Cause>,
    until: time::Instant,
    busy: Busy,
) {
    let mut prepared = match prepared {
        Ok(prepared) => prepared,
        Err(cause) => return not_begun(core, execute, cause).await,
    };
    let mut written = write(core, execute, &prepared, until).await;
    if let Written::NotSent(told) = written {
        // Its object is let go and taken anew: what was read is older than the connection's end.
        drop(prepared);
        tracing::info!(request = %execute.request,
            "the connection to the domain controller ended before the write; trying once more");
        prepared = match time::timeout_at(until, prepare(core, execute)).await {
            Ok(Ok(prepared)) => prepared,
            Ok(Err(cause)) => return not_begun(core, execute, cause).await,
            Err(_) => return core.finish(execute.request, execute.operation, told).await,
        };
        written = write(core, execute, &prepared, until).await;
    }
    match written {
        Written::Ended(told) | Written::NotSent(told) => {
            core.finish(execute.request, execute.operation, told).await;
        }
        Written::InDoubt(intent, cause) => {
            let Prepared {
                contents,
                controller,
                object,
                ..
            } = prepared;
            // The password is not needed any more, and the old connection must be closed.
            drop((contents, controller));
            if let Some(forest) = core.forests.get(&execute.target.forest) {
                forest.look_now.notify_one();
            }
            resolve::begin(core, intent, cause, busy, Some(object));
        }
    }
}

async fn write(
    core: &Core,
    execute: &Execute,
    prepared: &Prepared,
    until: time::Instant,
) -> Written {
    let write = Write {
        core,
        request: execute.request,
        operation: execute.operation,
        target: &execute.target,
        prepared,
        until,
    };
    write.run().await
}

async fn not_begun(core: &Core, execute: &Execute, cause: Cause) {
    let told = Told {
        outcome: cause.into(),
        evidence: Evidence::default(),
    };
    core.finish(execute.request, execute.operation, told).await;
}
