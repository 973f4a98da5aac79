//! Waiting for a fault's moment.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    time,
};

use super::{
    board::Hits,
    kind::Kind,
    plan::{Fault, Moment, Step},
    steps::Seen,
    walk::Around,
};

/// A step that did not come by then does not come.
const STEP_WITHIN: Duration = Duration::from_secs(15);
/// The same once the person has a page that says how it ended: logs are read a moment later.
const STEP_AFTER_END: Duration = Duration::from_millis(1_500);

/// How far the person has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// Ready to send the form.
    Ready,
    /// Has a page that says how it ended.
    Ended,
    /// Has the form again: nothing was taken on.
    InVain,
}

/// Waits for the fault's moment and strikes. `in_place` is told when the form may be sent. What it
/// hit; `None` when it did not strike.
pub(super) async fn strike(
    around: &Arc<Around>,
    fault: &Fault,
    listen: Receiver<Seen>,
    user: &str,
    in_place: watch::Sender<bool>,
    sending: watch::Receiver<Sending>,
) -> Result<Option<Hits>> {
    if fault.kind == Kind::None {
        in_place.send_replace(true);
        return Ok(None);
    }
    let own = match fault.moment {
        Moment::Before => None,
        Moment::At(step) => {
            in_place.send_replace(true);
            match within(reached(listen, user, step), sending).await {
                Some(agent) => agent,
                None => return Ok(None),
            }
        }
        Moment::After(delay) => {
            in_place.send_replace(true);
            let reached = reached(listen, user, Step::Recorded);
            time::timeout(delay, reached).await.ok().flatten()
        }
    };
    time::sleep(fault.after).await;
    let has_it = own.unwrap_or(fault.agent);
    let agent = if fault.own_agent {
        has_it
    } else {
        1 - has_it.min(1)
    };
    let (fault, around) = (fault.clone(), Arc::clone(around));
    tokio::task::spawn_blocking(move || {
        let board = &around.steps.board;
        let placed = || {
            in_place.send_replace(true);
        };
        around.world.strike(&fault, agent, board, placed)
    })
    .await
    .context("a fault broke off")?
}

/// The identifier under which the request of this person goes, if it is taken on.
pub(super) async fn request_of(
    mut listen: Receiver<Seen>,
    user: &str,
    sending: watch::Receiver<Sending>,
) -> Option<String> {
    let found = async {
        loop {
            let seen = next(&mut listen).await?;
            if seen.step == Step::Accepted && seen.user.as_deref() == Some(user) {
                return Some(seen.request);
            }
        }
    };
    within(found, sending).await.flatten()
}

/// What a step brings, as long as it may still come.
async fn within<T>(
    step: impl Future<Output = T>,
    mut sending: watch::Receiver<Sending>,
) -> Option<T> {
    let too_late = async {
        let ended = sending.wait_for(|sending| *sending != Sending::Ready);
        if time::timeout(STEP_WITHIN, ended).await.is_ok() {
            time::sleep(STEP_AFTER_END).await;
        }
    };
    tokio::select! {
        biased;
        came = step => Some(came),
        () = too_late => None,
    }
}

/// Waits until this person's request comes to a step; gives the agent that has it, if one has.
async fn reached(mut listen: Receiver<Seen>, user: &str, step: Step) -> Option<usize> {
    let mut heard: Vec<Seen> = Vec::new();
    loop {
        heard.push(next(&mut listen).await?);
        let own = heard
            .iter()
            .find(|seen| seen.user.as_deref() == Some(user))
            .map(|seen| seen.request.clone());
        // The agents' logs may be read before the cloud's.
        let Some(request) = own else { continue };
        heard.retain(|seen| seen.request == request);
        if heard.iter().any(|seen| seen.step == step) {
            return heard.iter().rev().find_map(|seen| seen.agent);
        }
    }
}

async fn next(listen: &mut Receiver<Seen>) -> Option<Seen> {
    loop {
        match listen.recv().await {
            Ok(seen) => return Some(seen),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    }
}
