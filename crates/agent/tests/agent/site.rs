//! The company's side of a test: a state folder, a configuration, an agent that runs.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, Once},
    time::Duration,
};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use writeback_agent::{
    AgentConfig, EnrolError, Enrolment, Parts, RunError, enrol,
    state::Membership,
    transport::{Proxy, Transport},
};
use writeback_lab::{Dc, Edit, Forest, Guard, Lab, TestUser, UserSpec, guid_text};
use writeback_model::{Clock, Entropy, Operation, RequestId, Secret, SourceAnchor, Target};
use writeback_seal::{Binding, Contents, seal};
use writeback_wire::{Execute, SealingKey, ToAgent};

use crate::cloud::{Cloud, ENROLMENT_TOKEN, tenant_id};

pub(crate) struct Real;

impl Clock for Real {
    #[expect(clippy::disallowed_methods, reason = "here time comes from")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Entropy for Real {
    fn fill(&self, buffer: &mut [u8]) {
        rand::fill(buffer);
    }
}

/// An organizational unit of a test's own, gone with it.
pub(crate) struct Unit {
    pub(crate) forest: Forest,
    /// Its name at the beginning.
    pub(crate) dn: String,
    by_guid: String,
    _peace: Guard,
}

impl Unit {
    pub(crate) fn new() -> Self {
        Self::with(Lab::require().unwrap().calm().unwrap())
    }

    /// For a test during which nobody else may change the directory.
    pub(crate) fn alone() -> Self {
        Self::with(Lab::require().unwrap().exclusive().unwrap())
    }

    fn with(peace: Guard) -> Self {
        let forest = Lab::require().unwrap().forest("corp.test").unwrap().clone();
        let dn = forest.edit().unwrap().create_unique_ou().unwrap();
        let dc = forest.first_dc().unwrap();
        let guid = forest.attribute(dc, &dn, "objectGUID").unwrap();
        let guid = guid_text(guid[0].as_slice().try_into().unwrap());
        Self {
            forest,
            dn,
            by_guid: format!("<GUID={guid}>"),
            _peace: peace,
        }
    }

    pub(crate) fn edit(&self) -> Edit {
        self.forest.edit().unwrap()
    }

    /// A user in it, or below it.
    pub(crate) fn user(&self, below: &str) -> TestUser {
        let spec = UserSpec {
            ou: Some(format!("{below}{}", self.dn)),
            ..UserSpec::default()
        };
        self.forest.create_user(spec).unwrap()
    }

    /// The settings that limit an agent to it and to that controller.
    fn scope(&self, dc: &Dc) -> String {
        format!(
            "include_ous = [\"{}\"]\npreferred_controllers = [\"{}\"]\nonly_preferred = true",
            self.dn, dc.fqdn
        )
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let _ = self.edit().delete_tree(&self.by_guid);
    }
}

pub(crate) struct Site {
    _folder: TempDir,
    /// Nobody disturbs the domain controllers meanwhile, or nobody else needs them; unless a
    /// [`Unit`] sees to that.
    _peace: Option<Guard>,
    pub(crate) forest: Forest,
    pub(crate) config: AgentConfig,
}

