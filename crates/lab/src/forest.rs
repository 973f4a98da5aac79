//! A forest as tests see it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::dc::Dc;
use crate::ldap::{Entry, Ldap};
use crate::plan::{AGENT_SAM, Base, ForestPlan};
use crate::secrets::{self, Secrets};
use crate::{ca, lock, provision, samba};

/// One forest with one domain.
#[derive(Clone)]
pub struct Forest {
    /// DNS name, e.g. `corp.test`.
    pub domain: String,
    /// Kerberos realm: the domain in capitals.
    pub realm: String,
    /// NetBIOS name of the domain.
    pub netbios: String,
    /// Distinguished name of the domain head.
    pub base_dn: String,
    /// Its domain controllers; the first one is PDC emulator unless a test moved it.
    pub dcs: Vec<Dc>,
    /// User principal name of the agent's account (`svc-writeback@...`).
    pub agent_upn: String,
    /// Password of the agent's account.
    pub agent_password: String,
    /// Whether the agent's account has *Replicating Directory Changes* and may
    /// read `CN=Deleted Objects`: DirSync takes flags 0 and shows deletions.
    pub agent_replicates: bool,
    /// User principal name of the built-in administrator.
    pub administrator_upn: String,
    /// Password of the built-in administrator.
    pub administrator_password: String,
    /// Password of everyone in [`crate::PEOPLE`].
    pub people_password: String,
    /// Certificate of the lab's CA (PEM), which signed the DCs' certificates.
    pub ca_pem: PathBuf,
}

impl Forest {
    pub(crate) fn load(plan: &'static ForestPlan) -> Result<Self> {
        let secrets = Secrets::load(&secrets::file(plan.domain)?)?;
        let dcs = plan.dcs.iter().map(|dc| Dc {
            name: dc.name.to_owned(),
            fqdn: samba::fqdn(plan, dc),
            ip: dc.ip.to_owned(),
            netns: dc.netns.to_owned(),
            has_hints: plan.base == Base::Trixie,
            forest: plan,
            plan: dc,
        });
        Ok(Self {
            domain: plan.domain.to_owned(),
            realm: plan.realm(),
            netbios: plan.netbios.to_owned(),
            base_dn: plan.base_dn.to_owned(),
            dcs: dcs.collect(),
            agent_upn: format!("{AGENT_SAM}@{}", plan.domain),
            agent_password: secrets.agent,
            agent_replicates: plan.agent_replicates,
            administrator_upn: format!("Administrator@{}", plan.domain),
            administrator_password: secrets.administrator,
            people_password: secrets.people,
            ca_pem: ca::files().ca,
        })
    }

    /// The first DC: PDC emulator unless a test moved the role.
    pub fn first_dc(&self) -> Result<&Dc> {
        self.dcs.first().context("a forest has at least one DC")
    }

    /// The PDC emulator, asked from the directory.
    pub fn pdc(&self) -> Result<&Dc> {
        let mut last = None;
        for dc in &self.dcs {
            match self.pdc_seen_by(dc) {
                Ok(found) => return Ok(found),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("the forest has no DC")))
    }

    /// The PDC emulator as this DC knows it (`fSMORoleOwner` of the domain head).
    pub fn pdc_seen_by(&self, dc: &Dc) -> Result<&Dc> {
        let head = self
            .administrator(dc)
            .read(&self.base_dn, &["fSMORoleOwner"])?;
        let owner = head
            .text("fSMORoleOwner")
            .context("no fSMORoleOwner")?
            .to_lowercase();
        let holds = |dc: &&Dc| owner.starts_with(&format!("cn=ntds settings,cn={},", dc.name));
        self.dcs
            .iter()
            .find(holds)
            .with_context(|| format!("{owner} is none of the lab's DCs"))
    }

    pub(crate) fn administrator(&self, dc: &Dc) -> Ldap {
        Ldap {
            fqdn: dc.fqdn.clone(),
            who: self.administrator_upn.clone(),
            password: self.administrator_password.clone(),
        }
    }

    /// Carries out LDIF change records as the administrator on the first DC
    /// (the PDC emulator unless a test moved the role).
    pub fn change(&self, ldif: &str) -> Result<()> {
        self.administrator(self.first_dc()?).change(ldif)
    }

    /// Values of one attribute of an object, read by the administrator from `dc`.
    pub fn attribute(&self, dc: &Dc, dn: &str, name: &str) -> Result<Vec<Vec<u8>>> {
        let entry: Entry = self.administrator(dc).read(dn, &[name])?;
        Ok(entry.all(name).to_vec())
    }

