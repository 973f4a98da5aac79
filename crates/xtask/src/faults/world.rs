//! The parts that are disturbed, and how each is put right.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use writeback_lab::{Dc, Forest, Lab, Loss, Traffic};
use writeback_stage::{Person, Stage};

use super::plan::Kind;

/// Where the two agents run.
pub(super) const AGENT_HOSTS: [&str; 2] = ["wb-agent1", "wb-agent2"];

/// So long may the directory's own replication take.
const REPLICATED_WITHIN: Duration = Duration::from_secs(60);

/// What one fault at a time may have in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Cloud,
    Agent(usize),
    Link(usize),
    Ldap(usize),
    Controllers,
}

/// Everything of a run that faults are done to.
pub(super) struct World {
    stage: Mutex<Stage>,
    pub(super) forest: Forest,
    lab: Lab,
    cloud_ip: String,
    in_hand: Mutex<BTreeSet<Part>>,
    /// Requests of this round whose fault is not over yet.
    ahead: AtomicUsize,
    last_heal: Mutex<Instant>,
    /// Which domain controller is PDC emulator.
    pdc: AtomicUsize,
    moved: AtomicBool,
    stop: AtomicBool,
    controllers_touched: bool,
}

impl World {
    pub(super) fn new(stage: Stage, spare_controllers: bool) -> Result<Self> {
        let lab = stage.lab.clone();
        let world = Self {
            forest: lab.forest("corp.test")?.clone(),
            lab,
            cloud_ip: stage.slot.ip.clone(),
            stage: Mutex::new(stage),
            in_hand: Mutex::default(),
            ahead: AtomicUsize::new(0),
            last_heal: Mutex::new(Instant::now()),
            pdc: AtomicUsize::new(0),
            moved: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            controllers_touched: !spare_controllers,
        };
        world.find_pdc()?;
        Ok(world)
    }

    pub(super) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn person(&self) -> Result<Person> {
        self.stage().person()
    }

    /// The PDC emulator, as far as this run has moved it.
    pub(super) fn pdc(&self) -> Result<&Dc> {
        let at = self.pdc.load(Ordering::SeqCst);
        self.forest.dcs.get(at).context("a PDC emulator")
    }

    /// So many requests begin, each with a fault or none.
    pub(super) fn begin_round(&self, requests: usize) {
        self.ahead.store(requests, Ordering::SeqCst);
    }

    /// A request's fault is over, or it had none.
    pub(super) fn fault_over(&self) {
        self.ahead.fetch_sub(1, Ordering::SeqCst);
    }

    /// How long everything has been healthy; `None` while faults of this round are to come.
    pub(super) fn healthy_for(&self) -> Option<Duration> {
        let last = *self
            .last_heal
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        (self.ahead.load(Ordering::SeqCst) == 0).then(|| last.elapsed())
    }

    /// Faults end early and no more begin.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// What domain controllers hold is what the PDC emulator holds.
    pub(super) fn settle_controllers(&self) -> Result<()> {
        if self.moved.swap(false, Ordering::SeqCst) {
            self.forest.replicated(REPLICATED_WITHIN)?;
        }
        Ok(())
    }

    /// Fails when a process ended by itself.
    pub(super) fn check(&self) -> Result<()> {
        let mut stage = self.stage();
        stage.cloud_process()?.check()?;
        for agent in 0..AGENT_HOSTS.len() {
            stage.agent_process(agent)?.check()?;
        }
        Ok(())
    }

    /// Does it, waits as long as it lasts, and undoes it. Blocks. `false` when another fault has
    /// the same part in hand.
    pub(super) fn strike(&self, kind: Kind, agent: usize, lasts: Duration) -> Result<bool> {
        let Some(part) = part_of(kind, agent) else {
            return Ok(false);
        };
        let lock = || self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if self.stop.load(Ordering::SeqCst) || !lock().insert(part) {
            return Ok(false);
        }
        let done = self.carry_out(kind, agent, lasts);
        lock().remove(&part);
        *self
            .last_heal
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
        done.with_context(|| format!("{} on agent {agent}", kind.name()))?;
        Ok(true)
    }

