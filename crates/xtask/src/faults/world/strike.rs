//! Carrying a fault out, and undoing it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use writeback_lab::Loss;

use super::{World, kept};
use crate::faults::{
    board::{Board, Hits},
    kind::Kind,
    plan::Fault,
    relay::ALL,
};

/// What one fault at a time may have in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Cloud,
    Agent(usize),
    Link(usize),
    Ldap(usize),
    Controllers,
}

impl Part {
    const fn agent(&self) -> Option<usize> {
        match self {
            Self::Agent(agent) | Self::Link(agent) | Self::Ldap(agent) => Some(*agent),
            Self::Cloud | Self::Controllers => None,
        }
    }
}

/// So late is everything on a delayed link: later than an offer's patience.
const DELAY: Duration = Duration::from_millis(700);

/// Only one agent's link has a relay.
const RELAYED: usize = 0;

impl World {
    /// Does it, waits as long as it lasts, and undoes it. Blocks. Says what it hit; `None` when
    /// another fault has the same part in hand.
    pub(in crate::faults) fn strike(
        &self,
        fault: &Fault,
        agent: usize,
        board: &Board,
        in_place: impl FnOnce(),
    ) -> Result<Option<Hits>> {
        let (parts, whose) = parts_of(fault.kind, agent);
        let stopped = self.stop.load(std::sync::atomic::Ordering::SeqCst);
        if stopped || parts.is_empty() || !self.take(&parts, fault.both_agents) {
            in_place();
            return Ok(None);
        }
        *kept(&self.last_strike) = Instant::now();
        let hits = board.hits(whose);
        let done = self.carry_out(fault, agent, in_place);
        kept(&self.in_hand).retain(|part| !parts.contains(part));
        *kept(&self.last_heal) = Instant::now();
        done.with_context(|| format!("{} on agent {agent}", fault.kind.name()))?;
        Ok(Some(hits))
    }

    fn take(&self, parts: &[Part], both_agents: bool) -> bool {
        let mut in_hand = kept(&self.in_hand);
        let is_of_other = |part: &Part| {
            let mut others = in_hand.iter().filter_map(Part::agent);
            part.agent()
                .is_some_and(|own| others.any(|other| other != own))
        };
        let is_free = parts
            .iter()
            .all(|part| !in_hand.contains(part) && (both_agents || !is_of_other(part)));
        if is_free {
            in_hand.extend(parts);
        }
        is_free
    }

    fn carry_out(&self, fault: &Fault, agent: usize, in_place: impl FnOnce()) -> Result<()> {
        let lasts = || {
            in_place();
            self.hold(fault.lasts);
        };
        match fault.kind {
            Kind::None => Ok(()),
            Kind::AgentKilled | Kind::AgentKilledWriting => {
                self.stage().agent_process(agent)?.kill()?;
                lasts();
                self.stage().start_agent(agent)
            }
            Kind::AgentPaused => {
                self.stage().agent_process(agent)?.signal("STOP")?;
                lasts();
                self.stage().agent_process(agent)?.signal("CONT")
            }
            Kind::AgentRestarted => {
                let taken = self
                    .stage()
                    .agents
                    .get_mut(agent)
                    .and_then(|it| it.process.take());
                // Others go on meanwhile: it finishes what it has in hand.
                taken.context("an agent")?.stop()?;
                lasts();
                self.stage().start_agent(agent)
            }
            Kind::CloudKilled => {
                self.stage().cloud_process()?.kill()?;
                lasts();
                self.stage().start_cloud()
            }
            Kind::CloudPaused => {
                self.stage().cloud_process()?.signal("STOP")?;
                lasts();
                self.stage().cloud_process()?.signal("CONT")
            }
            Kind::CloudRestarted => {
                let taken = self.stage().cloud.take();
                taken.context("a cloud")?.stop()?;
                lasts();
                self.stage().start_cloud()
            }
            Kind::LinkCut => self.lose_link(agent, Loss::Both, lasts),
            Kind::LinkSendsLost => self.lose_link(agent, Loss::Sent, lasts),
            Kind::LinkAnswersLost => self.lose_link(agent, Loss::Received, lasts),
            Kind::LinkReset => self.lose_link(agent, Loss::Reset, lasts),
            Kind::LinkDelayed | Kind::LinkStalled | Kind::LinkHalfClosed => {
                self.disturb_link(fault.kind, lasts)
            }
            Kind::LdapCut => self.lose_ldap(agent, Loss::Both, lasts),
            Kind::LdapSendsLost => self.lose_ldap(agent, Loss::Sent, lasts),
            Kind::LdapAnswersLost => self.lose_ldap(agent, Loss::Received, lasts),
            Kind::LdapReset => self.lose_ldap(agent, Loss::Reset, lasts),
            Kind::WriteAnswerLost | Kind::WriteLate | Kind::WriteLateAgentKilled => {
                self.disturb_writes(fault.kind, agent, lasts)
            }
            Kind::PdcPaused => {
                let pdc = self.pdc()?;
                pdc.pause()?;
                lasts();
                pdc.resume()
            }
            Kind::PdcKilled => {
                let pdc = self.pdc()?;
                pdc.stop()?;
                lasts();
                pdc.start()
            }
            Kind::PdcMoved => {
                lasts();
                self.move_pdc()
            }
        }
    }

