//! A Samba domain controller in its machine.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::must;
use crate::ldap::Ldap;
use crate::machine::{Machine, Setup};
use crate::plan::{Base, DcPlan, ForestPlan, ROUTER_LAN_IP};
use crate::{ca, state, topology};

pub(crate) fn data_dir(dc: &DcPlan) -> PathBuf {
    state::state().join("dc").join(dc.name)
}

pub(crate) fn fqdn(forest: &ForestPlan, dc: &DcPlan) -> String {
    format!("{}.{}", dc.name, forest.domain)
}

/// The settings a DC runs with. Only the services that the directory needs:
/// file shares and winbind would double the processes and the start time.
fn config(forest: &ForestPlan, dc: &DcPlan) -> String {
    // Samba 4.17 does not know the setting.
    let level = match forest.base {
        Base::Trixie => "ad dc functional level = 2016\n",
        Base::Bookworm => "",
    };
    format!(
        "[global]
netbios name = {name}
realm = {realm}
workgroup = {netbios}
server role = active directory domain controller
{level}private dir = /data/private
state directory = /data/state
cache directory = /data/cache
lock directory = /data
binddns dir = /data/bind-dns
pid directory = /run/samba
ncalrpc dir = /run/samba/ncalrpc
interfaces = lo eth0
bind interfaces only = yes
disable netbios = yes
log file = /log/samba.log
logging = file
log level = 1
max log size = 50000
dns forwarder = {ROUTER_LAN_IP}
dns update command = /usr/sbin/samba_dnsupdate --use-samba-tool
server services = rpc, ldap, cldap, kdc, drepl, kcc, dnsupdate, dns
# DCs tell each other of changes after a second and ask every three, instead of
# five and 300: tests need not wait, and a DC that was away catches up at once.
dreplsrv:notify_interval = 1
dreplsrv:periodic_startup_interval = 1
dreplsrv:periodic_interval = 3
# By default a DC lets the previous password in for another hour (NTLM and simple
# binds). A judge of whether the old one is refused needs an answer now.
old password allowed period = 0
tls enabled = yes
tls certfile = /data/tls/cert.pem
tls keyfile = /data/tls/key.pem
tls cafile = /data/tls/ca.pem

[sysvol]
path = /data/state/sysvol
read only = no

[netlogon]
path = /data/state/sysvol/{domain}/scripts
read only = no
",
        name = dc.name.to_uppercase(),
        realm = forest.realm(),
        netbios = forest.netbios,
        domain = forest.domain,
    )
}

/// The DC's machine, without Samba running in it.
pub(crate) fn machine(forest: &ForestPlan, dc: &DcPlan) -> Result<Machine> {
    if let Some(machine) = Machine::find(dc.name) {
        return Ok(machine);
    }
    let data = data_dir(dc);
    fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let servers: Vec<_> = forest.dcs.iter().map(|dc| dc.ip).collect();
    Machine::start(&Setup {
        name: dc.name,
        netns: Some(dc.netns),
        base: forest.base,
        data: &data,
        resolv_conf: &format!(
            "search {}\n{}",
            forest.domain,
            topology::resolv_conf(&servers)
        ),
        hosts: &format!(
            "127.0.0.1 localhost\n{} {} {}\n",
            dc.ip,
            fqdn(forest, dc),
            dc.name
        ),
    })
}

/// Starts Samba unless it runs; does not wait until it answers.
pub(crate) fn start(forest: &ForestPlan, dc: &DcPlan) -> Result<()> {
    start_with(forest, dc, &[])
}

/// As [`start`], with further environment variables.
pub(crate) fn start_with(
    forest: &ForestPlan,
    dc: &DcPlan,
    environment: &[(&str, String)],
) -> Result<()> {
    let machine = machine(forest, dc)?;
    if machine.runs("samba") {
        return Ok(());
    }
    let data = data_dir(dc);
    state::write(
        &data.join("etc/smb.conf"),
        0o644,
        config(forest, dc).as_bytes(),
    )?;
    let tls = data.join("tls");
    fs::create_dir_all(&tls).context("cannot make the DC's tls directory")?;
    let (cert, key) = ca::dc_files(&fqdn(forest, dc));
    for (from, to) in [
        (ca::files().ca, "ca.pem"),
        (cert, "cert.pem"),
        (key, "key.pem"),
    ] {
        let content = fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
        state::write(&tls.join(to), 0o600, &content)?;
    }
    // A pid file of a Samba that was killed would keep the next from starting.
    must(machine.command("sh").args(["-c", "rm -f /run/samba/*.pid"]))?;
    let mut samba = machine.command("samba");
    samba.args(["-D", "-s", "/data/etc/smb.conf"]);
    samba.env("KRB5_CONFIG", "/data/private/krb5.conf");
    samba.envs(environment.iter().map(|(name, value)| (name, value)));
    must(&mut samba).with_context(|| format!("Samba does not start on {}", dc.name))?;
    Ok(())
}

/// Whether LDAPS answers with a certificate of the lab's CA.
pub(crate) fn answers(fqdn: &str) -> bool {
    let nobody = Ldap {
        fqdn: fqdn.to_owned(),
        who: String::new(),
        password: String::new(),
    };
    let args = ["-LLL", "-b", "", "-s", "base", "dnsHostName"];
    nobody
        .tool("ldapsearch", &args, b"")
        .is_ok_and(|ran| ran.code == 0)
}

/// Waits until LDAPS answers.
pub(crate) fn wait_answers(forest: &ForestPlan, dc: &DcPlan) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60);
    let fqdn = fqdn(forest, dc);
    while !answers(&fqdn) {
        if Instant::now() > deadline || !Machine::get(dc.name)?.runs("samba") {
            let log = state::state().join("log").join(dc.name).join("samba.log");
            let said = fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<_> = said.lines().collect();
            let tail = lines
                .get(lines.len().saturating_sub(12)..)
                .unwrap_or_default();
            bail!(
                "{fqdn} does not answer on LDAPS; end of {}:\n{}",
                log.display(),
                tail.join("\n")
            );
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// `samba-tool` in the DC's machine.
pub(crate) fn tool(dc: &str, args: &[&str]) -> Result<String> {
    let mut command = Machine::get(dc)?.command("samba-tool");
    command.args(args).args(["-s", "/data/etc/smb.conf"]);
    command.env("KRB5_CONFIG", "/data/private/krb5.conf");
    must(&mut command)
}
