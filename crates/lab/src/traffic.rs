//! Losing packets between a company host and some peers.

use std::{process::Command, time::Duration};

use anyhow::Result;

use crate::command::must_with;
use crate::require::Lab;

/// What becomes of the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// They vanish, both ways.
    Both,
    /// What the host sends vanishes; what the peer sends arrives.
    Sent,
    /// What the host sends arrives; what the peer sends vanishes.
    Received,
    /// Whoever sends next is told that the connection is reset.
    Reset,
}

/// Connections of a company host.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// The host's namespace, e.g. `wb-agent1`.
    pub netns: String,
    /// A word of its own for each traffic that is disturbed at the same time on one host.
    pub name: String,
    /// Addresses of the peers.
    pub peers: Vec<String>,
    /// The TCP port of the peers.
    pub port: u16,
}

impl Lab {
    /// Loses this traffic until [`Self::mend`].
    pub fn lose(&self, traffic: &Traffic, loss: Loss) -> Result<()> {
        nft(traffic, &rules(traffic, loss))
    }

    /// Forgets the host's connections to the peers when they were silent for so long, in whole
    /// seconds, and drops without a word what is said on them later, as stateful firewalls do;
    /// until [`Self::mend`].
    pub fn forget(&self, traffic: &Traffic, after: Duration) -> Result<()> {
        nft(traffic, &forgetting(traffic, after))
    }

    /// Undoes [`Self::lose`] and [`Self::forget`]; nothing happens where nothing was lost.
    pub fn mend(&self, traffic: &Traffic) -> Result<()> {
        let table = table(traffic);
        nft(
            traffic,
            &format!("table inet {table}\ndelete table inet {table}\n"),
        )
    }
}

fn table(traffic: &Traffic) -> String {
    format!("lose_{}", traffic.name)
}

fn rules(traffic: &Traffic, loss: Loss) -> String {
    let (table, port, peers) = (table(traffic), traffic.port, traffic.peers.join(", "));
    let (sent, received) = match loss {
        Loss::Both => ("drop", "drop"),
        Loss::Sent => ("drop", "accept"),
        Loss::Received => ("accept", "drop"),
        Loss::Reset => ("reject with tcp reset", "reject with tcp reset"),
    };
    format!(
        "table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n\
         chain out {{ type filter hook output priority 0; \
         ip daddr {{ {peers} }} tcp dport {port} {sent}; }}\n\
         chain in {{ type filter hook input priority 0; \
         ip saddr {{ {peers} }} tcp sport {port} {received}; }}\n}}\n"
    )
}

fn forgetting(traffic: &Traffic, after: Duration) -> String {
    let (table, port, peers) = (table(traffic), traffic.port, traffic.peers.join(", "));
    let seconds = after.as_secs();
    format!(
        "table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n\
         ct timeout silent {{\nprotocol tcp;\nl3proto ip;\n\
         policy = {{ established : {seconds} }};\n}}\n\
         chain out {{\ntype filter hook output priority 0;\n\
         ip daddr {{ {peers} }} tcp dport {port} ct timeout set \"silent\"\n\
         ip daddr {{ {peers} }} tcp dport {port} ct state new \
         tcp flags & (syn | ack) != syn drop\n}}\n}}\n"
    )
}

fn nft(traffic: &Traffic, text: &str) -> Result<()> {
    let mut nft = Command::new("ip");
    nft.args(["netns", "exec", &traffic.netns, "nft", "-f", "-"]);
    must_with(&mut nft, text.as_bytes()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_direction_may_be_lost_alone() {
        let traffic = Traffic {
            netns: "wb-agent1".to_owned(),
            name: "ldap".to_owned(),
            peers: vec!["10.77.1.11".to_owned(), "10.77.1.12".to_owned()],
            port: 636,
        };
        let text = rules(&traffic, Loss::Received);
        assert!(text.contains("daddr { 10.77.1.11, 10.77.1.12 } tcp dport 636 accept;"));
        assert!(text.contains("saddr { 10.77.1.11, 10.77.1.12 } tcp sport 636 drop;"));
    }
}