    /// How long OpenLDAP's `ldapsearch` takes for a subtree as the agent, over
    /// LDAPS in pages of 1,000, connecting included and its output thrown away: a
    /// yardstick for what the DC itself needs.
    pub fn ldapsearch_timed(
        &self,
        dc: &Dc,
        base: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Duration> {
        let agent = Ldap {
            fqdn: dc.fqdn.clone(),
            who: self.agent_upn.clone(),
            password: self.agent_password.clone(),
        };
        agent.time_search(base, filter, attributes)
    }

    /// Has every DC fetch from every other now. A DC that could not tell another
    /// of a change, because that one was away, does not tell it again: it would be
    /// fetched minutes later.
    fn replicate(&self) -> Result<()> {
        for to in &self.dcs {
            for from in self.dcs.iter().filter(|dc| dc.name != to.name) {
                to.samba_tool(&[
                    "drs",
                    "replicate",
                    &to.fqdn,
                    &from.fqdn,
                    &self.base_dn,
                    "-P",
                ])?;
            }
        }
        Ok(())
    }

    /// Waits until every DC has all changes made on every other DC before this
    /// call: a mark set on each now has arrived on all.
    pub fn replicated(&self, timeout: Duration) -> Result<()> {
        // Of two marks at once one would never arrive.
        let _mark = lock::exclusive(&format!("mark-{}", self.domain))?;
        let deadline = Instant::now() + timeout;
        for from in &self.dcs {
            let mark = hex::encode(rand::random::<[u8; 8]>());
            let dn = format!("OU=Lab,{}", self.base_dn);
            let ldif = format!(
                "dn: {dn}\nchangetype: modify\nreplace: description\ndescription: {mark}\n-\n"
            );
            self.administrator(from).change(&ldif)?;
            // A DC refuses now and then, busy with a change that it was just told of.
            while let Err(refused) = self.replicate() {
                if Instant::now() > deadline {
                    return Err(refused);
                }
                std::thread::sleep(Duration::from_millis(500));
            }
            for to in self.dcs.iter().filter(|dc| dc.name != from.name) {
                let reader = self.administrator(to);
                while reader
                    .read(&dn, &["description"])
                    .ok()
                    .and_then(|e| e.text("description").map(|d| d == mark))
                    != Some(true)
                {
                    if Instant::now() > deadline {
                        bail!(
                            "changes of {} do not arrive on {} in {timeout:?}",
                            from.fqdn,
                            to.fqdn
                        );
                    }
                    std::thread::sleep(Duration::from_millis(150));
                }
            }
        }
        Ok(())
    }

    /// Moves the PDC emulator role and leaves the DNS to Samba, which adds the
    /// new holder's record but never takes the old one's away: both are listed
    /// from then on. Hold [`crate::Lab::exclusive`].
    pub fn transfer_pdc_with_stale_dns(&self, to: &Dc) -> Result<()> {
        let ldif = "dn:\nchangetype: modify\nreplace: becomePdc\nbecomePdc: 1\n-\n";
        self.administrator(to).change(ldif)?;
        self.replicated(Duration::from_secs(60))?;
        for dc in &self.dcs {
            let seen = self.pdc_seen_by(dc)?;
            if seen.name != to.name {
                bail!("{} still takes {} for the PDC emulator", dc.fqdn, seen.fqdn);
            }
        }
        provision::update_dns(&to.name)?;
        self.replicated(Duration::from_secs(60))
    }

    /// Moves the PDC emulator role and waits until all DCs and the DNS know,
    /// the DNS with only the new holder, as Windows leaves it. Hold
    /// [`crate::Lab::exclusive`].
    pub fn transfer_pdc(&self, to: &Dc) -> Result<()> {
        self.transfer_pdc_with_stale_dns(to)?;
        for old in self.dcs.iter().filter(|dc| dc.name != to.name) {
            if self.pdc_records()?.contains(&old.fqdn) {
                let data = format!("{} 389 0 100", old.fqdn);
                self.pdc_dns("delete", &[&data])?;
            }
        }
        self.replicated(Duration::from_secs(60))
    }

    /// DNS names that `_ldap._tcp.pdc._msdcs` lists.
    pub fn pdc_records(&self) -> Result<Vec<String>> {
        let listed = self.pdc_dns("query", &[])?;
        let records = listed
            .lines()
            .filter_map(|line| line.trim().strip_prefix("SRV: "));
        let names = records.filter_map(|r| Some(r.split_once(". (")?.0.to_owned()));
        Ok(names.collect())
    }

    fn pdc_dns(&self, action: &str, data: &[&str]) -> Result<String> {
        let dc = self.first_dc()?;
        let zone = format!("_msdcs.{}", self.domain);
        let login = format!("{}%{}", self.administrator_upn, self.administrator_password);
        let mut args = vec!["dns", action, &dc.fqdn, &zone, "_ldap._tcp.pdc", "SRV"];
        args.extend(data);
        args.extend(["-U", &login]);
        dc.samba_tool(&args)
    }
}
