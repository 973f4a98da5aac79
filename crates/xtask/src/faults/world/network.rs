//! What lies between the agents and everything else.

use std::{net::SocketAddrV4, time::Duration};

use anyhow::{Context as _, Result};
use writeback_lab::{Detour, Forest, Lab, Loss, Traffic};

use super::AGENT_HOSTS;
use crate::faults::relay::Relay;

/// So long is on its way what an agent sends to a domain controller: long enough to strike while
/// a write is on its way.
const WAY_TO_CONTROLLERS: Duration = Duration::from_millis(30);

/// Everything between one agent and its peers.
struct Around {
    /// Between it and the cloud; the other agent reaches the cloud without one, so that both the
    /// cloud's and our own end of a lost connection are tried.
    link: Option<Relay>,
    /// Between it and each domain controller.
    ldap: Vec<Relay>,
}

/// All of it.
pub(super) struct Network {
    lab: Lab,
    cloud: SocketAddrV4,
    office: String,
    agents: Vec<Around>,
}

impl Network {
    /// Has the agents' connections take their detours. Before the agents begin.
    pub(super) async fn lay(lab: &Lab, forest: &Forest, cloud_ip: &str) -> Result<Self> {
        let cloud = SocketAddrV4::new(cloud_ip.parse()?, 443);
        let office = lab.office_ip()?;
        let mut agents = Vec::new();
        for (number, host) in AGENT_HOSTS.iter().enumerate() {
            let mut detours = Vec::new();
            let mut detour = |dialled, relay: &Relay| {
                let arrives = SocketAddrV4::new(office, relay.port());
                detours.push(Detour { dialled, arrives });
            };
            let link = match number {
                0 => Some(Relay::to(cloud, Duration::ZERO).await?),
                _ => None,
            };
            if let Some(relay) = &link {
                detour(cloud, relay);
            }
            let mut ldap = Vec::new();
            for dc in &forest.dcs {
                let address = SocketAddrV4::new(dc.ip.parse()?, 636);
                let relay = Relay::to(address, WAY_TO_CONTROLLERS).await?;
                detour(address, &relay);
                ldap.push(relay);
            }
            lab.detour(host, &detours)?;
            agents.push(Around { link, ldap });
        }
        Ok(Self {
            lab: lab.clone(),
            cloud,
            office: office.to_string(),
            agents,
        })
    }

    /// The relay of a link that has one.
    pub(super) fn link(&self) -> Result<&Relay> {
        let relayed = self.agents.iter().find_map(|agent| agent.link.as_ref());
        relayed.context("no link has a relay")
    }

    /// The relays between an agent and its domain controllers.
    pub(super) fn ldap(&self, agent: usize) -> Result<&[Relay]> {
        Ok(&self.agents.get(agent).context("two agents")?.ldap)
    }

    /// Loses packets between an agent and the cloud.
    pub(super) fn lose_link(&self, agent: usize, loss: Loss) -> Result<()> {
        self.lab.lose(&self.link_traffic(agent)?, loss)
    }

    /// Loses packets between an agent and its domain controllers.
    pub(super) fn lose_ldap(&self, agent: usize, loss: Loss) -> Result<()> {
        let all = self.ldap_traffic(agent)?;
        all.iter().try_for_each(|it| self.lab.lose(it, loss))
    }

    pub(super) fn mend_link(&self, agent: usize) -> Result<()> {
        self.lab.mend(&self.link_traffic(agent)?)
    }

    pub(super) fn mend_ldap(&self, agent: usize) -> Result<()> {
        let all = self.ldap_traffic(agent)?;
        all.iter().try_for_each(|it| self.lab.mend(it))
    }

    fn take_away(&self) -> Result<()> {
        for (agent, host) in AGENT_HOSTS.iter().enumerate() {
            self.mend_link(agent)?;
            self.mend_ldap(agent)?;
            self.lab.straight(host)?;
        }
        Ok(())
    }

    fn link_traffic(&self, agent: usize) -> Result<Traffic> {
        let around = self.agents.get(agent).context("two agents")?;
        Ok(match &around.link {
            Some(relay) => self.traffic(agent, "link", &self.office, relay.port())?,
            None => {
                let cloud = self.cloud.ip().to_string();
                self.traffic(agent, "link", &cloud, self.cloud.port())?
            }
        })
    }

    fn ldap_traffic(&self, agent: usize) -> Result<Vec<Traffic>> {
        let relays = self.ldap(agent)?.iter().enumerate();
        relays
            .map(|(dc, relay)| {
                self.traffic(agent, &format!("ldap{dc}"), &self.office, relay.port())
            })
            .collect()
    }

    fn traffic(&self, agent: usize, name: &str, peer: &str, port: u16) -> Result<Traffic> {
        let netns = AGENT_HOSTS.get(agent).context("two agents")?;
        Ok(Traffic {
            netns: (*netns).to_owned(),
            name: name.to_owned(),
            peers: vec![peer.to_owned()],
            port,
        })
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Err(error) = self.take_away() {
            eprintln!("the network could not be put right: {error:#}; run `cargo xtask lab up`");
        }
    }
}