/// An agent in a runtime of its own, as if in a process of its own.
pub(crate) struct Running {
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), RunError>>,
    runtime: Runtime,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.unwrap().unwrap();
        self.runtime.shutdown_background();
    }

    /// As a power cut does: nothing is finished.
    pub(crate) async fn kill(self) {
        self.runtime.shutdown_background();
        let _ = self.task.await;
        // The last of its tasks let go of the state folder.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

impl Site {
    /// Serves corp.test for that cloud; `extra` is put before the forest.
    pub(crate) fn new(cloud: &Cloud, extra: &str) -> Self {
        Self::of("corp.test", cloud, extra, "")
    }

    /// For a test that disturbs domain controllers: alone in the lab.
    pub(crate) fn alone(cloud: &Cloud) -> Self {
        Self::alone_with(cloud, "")
    }

    pub(crate) fn alone_with(cloud: &Cloud, forest_extra: &str) -> Self {
        let peace = Lab::require().unwrap().exclusive().unwrap();
        Self::with("corp.test", cloud, "", forest_extra, Some(peace))
    }

    /// Another agent of the same forest, beside one that is alone in the lab.
    pub(crate) fn of_the_same_peace(cloud: &Cloud) -> Self {
        Self::with("corp.test", cloud, "", "", None)
    }

    /// Acting on one organizational unit and reading from the first controller, on which
    /// directories are edited.
    pub(crate) fn acting_on(cloud: &Cloud, ou: &Unit, forest_extra: &str) -> Self {
        Self::reading_from(ou.forest.first_dc().unwrap(), cloud, ou, forest_extra)
    }

    /// As [`Self::acting_on`], but reading from that controller.
    pub(crate) fn reading_from(dc: &Dc, cloud: &Cloud, ou: &Unit, forest_extra: &str) -> Self {
        let extra = format!("{}\n{forest_extra}", ou.scope(dc));
        Self::with("corp.test", cloud, "", &extra, None)
    }

    pub(crate) fn of(domain: &str, cloud: &Cloud, extra: &str, forest_extra: &str) -> Self {
        let peace = Lab::require().unwrap().calm().unwrap();
        Self::with(domain, cloud, extra, forest_extra, Some(peace))
    }

    fn with(
        domain: &str,
        cloud: &Cloud,
        extra: &str,
        forest_extra: &str,
        peace: Option<Guard>,
    ) -> Self {
        log_to_memory();
        let lab = Lab::require().unwrap();
        let forest = lab.forest(domain).unwrap().clone();
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, &forest.agent_password).unwrap();
        let text = format!(
            "cloud = \"{}\"\nstate_dir = \"{}\"\n{extra}\n[[forest]]\nname = \"{domain}\"\n\
             user = \"{}\"\npassword_file = \"{}\"\nca_file = \"{}\"\n{forest_extra}\n",
            cloud.url(),
            folder.path().join("state").display(),
            forest.agent_upn,
            password.display(),
            forest.ca_pem.display(),
        );
        let config = AgentConfig::parse(&text, &folder.path().join("agent.toml")).unwrap();
        Self {
            _folder: folder,
            _peace: peace,
            forest,
            config,
        }
    }

    pub(crate) async fn enrol_with(
        &self,
        token: &str,
        replace: bool,
    ) -> Result<Membership, EnrolError> {
        let proxy = self
            .config
            .proxy
            .as_ref()
            .map(|proxy| Proxy::try_from(proxy).unwrap());
        let ca_file = self.config.ca_file.as_deref();
        let transport = Transport::new(self.config.cloud.clone(), ca_file, proxy).unwrap();
        let enrolment = Enrolment {
            transport: &transport,
            state_dir: &self.config.state_dir,
            token: &Secret::new(token.to_owned()),
            host: "agent1",
            version: "0.0.0",
            replace,
        };
        enrol(enrolment, &Real, &Real).await
    }

    pub(crate) fn run(&self) -> Running {
        self.run_by(Arc::new(Real))
    }

    /// Running by that clock.
    pub(crate) fn run_by(&self, clock: Arc<dyn Clock>) -> Running {
        let shutdown = CancellationToken::new();
        let parts = Parts {
            clock,
            entropy: Arc::new(Real),
            version: "0.0.0".into(),
            host: "agent1".into(),
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let agent = writeback_agent::run(self.config.clone(), parts, shutdown.clone());
        let task = runtime.spawn(agent);
        Running {
            shutdown,
            task,
            runtime,
        }
    }

    /// Enrolled and running.
    pub(crate) async fn start(&self) -> Running {
        self.enrol_with(ENROLMENT_TOKEN, false).await.unwrap();
        self.run()
    }

    pub(crate) fn target(&self, anchor: &[u8]) -> Target {
        Target {
            forest: self.forest.domain.parse().unwrap(),
            domain: self.forest.domain.parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(anchor).unwrap(),
        }
    }

    /// An offer to do something to a user, with passwords sealed to the agent.
    pub(crate) fn offer(
        &self,
        key: &SealingKey,
        user: &TestUser,
        operation: Operation,
        new: &str,
        current: Option<&str>,
    ) -> (RequestId, ToAgent) {
        let request = RequestId::new(&Real, &Real);
        let target = self.target(&user.guid);
        let expires_at = Real.now() + jiff::SignedDuration::from_secs(60);
        let binding = Binding {
            tenant: tenant_id(),
            request,
            operation,
            target: target.clone(),
            expires_at,
        };
        let contents = Contents {
            new: Secret::new(new.to_owned()),
            current: current.map(|current| Secret::new(current.to_owned())),
        };
        let sealed = operation
            .writes_password()
            .then(|| seal(&contents, key, &binding).unwrap());
        let execute = Execute {
            request,
            operation,
            target,
            expires_at,
            sealed,
        };
        (request, ToAgent::Execute(execute))
    }

    /// Whether that password opens the account on the PDC emulator.
    pub(crate) fn opens(&self, user: &TestUser, password: &str) -> bool {
        let pdc = self.forest.pdc().unwrap();
        self.forest
            .can_bind(&user.dn, password, pdc)
            .unwrap()
            .is_ok()
    }

    /// Everything that the agent keeps on disk.
    pub(crate) fn state(&self) -> Vec<(PathBuf, String)> {
        std::fs::read_dir(&self.config.state_dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
            .collect()
    }
}

/// A password that no policy refuses.
pub(crate) fn password() -> String {
    format!("Neu-{}", Uuid::from_u128(rand::random()).simple())
}

pub(crate) const RESET: Operation = Operation::Reset {
    force_change: false,
};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Everything that was logged so far, at every level, by every crate.
pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}

fn log_to_memory() {
    struct Memory;
    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOG.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| Memory)
            .init();
    });
}
