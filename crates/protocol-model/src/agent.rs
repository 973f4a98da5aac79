//! An agent: `crates/agent`, its executor, journal and resolver.

use crate::{
    Protocol,
    directory::{self, Verdict},
    state::{Broken, Connection, Frame, Journal, Link, Phase, Reply, State, Word},
    step::{Step, spend, when},
};

/// What an agent does by itself.
pub(crate) fn act(model: &Protocol, state: &mut State, who: usize, step: Step) -> Option<()> {
    let agent = state.agents.get_mut(who)?;
    if step == Step::AgentStart(who) {
        when(!agent.up)?;
        agent.up = true;
        if let Journal {
            intent: Some(version),
            told: None,
        } = agent.journal
        {
            agent.phase = Phase::Resolving(version);
        }
        return Some(());
    }
    when(agent.up)?;
    match (step, agent.phase) {
        (Step::AgentCrash(_), _) => return crash(model, state, who),
        (Step::NoticeCut(_), _) if agent.link == Link::Cut => agent.link = Link::Down,
        (Step::Connect(_), _) if agent.link == Link::Down && state.cloud_up => {
            agent.link = Link::Up;
            if let Some(word) = agent.journal.told {
                state.send(Frame::Outcome(who, word));
            }
        }
        (Step::GiveUp(_), Phase::Claiming) => agent.phase = Phase::Idle,
        (Step::Prepare(_), Phase::Granted) => {
            when(state.directory.up)?;
            agent.phase = Phase::Prepared(state.directory.version);
            state.directory.connections.get_mut(who)?.open = true;
        }
        (Step::DoNotWrite(_), Phase::Granted | Phase::Prepared(_) | Phase::Noted(_)) => {
            finish(model, state, who, Word::NotChanged)?;
        }
        (Step::Note(_), Phase::Prepared(version)) => {
            agent.phase = Phase::Noted(version);
            agent.journal.intent = Some(version);
            state.send(Frame::Begun(who, version));
        }
        // The broken one notes what it has sent.
        (Step::Note(_), Phase::Sent(version)) if model.is_broken(Broken::JournalAfterWrite) => {
            agent.journal.intent = Some(version);
        }
        (Step::Write(_), Phase::Noted(version)) => write(state, who, version)?,
        (Step::Write(_), Phase::Prepared(version))
            if model.is_broken(Broken::JournalAfterWrite) =>
        {
            write(state, who, version)?;
        }
        (Step::ReadReply(_), Phase::Sent(_)) => {
            let word = match state.directory.connections.get(who)?.reply? {
                Reply::Taken => Word::Changed,
                Reply::Refused => Word::NotChanged,
            };
            finish(model, state, who, word)?;
        }
        (Step::LoseReply(_), Phase::Sent(version)) => {
            agent.phase = Phase::Resolving(version);
            directory::close(state, who)?;
        }
        (Step::Look(_), Phase::Resolving(version) | Phase::Settling(version)) => {
            look(model, state, who, version)?;
        }
        _ => return None,
    }
    Some(())
}

fn crash(model: &Protocol, state: &mut State, who: usize) -> Option<()> {
    spend(&mut state.left.agent_crashes)?;
    state.break_link(who, Link::Down);
    directory::close(state, who)?;
    let agent = state.agents.get_mut(who)?;
    agent.up = false;
    agent.phase = Phase::Idle;
    agent.closed = false;
    if model.is_broken(Broken::JournalNotSynced) {
        agent.journal = Journal::default();
    }
    Some(())
}

fn write(state: &mut State, who: usize, version: u8) -> Option<()> {
    let agent = state.agents.get_mut(who)?;
    let connection: &mut Connection = state.directory.connections.get_mut(who)?;
    if connection.open {
        connection.write = true;
        agent.phase = Phase::Sent(version);
    } else {
        agent.phase = Phase::Resolving(version);
    }
    Some(())
}

fn look(model: &Protocol, state: &mut State, who: usize, before: u8) -> Option<()> {
    when(state.directory.up)?;
    let settles = matches!(state.agents.get(who)?.phase, Phase::Settling(_));
    let writer = if settles { 1 - who } else { who };
    let connection = state.directory.connections.get(writer)?;
    let may_come = if settles {
        let may_send = connection.open && !model.is_broken(Broken::SettleTooEarly);
        connection.write || may_send
    } else {
        connection.write && !model.is_broken(Broken::AgentsClock)
    };
    match directory::verdict(state.directory.version, before, may_come) {
        Verdict::Changed => finish(model, state, who, Word::Changed),
        Verdict::NotChanged => finish(model, state, who, Word::NotChanged),
        Verdict::NotYet => None,
    }
}

/// Notes the outcome, then tells it.
fn finish(model: &Protocol, state: &mut State, who: usize, word: Word) -> Option<()> {
    let agent = state.agents.get_mut(who)?;
    agent.journal.told = Some(word);
    if model.is_broken(Broken::PruneUnrecorded) {
        agent.journal = Journal::default();
    }
    agent.phase = Phase::Idle;
    agent.closed = true;
    directory::close(state, who)?;
    state.send(Frame::Outcome(who, word));
    Some(())
}

/// What the cloud says.
pub(crate) fn hear(model: &Protocol, state: &mut State, who: usize, frame: Frame) -> Option<()> {
    let agent = state.agents.get_mut(who)?;
    when(agent.up && agent.link == Link::Up)?;
    let is_open = agent.journal != Journal::default();
    match (frame, agent.phase) {
        (Frame::Execute(_), Phase::Idle) if !is_open => {
            if agent.closed && !model.is_broken(Broken::BeginAgain) {
                return Some(());
            }
            if model.is_broken(Broken::SkipClaim) {
                agent.phase = Phase::Granted;
            } else {
                agent.phase = Phase::Claiming;
                state.send(Frame::Claim(who));
            }
        }
        (Frame::Grant(_), Phase::Claiming) => agent.phase = Phase::Granted,
        // Given up before: it was never begun, and never will be.
        (Frame::Grant(_), Phase::Idle) if !is_open => finish(model, state, who, Word::NotChanged)?,
        (Frame::Deny(_), Phase::Claiming) => agent.phase = Phase::Idle,
        (Frame::Recorded(_), _) => agent.journal = Journal::default(),
        (Frame::Resolve(_, claimant, begun), phase) => resolve(state, who, phase, claimant, begun)?,
        _ => {}
    }
    Some(())
}

/// The cloud asks what became of the request.
fn resolve(
    state: &mut State,
    who: usize,
    phase: Phase,
    claimant: usize,
    begun: Option<u8>,
) -> Option<()> {
    let agent = state.agents.get_mut(who)?;
    match (agent.journal, phase, begun) {
        (
            Journal {
                told: Some(word), ..
            },
            ..,
        ) => state.send(Frame::Outcome(who, word)),
        (
            Journal {
                intent: Some(version),
                ..
            },
            Phase::Idle,
            _,
        ) => {
            agent.phase = Phase::Resolving(version);
        }
        // Under way here: its outcome follows.
        (_, phase, _) if phase != Phase::Idle => {}
        (..) if claimant == who => {
            agent.closed = true;
            state.send(Frame::Outcome(who, Word::NotChanged));
        }
        (_, _, Some(version)) => agent.phase = Phase::Settling(version),
        // Where the other one was to write is not known: nothing is concluded.
        _ => {}
    }
    Some(())
}