    fn lose_link(&self, agent: usize, loss: Loss, lasts: impl FnOnce()) -> Result<()> {
        self.network.lose_link(agent, loss)?;
        lasts();
        self.network.mend_link(agent)
    }

    fn lose_ldap(&self, agent: usize, loss: Loss, lasts: impl FnOnce()) -> Result<()> {
        self.network.lose_ldap(agent, loss)?;
        lasts();
        self.network.mend_ldap(agent)
    }

    fn disturb_link(&self, kind: Kind, lasts: impl FnOnce()) -> Result<()> {
        let relay = self.network.link()?;
        let so_far = relay.so_far();
        relay.change(|weather| match kind {
            Kind::LinkDelayed => (weather.late_out, weather.late_back) = (DELAY, DELAY),
            Kind::LinkStalled => (weather.held_out, weather.held_back) = (ALL, ALL),
            _ => weather.out_closed = so_far,
        });
        lasts();
        relay.change(|weather| {
            (weather.late_out, weather.late_back) = (Duration::ZERO, Duration::ZERO);
            (weather.held_out, weather.held_back) = (0, 0);
        });
        Ok(())
    }

    /// The connections that the agent has now end; what it had sent arrives, at once or later.
    fn disturb_writes(&self, kind: Kind, agent: usize, lasts: impl FnOnce()) -> Result<()> {
        let relays = self.network.ldap(agent)?;
        for relay in relays {
            let so_far = relay.so_far();
            relay.change(|weather| {
                weather.near_closed = so_far;
                if kind != Kind::WriteAnswerLost {
                    weather.held_out = so_far;
                }
            });
        }
        let mut done = Ok(());
        if kind == Kind::WriteLateAgentKilled {
            let mut stage = self.stage();
            done = stage.agent_process(agent)?.kill();
            done = done.and_then(|()| stage.start_agent(agent));
        }
        lasts();
        for relay in relays {
            relay.change(|weather| weather.held_out = 0);
        }
        done
    }

    fn hold(&self, lasts: Duration) {
        let until = Instant::now() + lasts;
        while !self.stop.load(std::sync::atomic::Ordering::SeqCst) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}

/// What a fault has in hand, and whose requests it hits: one agent's, or everybody's.
fn parts_of(kind: Kind, agent: usize) -> (Vec<Part>, Option<usize>) {
    match kind {
        Kind::None => (Vec::new(), None),
        Kind::AgentKilled | Kind::AgentKilledWriting | Kind::AgentPaused | Kind::AgentRestarted => {
            (vec![Part::Agent(agent)], Some(agent))
        }
        Kind::CloudKilled | Kind::CloudPaused | Kind::CloudRestarted => (vec![Part::Cloud], None),
        Kind::LinkCut | Kind::LinkSendsLost | Kind::LinkAnswersLost | Kind::LinkReset => {
            (vec![Part::Link(agent)], Some(agent))
        }
        Kind::LinkDelayed | Kind::LinkStalled | Kind::LinkHalfClosed => {
            (vec![Part::Link(RELAYED)], Some(RELAYED))
        }
        Kind::LdapCut
        | Kind::LdapSendsLost
        | Kind::LdapAnswersLost
        | Kind::LdapReset
        | Kind::WriteAnswerLost
        | Kind::WriteLate => (vec![Part::Ldap(agent)], Some(agent)),
        Kind::WriteLateAgentKilled => (vec![Part::Ldap(agent), Part::Agent(agent)], Some(agent)),
        Kind::PdcPaused | Kind::PdcKilled | Kind::PdcMoved => (vec![Part::Controllers], None),
    }
}
