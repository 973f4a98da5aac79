//! Cloud and agents as processes, set up as an operator would.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use writeback_lab::{CloudSlot, INTERNET, Lab, Ran};

use crate::{Person, Process, configs};

/// How long a stage may take until a password could be reset.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How an agent reaches the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Through the firewall, on 443.
    Direct,
    /// Through a proxy that asks for nothing.
    OpenProxy,
    /// Through a proxy that asks for Basic credentials.
    BasicProxy,
}

/// Where and how an agent runs.
#[derive(Clone, Debug)]
pub struct AgentPlace {
    /// The namespace, such as `wb-agent1`.
    pub netns: String,
    /// How it reaches the cloud.
    pub route: Route,
    /// The forests it serves.
    pub forests: Vec<String>,
    /// Further lines for each `[[forest]]`.
    pub forest_extra: String,
    /// Further lines for the `[[forest]]` of this name alone.
    pub extra_of: BTreeMap<String, String>,
}

impl AgentPlace {
    /// An agent of `corp.test` on the first agent host.
    pub fn corp() -> Self {
        Self {
            netns: "wb-agent1".to_owned(),
            route: Route::Direct,
            forests: vec!["corp.test".to_owned()],
            forest_extra: String::new(),
            extra_of: BTreeMap::new(),
        }
    }
}

/// How a stage is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// The agents.
    pub agents: Vec<AgentPlace>,
    /// What cloud and agents log.
    pub log: String,
    /// The mail server's address and port.
    pub mail_server: String,
    /// Mails go into this folder instead of to a mail server.
    pub mail_folder: Option<PathBuf>,
    /// Lines for the cloud's `[limits]`.
    pub cloud_limits: String,
    /// Lines for the cloud's `[sync]`.
    pub cloud_sync: String,
    /// Further top-level lines of the cloud's configuration.
    pub cloud_extra: Option<String>,
    /// The cloud is known by its address instead of its name, which only the company's own
    /// name server knows: for a browser on this machine.
    pub by_address: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            agents: vec![AgentPlace::corp()],
            log: "debug".to_owned(),
            mail_server: writeback_lab::MAIL_ADDRESS.to_owned(),
            mail_folder: None,
            cloud_limits: String::new(),
            cloud_sync: String::new(),
            cloud_extra: None,
            by_address: false,
        }
    }
}

/// One agent of a stage.
pub struct AgentProcess {
    /// Where it runs.
    pub place: AgentPlace,
    /// Its files.
    pub dir: PathBuf,
    /// The process, while it runs.
    pub process: Option<Process>,
}

/// A cloud with its agents on the lab.
pub struct Stage {
    /// The lab it stands on.
    pub lab: Lab,
    /// The cloud's address.
    pub slot: CloudSlot,
    /// The cloud's process, while it runs.
    pub cloud: Option<Process>,
    /// The agents.
    pub agents: Vec<AgentProcess>,
    binary: PathBuf,
    options: Options,
    dir: TempDir,
}

impl Stage {
    /// Sets everything up with the program's own commands, and waits until a password of every
    /// forest could be reset.
    pub async fn set(lab: Lab, binary: &Path, options: Options) -> Result<Self> {
        let mut stage = Self::set_cloud(lab, binary, options)?;
        for place in stage.options.agents.clone() {
            stage.add_agent(place)?;
        }
        stage.ready().await?;
        Ok(stage)
    }

    /// Sets up the cloud alone.
    pub fn set_cloud(lab: Lab, binary: &Path, options: Options) -> Result<Self> {
        let slot = lab.cloud_slot()?;
        let dir = tempfile::Builder::new()
            .prefix("writeback-stage-")
            // For a look at the files of a test that failed.
            .disable_cleanup(std::env::var_os("WRITEBACK_KEEP_STAGES").is_some())
            .tempdir()?;
        let config = configs::cloud(&lab, &slot, &dir.path().display().to_string(), &options);
        std::fs::write(dir.path().join("cloud.toml"), config)?;
        let mut stage = Self {
            lab,
            slot,
            cloud: None,
            agents: Vec::new(),
            binary: binary.to_owned(),
            options,
            dir,
        };
        stage.admin(&["init", "--name", "Stage & Söhne"])?;
        stage.start_cloud()?;
        Ok(stage)
    }

