//! What can happen next.

use crate::{
    Protocol, agent, cloud, directory,
    state::{AGENTS, Frame, Link, State},
};

/// One step of one party, or of the trouble between them. Numbers are agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A frame arrives.
    Deliver(Frame),
    /// A frame arrives, and once more later.
    DeliverTwice(Frame),
    /// A frame is lost.
    Lose(Frame),
    /// A link breaks; nobody has noticed.
    Cut(usize),
    /// An agent notices that its link is broken.
    NoticeCut(usize),
    /// An agent opens its link again, and says what was not recorded.
    Connect(usize),

    /// The cloud offers the request.
    Offer(usize),
    /// Nobody claimed it in time.
    Expire,
    /// The claimant does not answer in time, or its link is gone.
    Doubt,
    /// The cloud asks an agent what became of the request.
    Ask(usize),
    /// The cloud is killed.
    CloudCrash,
    /// It comes back.
    CloudStart,

    /// No answer to the claim came: the agent begins nothing.
    GiveUp(usize),
    /// It reads the account.
    Prepare(usize),
    /// It finds that it may not write, or that its time is over.
    DoNotWrite(usize),
    /// It notes its intent.
    Note(usize),
    /// It sends the write.
    Write(usize),
    /// It reads the answer.
    ReadReply(usize),
    /// It has no answer, closes the connection, and asks the directory from now on.
    LoseReply(usize),
    /// It reads the receipt.
    Look(usize),
    /// It is killed.
    AgentCrash(usize),
    /// It comes back.
    AgentStart(usize),

    /// The domain controller carries a write out.
    Take(usize),
    /// It refuses one.
    Refuse(usize),
    /// A write on a closed connection never arrives.
    Vanish(usize),
    /// The connection ends: reset, or idle for too long.
    Disconnect(usize),
    /// Somebody else writes the attribute.
    OtherWrites,
    /// The domain controller is killed.
    DirectoryCrash,
    /// It comes back.
    DirectoryStart,
}

/// Every step that may be possible; [`take`] refuses those that are not.
pub(crate) fn all(state: &State, steps: &mut Vec<Step>) {
    for frame in &state.net {
        steps.extend([
            Step::Deliver(*frame),
            Step::DeliverTwice(*frame),
            Step::Lose(*frame),
        ]);
    }
    for agent in 0..AGENTS {
        steps.extend([
            Step::Cut(agent),
            Step::NoticeCut(agent),
            Step::Connect(agent),
            Step::Offer(agent),
            Step::Ask(agent),
            Step::GiveUp(agent),
            Step::Prepare(agent),
            Step::DoNotWrite(agent),
            Step::Note(agent),
            Step::Write(agent),
            Step::ReadReply(agent),
            Step::LoseReply(agent),
            Step::Look(agent),
            Step::AgentCrash(agent),
            Step::AgentStart(agent),
            Step::Take(agent),
            Step::Refuse(agent),
            Step::Vanish(agent),
            Step::Disconnect(agent),
        ]);
    }
    steps.extend([
        Step::Expire,
        Step::Doubt,
        Step::CloudCrash,
        Step::CloudStart,
        Step::OtherWrites,
        Step::DirectoryCrash,
        Step::DirectoryStart,
    ]);
}

/// Takes a step; `None` when it is not possible now.
pub(crate) fn take(model: &Protocol, state: &mut State, step: Step) -> Option<()> {
    match step {
        Step::Deliver(frame) => deliver(model, state, frame),
        Step::DeliverTwice(frame) => {
            spend(&mut state.left.doubles)?;
            deliver(model, state, frame)?;
            // Its link may have ended by it.
            state.send(frame);
            Some(())
        }
        Step::Lose(frame) => {
            spend(&mut state.left.losses)?;
            state.net.remove(&frame).then_some(())
        }
        Step::Cut(agent) => {
            when(state.agents.get(agent)?.link == Link::Up)?;
            spend(&mut state.left.cuts)?;
            state.break_link(agent, Link::Cut);
            Some(())
        }
        Step::Offer(_) | Step::Expire | Step::Doubt | Step::Ask(_) => {
            cloud::act(model, state, step)
        }
        Step::CloudCrash | Step::CloudStart => cloud::restart(state, step),
        Step::Take(_)
        | Step::Refuse(_)
        | Step::Vanish(_)
        | Step::Disconnect(_)
        | Step::OtherWrites
        | Step::DirectoryCrash
        | Step::DirectoryStart => directory::act(state, step),
        Step::NoticeCut(agent)
        | Step::Connect(agent)
        | Step::GiveUp(agent)
        | Step::Prepare(agent)
        | Step::DoNotWrite(agent)
        | Step::Note(agent)
        | Step::Write(agent)
        | Step::ReadReply(agent)
        | Step::LoseReply(agent)
        | Step::Look(agent)
        | Step::AgentCrash(agent)
        | Step::AgentStart(agent) => agent::act(model, state, agent, step),
    }
}

fn deliver(model: &Protocol, state: &mut State, frame: Frame) -> Option<()> {
    when(state.net.remove(&frame))?;
    if frame.is_for_cloud() {
        when(state.cloud_up)?;
        cloud::hear(model, state, frame)
    } else {
        agent::hear(model, state, frame.agent(), frame)
    }
}

pub(crate) fn when(holds: bool) -> Option<()> {
    holds.then_some(())
}

/// One fault of a kind less.
pub(crate) fn spend(left: &mut u8) -> Option<()> {
    *left = left.checked_sub(1)?;
    Some(())
}
