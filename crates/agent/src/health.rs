//! Whether a password could be written now: asked again and again, and told when it changes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time;
use writeback_ad::{AdError, Controller, Directory};
use writeback_model::{Cause, DomainName, HistoryEnforcement};
use writeback_wire::{ForestHealth, ForestStatus, ServedDomain, ToCloud};

use crate::{
    core::Core,
    events,
    forest::{Forest, Forests},
};

/// How often a forest that is ready is looked at: a broken one is noticed before most people
/// have passed their gates.
const WHILE_READY: Duration = Duration::from_secs(10);

/// How often one that is not: it is back soon after its domain controller.
const WHILE_NOT_READY: Duration = Duration::from_secs(5);

/// How long the first look may keep the agent from connecting. A forest that takes longer is
/// told as not ready, and as ready when it is.
pub(crate) const FIRST_LOOK_PATIENCE: Duration = Duration::from_secs(8);

/// How often the switch is looked at. `writeback agent writeback` promises a second.
const SWITCH_EVERY: Duration = Duration::from_millis(500);

/// What is known of each forest.
#[derive(Debug)]
pub(crate) struct Health {
    statuses: Mutex<BTreeMap<DomainName, ForestStatus>>,
}

impl Health {
    /// Nothing is known yet.
    pub(crate) fn new(forests: &Forests) -> Self {
        let unknown = |forest: &Forest| ForestStatus {
            forest: forest.name.clone(),
            domains: forest.domains.keys().map(unread).collect(),
            health: ForestHealth::NotReady {
                cause: Cause::PdcEmulatorUnreachable,
            },
            scope: forest.units.digest(),
        };
        let statuses = forests
            .values()
            .map(|forest| (forest.name.clone(), unknown(forest)))
            .collect();
        Self {
            statuses: Mutex::new(statuses),
        }
    }

    /// All forests as they are now.
    pub(crate) fn all(&self) -> Vec<ForestStatus> {
        self.statuses().values().cloned().collect()
    }

    /// Notes a status; `true` when it is another than before.
    fn note(&self, status: ForestStatus) -> bool {
        let name = status.forest.clone();
        let before = self.statuses().insert(name, status.clone());
        before.as_ref() != Some(&status)
    }

    fn statuses(&self) -> std::sync::MutexGuard<'_, BTreeMap<DomainName, ForestStatus>> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at the switch until the agent stops; the forests are told anew when it was changed.
pub(crate) fn follow_switch(core: &Arc<Core>) {
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let mut was_off = core.switch.is_off();
        if was_off {
            log_switch(was_off);
        }
        let mut tick = time::interval(SWITCH_EVERY);
        while core.stop.run_until_cancelled(tick.tick()).await.is_some() {
            let is_off = core.switch.is_off();
            if is_off == was_off {
                continue;
            }
            was_off = is_off;
            log_switch(is_off);
            for forest in core.forests.values() {
                forest.look_now.notify_one();
            }
        }
    });
}

fn log_switch(is_off: bool) {
    if is_off {
        tracing::warn!(
            event_id = events::AGENT_DISABLED,
            "writeback is switched off on this machine: no request is taken"
        );
    } else {
        tracing::info!(
            event_id = events::AGENT_ENABLED,
            "writeback is switched on on this machine"
        );
    }
}

/// Looks at every forest once, and then each in a task of its own until the agent stops.
pub(crate) async fn begin(core: &Arc<Core>) {
    let mut first = tokio::task::JoinSet::new();
    for name in core.forests.keys() {
        let looked = Arc::new(tokio::sync::Notify::new());
        let (core, done, name) = (Arc::clone(core), Arc::clone(&looked), name.clone());
        tokio::spawn(async move {
            let stop = core.stop.clone();
            stop.run_until_cancelled(watch(&core, &name, &done)).await;
        });
        first.spawn(async move { looked.notified().await });
    }
    let _ = time::timeout(FIRST_LOOK_PATIENCE, first.join_all()).await;
}

async fn watch(core: &Core, name: &DomainName, looked: &tokio::sync::Notify) {
    let Some(forest) = core.forests.get(name) else {
        return;
    };
    loop {
        let mut status = look(forest).await;
        if core.switch.is_off() {
            status.health = ForestHealth::NotReady {
                cause: Cause::AgentDisabled,
            };
        }
        let ready = matches!(status.health, ForestHealth::Ready { .. });
        if core.health.note(status.clone()) {
            log(&status);
            core.uplink.tell(ToCloud::Status(status)).await;
        }
        looked.notify_one();
        let wait = if ready { WHILE_READY } else { WHILE_NOT_READY };
        let _ = time::timeout(wait, forest.look_now.notified()).await;
    }
}

fn log(status: &ForestStatus) {
    let forest = status.forest.as_str();
    match &status.health {
        ForestHealth::Ready { history } => {
            tracing::info!(
                event_id = events::FOREST_HEALTH,
                forest,
                ?history,
                "the forest is ready"
            );
        }
        ForestHealth::NotReady { cause } => {
            let info = cause.info();
            tracing::error!(
                event_id = events::FOREST_HEALTH,
                cause_event_id = info.event_id,
                forest,
                cause = info.id,
                "the forest is not ready: no password can be written to it"
            );
        }
    }
}

/// Asks the PDC emulator of every domain.
async fn look(forest: &Forest) -> ForestStatus {
    let mut domains = Vec::new();
    let mut history = HistoryEnforcement::Enforced;
    let mut problem = None;
    for (name, directory) in &forest.domains {
        match look_at(directory).await {
            Ok(seen) => {
                if let Err(error) = forest.units.at_pdc(name, &seen.pdc).await {
                    tracing::debug!(domain = %name, error = &error as &dyn std::error::Error,
                        "the scope of a domain is not known");
                    problem.get_or_insert(error.cause());
                }
                if !seen.hints {
                    history = HistoryEnforcement::NotEnforced;
                }
                domains.push(ServedDomain {
                    name: name.clone(),
                    netbios: seen.netbios,
                    upn_suffixes: seen.upn_suffixes,
                });
            }
            Err(error) => {
                tracing::debug!(domain = %name, error = &error as &dyn std::error::Error,
                    "a domain is not ready");
                problem.get_or_insert(error.cause());
                domains.push(unread(name));
            }
        }
    }
    if history == HistoryEnforcement::NotEnforced && !forest.allow_without_policy_hints {
        problem.get_or_insert(Cause::PolicyHintsUnsupported);
    }
    ForestStatus {
        forest: forest.name.clone(),
        domains,
        health: match problem {
            Some(cause) => ForestHealth::NotReady { cause },
            None => ForestHealth::Ready { history },
        },
        scope: forest.units.digest(),
    }
}

struct Seen {
    pdc: Controller,
    hints: bool,
    netbios: Option<String>,
    upn_suffixes: Vec<String>,
}

async fn look_at(directory: &Directory) -> Result<Seen, AdError> {
    let pdc = directory.pdc().await?;
    Ok(Seen {
        hints: pdc.policy_hints().is_some(),
        // Reading proves that the connection and the sign-in still hold.
        netbios: pdc.netbios_name().await?,
        upn_suffixes: pdc.upn_suffixes().await?,
        pdc,
    })
}

fn unread(name: &DomainName) -> ServedDomain {
    ServedDomain {
        name: name.clone(),
        netbios: None,
        upn_suffixes: Vec::new(),
    }
}
