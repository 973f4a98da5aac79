//! Sending a company host's connections elsewhere, without its knowing.

use std::{fmt::Write as _, net::SocketAddrV4, process::Command};

use anyhow::{Context as _, Result};

use crate::command::must_with;
use crate::plan::{HOSTS, OFFICE};
use crate::require::Lab;

/// Where connections to one address arrive instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
    /// The address that is dialled.
    pub dialled: SocketAddrV4,
    /// Where it arrives.
    pub arrives: SocketAddrV4,
}

impl Lab {
    /// New connections of a host take these detours, and no others, until
    /// [`Self::straight`].
    pub fn detour(&self, netns: &str, detours: &[Detour]) -> Result<()> {
        nft(netns, &rules(detours))
    }

    /// Undoes [`Self::detour`]; connections that stand stay as they are.
    pub fn straight(&self, netns: &str) -> Result<()> {
        nft(netns, "table ip detour\ndelete table ip detour\n")
    }

    /// The address of the network in which tests run, as company hosts reach it.
    pub fn office_ip(&self) -> Result<std::net::Ipv4Addr> {
        let office = HOSTS.iter().find(|host| host.netns == OFFICE);
        Ok(office.context("the lab has no office")?.ip.parse()?)
    }
}

fn rules(detours: &[Detour]) -> String {
    let mut text = "table ip detour\ndelete table ip detour\ntable ip detour {\n\
         chain out { type nat hook output priority -100;\n"
        .to_owned();
    for Detour { dialled, arrives } in detours {
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "ip daddr {} tcp dport {} dnat to {arrives}",
            dialled.ip(),
            dialled.port()
        );
    }
    text + "}\n}\n"
}

fn nft(netns: &str, text: &str) -> Result<()> {
    let mut nft = Command::new("ip");
    nft.args(["netns", "exec", netns, "nft", "-f", "-"]);
    must_with(&mut nft, text.as_bytes()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_detour() {
        let text = rules(&[Detour {
            dialled: "10.77.1.11:636".parse().unwrap(),
            arrives: "10.77.9.50:40000".parse().unwrap(),
        }]);
        assert!(text.contains("ip daddr 10.77.1.11 tcp dport 636 dnat to 10.77.9.50:40000\n"));
    }
}
