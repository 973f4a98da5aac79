//! What an agent knows of a domain before it has spoken to it.

use std::{net::IpAddr, time::Duration};

use writeback_model::{DomainName, Secret};

use crate::Trust;

/// The port of LDAP over TLS.
pub const LDAPS_PORT: u16 = 636;

/// One domain and how to sign in to it.
#[derive(Clone, Debug)]
pub struct DomainConfig {
    /// The domain's DNS name.
    pub domain: DomainName,
    /// The agent's account in it.
    pub credentials: Credentials,
    /// Whom to take for a domain controller.
    pub trust: Trust,
    /// Which domain controllers to read from. Writes always go to the PDC emulator.
    pub preferred: PreferredControllers,
    /// Where LDAPS is, [`LDAPS_PORT`] unless someone moved it.
    pub port: u16,
    /// DNS servers to ask instead of the system's; empty asks the system's.
    pub nameservers: Vec<IpAddr>,
    /// Time and size limits.
    pub limits: Limits,
}

impl DomainConfig {
    /// A domain with everything but what must be known left at its default.
    pub fn new(domain: DomainName, credentials: Credentials, trust: Trust) -> Self {
        Self {
            domain,
            credentials,
            trust,
            preferred: PreferredControllers::None,
            port: LDAPS_PORT,
            nameservers: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// The agent's account.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Its user principal name (`svc-writeback@corp.test`) or distinguished name.
    pub user: String,
    /// Its password.
    pub password: Secret,
}

/// Which domain controllers to read from, by their DNS names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PreferredControllers {
    /// Whichever DNS gives first.
    #[default]
    None,
    /// These in this order, then the others.
    First(Vec<String>),
    /// These in this order and no others.
    Only(Vec<String>),
}

/// Limits of one domain's connections, each with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// TCP, TLS and sign-in together: a domain controller on the other side of the world
    /// takes one second.
    pub connect: Duration,
    /// One operation: a password write takes 30 ms, and a busy controller may queue hundreds.
    pub operation: Duration,
    /// The silence before the first entry of a long search, and between two: a domain
    /// controller looks through a large directory before it says anything.
    pub silence: Duration,
    /// One LDAP message, in bytes. Active Directory itself sends single objects of at most a
    /// few MiB; the default is [`MAX_MESSAGE_BYTES`].
    pub max_message_bytes: usize,
    /// All entries of one search together, in bytes. Long searches, whose entries are handed
    /// on as they come, have no such limit.
    pub max_search_bytes: usize,
    /// Members of a group to ask for at once. Windows gives no more than 1,500 by itself; Samba
    /// gives all that are asked for, and with 5,000 the longest names fit into one message.
    pub members_at_once: usize,
    /// Connections to one controller. Samba serves one connection serially, so this many
    /// writes go on side by side.
    pub connections: usize,
    /// A connection that was silent for longer is asked for a sign of life before it is used:
    /// firewalls forget idle connections without a word.
    pub idle_before_probe: Duration,
    /// How long to wait for that sign of life.
    pub probe: Duration,
}

/// The largest single LDAP message that is taken: 8 MiB.
pub const MAX_MESSAGE_BYTES: usize = 8 * 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            operation: Duration::from_secs(15),
            silence: Duration::from_secs(60),
            max_message_bytes: MAX_MESSAGE_BYTES,
            max_search_bytes: 4 * MAX_MESSAGE_BYTES,
            members_at_once: 5_000,
            connections: 4,
            idle_before_probe: Duration::from_secs(30),
            probe: Duration::from_secs(2),
        }
    }
}
