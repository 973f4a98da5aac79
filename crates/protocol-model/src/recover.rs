//! Whether a request ends when nothing goes wrong any more.
//!
//! P4 says "becomes known by itself": from every state there has to be a way to the end that
//! asks for nothing but time. It is walked here, in one fixed and fair order, instead of being
//! left to a liveness check: those are not reliable where the protocol asks again and again.

use crate::{
    Protocol,
    state::{AGENTS, State},
    step::{Step, take},
};

/// More steps than any way to the end has; only a request that never ends takes so many.
const STEPS_MAX: usize = 120;

/// Whether the request ends with these agents, the others being gone for good.
pub(crate) fn ends(model: &Protocol, state: &State, agents: &[usize]) -> bool {
    if state.told().is_some() {
        return true;
    }
    let mut state = state.clone();
    for agent in (0..AGENTS).filter(|agent| !agents.contains(agent)) {
        gone(&mut state, agent);
    }
    let mut asked = 0;
    for _ in 0..STEPS_MAX {
        let next = wanted(&state, agents, asked).into_iter().find_map(|step| {
            let mut next = state.clone();
            take(model, &mut next, step)?;
            (next != state).then_some((step, next))
        });
        match next {
            Some((step, next)) => {
                asked += usize::from(matches!(step, Step::Ask(_)));
                state = next;
            }
            None => return false,
        }
        if state.told().is_some() {
            return true;
        }
    }
    false
}

/// The machine burnt: what it has sent may still arrive.
fn gone(state: &mut State, agent: usize) {
    state.break_link(agent, crate::state::Link::Down);
    if let Some(agent) = state.agents.get_mut(agent) {
        agent.up = false;
    }
    let _ = crate::directory::close(state, agent);
}

/// The steps that everybody left wants to take, the first possible one first. Agents are asked
/// in turn; `asked` is how often one was.
fn wanted(state: &State, agents: &[usize], asked: usize) -> Vec<Step> {
    let mut steps = vec![Step::CloudStart, Step::DirectoryStart];
    steps.extend((0..AGENTS).map(Step::Take));
    steps.extend(state.net.iter().copied().map(Step::Deliver));
    for agent in agents.iter().copied() {
        steps.extend([
            Step::AgentStart(agent),
            Step::NoticeCut(agent),
            Step::Connect(agent),
            Step::Note(agent),
            Step::Write(agent),
            Step::Prepare(agent),
            Step::ReadReply(agent),
            Step::LoseReply(agent),
            Step::Look(agent),
            Step::GiveUp(agent),
        ]);
    }
    steps.push(Step::Doubt);
    steps.extend(
        agents
            .iter()
            .cycle()
            .skip(asked)
            .take(1)
            .copied()
            .map(Step::Ask),
    );
    steps.push(Step::Expire);
    steps
}
