//! Where the domain controllers are: DNS, as Active Directory publishes itself there
//! (MS-ADTS 6.3.2.3).

use std::{cmp::Reverse, net::IpAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfig, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
    proto::rr::RData,
};
use writeback_model::DomainName;

use crate::error::AdError;

/// DNS servers are near; a slow one is skipped rather than waited for.
const DNS_TIMEOUT: Duration = Duration::from_secs(2);
/// Each server twice, for the lost packet.
const DNS_ATTEMPTS: usize = 2;
/// More hosts behind one name than any domain publishes; the rest is not looked at.
const HOSTS_MAX: usize = 256;

/// Asks DNS. Made anew for each search for a controller: these are rare, the system's DNS
/// servers change as networks do, and a kept answer would outlive a moved role.
pub(crate) struct Locator {
    resolver: TokioResolver,
}

fn failed(name: &str, source: impl std::error::Error + Send + Sync + 'static) -> AdError {
    AdError::Dns {
        name: name.to_owned(),
        source: Box::new(source),
    }
}

impl Locator {
    pub(crate) fn new(nameservers: &[IpAddr]) -> Result<Self, AdError> {
        let build = || {
            let mut builder = if nameservers.is_empty() {
                TokioResolver::builder_tokio()?
            } else {
                let servers = nameservers
                    .iter()
                    .map(|ip| NameServerConfig::udp_and_tcp(*ip));
                let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            };
            let options = builder.options_mut();
            options.timeout = DNS_TIMEOUT;
            options.attempts = DNS_ATTEMPTS;
            options.cache_size = 0;
            builder.build()
        };
        let resolver = build().map_err(|source| failed("the system's DNS servers", source))?;
        Ok(Self { resolver })
    }

    /// The holder of the PDC emulator role, as DNS has it. DNS may be late.
    pub(crate) async fn pdc(&self, domain: &DomainName) -> Result<Vec<String>, AdError> {
        self.service(&format!("_ldap._tcp.pdc._msdcs.{domain}."))
            .await
    }

    /// All domain controllers of the domain.
    pub(crate) async fn controllers(&self, domain: &DomainName) -> Result<Vec<String>, AdError> {
        self.service(&format!("_ldap._tcp.{domain}.")).await
    }

    /// Hosts of a service: lowest priority first, then greatest weight (RFC 2782 would draw
    /// lots among weights; one client more or less does not unbalance a domain).
    async fn service(&self, name: &str) -> Result<Vec<String>, AdError> {
        let found = match self.resolver.srv_lookup(name).await {
            Ok(found) => found,
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            Err(error) => return Err(failed(name, error)),
        };
        let answers = &found.message().answers;
        let mut records: Vec<_> = answers
            .iter()
            .filter_map(|record| match &record.data {
                RData::SRV(srv) => Some((srv.priority, Reverse(srv.weight), host(&srv.target))),
                _ => None,
            })
            .filter(|(_, _, host)| !host.is_empty())
            .take(HOSTS_MAX)
            .collect();
        records.sort();
        records.dedup();
        Ok(records.into_iter().map(|(_, _, host)| host).collect())
    }

    /// The addresses of a host.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, AdError> {
        let absolute = format!("{}.", host.trim_end_matches('.'));
        let found = self.resolver.lookup_ip(absolute).await;
        Ok(found
            .map_err(|source| failed(host, source))?
            .iter()
            .collect())
    }
}

fn host(name: &hickory_resolver::proto::rr::Name) -> String {
    name.to_utf8().trim_end_matches('.').to_ascii_lowercase()
}