    fn carry_out(&self, kind: Kind, agent: usize, lasts: Duration) -> Result<()> {
        match kind {
            Kind::None => Ok(()),
            Kind::AgentKilled => {
                self.stage().agent_process(agent)?.kill()?;
                self.hold(lasts);
                self.stage().start_agent(agent)
            }
            Kind::AgentPaused => {
                self.stage().agent_process(agent)?.signal("STOP")?;
                self.hold(lasts);
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
                self.hold(lasts);
                self.stage().start_agent(agent)
            }
            Kind::CloudKilled => {
                self.stage().cloud_process()?.kill()?;
                self.hold(lasts);
                self.stage().start_cloud()
            }
            Kind::CloudPaused => {
                self.stage().cloud_process()?.signal("STOP")?;
                self.hold(lasts);
                self.stage().cloud_process()?.signal("CONT")
            }
            Kind::CloudRestarted => {
                let taken = self.stage().cloud.take();
                taken.context("a cloud")?.stop()?;
                self.hold(lasts);
                self.stage().start_cloud()
            }
            Kind::LinkCut => self.lose(&self.link(agent)?, Loss::Both, lasts),
            Kind::LinkSendsLost => self.lose(&self.link(agent)?, Loss::Sent, lasts),
            Kind::LinkAnswersLost => self.lose(&self.link(agent)?, Loss::Received, lasts),
            Kind::LinkReset => self.lose(&self.link(agent)?, Loss::Reset, lasts),
            Kind::LdapCut => self.lose(&self.ldap(agent)?, Loss::Both, lasts),
            Kind::LdapAnswersLost => self.lose(&self.ldap(agent)?, Loss::Received, lasts),
            Kind::LdapReset => self.lose(&self.ldap(agent)?, Loss::Reset, lasts),
            Kind::PdcPaused => {
                let pdc = self.pdc()?;
                pdc.pause()?;
                self.hold(lasts);
                pdc.resume()
            }
            Kind::PdcMoved => {
                let from = self.pdc()?.name.clone();
                let to = self.forest.dcs.iter().find(|dc| dc.name != from);
                self.moved.store(true, Ordering::SeqCst);
                let done = self.forest.transfer_pdc(to.context("another controller")?);
                self.find_pdc()?;
                done
            }
        }
    }

    fn lose(&self, traffic: &Traffic, loss: Loss, lasts: Duration) -> Result<()> {
        self.lab.lose(traffic, loss)?;
        self.hold(lasts);
        self.lab.mend(traffic)
    }

    fn hold(&self, lasts: Duration) {
        let until = Instant::now() + lasts;
        while !self.stop.load(Ordering::SeqCst) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    fn link(&self, agent: usize) -> Result<Traffic> {
        traffic(agent, "link", vec![self.cloud_ip.clone()], 443)
    }

    fn ldap(&self, agent: usize) -> Result<Traffic> {
        let controllers = self.forest.dcs.iter().map(|dc| dc.ip.clone()).collect();
        traffic(agent, "ldap", controllers, 636)
    }

    fn find_pdc(&self) -> Result<()> {
        let name = &self.forest.pdc()?.name;
        let at = self.forest.dcs.iter().position(|dc| dc.name == *name);
        self.pdc
            .store(at.context("a PDC emulator")?, Ordering::SeqCst);
        Ok(())
    }

    fn heal(&self) -> Result<()> {
        for agent in 0..AGENT_HOSTS.len() {
            self.lab.mend(&self.link(agent)?)?;
            if self.controllers_touched {
                self.lab.mend(&self.ldap(agent)?)?;
            }
        }
        if self.controllers_touched {
            for dc in &self.forest.dcs {
                dc.heal()?;
            }
            let first = self.forest.first_dc()?;
            if self.forest.pdc()?.name != first.name {
                self.forest.transfer_pdc(first)?;
            }
        }
        Ok(())
    }
}

impl Drop for World {
    /// Also after Ctrl-C and after a panic: the lab is others', too.
    fn drop(&mut self) {
        if let Err(error) = self.heal() {
            eprintln!("the lab could not be put right: {error:#}; run `cargo xtask lab up`");
        }
    }
}

fn traffic(agent: usize, name: &str, peers: Vec<String>, port: u16) -> Result<Traffic> {
    Ok(Traffic {
        netns: (*AGENT_HOSTS.get(agent).context("two agents")?).to_owned(),
        name: name.to_owned(),
        peers,
        port,
    })
}

const fn part_of(kind: Kind, agent: usize) -> Option<Part> {
    Some(match kind {
        Kind::None => return None,
        Kind::AgentKilled | Kind::AgentPaused | Kind::AgentRestarted => Part::Agent(agent),
        Kind::CloudKilled | Kind::CloudPaused | Kind::CloudRestarted => Part::Cloud,
        Kind::LinkCut | Kind::LinkSendsLost | Kind::LinkAnswersLost | Kind::LinkReset => {
            Part::Link(agent)
        }
        Kind::LdapCut | Kind::LdapAnswersLost | Kind::LdapReset => Part::Ldap(agent),
        Kind::PdcPaused | Kind::PdcMoved => Part::Controllers,
    })
}
