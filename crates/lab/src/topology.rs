//! Namespaces, links and the company firewall.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::{ip, must, must_with};
use crate::hosts;
use crate::plan::{
    CLOUD_OCTETS, HOSTS, INET_IP, INET_LINK, INTERNET, ROUTER, ROUTER_INET_IP, ROUTER_LAN_IP,
};
use crate::state;

/// Where `ip netns` keeps the handle of a namespace.
pub(crate) fn handle(netns: &str) -> PathBuf {
    Path::new("/run/netns").join(netns)
}

/// Whether this process is in the given namespace.
pub(crate) fn inside(netns: &str) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |path: &Path| fs::metadata(path).map(|m| (m.dev(), m.ino())).ok();
    let here = id(Path::new("/proc/self/ns/net"));
    here.is_some() && here == id(&handle(netns))
}

/// Builds what is missing; what is there stays as it is.
pub(crate) fn ensure() -> Result<()> {
    if !handle(INTERNET).exists() {
        ip(&format!("netns attach {INTERNET} {}", std::process::id()))?;
    }
    router()?;
    for (netns, port, address) in hosts::lan() {
        host(netns, port, address)?;
    }
    let rules = firewall();
    // Loaded in one piece: there is no moment without rules.
    must_with(
        Command::new("ip").args(["netns", "exec", ROUTER, "nft", "-f", "-"]),
        rules.as_bytes(),
    )
    .context("cannot load the company firewall: does this kernel have nf_tables?")?;
    Ok(())
}

/// Takes away every rule that loses packets, but for the company firewall. A
/// namespace outlives the processes of its machine, and so do its rules.
pub(crate) fn pass_everything() -> Result<()> {
    hosts::company()
        .filter(|netns| *netns != ROUTER)
        .try_for_each(|netns| ip(&format!("netns exec {netns} nft flush ruleset")).map(drop))
}

fn add_namespace(netns: &str) -> Result<()> {
    let etc = Path::new("/etc/netns").join(netns);
    fs::create_dir_all(&etc).with_context(|| format!("cannot make {}", etc.display()))?;
    state::write(
        &etc.join("resolv.conf"),
        0o644,
        resolv_conf(&[ROUTER_LAN_IP]).as_bytes(),
    )?;
    ip(&format!("netns add {netns}"))?;
    let mut sysctl = Command::new("ip");
    sysctl.args(["netns", "exec", netns, "sysctl", "-q", "-w"]);
    // Addresses that are still being checked for duplicates cannot be bound,
    // and Samba binds every address it finds. Loopback keeps its ::1.
    sysctl.arg("net.ipv6.conf.default.disable_ipv6=1");
    if netns == ROUTER {
        sysctl.arg("net.ipv4.ip_forward=1");
    }
    must(&mut sysctl)?;
    ip(&format!("-n {netns} link set lo up")).map(drop)
}

pub(crate) fn resolv_conf(servers: &[&str]) -> String {
    let lines: String = servers
        .iter()
        .map(|s| format!("nameserver {s}\n"))
        .collect();
    format!("{lines}options timeout:1 attempts:2\n")
}

fn router() -> Result<()> {
    if !handle(ROUTER).exists() {
        add_namespace(ROUTER)?;
        ip(&format!("-n {ROUTER} link add lan type bridge"))?;
        ip(&format!("-n {ROUTER} addr add {ROUTER_LAN_IP}/16 dev lan"))?;
        ip(&format!("-n {ROUTER} link set lan up"))?;
    }
    if ip(&format!("link show {INET_LINK}")).is_err() {
        ip(&format!(
            "link add {INET_LINK} type veth peer name inet netns {ROUTER}"
        ))?;
        let addresses: String = std::iter::once(INET_IP.to_owned())
            .chain(CLOUD_OCTETS.map(|n| format!("198.51.100.{n}")))
            .map(|address| format!("addr add {address}/24 dev {INET_LINK}\n"))
            .collect();
        must_with(
            Command::new("ip").args(["-batch", "-"]),
            addresses.as_bytes(),
        )?;
        ip(&format!(
            "-n {ROUTER} addr add {ROUTER_INET_IP}/24 dev inet"
        ))?;
        ip(&format!("-n {ROUTER} link set inet up"))?;
        ip(&format!("link set {INET_LINK} up"))?;
        ip(&format!("-n {ROUTER} route replace default via {INET_IP}"))?;
    }
    Ok(())
}

fn host(netns: &str, port: &str, address: &str) -> Result<()> {
    if !handle(netns).exists() {
        add_namespace(netns)?;
    }
    if ip(&format!("-n {netns} link show eth0")).is_err() {
        ip(&format!(
            "link add {port} netns {ROUTER} type veth peer name eth0 netns {netns}"
        ))?;
        ip(&format!("-n {ROUTER} link set {port} master lan up"))?;
        ip(&format!("-n {netns} addr add {address}/16 dev eth0"))?;
        ip(&format!("-n {netns} link set eth0 up"))?;
        ip(&format!(
            "-n {netns} route replace default via {ROUTER_LAN_IP}"
        ))?;
    }
    Ok(())
}

/// Nothing comes in. From the company only TCP 443 goes out, and for hosts that
/// have to use the proxy not even that.
fn firewall() -> String {
    let proxy_only: String = HOSTS
        .iter()
        .filter(|host| host.proxy_only)
        .map(|host| {
            format!(
                "    iifname \"lan\" oifname \"inet\" ip saddr {} drop\n",
                host.ip
            )
        })
        .collect();
    format!(
        r#"table inet lab
delete table inet lab
table inet lab {{
  chain input {{
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
    iifname "lan" meta l4proto icmp accept
    iifname "lan" udp dport 53 accept
    iifname "lan" tcp dport {{ 53, 3128, 3129 }} accept
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
{proxy_only}    ct state established,related accept
    iifname "lan" oifname "lan" accept
    iifname "lan" oifname "inet" tcp dport 443 accept
  }}
  chain output {{
    type filter hook output priority filter; policy drop;
    oifname {{ "lo", "lan" }} accept
    ct state established,related accept
    oifname "inet" tcp dport 443 accept
  }}
  chain leave {{
    type nat hook postrouting priority srcnat;
    oifname "inet" masquerade
  }}
}}
"#
    )
}

/// Removes namespaces, links and addresses. Links go with their namespaces.
pub(crate) fn remove() -> Result<()> {
    for netns in hosts::company().chain([INTERNET]) {
        if handle(netns).exists() {
            ip(&format!("netns del {netns}"))?;
        }
        state::remove_tree(&Path::new("/etc/netns").join(netns))?;
    }
    // Left alone unless it is empty: others may use it.
    let _ = fs::remove_dir("/etc/netns");
    // The kernel takes the link away itself some time after the router's end of
    // it: what counts is that it is gone.
    let gone = || ip(&format!("link show {INET_LINK}")).is_err();
    match ip(&format!("link del {INET_LINK}")) {
        Err(error) if !gone() => Err(error),
        _ => Ok(()),
    }
}
