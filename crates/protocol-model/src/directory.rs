//! The domain controller: `crates/ad` and what lies behind it.

use crate::{
    state::{AGENTS, Connection, Reply, State},
    step::{Step, spend, when},
};

/// What the receipt says.
pub(crate) enum Verdict {
    Changed,
    NotChanged,
    NotYet,
}

/// `resolve::decide` without its clocks. `may_come` stands for its quiet times: after them what
/// was on its way has arrived or never will.
pub(crate) const fn verdict(now: u8, before: u8, may_come: bool) -> Verdict {
    if now == before {
        if may_come {
            Verdict::NotYet
        } else {
            Verdict::NotChanged
        }
    } else if now == before + 1 {
        Verdict::Changed
    } else {
        // Others wrote too.
        Verdict::NotYet
    }
}

/// The agent's end of its connection is closed.
pub(crate) fn close(state: &mut State, agent: usize) -> Option<()> {
    let connection = state.directory.connections.get_mut(agent)?;
    connection.open = false;
    connection.reply = None;
    Some(())
}

pub(crate) fn act(state: &mut State, step: Step) -> Option<()> {
    let directory = &mut state.directory;
    match step {
        Step::Take(agent) | Step::Refuse(agent) => {
            let connection: &mut Connection = directory.connections.get_mut(agent)?;
            when(directory.up && connection.write)?;
            connection.write = false;
            let taken = step == Step::Take(agent);
            if taken {
                directory.version += 1;
                directory.taken += 1;
            }
            if connection.open {
                connection.reply = Some(if taken { Reply::Taken } else { Reply::Refused });
            }
        }
        Step::Vanish(agent) => {
            let connection = directory.connections.get_mut(agent)?;
            when(connection.write && !connection.open)?;
            connection.write = false;
        }
        Step::Disconnect(agent) => {
            when(directory.connections.get(agent)?.open)?;
            close(state, agent)?;
        }
        Step::OtherWrites => {
            spend(&mut state.left.others)?;
            when(directory.up)?;
            directory.version += 1;
            state.others_wrote = true;
        }
        Step::DirectoryCrash => {
            when(directory.up)?;
            spend(&mut state.left.directory_crashes)?;
            directory.up = false;
            directory.connections = [Connection::default(); AGENTS];
        }
        Step::DirectoryStart => {
            when(!directory.up)?;
            directory.up = true;
        }
        _ => return None,
    }
    Some(())
}
