//! Starting the agent: everything that can be wrong is found here.

use std::sync::{Arc, RwLock};

use tokio::sync::{Mutex, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use writeback_model::{Clock, Entropy};

use crate::{
    agent::Agent,
    banned::BannedRules,
    cloud_clock::CloudClock,
    config::AgentConfig,
    core::Core,
    executor::{EXECUTIONS_MAX, claims::Claims, locks::ObjectLocks},
    forest::{ForestError, forests},
    health::Health,
    jobs::Jobs,
    journal::{Journal, JournalError},
    state::{Identity, Membership, SealingKeys, StateDir, StateError, Switch, Tickets},
    token::Tokens,
    transport::{Proxy, ProxyError, Transport, TransportError},
    uplink::Uplink,
};

/// What the program hands in.
pub struct Parts {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The version of the software.
    pub version: String,
    /// This host's name, for people.
    pub host: String,
}

/// Why the agent cannot run. All of these are found at the start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It never enrolled.
    #[error(
        "this agent is not enrolled; make a token in the cloud's admin pages and run `writeback agent enroll`"
    )]
    NotEnrolled,
    /// The proxy's settings cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The way to the cloud cannot be prepared.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A forest cannot be served.
    #[error(transparent)]
    Forest(#[from] ForestError),
}

/// Runs until `shutdown`, then finishes what is being executed and tells its outcome.
pub async fn run(
    config: AgentConfig,
    parts: Parts,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let dir = StateDir::open(&config.state_dir)?;
    let membership = Membership::load(&dir)?.ok_or(RunError::NotEnrolled)?;
    let _lock = dir.lock()?;
    let identity = Identity::load(&dir)?.ok_or(RunError::NotEnrolled)?;
    let mut keys = SealingKeys::load_or_create(&dir, &*parts.clock, &*parts.entropy)?;
    keys.roll_if_due(&dir, &*parts.clock, &*parts.entropy)?;
    let proxy = config.proxy.as_ref().map(Proxy::try_from).transpose()?;
    let ca_file = config.ca_file.as_deref();
    let transport = Arc::new(Transport::new(config.cloud.clone(), ca_file, proxy)?);
    let forests = forests(&config, &dir)?;
    // Named after the agent: what is left to say from an earlier enrolment is nothing to the
    // cloud of a later one.
    let journal = Journal::open(&dir.file(&format!("journal-{}.jsonl", membership.agent)))?;
    let core = Arc::new(Core {
        agent: membership.agent,
        tenant: membership.tenant,
        health: Health::new(&forests),
        switch: Switch::of(&dir),
        forests,
        banned: BannedRules::default(),
        keys: RwLock::new(keys),
        tickets: Tickets::load(&dir, membership.agent, &*parts.entropy)?,
        journal,
        uplink: Uplink::default(),
        claims: Arc::new(Claims::default()),
        locks: ObjectLocks::default(),
        room: Semaphore::new(EXECUTIONS_MAX),
        clock: parts.clock,
        entropy: parts.entropy,
        executions: TaskTracker::new(),
        stop: CancellationToken::new(),
    });
    let tokens = Arc::new(Tokens {
        transport: Arc::clone(&transport),
        identity,
        agent: membership.agent,
        clock: CloudClock::new(Arc::clone(&core.clock)),
        entropy: Arc::clone(&core.entropy),
        kept: Mutex::new(None),
    });
    let jobs = Jobs::new(
        Arc::clone(&core),
        Arc::clone(&transport),
        Arc::clone(&tokens),
    );
    let agent = Agent {
        core,
        transport,
        tokens,
        dir,
        membership,
        version: parts.version,
        host: parts.host,
        jobs,
    };
    agent.run(shutdown).await;
    Ok(())
}
