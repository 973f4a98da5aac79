//! What of the lab is alive.

use std::fmt;

use crate::machine::Machine;
use crate::plan::{FORESTS, INTERNET, ROUTER};
use crate::{hosts, mailserver, topology};

/// One part of the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it does, or what is wrong.
    pub state: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// Whether it is a domain controller, which tests may stop.
    pub is_dc: bool,
}

/// All parts of the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In the order in which they are built.
    pub parts: Vec<Part>,
}

impl Status {
    /// Whether everything is as it should be.
    pub fn is_up(&self) -> bool {
        self.parts.iter().all(|part| part.ok)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            let mark = if part.ok { "ok" } else { "--" };
            writeln!(f, "{mark}  {:18} {}", part.name, part.state)?;
        }
        Ok(())
    }
}

/// Looks at files and processes only: a few milliseconds.
pub(crate) fn look() -> Status {
    let mut parts = Vec::new();
    let missing: Vec<_> = hosts::company()
        .chain([INTERNET])
        .filter(|netns| !topology::handle(netns).exists())
        .collect();
    parts.push(Part {
        name: "namespaces".to_owned(),
        state: if missing.is_empty() {
            "all there".into()
        } else {
            format!("missing: {}", missing.join(", "))
        },
        ok: missing.is_empty(),
        is_dc: false,
    });
    parts.push(machine(
        ROUTER,
        &["dnsmasq", "squid"],
        "firewall, DNS, proxy",
    ));
    parts.push(machine(mailserver::MACHINE, &["aiosmtpd"], "mail server"));
    for forest in FORESTS {
        for dc in forest.dcs {
            let what = format!("{}.{} {}", dc.name, forest.domain, dc.ip);
            parts.push(machine(dc.name, &["samba"], &what));
        }
    }
    Status { parts }
}

fn machine(name: &str, programs: &[&str], what: &str) -> Part {
    let wrong = match Machine::find(name) {
        None => Some("does not run".to_owned()),
        Some(machine) => programs
            .iter()
            .find(|program| !machine.runs(program))
            .map(|program| format!("{program} does not run")),
    };
    Part {
        name: name.to_owned(),
        ok: wrong.is_none(),
        state: wrong.unwrap_or_else(|| what.to_owned()),
        is_dc: programs.contains(&"samba"),
    }
}
