//! The lab as tests and the demo use it.

use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::ca::{self, CaFiles};
use crate::forest::Forest;
use crate::lock::{self, Guard};
use crate::mail::Mailbox;
use crate::plan::{FORESTS, INTERNET, OFFICE};
use crate::progress::Steps;
use crate::proxy::Proxy;
use crate::slot::{self, CloudSlot};
use crate::status::{self, Part, Status};
use crate::{down, topology, up};

/// A lab that is up.
#[derive(Clone)]
pub struct Lab {
    forests: Vec<Forest>,
}

impl Lab {
    /// Builds what is missing and repairs what died. Needs root, outside the
    /// lab's namespaces.
    pub fn up(steps: &Steps<'_>) -> Result<Self> {
        up::up(steps)?;
        Self::attach()
    }

    /// Ends and removes everything but the cache.
    pub fn down(steps: &Steps<'_>) -> Result<()> {
        down::down(steps)
    }

    /// What runs and what does not.
    pub fn status() -> Status {
        status::look()
    }

    /// The lab for a test. Fails, and never skips, when the lab does not run or
    /// the test runs outside the company.
    pub fn require() -> Result<Self> {
        let lab = Self::attach()?;
        ensure!(
            topology::inside(OFFICE),
            "this test needs the company network: run it with `cargo xtask test` \
             (or `ip netns exec {OFFICE} cargo test`)"
        );
        Ok(lab)
    }

    /// The lab for a program outside the company, such as the demo.
    pub fn attach() -> Result<Self> {
        let status = Self::status();
        // A test that holds `exclusive` may have stopped a DC on purpose; who
        // needs it undisturbed waits in `calm`.
        let disturbed = lock::is_held("disturb")?;
        let fine = |part: &Part| part.ok || (disturbed && part.is_dc);
        if let Some(part) = status.parts.iter().find(|part| !fine(part)) {
            bail!(
                "the lab is not up ({}: {}): run `cargo xtask lab up`",
                part.name,
                part.state
            );
        }
        let forests = FORESTS.iter().map(Forest::load).collect::<Result<_>>()?;
        Ok(Self { forests })
    }

    /// The forest with this DNS name: `corp.test`, `fabrikam.test` or `legacy.test`.
    pub fn forest(&self, domain: &str) -> Result<&Forest> {
        match self.forests.iter().find(|forest| forest.domain == domain) {
            Some(forest) => Ok(forest),
            None => bail!("the lab has no forest {domain}"),
        }
    }

    /// All forests.
    pub fn forests(&self) -> &[Forest] {
        &self.forests
    }

    /// For tests that disturb DCs or the network: waits until no test that
    /// holds [`Self::calm`] runs.
    pub fn exclusive(&self) -> Result<Guard> {
        lock::exclusive("disturb")
    }

    /// For tests that need undisturbed DCs: nobody disturbs them meanwhile.
    pub fn calm(&self) -> Result<Guard> {
        lock::shared("disturb")
    }

    /// A command in one of the lab's namespaces, e.g. `wb-agent1`, or
    /// [`INTERNET`] for the internet side.
    pub fn command_in(&self, netns: &str, program: &str) -> Command {
        if netns == INTERNET {
            // Only the network: mounts and name resolution stay the caller's.
            let mut command = Command::new("nsenter");
            command.arg(format!("--net={}", topology::handle(netns).display()));
            command.arg("--").arg(program);
            return command;
        }
        let mut command = Command::new("ip");
        command.args(["netns", "exec", netns, program]);
        command
    }

    /// An address for a cloud instance.
    pub fn cloud_slot(&self) -> Result<CloudSlot> {
        slot::take()
    }

    /// Mails for this address.
    pub fn mailbox(&self, address: &str) -> Mailbox {
        Mailbox {
            address: address.to_owned(),
        }
    }

    /// The proxy that asks for nothing.
    pub fn proxy_open(&self) -> Proxy {
        Proxy::open()
    }

    /// The proxy that asks for Basic authentication.
    pub fn proxy_basic(&self) -> Proxy {
        Proxy::basic()
    }

    /// Certificates.
    pub fn ca(&self) -> CaFiles {
        ca::files()
    }
}
