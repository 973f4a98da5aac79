//! The parts that are disturbed, and how all is put right.

mod network;
mod strike;

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use writeback_lab::{Dc, Forest, Lab};
use writeback_stage::{Options, Person, Stage};

use self::{network::Network, strike::Part};

/// Where the two agents run. Nobody else uses these hosts.
pub(super) const AGENT_HOSTS: [&str; 2] = ["wb-agent3", "wb-agent4"];

/// So long may the directory's own replication take.
const REPLICATED_WITHIN: Duration = Duration::from_secs(60);

/// So long everything stays as it is before a form is sent: an agent that was killed is back.
const QUIET: Duration = Duration::from_millis(700);

/// Everything of a run that faults are done to.
pub(super) struct World {
    stage: Mutex<Stage>,
    pub(super) forest: Forest,
    network: Network,
    in_hand: Mutex<BTreeSet<Part>>,
    /// Requests of this round whose fault is not over yet.
    ahead: AtomicUsize,
    last_heal: Mutex<Instant>,
    /// When a fault last began.
    last_strike: Mutex<Instant>,
    /// Which domain controller is PDC emulator.
    pdc: AtomicUsize,
    moved: AtomicBool,
    stop: AtomicBool,
    controllers_touched: bool,
}

impl World {
    /// Sets a stage up behind a network of its own.
    pub(super) async fn set(
        lab: Lab,
        binary: &Path,
        options: Options,
        spare_controllers: bool,
    ) -> Result<Self> {
        let forest = lab.forest("corp.test")?.clone();
        let places = options.agents.clone();
        let mut stage = Stage::set_cloud(lab, binary, options)?;
        let network = Network::lay(&stage.lab, &forest, &stage.slot.ip).await?;
        for place in places {
            stage.add_agent(place)?;
        }
        stage.ready().await?;
        let world = Self {
            stage: Mutex::new(stage),
            forest,
            network,
            in_hand: Mutex::default(),
            ahead: AtomicUsize::new(0),
            last_heal: Mutex::new(Instant::now()),
            last_strike: Mutex::new(Instant::now()),
            pdc: AtomicUsize::new(0),
            moved: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            controllers_touched: !spare_controllers,
        };
        world.find_pdc()?;
        Ok(world)
    }

    pub(super) fn stage(&self) -> MutexGuard<'_, Stage> {
        kept(&self.stage)
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
        let last = *kept(&self.last_heal);
        (self.ahead.load(Ordering::SeqCst) == 0).then(|| last.elapsed())
    }

    /// Whether a request that is sent now meets its own fault and few others: at most one is in
    /// force, and nothing has changed for a moment. Without that most requests would only find
    /// nobody there.
    pub(super) fn is_quiet(&self) -> bool {
        let strike = kept(&self.last_strike).elapsed();
        let since = kept(&self.last_heal).elapsed().min(strike);
        kept(&self.in_hand).len() <= 1 && since > QUIET
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

    /// Fails when a process ended by itself. Gives the resident memory of the cloud and of the
    /// larger agent, in bytes.
    pub(super) fn check(&self) -> Result<(u64, u64)> {
        let mut stage = self.stage();
        stage.cloud_process()?.check()?;
        let cloud = stage.cloud_process()?.resident_bytes()?;
        let mut largest = 0;
        for agent in 0..AGENT_HOSTS.len() {
            stage.agent_process(agent)?.check()?;
            largest = largest.max(stage.agent_process(agent)?.resident_bytes()?);
        }
        Ok((cloud, largest))
    }

    fn move_pdc(&self) -> Result<()> {
        let from = self.pdc()?.name.clone();
        let to = self.forest.dcs.iter().find(|dc| dc.name != from);
        self.moved.store(true, Ordering::SeqCst);
        let done = self.forest.transfer_pdc(to.context("another controller")?);
        self.find_pdc()?;
        done
    }

    fn find_pdc(&self) -> Result<()> {
        let name = &self.forest.pdc()?.name;
        let at = self.forest.dcs.iter().position(|dc| dc.name == *name);
        self.pdc
            .store(at.context("a PDC emulator")?, Ordering::SeqCst);
        Ok(())
    }

    fn heal(&self) -> Result<()> {
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

fn kept<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
