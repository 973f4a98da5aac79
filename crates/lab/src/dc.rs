//! Disturbing a domain controller. Tests that do so hold [`crate::Lab::exclusive`].

use std::process::Command;

use anyhow::Result;

use crate::clock;
use crate::command::must_with;
use crate::machine::Machine;
use crate::plan::{DcPlan, ForestPlan};
use crate::samba;
use crate::text::{ldif, modify};

/// One domain controller.
#[derive(Clone)]
pub struct Dc {
    /// Host name, e.g. `dc1`.
    pub name: String,
    /// DNS name, e.g. `dc1.corp.test`: the name in its certificate.
    pub fqdn: String,
    /// Its only address.
    pub ip: String,
    /// Its network namespace.
    pub netns: String,
    /// Whether it lists the policy-hints control.
    pub has_hints: bool,
    pub(crate) forest: &'static ForestPlan,
    pub(crate) plan: &'static DcPlan,
}

/// Samba's own control for its database check, which mends what must not be there.
const NO_SYNTAX_CHECK: &str = "local_oid:1.3.6.1.4.1.7165.4.3.19:0";

/// Drops whatever passes the DC's only link, both ways, without a word.
const CUT: &str = r#"table netdev cut
delete table netdev cut
table netdev cut {
  chain in { type filter hook ingress device "eth0" priority 0; policy drop; }
  chain out { type filter hook egress device "eth0" priority 0; policy drop; }
}
"#;

impl Dc {
    /// Freezes every process of the DC: connections stay, answers do not come.
    pub fn pause(&self) -> Result<()> {
        Machine::get(&self.name)?.freeze(true)
    }

    /// Undoes [`Self::pause`].
    pub fn resume(&self) -> Result<()> {
        Machine::get(&self.name)?.freeze(false)
    }

    /// Ends Samba: connections are refused.
    pub fn stop(&self) -> Result<()> {
        Machine::get(&self.name)?.end_services()
    }

    /// Starts Samba and waits until LDAPS answers.
    pub fn start(&self) -> Result<()> {
        samba::start(self.forest, self.plan)?;
        samba::wait_answers(self.forest, self.plan)
    }

    /// Cuts the DC off the network: packets vanish.
    pub fn cut(&self) -> Result<()> {
        let mut nft = Command::new("ip");
        nft.args(["netns", "exec", &self.netns, "nft", "-f", "-"]);
        must_with(&mut nft, CUT.as_bytes()).map(drop)
    }

    /// Undoes [`Self::cut`].
    pub fn uncut(&self) -> Result<()> {
        let mut nft = Command::new("ip");
        nft.args(["netns", "exec", &self.netns, "nft", "-f", "-"]);
        let text = "table netdev cut\ndelete table netdev cut\n";
        must_with(&mut nft, text.as_bytes()).map(drop)
    }

    /// Whether LDAPS answers, seen from the office.
    pub fn answers(&self) -> bool {
        samba::answers(&self.fqdn)
    }

    /// Runs `samba-tool` on the DC as its root and gives the output.
    pub fn samba_tool(&self, args: &[&str]) -> Result<String> {
        samba::tool(&self.name, args)
    }

    /// A command inside the DC's machine (its files, processes and network).
    pub fn command(&self, program: &str) -> Result<Command> {
        Ok(Machine::get(&self.name)?.command(program))
    }

    /// Carries out LDIF change records in the database itself, with Samba's
    /// `controls`: for states that no client can bring about.
    pub fn change_database(&self, ldif: &str, controls: &str) -> Result<()> {
        let mut command = self.command("ldbmodify")?;
        command.args([
            "-H",
            "/data/private/sam.ldb",
            "--configfile=/data/etc/smb.conf",
        ]);
        must_with(
            command.arg(format!("--controls={controls}")),
            ldif.as_bytes(),
        )
        .map(drop)
    }

    /// Replaces the values of an attribute by any bytes, also such as its syntax
    /// forbids and no client can write. Of attributes with an index (`mail`,
    /// `displayName`, `givenName`, `userPrincipalName` ...) Samba takes nothing
    /// that is no UTF-8; of `mobile`, `otherMailbox`, `preferredLanguage`,
    /// `title` and other plain text it does. It replicates like any change.
    pub fn set_raw(&self, dn: &str, attribute: &str, values: &[impl AsRef<[u8]>]) -> Result<()> {
        let lines: String = values.iter().map(|value| ldif(attribute, value)).collect();
        let record = modify(dn, "replace", attribute, &lines);
        self.change_database(&record, NO_SYNTAX_CHECK)
    }

    /// Undoes whatever a test did: network, freezing, a wrong clock, a stopped
    /// Samba.
    pub fn heal(&self) -> Result<()> {
        self.uncut()?;
        heal(&Machine::get(&self.name)?)?;
        self.start()
    }
}

/// Undoes what a test that died left on a DC; cheap when nothing was.
pub(crate) fn heal(machine: &Machine) -> Result<()> {
    machine.freeze(false)?;
    clock::end_wrong(machine)
}
