//! What the lab consists of: names and addresses, and nothing else.

/// Namespace that is the machine's own network, seen from inside the company.
pub const INTERNET: &str = "wb-internet";
/// The company's firewall, resolver and proxy.
pub const ROUTER: &str = "wb-router";
/// Where tests run.
pub const OFFICE: &str = "wb-office";
/// The agent's account (sAMAccountName) in every forest.
pub const AGENT_SAM: &str = "svc-writeback";
/// Where the mail server listens on the internet side.
pub const MAIL_ADDRESS: &str = "198.51.100.1:2525";
/// Name of the first cloud address.
pub const CLOUD_NAME: &str = "cloud.writeback.test";
/// Password settings object with a minimum length of 12.
pub const PSO_LONG: &str = "Long";

/// Link of the internet side, and the router's end of it.
pub(crate) const INET_LINK: &str = "wb-inet";
pub(crate) const INET_IP: &str = "198.51.100.1";
pub(crate) const ROUTER_INET_IP: &str = "198.51.100.2";
pub(crate) const ROUTER_LAN_IP: &str = "10.77.0.1";
/// Last octets of the addresses for cloud instances.
pub(crate) const CLOUD_OCTETS: std::ops::RangeInclusive<u8> = 10..=99;

/// A company host without a directory: a namespace with one address.
pub(crate) struct HostPlan {
    pub(crate) netns: &'static str,
    /// Port on the router's bridge (kernel limit: 15 characters).
    pub(crate) port: &'static str,
    pub(crate) ip: &'static str,
    /// Its packets to the internet are dropped; only the proxy is left to it.
    pub(crate) proxy_only: bool,
}

pub(crate) const HOSTS: &[HostPlan] = &[
    HostPlan {
        netns: OFFICE,
        port: "office",
        ip: "10.77.9.50",
        proxy_only: false,
    },
    HostPlan {
        netns: "wb-agent1",
        port: "agent1",
        ip: "10.77.9.11",
        proxy_only: false,
    },
    HostPlan {
        netns: "wb-agent2",
        port: "agent2",
        ip: "10.77.9.12",
        proxy_only: false,
    },
    HostPlan {
        netns: "wb-agent-proxied",
        port: "proxied",
        ip: "10.77.9.13",
        proxy_only: true,
    },
];

/// One domain controller.
pub(crate) struct DcPlan {
    pub(crate) name: &'static str,
    pub(crate) netns: &'static str,
    pub(crate) ip: &'static str,
}

/// Which root file system a machine runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Base {
    /// Debian trixie: Samba 4.24 of backports, squid, dnsmasq, aiosmtpd.
    Trixie,
    /// Debian bookworm: Samba 4.17, which has no policy hints.
    Bookworm,
}

/// One forest of one domain. The first DC is provisioned, the others join it.
pub(crate) struct ForestPlan {
    pub(crate) domain: &'static str,
    pub(crate) netbios: &'static str,
    pub(crate) base_dn: &'static str,
    pub(crate) base: Base,
    /// Whether the agent's account may replicate and read deleted objects.
    pub(crate) agent_replicates: bool,
    pub(crate) dcs: &'static [DcPlan],
}

impl ForestPlan {
    pub(crate) fn realm(&self) -> String {
        self.domain.to_uppercase()
    }
}

pub(crate) const FORESTS: &[ForestPlan] = &[
    ForestPlan {
        domain: "corp.test",
        netbios: "CORP",
        base_dn: "DC=corp,DC=test",
        base: Base::Trixie,
        agent_replicates: true,
        dcs: &[
            DcPlan {
                name: "dc1",
                netns: "wb-dc1",
                ip: "10.77.1.11",
            },
            DcPlan {
                name: "dc2",
                netns: "wb-dc2",
                ip: "10.77.1.12",
            },
        ],
    },
    ForestPlan {
        domain: "fabrikam.test",
        netbios: "FABRIKAM",
        base_dn: "DC=fabrikam,DC=test",
        base: Base::Trixie,
        agent_replicates: true,
        dcs: &[DcPlan {
            name: "fab1",
            netns: "wb-fab1",
            ip: "10.77.2.11",
        }],
    },
    ForestPlan {
        domain: "legacy.test",
        netbios: "LEGACY",
        base_dn: "DC=legacy,DC=test",
        base: Base::Bookworm,
        // Here the product meets a company that grants only what it must.
        agent_replicates: false,
        dcs: &[DcPlan {
            name: "leg1",
            netns: "wb-leg1",
            ip: "10.77.3.11",
        }],
    },
];

/// Every company namespace with its bridge port and address, DCs included.
pub(crate) fn lan() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let dcs = FORESTS
        .iter()
        .flat_map(|f| f.dcs)
        .map(|d| (d.netns, d.name, d.ip));
    HOSTS.iter().map(|h| (h.netns, h.port, h.ip)).chain(dcs)
}

/// Every namespace that belongs to the company, the router first.
pub(crate) fn company() -> impl Iterator<Item = &'static str> {
    std::iter::once(ROUTER).chain(lan().map(|(netns, _, _)| netns))
}
