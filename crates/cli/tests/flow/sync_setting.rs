//! What every test of synchronisation begins with: a cloud of its own, and agents that import
//! units of its own.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use writeback_lab::{Forest, Guard, Lab, Ran};
use writeback_stage::{AgentPlace, Options, Stage};

use crate::{setting::binary, sync_seen::Seen, sync_unit::Unit};

/// A cloud and agents on an undisturbed lab.
pub struct Synchronised {
    pub stage: Stage,
    pub seen: Seen,
    _calm: Option<Guard>,
}

/// An agent that imports these units, each in its forest, and nothing else. It reads the domain
/// controller that tests change, so that no test waits for replication.
pub fn place_of(units: &[&Unit]) -> AgentPlace {
    let extra = |unit: &&Unit| {
        let controllers = &unit.forest.dcs;
        let first = controllers.first().map_or("", |dc| &dc.fqdn);
        let extra = format!("preferred_controllers = [\"{first}\"]\n{}", unit.included());
        (unit.forest.domain.clone(), extra)
    };
    let extra_of: BTreeMap<_, _> = units.iter().map(extra).collect();
    AgentPlace {
        forests: extra_of.keys().cloned().collect(),
        extra_of,
        ..AgentPlace::corp()
    }
}

impl Synchronised {
    /// With one agent for these units. Whoever is in them is known when it returns.
    pub async fn with(units: &[&Unit]) -> Result<Self> {
        Self::of(vec![place_of(units)]).await
    }

    /// With these agents.
    pub async fn of(agents: Vec<AgentPlace>) -> Result<Self> {
        let options = Options {
            agents,
            ..Options::default()
        };
        Self::as_wanted(options).await
    }

    pub async fn as_wanted(options: Options) -> Result<Self> {
        let lab = Lab::require()?;
        let calm = lab.calm()?;
        let stage = Stage::set(lab, binary(), options).await?;
        Ok(Self {
            seen: Seen::of(&stage).await?,
            stage,
            _calm: Some(calm),
        })
    }

    /// For a test that disturbs the lab and holds the lock for that.
    pub async fn disturbed(agents: Vec<AgentPlace>) -> Result<Self> {
        let options = Options {
            agents,
            ..Options::default()
        };
        let stage = Stage::set(Lab::require()?, binary(), options).await?;
        Ok(Self {
            seen: Seen::of(&stage).await?,
            stage,
            _calm: None,
        })
    }

    pub fn forest(&self, name: &str) -> Result<&Forest> {
        self.stage.lab.forest(name)
    }

    /// `writeback admin sync run`; gives its exit status with what it said.
    pub fn run(&self, forest: &str, profile: &str) -> Result<Ran> {
        let arguments = ["sync", "run", "--forest", forest, "--profile", profile];
        self.stage.admin_ran(&arguments)
    }

    /// As [`Self::run`], which has to end with this exit status.
    pub fn runs(&self, forest: &str, profile: &str, code: i32) -> Result<String> {
        let ran = self.run(forest, profile)?;
        ensure!(
            ran.code == code,
            "{profile} of {forest} ended with {}, not {code}:\n{}{}",
            ran.code,
            ran.stdout,
            ran.stderr
        );
        Ok(ran.stdout + &ran.stderr)
    }

    /// `writeback admin sync …`, which has to end well.
    pub fn sync(&self, arguments: &[&str]) -> Result<String> {
        self.stage.admin(&[&["sync"], arguments].concat())
    }

    /// Sets the rules by their text and lets the cloud act on them.
    pub fn set_rules(&self, toml: &str) -> Result<String> {
        let file = self.stage.dir().join("rules.toml");
        std::fs::write(&file, toml)?;
        self.sync(&["rules", "set", &file.display().to_string()])
    }
}
