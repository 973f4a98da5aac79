//! Domains of a tenant: claimed, and verified by DNS or by the operator.

use uuid::Uuid;
use writeback_model::DomainName;
use writeback_store::{Tenant, TenantDomain, Verification, VerifyAnswer};

use super::{Admin, AdminError, FULL_CYCLE, scope::suffixes};
use crate::dns::{DnsServer, texts};

/// What stands before a token in DNS.
const LABEL: &str = "writeback-verification=";

/// The text that has to stand in a domain's DNS (a TXT record at the domain itself).
pub fn verification_text(domain: &TenantDomain) -> String {
    format!("{LABEL}{}", domain.token)
}

/// What a verification asks for.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// The token in DNS, asked of these servers, or of the system's where there are none.
    Dns(&'a [DnsServer]),
    /// The word of an operator: `operator alice`.
    Operator(&'a str),
}

impl Admin<'_> {
    /// The tenant's domains, by name.
    pub async fn domains(&self) -> Result<(Tenant, Vec<TenantDomain>), AdminError> {
        let tenant = self.tenant().await?;
        let domains = self.store.domains(tenant.id).await?;
        Ok((tenant, domains))
    }

    /// Claims a domain for the tenant; one that was claimed before is given back as it is.
    pub async fn add_domain(&self, name: &DomainName) -> Result<TenantDomain, AdminError> {
        let tenant = self.tenant().await?;
        let mut token = [0_u8; 16];
        self.entropy.fill(&mut token);
        let domain = TenantDomain {
            name: name.clone(),
            token: Uuid::from_bytes(token).simple().to_string(),
            added_at: self.clock.now(),
            verified: None,
        };
        let audit = self.record(
            tenant.id,
            writeback_store::activity::DOMAIN_ADDED,
            name.to_string(),
        );
        match self.store.add_domain(tenant.id, &domain, &audit).await? {
            true => Ok(domain),
            false => self.domain(name).await,
        }
    }

    /// Makes a claimed domain the tenant's, once there is a proof. The tenant's people are
    /// looked at anew where their names may be called verified now.
    pub async fn verify_domain(
        &self,
        name: &DomainName,
        proof: Proof<'_>,
    ) -> Result<TenantDomain, AdminError> {
        let tenant = self.tenant().await?;
        let domain = self.domain(name).await?;
        if domain.verified.is_some() {
            return Ok(domain);
        }
        let (how, detail) = match proof {
            Proof::Dns(servers) => {
                published(&domain, &texts(servers, name).await?)?;
                (Verification::Dns, format!("{name}, by DNS"))
            }
            Proof::Operator(by) => (Verification::Operator, format!("{name}, by {by}")),
        };
        let audit = self.record(
            tenant.id,
            writeback_store::activity::DOMAIN_VERIFIED,
            detail,
        );
        let now = self.clock.now();
        let answer = self
            .store
            .verify_domain(tenant.id, name, how, now, &audit)
            .await?;
        match answer {
            VerifyAnswer::Verified => {
                self.look_again(name).await?;
                self.domain(name).await
            }
            VerifyAnswer::Already => self.domain(name).await,
            VerifyAnswer::Taken => Err(AdminError::DomainTaken(name.clone())),
            VerifyAnswer::Unknown => Err(AdminError::NoDomain(name.clone())),
        }
    }

    /// Forgets a domain of the tenant.
    pub async fn remove_domain(&self, name: &DomainName) -> Result<(), AdminError> {
        let tenant = self.tenant().await?;
        let was_verified = self.domain(name).await?.verified.is_some();
        let audit = self.record(
            tenant.id,
            writeback_store::activity::DOMAIN_REMOVED,
            name.to_string(),
        );
        match self.store.remove_domain(tenant.id, name, &audit).await? {
            true if was_verified => self.look_again(name).await,
            true => Ok(()),
            false => Err(AdminError::NoDomain(name.clone())),
        }
    }

    async fn domain(&self, name: &DomainName) -> Result<TenantDomain, AdminError> {
        let (_, domains) = self.domains().await?;
        let mut domains = domains.into_iter();
        domains
            .find(|domain| domain.name == *name)
            .ok_or_else(|| AdminError::NoDomain(name.clone()))
    }

    /// Has people synchronised anew where a name with that suffix may be called otherwise now.
    async fn look_again(&self, name: &DomainName) -> Result<(), AdminError> {
        let is_its_own = |suffix: &String| suffix == name.as_str();
        for forest in self.forests(None).await? {
            if !suffixes(&forest).iter().any(is_its_own) {
                let profiles = FULL_CYCLE.get(1..).unwrap_or_default();
                let by = format!("the domain {name}");
                self.want_cycle(&forest.name, profiles, &by).await?;
            }
        }
        Ok(())
    }
}

/// Whether the token stands in DNS.
fn published(domain: &TenantDomain, texts: &[String]) -> Result<(), AdminError> {
    let wanted = verification_text(domain);
    if texts.iter().any(|text| text.trim() == wanted) {
        return Ok(());
    }
    let others = texts.iter().filter(|text| text.trim().starts_with(LABEL));
    let others: Vec<_> = others.map(|text| format!("{text:?}")).collect();
    let found = match (texts.len(), others.as_slice()) {
        (0, _) => "no TXT record at all".to_owned(),
        (count, []) => format!("{count} other TXT records"),
        (_, others) => others.join(", "),
    };
    Err(AdminError::NotPublished {
        name: domain.name.clone(),
        wanted,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_token_is_a_proof() {
        let domain = TenantDomain {
            name: "example.test".parse().unwrap(),
            token: "0123".into(),
            added_at: jiff::Timestamp::UNIX_EPOCH,
            verified: None,
        };
        let ask = |texts: &[&str]| {
            let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
            published(&domain, &texts).map_err(|error| error.to_string())
        };
        let spf = "v=spf1 -all";
        assert_eq!(ask(&["writeback-verification=0123"]), Ok(()));
        assert_eq!(ask(&[spf, " writeback-verification=0123 "]), Ok(()));
        for (texts, found) in [
            (&[][..], "no TXT record at all"),
            (&[spf], "1 other TXT records"),
            (
                &[spf, "writeback-verification=01234"],
                "\"writeback-verification=01234\"",
            ),
            (
                &["writeback-verification=0123\nx"],
                "\"writeback-verification=0123\\nx\"",
            ),
            (&["WRITEBACK-VERIFICATION=0123"], "1 other TXT records"),
        ] {
            let error = ask(texts).unwrap_err();
            assert!(error.contains(found), "{error}");
            assert!(error.contains("writeback-verification=0123"), "{error}");
        }
    }
}
