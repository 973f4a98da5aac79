//! The cloud: `crates/relay` on the rules of `crates/store`.

use crate::{
    Protocol,
    state::{AGENTS, Broken, Frame, Link, Row, State, Word},
    step::{Step, spend, when},
};

/// What the cloud does by itself.
pub(crate) fn act(model: &Protocol, state: &mut State, step: Step) -> Option<()> {
    when(state.cloud_up)?;
    match (step, state.row) {
        (Step::Offer(agent), row) => {
            let may_retry = model.is_broken(Broken::RetryAfterClaim)
                && matches!(row, Row::Claimed { .. } | Row::Unknown { .. });
            when(state.has_password && (row == Row::Pending || may_retry))?;
            state.send(Frame::Execute(agent));
        }
        (Step::Expire, Row::Pending) => state.row = Row::Expired,
        (Step::Doubt, Row::Claimed { by }) => state.row = Row::Unknown { by },
        (Step::Ask(agent), Row::Unknown { by }) => {
            state.send(Frame::Resolve(agent, by, state.begun));
        }
        _ => return None,
    }
    Some(())
}

/// It is killed, or comes back. Rows survive it, passwords do not.
pub(crate) fn restart(state: &mut State, step: Step) -> Option<()> {
    when(state.cloud_up == matches!(step, Step::CloudCrash))?;
    if state.cloud_up {
        spend(&mut state.left.cloud_crashes)?;
        state.has_password = false;
        for agent in 0..AGENTS {
            if state.agents.get(agent)?.link == Link::Up {
                state.break_link(agent, Link::Cut);
            }
        }
    }
    state.cloud_up = !state.cloud_up;
    Some(())
}

/// What an agent says.
pub(crate) fn hear(model: &Protocol, state: &mut State, frame: Frame) -> Option<()> {
    match frame {
        Frame::Claim(agent) => claim(model, state, agent),
        Frame::Begun(agent, version) => {
            if matches!(state.row, Row::Claimed { by } | Row::Unknown { by } if by == agent) {
                state.begun = Some(version);
            }
        }
        Frame::Outcome(agent, word) => outcome(model, state, agent, word),
        _ => return None,
    }
    Some(())
}

/// One compare-and-set on the row.
fn claim(model: &Protocol, state: &mut State, agent: usize) {
    let granted = match state.row {
        Row::Pending => true,
        // Not granted a second time, and not denied: it may be writing.
        Row::Claimed { by } | Row::Unknown { by } if by == agent => return,
        Row::Claimed { .. } | Row::Unknown { .. } => model.is_broken(Broken::RetryAfterClaim),
        Row::Expired | Row::Done { .. } => false,
    };
    if granted {
        state.row = Row::Claimed { by: agent };
        state.send(Frame::Grant(agent));
    } else {
        state.send(Frame::Deny(agent));
    }
}

/// The claimant tells the outcome, or whoever was asked in doubt. Whatever is told of a request
/// that is over is confirmed, so that it is not told for ever.
fn outcome(model: &Protocol, state: &mut State, agent: usize, word: Word) {
    match state.row {
        Row::Claimed { by } if by == agent => {
            state.row = Row::Done {
                by,
                from: agent,
                word,
            };
        }
        Row::Unknown { by } => {
            state.row = Row::Done {
                by,
                from: agent,
                word,
            }
        }
        // Without claims anybody ends it.
        Row::Pending if model.is_broken(Broken::SkipClaim) => {
            state.row = Row::Done {
                by: agent,
                from: agent,
                word,
            };
        }
        // Another agent's, and not in doubt: nothing is believed, and it is said again later.
        Row::Pending | Row::Claimed { .. } => return,
        Row::Done { .. } | Row::Expired => {}
    }
    state.send(Frame::Recorded(agent));
}