    /// The stage's files: databases, journals, logs.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The cloud's address, as people type it.
    pub fn url(&self) -> String {
        configs::url(&self.slot, &self.options)
    }

    /// Somebody with a browser.
    pub fn person(&self) -> Result<Person> {
        Person::new(&self.url(), &self.slot, &self.lab.ca().ca)
    }

    /// Starts the cloud and waits until it listens.
    pub fn start_cloud(&mut self) -> Result<()> {
        let mut command = self
            .lab
            .command_in(INTERNET, &self.binary.display().to_string());
        command
            .args(["--log", &self.options.log, "cloud", "--config"])
            .arg(self.cloud_config());
        let mut process = Process::start("the cloud", &mut command, &self.log_of("cloud"))?;
        let deadline = Instant::now() + READY_WITHIN;
        while !process.said().contains("listening") {
            process.check()?;
            if Instant::now() > deadline {
                bail!("the cloud does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.cloud = Some(process);
        Ok(())
    }

    /// Runs `writeback admin …` on the cloud's files, and gives what it printed.
    pub fn admin(&self, arguments: &[&str]) -> Result<String> {
        let ran = self.admin_ran(arguments)?;
        if ran.code != 0 {
            bail!(
                "writeback admin {arguments:?} ended with {}: {}{}",
                ran.code,
                ran.stdout,
                ran.stderr
            );
        }
        Ok(ran.stdout)
    }

    /// As [`Self::admin`]; any exit status is an answer.
    pub fn admin_ran(&self, arguments: &[&str]) -> Result<Ran> {
        writeback_lab::run(&mut self.admin_command(arguments), b"")
    }

    /// `writeback admin …`, not run yet.
    pub fn admin_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(["--log", "error", "admin"])
            .args(arguments)
            .arg("--config")
            .arg(self.cloud_config());
        command
    }

    /// The cloud's database.
    pub fn database(&self) -> PathBuf {
        self.dir.path().join("cloud.db")
    }

    /// A new enrolment token.
    pub fn enrolment_token(&self) -> Result<String> {
        Ok(self
            .admin(&["enrolment", "create", "--quiet"])?
            .trim()
            .to_owned())
    }

    /// Enrols and starts one more agent; gives its number.
    pub fn add_agent(&mut self, place: AgentPlace) -> Result<usize> {
        let number = self.agents.len();
        let dir = self.dir.path().join(format!("agent{number}"));
        std::fs::create_dir_all(&dir)?;
        let config = configs::agent(&self.lab, &self.url(), &dir.display().to_string(), &place)?;
        std::fs::write(dir.join("agent.toml"), config)?;
        self.agents.push(AgentProcess {
            place,
            dir,
            process: None,
        });
        let token = self.enrolment_token()?;
        let output = self.enroll(number, &token)?;
        if !output.status.success() {
            bail!(
                "writeback agent enroll: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        self.start_agent(number)?;
        Ok(number)
    }

    /// Runs `writeback agent enroll` where an agent lives.
    pub fn enroll(&self, number: usize, token: &str) -> Result<std::process::Output> {
        let agent = self.agent(number)?;
        let mut command = self
            .lab
            .command_in(&agent.place.netns, &self.binary.display().to_string());
        command
            .args([
                "agent",
                "enroll",
                "--cloud",
                &self.url(),
                "--token",
                token,
                "--config",
            ])
            .arg(agent.dir.join("agent.toml"));
        Ok(command.output()?)
    }

    /// Types `writeback agent writeback disable` or `enable` on an agent's machine; what was said.
    pub fn agent_switch(&self, number: usize, wanted: &str) -> Result<String> {
        let agent = self.agents.get(number).context("no such agent")?;
        let config = agent.dir.join("agent.toml");
        let ran = Command::new(&self.binary)
            .args(["agent", "writeback", wanted, "--config"])
            .arg(&config)
            .output()?;
        ensure!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    /// Runs `writeback doctor` where an agent lives, with everything logged.
    pub fn doctor(&self, number: usize, arguments: &[&str]) -> Result<std::process::Output> {
        let agent = self.agents.get(number).context("no such agent")?;
        let binary = self.binary.display().to_string();
        let mut command = self.lab.command_in(&agent.place.netns, &binary);
        command.args(["--log", "trace", "doctor", "--config"]);
        command.arg(agent.dir.join("agent.toml")).args(arguments);
        Ok(command.output()?)
    }

    /// Starts an agent that is not running.
    pub fn start_agent(&mut self, number: usize) -> Result<()> {
        let log = self.log_of(&format!("agent{number}"));
        let agent = self.agent(number)?;
        let mut command = self
            .lab
            .command_in(&agent.place.netns, &self.binary.display().to_string());
        command
            .args(["--log", &self.options.log, "agent", "run", "--config"])
            .arg(agent.dir.join("agent.toml"));
        let process = Process::start("an agent", &mut command, &log)?;
        self.agents
            .get_mut(number)
            .context("no such agent")?
            .process = Some(process);
        Ok(())
    }

    /// An agent's process, which must be running.
    pub fn agent_process(&mut self, number: usize) -> Result<&mut Process> {
        let agent = self.agents.get_mut(number).context("no such agent")?;
        agent.process.as_mut().context("the agent is not running")
    }

    /// The cloud's process, which must be running.
    pub fn cloud_process(&mut self) -> Result<&mut Process> {
        self.cloud.as_mut().context("the cloud is not running")
    }

    /// Waits until everybody of every forest of the agents is known and could be written to.
    pub async fn ready(&mut self) -> Result<()> {
        let wanted: Vec<String> = self
            .options
            .agents
            .iter()
            .flat_map(|place| place.forests.clone())
            .collect();
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            for agent in &mut self.agents {
                if let Some(process) = &mut agent.process {
                    process.check()?;
                }
            }
            let list = self.admin(&["forest", "list"])?;
            let is_ready = |forest: &String| {
                list.lines()
                    .any(|line| line.starts_with(forest.as_str()) && !line.contains("never"))
            };
            if wanted.iter().all(is_ready) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "the forests were not imported and synchronised:\n{list}\n{}",
                    self.all_logs()
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Imports and synchronises a forest anew, so that users made since are known. Problems of
    /// single users are none of it: the lab has others' users, too.
    pub fn import(&self, forest: &str) -> Result<()> {
        let arguments = ["sync", "run", "--forest", forest, "--profile", "full-cycle"];
        let ran = self.admin_ran(&arguments)?;
        if !matches!(ran.code, 0 | 2) {
            bail!(
                "the import of {forest} ended with {}: {}{}\n{}",
                ran.code,
                ran.stdout,
                ran.stderr,
                self.all_logs()
            );
        }
        Ok(())
    }

    /// Everything that cloud and agents have logged.
    pub fn all_logs(&self) -> String {
        let mut text = String::new();
        for entry in std::fs::read_dir(self.dir.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "log")
            {
                text.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
            }
        }
        text
    }

    fn agent(&self, number: usize) -> Result<&AgentProcess> {
        self.agents.get(number).context("no such agent")
    }

    fn cloud_config(&self) -> PathBuf {
        self.dir.path().join("cloud.toml")
    }

    fn log_of(&self, name: &str) -> PathBuf {
        self.dir.path().join(format!("{name}.log"))
    }
}
