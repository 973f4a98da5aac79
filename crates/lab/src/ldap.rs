//! LDAP over TLS through OpenLDAP's tools: slow to start, but none of the
//! code under test.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::NamedTempFile;

use crate::command::{Ran, run};
use crate::plan::OFFICE;
use crate::{ca, text, topology};

/// One LDAP account at one DC.
#[derive(Clone)]
pub(crate) struct Ldap {
    pub(crate) fqdn: String,
    /// DN or user principal name; empty for nobody.
    pub(crate) who: String,
    pub(crate) password: String,
}

/// An entry found; attribute names in lower case.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    pub(crate) dn: String,
    attributes: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.attributes
            .get(&name.to_lowercase())?
            .first()
            .map(Vec::as_slice)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }

    pub(crate) fn all(&self, name: &str) -> &[Vec<u8>] {
        self.attributes
            .get(&name.to_lowercase())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

/// A command that runs in the company: directly from the office, else by entering it.
pub(crate) fn in_office(program: &str) -> Command {
    if topology::inside(OFFICE) {
        return Command::new(program);
    }
    let mut command = Command::new("ip");
    command.args(["netns", "exec", OFFICE, program]);
    command
}

impl Ldap {
    /// Runs one of the tools.
    pub(crate) fn tool(&self, program: &str, args: &[&str], input: &[u8]) -> Result<Ran> {
        let (mut command, _secret) = self.command(program, args)?;
        run(&mut command, input)
    }

    /// One of the tools, ready to run while the file is kept. The password goes
    /// through it: exact bytes, and in no process list.
    fn command(&self, program: &str, args: &[&str]) -> Result<(Command, NamedTempFile)> {
        let mut command = in_office(program);
        let uri = format!("ldaps://{}", self.fqdn);
        command.args(["-x", "-H", &uri, "-o", "nettimeout=10"]);
        let mut secret = NamedTempFile::new().context("cannot make a password file")?;
        if !self.who.is_empty() {
            secret
                .write_all(self.password.as_bytes())
                .context("cannot write a password file")?;
            command.args(["-D", &self.who, "-y"]).arg(secret.path());
        }
        command.args(args);
        command
            .env("LDAPTLS_CACERT", ca::files().ca)
            .env("LDAPTLS_REQCERT", "demand");
        Ok((command, secret))
    }

    /// Carries out LDIF change records; an error tells what the DC said.
    pub(crate) fn change(&self, ldif: &str) -> Result<()> {
        self.change_with(&[], ldif)
    }

    /// As [`Self::change`], with options of `ldapmodify`.
    pub(crate) fn change_with(&self, options: &[&str], ldif: &str) -> Result<()> {
        let ran = self.tool("ldapmodify", options, ldif.as_bytes())?;
        if ran.code != 0 {
            bail!(
                "{} refused a change ({}): {}",
                self.fqdn,
                ran.code,
                ran.stderr.trim()
            );
        }
        Ok(())
    }

    pub(crate) fn search(
        &self,
        base: &str,
        scope: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>> {
        self.search_with(&[], base, scope, filter, attributes)
    }

    /// As [`Self::search`], with options of `ldapsearch`.
    pub(crate) fn search_with(
        &self,
        options: &[&str],
        base: &str,
        scope: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>> {
        let fixed = ["-LLL", "-o", "ldif-wrap=no", "-b", base, "-s", scope];
        let args = [&fixed, options, &[filter], attributes].concat();
        let ran = self.tool("ldapsearch", &args, b"")?;
        if ran.code != 0 {
            bail!(
                "{} refused a search ({}): {}",
                self.fqdn,
                ran.code,
                ran.stderr.trim()
            );
        }
        Ok(parse(&ran.stdout))
    }

    /// How long a paged search takes whose output goes nowhere.
    pub(crate) fn time_search(
        &self,
        base: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Duration> {
        let fixed = ["-LLL", "-E", "pr=1000/noprompt", "-b", base, filter];
        let (mut command, _secret) = self.command("ldapsearch", &[&fixed, attributes].concat())?;
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status().context("cannot start ldapsearch")?;
        let took = start.elapsed();
        ensure!(status.success(), "{} refused a search: {status}", self.fqdn);
        Ok(took)
    }

    /// One entry that must exist.
    pub(crate) fn read(&self, dn: &str, attributes: &[&str]) -> Result<Entry> {
        let found = self.search(dn, "base", "(objectClass=*)", attributes)?;
        found
            .into_iter()
            .next()
            .with_context(|| format!("{} has no entry {dn}", self.fqdn))
    }
}

fn parse(ldif: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut entry: Option<Entry> = None;
    for line in ldif.lines() {
        let Some((name, rest)) = line.split_once(':') else {
            // Entries end with an empty line; referrals ("# ...") have no colon of use.
            entries.extend(entry.take());
            continue;
        };
        let value = match rest.strip_prefix(':') {
            Some(encoded) => text::unb64(encoded).unwrap_or_default(),
            None => rest.trim_start().as_bytes().to_vec(),
        };
        if name == "dn" {
            let dn = String::from_utf8_lossy(&value).into_owned();
            entries.extend(entry.replace(Entry {
                dn,
                attributes: BTreeMap::new(),
            }));
        } else if let Some(entry) = entry.as_mut() {
            entry
                .attributes
                .entry(name.to_lowercase())
                .or_default()
                .push(value);
        }
    }
    entries.extend(entry);
    entries
}
